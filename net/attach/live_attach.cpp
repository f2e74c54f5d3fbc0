// Two loops: the whole machine, or one target.
#include "net/attach/live_attach.hpp"

#include "net/attach/follow.hpp"
#include "net/attach/lines.hpp"
#include "net/clock.hpp"
#include "trace/json_text.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

namespace net::attach {
namespace {

constexpr std::int64_t forever = INT64_MAX;
// What needs two looks (drops that rise, a probe that stays) is seen after this.
constexpr std::int64_t news_every_ns = 250'000'000;
constexpr std::int64_t first_impression_ns = 1'200'000'000;

void say(const LiveOptions& options, std::FILE* out, std::string_view kind,
         const std::string& sentence) {
    if (options.format == LiveFormat::json)
        fmt::print(out, "{{\"kind\":\"{}\",\"text\":{}}}\n", kind, trace::json_string(sentence));
    else
        fmt::print(out, "{}\n", sentence);
    std::fflush(out);
}

// Ctrl-C and SIGTERM as something to wait for, so that the last line is whole.
// Made before any thread is: a thread inherits what is blocked, and one that does not would take
// the signal and end the program.
class Interrupted {
public:
    Interrupted() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
        descriptor_ = Descriptor(::signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK));
    }
    ~Interrupted() {
        // Taken, lest it end the program once it is no longer blocked.
        signalfd_siginfo taken;
        while (::read(descriptor_.number(), &taken, sizeof taken) > 0) {
        }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    Interrupted(const Interrupted&) = delete;
    Interrupted& operator=(const Interrupted&) = delete;
    // True: it came before the time.
    bool wait_until(std::int64_t until_ns) const {
        const std::int64_t left = until_ns - monotonic_ns();
        timespec time{};
        if (left > 0)
            time = {static_cast<time_t>(left / second_ns), left % second_ns};
        pollfd look{descriptor_.number(), POLLIN, 0};
        return ::ppoll(&look, 1, &time, nullptr) > 0;
    }

private:
    sigset_t signals_{}, before_{};
    Descriptor descriptor_;
};

void print(const LiveOptions& options, std::FILE* out, const Picture& picture) {
    for (const std::string& line :
         options.format == LiveFormat::json ? json_lines(picture) : text_lines(picture))
        fmt::print(out, "{}\n", line);
    std::fflush(out);
}

// Verdicts that came and went since the last look.
void print_news(const LiveOptions& options, std::FILE* out, const Picture& before,
                const Picture& now) {
    const auto key = [](const Verdict& v) {
        return std::string(name(v.condition)) + v.where + v.who;
    };
    std::map<std::string, const Verdict*> old;
    for (const Verdict& verdict : before.verdicts)
        old[key(verdict)] = &verdict;
    const double seconds = static_cast<double>(now.at_ns - now.began_ns) / 1e9;
    const auto tell = [&](const char* what, const Verdict& verdict) {
        const std::string text =
            fmt::format("{} {}: {}", verdict.where, verdict.who, in_english(verdict.headline));
        if (options.format == LiveFormat::json)
            fmt::print(out,
                       "{{\"t_ns\":{},\"kind\":\"{}\",\"condition\":\"{}\",\"severity\":\"{}\","
                       "\"port\":{},\"pid\":{},\"text\":{}}}\n",
                       now.at_ns - now.began_ns, what, name(verdict.condition),
                       name(verdict.severity), verdict.port, verdict.pid, trace::json_string(text));
        else
            fmt::print(out, "{:>10.3f} s  {:<8} {:<8} {}\n", seconds, what, name(verdict.severity),
                       text);
    };
    for (const Verdict& verdict : now.verdicts)
        if (!old.erase(key(verdict)))
            tell("found", verdict);
    for (const auto& [name, verdict] : old)
        tell("over", *verdict);
    std::fflush(out);
}

// A busy machine is slow to walk /proc; without that nothing is known of a process.
void wait_for_owners(const Owners& owners, const Interrupted& interrupted) {
    const auto until = monotonic_ns() + 10 * second_ns;
    while (owners.known()->began_ns == 0 && monotonic_ns() < until)
        if (interrupted.wait_until(monotonic_ns() + 5'000'000))
            return;
}

int live_machine(const LiveOptions& options, std::FILE* out) {
    const Interrupted interrupted;
    Watch::Options how;
    how.way = options.way;
    auto watch = Watch::open(how);
    if (!watch) {
        say(options, out, "failure", describe(watch.failure()));
        return 3;
    }
    const auto began = monotonic_ns();
    Picture last;
    bool shown = false;
    const std::int64_t end = options.for_ns ? began + *options.for_ns : 0;
    while (true) {
        const bool looked = watch->tick();
        const auto now = monotonic_ns();
        if (!shown && now - began >= first_impression_ns) {
            last = watch->picture();
            print(options, out, last);
            shown = true;
        } else if (shown && looked && now - last.at_ns >= news_every_ns) {
            Picture picture = watch->picture();
            print_news(options, out, last, picture);
            last = std::move(picture);
        }
        if (shown && now >= end)
            return 0;
        if (interrupted.wait_until(
                std::min(watch->next_due_ns(), shown ? end : began + first_impression_ns)))
            return 0;
    }
}

// Whom the right side of the picture belongs to.
std::string right_name(const Reader&, const Target& target, const Table& table,
                       const Holdings& holdings) {
    const Selected selected = select(table, target, holdings);
    for (const Member& member : selected.members) {
        if (member.side != Side::right)
            continue;
        const auto at = holdings.by_inode.find(selected.table.rows[member.row].inode);
        if (at != holdings.by_inode.end())
            return at->second.front().program;
    }
    return std::holds_alternative<ConnectionTarget>(target) ? "B" : "server";
}

// What was granted or refused, once each is known.
class MoreNews {
public:
    void tell(const LiveOptions& options, std::FILE* out, const More* more) {
        if (!more)
            return;
        tell(options, out, "segments", segments_, more->segments(),
             "Segments: captured, headers only.",
             "Segments are not seen: ", more->why_no_segments());
        tell(options, out, "transitions", events_, more->events(),
             "Transitions: every one, told by the kernel's trace.",
             "Transitions are sampled: ", more->why_no_events());
    }

