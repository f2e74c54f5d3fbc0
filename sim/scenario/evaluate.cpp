// Is an expectation true now?
#include "evaluate.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "print.hpp"

namespace scenario {
namespace {

constexpr std::string_view nothing = "nothing: there is no such socket";

Judgement of_state(const Expectation& e, const Scene& scene) {
    const auto state = state_of(scene, e.socket);
    return {state == e.state, std::string(trace::name(e.state)), std::string(trace::name(state))};
}

Judgement of_queue(const Expectation& e, const Scene& scene) {
    const bool accept = e.what == Quantity::accept_queue;
    const auto text = [&](std::int64_t length, std::optional<std::uint32_t> limit) {
        return fmt::format("{} {}{}", accept ? "accept_queue" : "syn_queue", length,
                           limit ? fmt::format(" limit {}", *limit) : "");
    };
    Judgement result{false, text(e.number, e.limit), "no listener"};
    if (const auto* listener = listener_of(scene, e.socket)) {
        const auto length = static_cast<std::int64_t>(
            (accept ? listener->accept_queue : listener->syn_queue).size());
        result.holds = length == e.number && (!e.limit || *e.limit == listener->limit);
        result.found = text(length, e.limit ? std::optional(listener->limit) : std::nullopt);
    }
    return result;
}

Judgement of_bytes(const Expectation& e, const Scene& scene) {
    const bool send = e.what == Quantity::send_queue;
    const auto bytes = bytes_in(scene, e.socket, send ? Direction::send : Direction::receive);
    const auto* name = send ? "send_queue" : "recv_queue";
    return {bytes.value_or(0) == e.number, fmt::format("{} {}", name, e.number),
            bytes ? fmt::format("{} {}", name, *bytes) : std::string(nothing)};
}

Judgement of_returned(const Expectation& e, const Scene& scene) {
    const auto call = latest_finished(scene, e.socket);
    return {
        call && call->value == e.number, fmt::format("returned {}", print_result(e.number)),
        call ? fmt::format("{}() returned {}", trace::name(call->call), print_result(call->value))
             : "no call has returned"};
}

Judgement of_blocked(const Expectation& e, const Scene& scene) {
    const auto call = blocked_in(scene, e.socket);
    return {call == e.call, fmt::format("blocked {}", trace::name(e.call)),
            call ? fmt::format("blocked {}", trace::name(*call)) : "not blocked"};
}

Judgement of_counter(const Expectation& e, const Scene& scene) {
    std::int64_t value = 0;
    for (const auto& counter : scene.snapshot.hosts[e.host].counters) {
        if (counter.counter == e.counter)
            value = static_cast<std::int64_t>(counter.value);
    }
    const auto name = trace::name(e.counter);
    return {value == e.number, fmt::format("counter {} {}", name, e.number),
            fmt::format("counter {} {}", name, value)};
}

Judgement of_timer(const Expectation& e, const Scene& scene) {
    const auto left = time_left(scene, e.socket, e.timer);
    const auto text = [&](std::optional<trace::Duration> due) {
        return fmt::format("timer {}{}", trace::name(e.timer), due ? " due " + print(*due) : "");
    };
    Judgement result{left.has_value(), text(e.due),
                     left ? text(left) : fmt::format("timer {} not running", trace::name(e.timer))};
    if (left && e.due)
        result.holds = std::abs(left->ns - e.due->ns) <= e.due->ns / 100;
    return result;
}

std::int64_t count_sent(const Expectation& e, const Scene& scene, trace::EventId since) {
    std::int64_t count = 0;
    for (auto id = since; id < scene.visible; ++id) {
        const auto& event = scene.log.events[id];
        if (event.kind != trace::EventKind::segment_sent)
            continue;
        const auto& record = scene.log.segments[event.ref];
        count += record.from == e.from && record.to == e.to && !record.copy &&
                 is_kind(record.segment, e.kind);
    }
    return count;
}

Judgement of_sent(const Expectation& e, const Scene& scene) {
    const auto count = count_sent(e, scene, 0);
    const auto name = trace::name(e.kind);
    return {count == e.number, fmt::format("{} {}", name, e.number),
            fmt::format("{} {}", name, count)};
}

std::string subject(const Expectation& e, const Scenario& script) {
    switch (e.what) {
    case Quantity::state:
    case Quantity::accept_queue:
    case Quantity::syn_queue:
    case Quantity::send_queue:
    case Quantity::recv_queue:
    case Quantity::returned:
    case Quantity::blocked:
    case Quantity::timer: return print(e.socket, script);
    case Quantity::counter: return script.hosts[e.host].name;
    case Quantity::sent:
        return fmt::format("sent {}>{}", script.hosts[e.from].name, script.hosts[e.to].name);
    }
    return {};
}

Judgement form(const Expectation& e, const Scene& scene) {
    switch (e.what) {
    case Quantity::state: return of_state(e, scene);
    case Quantity::accept_queue:
    case Quantity::syn_queue: return of_queue(e, scene);
    case Quantity::send_queue:
    case Quantity::recv_queue: return of_bytes(e, scene);
    case Quantity::returned: return of_returned(e, scene);
    case Quantity::blocked: return of_blocked(e, scene);
    case Quantity::counter: return of_counter(e, scene);
    case Quantity::timer: return of_timer(e, scene);
    case Quantity::sent: return of_sent(e, scene);
    }
    return {};
}

bool made_true(const Expectation& e, const Scene& scene, trace::Cookie socket, trace::EventId id) {
    const auto& event = scene.log.events[id];
    const bool its_own = event.socket == socket;
    if (e.what == Quantity::state) {
        return its_own && event.kind == trace::EventKind::transition && event.to == e.state;
    }
    if (e.what == Quantity::accept_queue || e.what == Quantity::syn_queue) {
        const auto queue =
            e.what == Quantity::accept_queue ? trace::Queue::accept : trace::Queue::syn;
        return its_own && event.kind == trace::EventKind::queue_changed && event.queue() == queue &&
               event.value == e.number &&
               (!e.limit || static_cast<std::int64_t>(*e.limit) == event.limit);
    }
    return false;
}

} // namespace

Judgement judge(const Expectation& e, const Scene& scene) {
    auto result = form(e, scene);
    result.expected =
        fmt::format("{}{} {}", e.never ? "never " : "", subject(e, scene.script), result.expected);
    return result;
}

bool became_true(const Expectation& e, const Scene& scene, Watched& watched) {
    const auto since = watched.looked;
    const bool first = !watched.begun;
    watched.begun = true;
    watched.looked = scene.visible;
    if (e.what == Quantity::sent) {
        const auto before = watched.sent;
        watched.sent += count_sent(e, scene, first ? 0 : since);
        return watched.sent == e.number || (!first && before < e.number && e.number < watched.sent);
    }
    if (e.what == Quantity::returned && !first) {
        for (auto from = since;;) {
            const auto call = next_finished(scene, e.socket, from);
            if (!call)
                return false;
            if (call->value == e.number)
                return true;
            from = call->event + 1;
        }
    }
    if (form(e, scene).holds)
        return true;
    const bool of_socket = e.what == Quantity::state || e.what == Quantity::accept_queue ||
                           e.what == Quantity::syn_queue;
    const auto socket = of_socket && !first ? remember(scene, e.socket) : std::nullopt;
    for (auto id = since; socket && id < scene.visible; ++id) {
        if (made_true(e, scene, *socket, id))
            return true;
    }
    return false;
}

} // namespace scenario
