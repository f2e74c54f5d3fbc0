// Asking twice, reading twice.
#include "net/attach/more.hpp"

#include "net/clock.hpp"

#include <algorithm>

namespace net::attach {
namespace {

constexpr std::size_t packets_at_once = 50'000; // in one look

} // namespace

More::More(const Options& options, std::span<const std::uint16_t> ports, bool everywhere,
           bool ties) {
    if (ports.empty() || ports.size() > permitted::ports_at_most) {
        segments_state_ = events_state_ = State::refused;
        why_no_segments_ = why_no_events_ =
            ports.empty() ? "it has no port to watch"
                          : "it has more ports than one filter holds: open one of its listeners";
        return;
    }
    permitted::Request request;
    request.ports = static_cast<std::uint32_t>(ports.size());
    std::copy(ports.begin(), ports.end(), request.port);
    request.everywhere = everywhere;
    request.ties = ties;
    request.buffer_kb = options.buffer_kb;
    const auto ask = [&](permitted::Ask what, std::optional<permitted::Permit>& permit,
                         State& state, std::string& why) {
        request.ask = what;
        auto asked = permitted::Permit::ask(request, options.helper);
        if (asked) {
            permit.emplace(std::move(*asked));
        } else {
            state = State::refused;
            why = describe(asked.failure());
        }
    };
    ask(permitted::Ask::events, events_permit_, events_state_, why_no_events_);
    ask(permitted::Ask::segments, segments_permit_, segments_state_, why_no_segments_);
}

template <typename Reader>
More::State More::take(std::optional<permitted::Permit>& permit, std::optional<Reader>& reader,
                       std::string& why, std::int64_t& since_ns) {
    switch (permit->look()) {
    case permitted::Permit::State::waiting: return State::waiting;
    case permitted::Permit::State::refused: why = describe(permit->failure()); break;
    case permitted::Permit::State::granted:
        if (auto adopted = Reader::adopt(permit->take())) {
            reader.emplace(std::move(*adopted));
            since_ns = monotonic_ns();
            return State::granted;
        } else {
            why = describe(adopted.failure());
        }
    }
    permit.reset();
    return State::refused;
}

void More::look_for_answers() {
    if (segments_state_ == State::waiting)
        segments_state_ = take(segments_permit_, packets_, why_no_segments_, segments_since_ns_);
    if (events_state_ == State::waiting)
        events_state_ = take(events_permit_, transitions_, why_no_events_, events_since_ns_);
}

More::News More::read() {
    look_for_answers();
    News news;
    if (packets_) {
        auto read = packets_->read(packets_at_once);
        news.packets = std::move(read.packets);
        news.lost.segments = read.lost;
        news.lost.passed_over = read.passed_over;
    }
    if (transitions_) {
        auto read = transitions_->read();
        news.events = std::move(read.events);
        news.lost.events = read.lost;
    }
    return news;
}

} // namespace net::attach
