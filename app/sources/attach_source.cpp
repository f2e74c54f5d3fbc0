// From what the kernel said to words in the language of the window.
#include "attach_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "focus_source.hpp"
#include "net/clock.hpp"
#include "net/mirror.hpp"
#include "view/words.hpp"

namespace sources {
namespace cmd = view::command;
namespace attach = net::attach;

namespace {

using view::say;
using view::tr;

// Formats are literals: they end in a zero.
std::string translated(const attach::Saying& saying) {
    return attach::say(tr(saying.format.data()), saying.arguments);
}

// "tokio worker (4711)" without its number.
std::string program_of(const std::string& who, const char* otherwise) {
    const std::string program = who.substr(0, who.rfind(" ("));
    return program.empty() ? std::string(otherwise) : program;
}

view::Severity severity_of(attach::Severity severity) {
    switch (severity) {
    case attach::Severity::bad: return view::Severity::bad;
    case attach::Severity::warning: return view::Severity::warning;
    case attach::Severity::notice: return view::Severity::notice;
    }
    return view::Severity::notice;
}

view::VerdictView view_of(const attach::Verdict& verdict, std::int64_t at_ns, std::int64_t now_ns) {
    view::VerdictView made;
    made.condition = attach::name(verdict.condition);
    made.id = fmt::format("{}.{}", made.condition,
                          verdict.port != 0 ? verdict.port : static_cast<unsigned>(verdict.pid));
    made.severity = severity_of(verdict.severity);
    made.where = verdict.where;
    made.who = verdict.who;
    made.headline = translated(verdict.headline);
    for (const attach::Saying& evidence : verdict.evidence)
        made.evidence.push_back(translated(evidence));
    made.certainty = verdict.certainty;
    const std::string ago = say("last look {} ms ago", (now_ns - at_ns) / 1'000'000);
    switch (verdict.certainty) {
    case trace::Certainty::exact: made.source = tr("announced by the kernel"); break;
    case trace::Certainty::sampled:
        made.source = say("sock_diag, looked at every {} ms: times are right to that; {}",
                          verdict.interval.ns / 1'000'000, ago);
        break;
    case trace::Certainty::inferred:
        made.source = say("sock_diag, every {} ms; how long it has been so before we came follows "
                          "from tcp_info (the time of the last segment); {}",
                          verdict.interval.ns / 1'000'000, ago);
        break;
    case trace::Certainty::unknown: made.source = tr("not known"); break;
    }
    made.remedy = translated(verdict.remedy);
    made.lesson_file = verdict.lesson;
    made.ss = verdict.ss;
    switch (verdict.condition) {
    case attach::Condition::close_wait_leak: // the process's affair, whatever its listeners
        made.pid = verdict.pid;
        made.cookie = verdict.pid == 0 ? verdict.cookie : 0;
        break;
    case attach::Condition::zero_window:
    case attach::Condition::unread_data:
    case attach::Condition::retransmitting:
    case attach::Condition::connect_unanswered:
    case attach::Condition::stuck_closing: made.cookie = verdict.cookie; break;
    case attach::Condition::accept_queue_full:
    case attach::Condition::listener_drops:
    case attach::Condition::ports_used_up:
    case attach::Condition::half_open_pile:
    case attach::Condition::accept_queue_waits:
    case attach::Condition::accept_queue_was_full:
    case attach::Condition::time_wait_overflow:
    case attach::Condition::fin_wait_2_orphans:
    case attach::Condition::time_wait_pile:
        made.port = verdict.port;
        made.cookie = verdict.cookie;
        break;
    }
    return made;
}

view::ListenerRow row_of(const attach::ListenerLine& line) {
    view::ListenerRow row;
    row.cookie = line.cookie;
    row.where = line.where;
    row.who = line.who;
    row.port = line.local.port;
    row.pid = line.pid;
    row.sockets = line.sockets;
    for (std::size_t i = 1; i < attach::kernel_states; ++i)
        row.states[static_cast<std::size_t>(net::state_of(static_cast<net::KernelState>(i)))] =
            line.states[i];
    row.connections = line.connections;
    row.length = line.length;
    row.limit = line.limit;
    row.full = line.full;
    row.drops = line.drops;
    row.new_drops = line.new_drops;
    static_assert(attach::trend_seconds == view::trend_points);
    for (std::size_t i = 0; i < view::trend_points; ++i) {
        row.looked[i] = line.trend[i].second >= 0;
        row.trend[i] = line.trend[i].length;
        row.trend_drops[i] = line.trend[i].drops;
    }
    return row;
}

std::string scope_of(const attach::Picture& picture) {
    std::string text =
        say("Seen: this network namespace (sockets: {}); nothing is sent.", picture.sockets);
    if (picture.other_namespaces > 0)
        text += " " + say("Not shown: what runs in other network namespaces (containers): {}, with "
                          "{} processes between them.",
                          picture.other_namespaces, picture.processes_elsewhere);
    if (picture.processes_denied > 0)
        text += " " + say("{} processes of other users may not be looked into: their sockets are "
                          "shown with the user only.",
                          picture.processes_denied);
    if (!picture.why_proc.empty())
        text += " " + say("Read from /proc/net/tcp, without limits of queues and details: {}",
                          picture.why_proc);
    return text;
}

} // namespace

std::unique_ptr<AttachSource> AttachSource::open(std::string& why_not,
                                                 std::function<void()> on_news) {
    attach::Attachment::Options options;
    options.on_news = std::move(on_news);
    auto started = attach::Attachment::start(std::move(options));
    if (!started) {
        why_not = net::describe(started.failure());
        return nullptr;
    }
    return std::make_unique<AttachSource>(std::move(*started));
}

AttachSource::AttachSource(std::unique_ptr<attach::Attachment> attachment)
    : attachment_(std::move(attachment)) {}

void AttachSource::ask(std::string condition) {
    asked_ = std::move(condition);
}

view::Can AttachSource::can() const {
    return only_watching();
}

trace::Instant AttachSource::now() const {
    return {picture_ ? picture_->at_ns - picture_->began_ns : 0};
}

const attach::ListenerLine* AttachSource::line_of(std::uint64_t cookie) const {
    if (!picture_)
        return nullptr;
    const auto at = std::find_if(picture_->listeners.begin(), picture_->listeners.end(),
                                 [&](const auto& line) { return line.cookie == cookie; });
    return at == picture_->listeners.end() ? nullptr : &*at;
}

void AttachSource::select(std::uint64_t cookie) {
    const attach::ListenerLine* line = line_of(cookie);
    if (!line || (cookie == selected_ && request_ != 0))
        return;
    selected_ = cookie;
    detail_trace_ = {};
    detail_snapshot_ = {};
    closeup_.reset();
    request_ = attachment_->look_at(attach::ListenerTarget{line->local}, "client",
                                    program_of(line->who, "server"));
}

void AttachSource::take_up_again() {
    request_ = 0;
    select(selected_);
}

bool AttachSource::poll() {
    bool news = false;
    if (auto picture = attachment_->picture(); picture != picture_) {
        picture_ = std::move(picture);
        news = true;
    }
    // Somebody has to be shown beside the list: the worst one, until the user picks another.
    if (picture_ && !picture_->listeners.empty() &&
        (!line_of(selected_) || (!chosen_by_user_ && picture_->listeners[0].verdict >= 0)))
        select(picture_->listeners[0].cookie);
    if (attachment_->collect(request_, books_, detail_trace_, detail_snapshot_))
        news = true;
    if (auto closeup = attachment_->closeup(); closeup && closeup->target == request_)
        closeup_ = std::move(closeup);
    return news;
}

std::string AttachSource::perform(const view::Command& command) {
    if (const auto* chosen = std::get_if<cmd::AttachSelect>(&command)) {
        chosen_by_user_ = true;
        select(chosen->cookie);
    } else if (const auto* sample = std::get_if<cmd::AttachSample>(&command)) {
        attachment_->run_sample(sample->on);
        chosen_by_user_ = false;
    }
    return "";
}

std::unique_ptr<view::Source> AttachSource::open_target(const cmd::AttachOpen& wanted) {
    if (!picture_)
        return nullptr;
    for (const attach::ListenerLine& line : picture_->listeners)
        if ((wanted.port != 0 && line.local.port == wanted.port) ||
            (wanted.cookie != 0 && line.cookie == wanted.cookie))
            return std::make_unique<FocusSource>(attachment_, attach::ListenerTarget{line.local},
                                                 line.where + (line.who.empty() ? "" : " ") +
                                                     line.who,
                                                 "client", program_of(line.who, "server"));
    const auto verdict = std::find_if(
        picture_->verdicts.begin(), picture_->verdicts.end(), [&](const attach::Verdict& v) {
            return wanted.cookie != 0 ? v.cookie == wanted.cookie : v.pid == wanted.pid;
        });
    const bool known = verdict != picture_->verdicts.end();
    if (wanted.cookie != 0) {
        attach::ConnectionTarget target;
        target.cookie = wanted.cookie;
        return std::make_unique<FocusSource>(
            attachment_, target,
            known && !verdict->where.empty() ? verdict->where : std::string(tr("One connection")),
            "A", "B");
    }
    if (wanted.pid <= 0)
        return nullptr;
    const std::string who = known ? verdict->who : fmt::format("pid {}", wanted.pid);
    return std::make_unique<FocusSource>(attachment_, attach::ProcessTarget{wanted.pid}, who,
                                         tr("others"), program_of(who, "?"));
}

void AttachSource::fill(view::Frame& frame) const {
    frame.snapshot = &nothing_;
    frame.trace = &trace_;
    frame.can = can();
    view::AttachView view;
    view.asked = asked_;
    if (picture_) {
        view.ready = true;
        const auto now = picture_->at_ns;
        view.scope = scope_of(*picture_);
        view.attached = say("attached {} ago", age(now - picture_->began_ns));
        std::size_t of_asked = 0;
        for (const attach::Verdict& verdict : picture_->verdicts) {
            view::VerdictView made = view_of(verdict, picture_->at_ns, net::monotonic_ns());
            const std::string id = made.id;
            for (int again = 2; std::any_of(view.verdicts.begin(), view.verdicts.end(),
                                            [&](const auto& v) { return v.id == made.id; });
                 ++again)
                made.id = fmt::format("{}.{}", id, again);
            view.verdicts.push_back(std::move(made));
            of_asked += view.verdicts.back().condition == asked_;
        }
        if (!asked_.empty()) {
            // What was asked about stands first.
            std::stable_partition(view.verdicts.begin(), view.verdicts.end(),
                                  [&](const auto& v) { return v.condition == asked_; });
            view.answer = of_asked > 0
                              ? say("Is this happening to me? Yes: {} found here.", of_asked)
                              : std::string(tr("Is this happening to me? Not that we see: nothing "
                                               "like it on this machine now."));
        }
        view.rest = view.verdicts.empty() ? tr("Nothing wrong seen.")
                                          : tr("everything else: nothing wrong seen");
        for (const attach::ListenerLine& line : picture_->listeners) {
            view.listeners.push_back(row_of(line));
            if (line.verdict >= 0)
                view.listeners.back().severity = severity_of(
                    picture_->verdicts[static_cast<std::size_t>(line.verdict)].severity);
        }
        view.totals = say("listeners: {} · connections to them: {} · outgoing: {}",
                          picture_->listeners.size(), picture_->to_listeners, picture_->outgoing);
        for (const attach::CounterLine& counter : picture_->counters)
            if (counter.value > 0 || counter.name.starts_with("Listen"))
                view.counters += fmt::format("{}{} {} (+{})", view.counters.empty() ? "" : " · ",
                                             counter.name, counter.value, counter.since_attach);
        view.detail = detail();
    }
    view.sample_port = attachment_->sample_port();
    view.selected = selected_;
    if (frame.message.empty())
        frame.message = attachment_->complaint();
    frame.attach = std::move(view);
}

} // namespace sources
