// The answer to a question, from snapshot and log, and which options it makes right.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "evaluate.hpp"
#include "print.hpp"
#include "reader.hpp"
#include "segment_pattern.hpp"

namespace scenario {
namespace {

template <typename IsRight>
Answer answered(const Prediction& p, std::string value, IsRight is_right) {
    Answer result{std::move(value), {}};
    for (std::uint32_t i = 0; i < p.options.size(); ++i) {
        if (is_right(std::string_view(p.options[i].value)))
            result.right.push_back(i);
    }
    return result;
}

Answer count(const Prediction& p, std::int64_t value) {
    return answered(p, fmt::format("{}", value),
                    [&](std::string_view option) { return parse_integer(option) == value; });
}

// The state after the first beat in which this socket changed, and the state now when it did not.
std::optional<Answer> of_state(const Prediction& p, const Asked& asked, const Scene& scene,
                               When when) {
    auto state = state_of(scene, p.socket);
    if (when == When::known) {
        const auto socket = remember(scene, p.socket);
        std::optional<std::uint32_t> beat;
        for (auto id = asked.looked; socket && id < scene.visible; ++id) {
            const auto& event = scene.log.events[id];
            if (event.kind != trace::EventKind::transition || event.socket != *socket)
                continue;
            if (beat && *beat != event.beat)
                break;
            beat = event.beat;
            state = event.to;
        }
        if (!beat)
            return std::nullopt;
    }
    const auto call = latest_finished(scene, p.socket);
    return answered(p, std::string(trace::name(state)), [&](std::string_view option) {
        if (const auto named = trace::parse_state(option))
            return *named == state;
        return call && call->value < 0 && parse_result(option) == call->value;
    });
}

std::optional<Answer> of_returned(const Prediction& p, const Asked& asked, const Scene& scene,
                                  When when) {
    auto call = p.after ? latest_finished(scene, p.socket, asked.events)
                        : next_finished(scene, p.socket, asked.looked);
    if (!call && when == When::known)
        return std::nullopt;
    if (p.after && when == When::known)
        return std::nullopt; // a later one may still finish
    if (!call && !blocked_in(scene, p.socket))
        call = latest_finished(scene, p.socket);
    const auto value = call ? print_result(call->value) : "blocked";
    return answered(p, value, [&](std::string_view option) {
        return call ? parse_result(option) == call->value : option == "blocked";
    });
}

std::optional<Answer> of_queue(const Prediction& p, const Asked& asked, const Scene& scene,
                               When when) {
    const auto queue = p.what == Question::accept_queue ? trace::Queue::accept : trace::Queue::syn;
    if (when == When::known) {
        const auto socket = remember(scene, p.socket);
        for (auto id = asked.looked; socket && id < scene.visible; ++id) {
            const auto& event = scene.log.events[id];
            if (event.kind == trace::EventKind::queue_changed && event.socket == *socket &&
                event.queue() == queue) {
                return count(p, event.value);
            }
        }
        return std::nullopt;
    }
    const auto* listener = listener_of(scene, p.socket);
    if (!listener)
        return count(p, 0);
    const auto& entries =
        queue == trace::Queue::accept ? listener->accept_queue : listener->syn_queue;
    return count(p, static_cast<std::int64_t>(entries.size()));
}

std::optional<std::int64_t> bytes(const Prediction& p, const Scene& scene) {
    return bytes_in(scene, p.socket,
                    p.what == Question::send_queue ? Direction::send : Direction::receive);
}

std::optional<Answer> of_bytes(const Prediction& p, const Asked& asked, const Scene& scene,
                               When when) {
    const auto value = bytes(p, scene);
    if (when == When::known && value == asked.bytes)
        return std::nullopt;
    return count(p, value.value_or(0));
}

std::optional<Answer> of_timer(const Prediction& p, const Scene& scene, When when) {
    const auto left = time_left(scene, p.socket, p.timer);
    if (!left) {
        if (when == When::known)
            return std::nullopt;
        return Answer{"not running", {}};
    }
    return answered(p, print(*left), [&](std::string_view option) {
        const auto due = trace::parse_duration(option);
        return due && std::abs(left->ns - due->ns) <= due->ns / 100;
    });
}

// The segment as an option would describe it in full.
std::string describe_segment(const trace::Segment& s) {
    auto text = fmt::format("{} seq {}", trace::describe(s.flags), s.seq.raw);
    if (s.flags.has(trace::flag::ack))
        text += fmt::format(" ack {}", s.ack.raw);
    return text + fmt::format(" len {}", s.length);
}

// A real kernel chooses its own first sequence numbers: counted from those that the script names.
trace::Segment as_scripted(trace::Segment segment, const Scene& scene) {
    for (const IsnLine& line : scene.script.isns) {
        const auto cookie = remember(scene, line.socket);
        if (!cookie)
            continue;
        const auto& end = scene.log.sockets[*cookie];
        const auto& segments = scene.log.segments;
        const auto is_its_syn = [&](const trace::SegmentRecord& s) {
            return s.segment.flags.has(trace::flag::syn) && s.segment.source == end.local &&
                   s.segment.destination == end.remote;
        };
        const auto syn = std::find_if(segments.rbegin(), segments.rend(), is_its_syn);
        // Begun as named: the numbers are those of the script. Two connections of the same two
        // ports begin at two numbers, and the later one says nothing of the earlier.
        const bool as_named = std::any_of(segments.begin(), segments.end(), [&](const auto& s) {
            return is_its_syn(s) && s.segment.seq.raw == line.isn;
        });
        if (syn == segments.rend() || as_named)
            continue;
        const std::uint32_t further = line.isn - syn->segment.seq.raw;
        if (segment.source == end.local && segment.destination == end.remote)
            segment.seq = segment.seq + further;
        else if (segment.source == end.remote && segment.destination == end.local)
            segment.ack = segment.ack + further;
    }
    return segment;
}

// The first segment that left after the question was asked; of one wire or of any.
const trace::SegmentRecord* next_sent(const Prediction& p, const Asked& asked, const Scene& scene) {
    for (auto id = asked.looked; id < scene.visible; ++id) {
        const auto& event = scene.log.events[id];
        if (event.kind != trace::EventKind::segment_sent)
            continue;
        const auto& record = scene.log.segments[event.ref];
        if (record.copy)
            continue;
        if (p.what == Question::sender || (record.from == p.from && record.to == p.to))
            return &record;
    }
    return nullptr;
}

std::optional<Answer> of_segment(const Prediction& p, const Asked& asked, const Scene& scene,
                                 When when) {
    const auto* sent = next_sent(p, asked, scene);
    if (!sent && when == When::known)
        return std::nullopt;
    if (!sent) {
        return answered(p, "nothing", [](std::string_view option) { return option == "nothing"; });
    }
    const trace::Segment segment = as_scripted(sent->segment, scene);
    return answered(p, describe_segment(segment), [&](std::string_view option) {
        const auto pattern = parse_pattern(option);
        return option != "nothing" && pattern && matches(*pattern, segment);
    });
}

std::optional<Answer> of_sender(const Prediction& p, const Asked& asked, const Scene& scene,
                                When when) {
    const auto* sent = next_sent(p, asked, scene);
    if (!sent && when == When::known)
        return std::nullopt;
    const auto who = sent ? scene.script.hosts[sent->from].name : std::string("nobody");
    return answered(p, who, [&](std::string_view option) { return option == who; });
}

} // namespace

Asked ask(const Prediction& p, const Scene& scene) {
    Asked asked{scene.visible, std::nullopt, scene.visible};
    if (p.what == Question::send_queue || p.what == Question::recv_queue)
        asked.bytes = bytes(p, scene);
    return asked;
}

std::optional<Answer> answer(const Prediction& p, const Asked& asked, const Scene& scene,
                             When when) {
    switch (p.what) {
    case Question::state: return of_state(p, asked, scene, when);
    case Question::returned: return of_returned(p, asked, scene, when);
    case Question::accept_queue:
    case Question::syn_queue: return of_queue(p, asked, scene, when);
    case Question::send_queue:
    case Question::recv_queue: return of_bytes(p, asked, scene, when);
    case Question::timer_due: return of_timer(p, scene, when);
    case Question::segment: return of_segment(p, asked, scene, when);
    case Question::sender: return of_sender(p, asked, scene, when);
    }
    return std::nullopt;
}

} // namespace scenario