    static bool is_decided(const More* more) {
        return !more ||
               (more->segments() != More::State::waiting && more->events() != More::State::waiting);
    }
    static std::string scope(const More* more, std::int64_t interval_ns) {
        const bool segments = more && more->segments() == More::State::granted,
                   events = more && more->events() == More::State::granted;
        return segments && events ? "segments captured, every transition told by the kernel's trace"
               : segments         ? "segments captured, states " + sampled(interval_ns)
               : events           ? "every transition told by the kernel's trace, the rest sampled"
                                  : sampled(interval_ns);
    }
    static std::string sampled(std::int64_t interval_ns) {
        return fmt::format("sampled every {} ms", interval_ns / 1'000'000);
    }

private:
    static void tell(const LiveOptions& options, std::FILE* out, std::string_view kind,
                     More::State& known, More::State now, const char* granted, const char* refused,
                     const std::string& why) {
        if (std::exchange(known, now) == now)
            return;
        say(options, out, kind, now == More::State::granted ? std::string(granted) : refused + why);
    }
    More::State segments_ = More::State::waiting, events_ = More::State::waiting;
};

int live_target(const LiveOptions& options, std::FILE* out) {
    const Interrupted interrupted;
    const Target& target = *options.target;
    auto reader = Reader::open(options.way);
    if (!reader) {
        say(options, out, "failure", describe(reader.failure()));
        return 3;
    }
    Owners owners({});
    wait_for_owners(owners, interrupted);
    const auto first = read_around(*reader, target);
    if (!first) {
        say(options, out, "failure", describe(first.failure()));
        return 3;
    }
    const std::size_t sockets = select(*first, target, *owners.known()).members.size();
    if (sockets == 0) {
        const bool listener = std::holds_alternative<ListenerTarget>(target);
        const bool process = std::holds_alternative<ProcessTarget>(target);
        say(options, out, "failure",
            listener ? fmt::format("nothing listens at {} in this network namespace; twomsl live "
                                   "lists what does",
                                   text(target))
            : process
                ? fmt::format("{} holds no TCP socket in this network namespace, or may not "
                              "be looked into",
                              text(target))
                : fmt::format("there is no connection {} in this network namespace", text(target)));
        return 1;
    }
    const auto began = monotonic_ns();
    const bool connection = std::holds_alternative<ConnectionTarget>(target);
    Focus focus(target, connection ? "A" : "client",
                right_name(*reader, target, *first, *owners.known()), began);
    Follow follow(*reader, owners, focus,
                  {!options.sampled_only, options.helper, options.trace_buffer_kb});
    MoreNews more_news;
    bool kept_back = false;
    say(options, out, "scope",
        fmt::format(
            "Watching {}: {} {} now, {}; what is new is looked for every 250 ms; nothing is "
            "sent. Ctrl-C ends.",
            text(target), sockets, sockets == 1 ? "socket" : "sockets",
            more_news.sampled(Follow::interval_of(sockets))));
    const std::int64_t end = options.for_ns ? began + *options.for_ns : forever;
    while (monotonic_ns() < end) {
        follow.tick();
        more_news.tell(options, out, follow.more());
        const auto changes = focus.take_changes();
        // What is kept begins when it is known what can be seen.
        kept_back = kept_back || !changes.empty();
        if (options.on_look && kept_back && MoreNews::is_decided(follow.more())) {
            kept_back = false;
            options.on_look(fmt::format("{}, watched: {}", text(target),
                                        more_news.scope(follow.more(), follow.interval_ns())),
                            focus.recorder().trace(), focus.snapshot(monotonic_ns()));
        }
        for (const Change& change : changes)
            fmt::print(out, "{}\n",
                       options.format == LiveFormat::json ? json_line(change) : text_line(change));
        std::fflush(out);
        if (!options.on_look && focus.recorder().trace().events.size() > events_kept)
            focus.start_over(monotonic_ns());
        if (interrupted.wait_until(std::min(follow.next_due_ns(), end)))
            break;
    }
    if (focus.not_followed() > 0)
        say(options, out, "scope",
            fmt::format("{} more sockets belong to it and were only counted.",
                        focus.not_followed()));
    return 0;
}

} // namespace

int live(const LiveOptions& options, std::FILE* out) {
    return options.target ? live_target(options, out) : live_machine(options, out);
}

} // namespace net::attach
