// The script of the pair, played as its results come in, and printed as it happens.
#include "net/live.hpp"
#include "net/live_lines.hpp"
#include "trace/json_text.hpp"

#include <fmt/core.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace net {
namespace {

constexpr auto patience = std::chrono::milliseconds(2900);
constexpr trace::HostId client = 0, server = 1;

scenario::SocketName connection(trace::HostId host) {
    scenario::SocketName name;
    name.host = host;
    name.number = 1;
    return name;
}

// Follows one laboratory: every published picture is taken at once, on the observer's thread, so
// that no change of a queue between two pictures is missed.
class Follower {
public:
    Follower(LiveFormat format, std::FILE* out) : format_(format), out_(out) {}

    void take(Laboratory& laboratory) {
        const std::lock_guard guard(mutex_);
        trace::Snapshot now = snapshot_;
        if (!laboratory.collect(trace_, now))
            return;
        for (; printed_ < trace_.events.size(); ++printed_) {
            const trace::Event& event = trace_.events[printed_];
            print(format_ == LiveFormat::json ? json_line(trace_, event)
                                              : text_line(trace_, event));
        }
        for (const QueueLine& change : queue_changes(snapshot_, now))
            print(format_ == LiveFormat::json ? json_line(change) : text_line(change));
        snapshot_ = std::move(now);
        changed_.notify_all();
    }

    using Condition = std::function<bool(const trace::Trace&, const trace::Snapshot&)>;
    bool wait(std::chrono::steady_clock::time_point deadline, const Condition& holds) {
        std::unique_lock lock(mutex_);
        return changed_.wait_until(lock, deadline, [&] { return holds(trace_, snapshot_); });
    }

    // Names of the transitions that no look has shown, and how many there were in all.
    std::pair<std::vector<std::string>, std::size_t> inferred_transitions() {
        const std::lock_guard guard(mutex_);
        std::vector<std::string> names;
        std::size_t all = 0;
        for (const trace::Event& event : trace_.events) {
            if (event.kind != trace::EventKind::transition)
                continue;
            ++all;
            if (event.certainty == trace::Certainty::inferred)
                names.push_back(fmt::format("{} {} -> {}", trace::socket_name(trace_, event.socket),
                                            trace::name(event.from), trace::name(event.to)));
        }
        return {names, all};
    }

private:
    void print(const std::string& line) {
        if (!line.empty())
            fmt::print(out_, "{}\n", line);
        std::fflush(out_);
    }

    LiveFormat format_;
    std::FILE* out_;
    std::mutex mutex_;
    std::condition_variable changed_;
    trace::Trace trace_;
    trace::Snapshot snapshot_;
    std::size_t printed_ = 0;
};

Follower::Condition returned(trace::HostId host, trace::Call call, int times = 1) {
    return [=](const trace::Trace& trace, const trace::Snapshot&) {
        int seen = 0;
        for (const trace::Event& event : trace.events)
            if (event.kind == trace::EventKind::call_returned && event.host == host &&
                trace.calls[event.ref].call == call)
                ++seen;
        return seen >= times;
    };
}

Follower::Condition is_in(trace::HostId host, trace::State state) {
    return [=](const trace::Trace&, const trace::Snapshot& now) {
        if (host >= now.hosts.size())
            return false;
        for (const trace::SocketView& socket : now.hosts[host].sockets)
            if (socket.state == state)
                return true;
        return false;
    };
}

Follower::Condition has_received(trace::HostId host, std::uint32_t bytes) {
    return [=](const trace::Trace&, const trace::Snapshot& now) {
        if (host >= now.hosts.size())
            return false;
        for (const trace::SocketView& socket : now.hosts[host].sockets)
            if (socket.recv_queue.bytes >= bytes)
                return true;
        return false;
    };
}

Follower::Condition nothing_left(trace::HostId host) {
    return [=](const trace::Trace&, const trace::Snapshot& now) {
        return host < now.hosts.size() && now.hosts[host].sockets.empty();
    };
}

// Each step waits for what the one before it brought about.
bool play(Laboratory& laboratory, Follower& follower) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto after = [&](const Follower::Condition& condition) {
        return follower.wait(deadline, condition);
    };
    laboratory.submit(scenario::Listen{server, 80, 8});
    if (!after(returned(server, trace::Call::listen)))
        return false;
    laboratory.submit(scenario::Connect{client, 1, server, 80, {}});
    if (!after(returned(client, trace::Call::connect)) ||
        !after(is_in(server, trace::State::established)))
        return false;
    laboratory.submit(
        scenario::Accept{server, 1, 80}); // only now, so that the accept queue is seen to hold it
    if (!after(returned(server, trace::Call::accept)))
        return false;
    // Each end reads only when everything has arrived, so that its queue is seen to hold it.
    laboratory.submit(scenario::Write{connection(client), 100, ""});
    if (!after(has_received(server, 100)))
        return false;
    laboratory.submit(scenario::Read{connection(server), {}});
    if (!after(returned(server, trace::Call::read)))
        return false;
    laboratory.submit(scenario::Write{connection(server), 50, ""});
    if (!after(has_received(client, 50)))
        return false;
    laboratory.submit(scenario::Read{connection(client), {}});
    if (!after(returned(client, trace::Call::read)))
        return false;
    laboratory.submit(scenario::Close{connection(client)});
    if (!after(is_in(server, trace::State::close_wait)))
        return false;
    laboratory.submit(scenario::Read{connection(server), {}}); // 0: end of file
    if (!after(is_in(client, trace::State::fin_wait_2)) ||
        !after(returned(server, trace::Call::read, 2)))
        return false;
    laboratory.submit(scenario::Close{connection(server)});
    return after(is_in(client, trace::State::time_wait)) &&
           after(returned(server, trace::Call::close)) && after(nothing_left(server));
}

void say(const LivePairOptions& options, std::FILE* out, std::string_view kind,
         const std::string& sentence) {
    if (options.format == LiveFormat::json)
        fmt::print(out, "{{\"kind\":\"{}\",\"text\":{}}}\n", kind, trace::json_string(sentence));
    else
        fmt::print(out, "{}\n", sentence);
    std::fflush(out);
}

int play_on(GroundKind ground, const LivePairOptions& options, std::FILE* out, Failure& failure) {
    Follower follower(options.format, out);
    Laboratory* running = nullptr;
    std::mutex mutex; // guards `running` until the laboratory is made
    LaboratoryOptions made;
    made.ground = ground;
    made.on_news = [&] {
        const std::lock_guard guard(mutex);
        if (running)
            follower.take(*running);
    };
    Laboratory laboratory(made);
    if (laboratory.wait_until_started() == Laboratory::Status::failed) {
        failure = laboratory.failure();
        return 3;
    }
    say(options, out, "scope", laboratory.scope() + ".");
    {
        const std::lock_guard guard(mutex);
        running = &laboratory;
    }
    const bool whole = play(laboratory, follower);
    const auto [names, all] = follower.inferred_transitions();
    if (!names.empty()) {
        std::string list;
        for (const std::string& name : names)
            list += (list.empty() ? "" : ", ") + name;
        say(options, out, "inferred",
            fmt::format("{} of {} transitions were inferred, not seen: {}.", names.size(), all,
                        list));
    }
    say(options, out, "end",
        whole ? "TIME_WAIT has been seen: the connection is over for both programs."
              : "TIME_WAIT was not seen within 3 s.");
    return whole ? 0 : 1;
}

} // namespace

int live_pair(const LivePairOptions& options, std::FILE* out) {
    Failure failure;
    if (options.ground != PairGround::loopback) {
        const int result = play_on(GroundKind::namespaces, options, out, failure);
        if (result != 3)
            return result;
        if (options.ground == PairGround::namespaces) {
            say(options, out, "failure", describe(failure));
            return 3;
        }
        say(options, out, "fallback",
            "No laboratory: " + describe(failure) + ". A pair on 127.0.0.1 instead.");
    }
    const int result = play_on(GroundKind::loopback, options, out, failure);
    if (result == 3)
        say(options, out, "failure", describe(failure));
    return result;
}

} // namespace net
