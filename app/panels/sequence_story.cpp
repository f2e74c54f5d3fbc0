// Reading a trace once from its beginning to the cursor.
#include "panels/sequence_story.hpp"

#include <algorithm>
#include <unordered_map>

namespace panels {

namespace {

using trace::Event;
using trace::EventKind;

struct Teller {
    const trace::Trace& trace;
    Story story;
    std::vector<std::uint32_t> segment_index; // SegmentId -> place in story.segments
    std::vector<std::uint32_t> socket_index;  // Cookie -> place in story.sockets
    std::unordered_map<trace::Cookie, SegmentStory::Met> accept_queues; // by listener, as of now

    explicit Teller(const trace::Trace& t)
        : trace(t),
          segment_index(t.segments.size(), trace::none),
          socket_index(t.sockets.size(), trace::none) {}

    SegmentStory* segment(trace::SegmentId id) {
        if (id >= segment_index.size()) {
            return nullptr;
        }
        if (segment_index[id] == trace::none) {
            segment_index[id] = static_cast<std::uint32_t>(story.segments.size());
            story.segments.push_back({.id = id, .sent = trace.segments[id].sent});
        }
        return &story.segments[segment_index[id]];
    }

    SocketStory* socket(trace::Cookie cookie, const Event& event) {
        if (cookie >= socket_index.size()) {
            return nullptr;
        }
        if (socket_index[cookie] == trace::none) {
            socket_index[cookie] = static_cast<std::uint32_t>(story.sockets.size());
            story.sockets.push_back(
                {.cookie = cookie, .host = trace.sockets[cookie].host, .born = event.at});
        }
        return &story.sockets[socket_index[cookie]];
    }

    void enter_state(const Event& event, trace::EventId id) {
        SocketStory* told = socket(event.socket, event);
        if (told == nullptr) {
            return;
        }
        if (!told->spans.empty() && told->spans.back().from == event.at) {
            told->spans.pop_back(); // a state that lasted no time has no length to draw
        }
        if (told->spans.empty() || told->spans.back().state != event.to) {
            told->spans.push_back({event.to, event.at, id, event.certainty});
        }
    }

    void end_segment(const Event& event, trace::EventId id, Fate fate) {
        if (SegmentStory* told = segment(event.ref)) {
            told->fate = fate;
            told->ended = event.at;
            told->end_event = id;
            told->taker = event.socket;
            told->certainty = std::max(told->certainty, event.certainty);
        }
    }

    // The listener that a segment came to; where nobody says which, that of its port.
    trace::Cookie listener_of(const Event& event) const {
        if (event.socket < trace.sockets.size()) {
            const trace::SocketRecord& taker = trace.sockets[event.socket];
            return taker.is_listener ? event.socket : taker.listener;
        }
        const trace::Endpoint& to = trace.segments[event.ref].segment.destination;
        for (const auto& [listener, queue] : accept_queues) {
            if (trace.sockets[listener].host == event.host &&
                trace.sockets[listener].local.port == to.port) {
                return listener;
            }
        }
        return trace::none;
    }

    void meet_queue(const Event& event) {
        if (event.ref >= trace.segments.size()) {
            return;
        }
        const auto queue = accept_queues.find(listener_of(event));
        if (SegmentStory* told = segment(event.ref); told && queue != accept_queues.end()) {
            told->met = queue->second;
        }
    }

    void read(const Event& event, trace::EventId id) {
        switch (event.kind) {
        case EventKind::socket_created:
        case EventKind::transition: enter_state(event, id); break;
        case EventKind::socket_gone:
            if (SocketStory* told = socket(event.socket, event)) {
                told->gone = event.at;
            }
            break;
        case EventKind::segment_sent:
            if (SegmentStory* told = segment(event.ref)) {
                told->sent = event.at;
                told->sent_event = id;
                told->sender = event.socket;
                told->certainty = event.certainty;
            }
            break;
        case EventKind::segment_arrived: end_segment(event, id, Fate::delivered); break;
        case EventKind::segment_refused:
            end_segment(event, id, Fate::refused);
            meet_queue(event);
            break;
        case EventKind::segment_lost: end_segment(event, id, Fate::lost); break;
        case EventKind::segment_held:
            if (SegmentStory* told = segment(event.ref)) {
                told->fate = Fate::held;
                told->held_at = event.at;
            }
            break;
        case EventKind::segment_released:
            if (SegmentStory* told = segment(event.ref)) {
                told->fate = Fate::in_flight;
                told->released_at = event.at;
            }
            break;
        case EventKind::queue_changed: queue_changed(event, id); break;
        case EventKind::icmp_arrived:
            if (SegmentStory* told = segment(event.ref)) {
                told->message = SegmentStory::Message{event.at, id, event.value};
            }
            break;
        case EventKind::call_entered:
        case EventKind::call_returned:
        case EventKind::timer_fired:
        case EventKind::counter:
        case EventKind::setting:
        case EventKind::inferred: break;
        }
    }

    // A longer accept queue: who became a connection just before; a shorter one: accept() took one.
    void queue_changed(const Event& event, trace::EventId id) {
        if (event.queue() != trace::Queue::accept) {
            return;
        }
        accept_queues[event.socket] = {event.value, event.limit};
        std::int64_t before = 0;
        trace::Cookie newest = trace::none;
        for (trace::EventId i = id; i-- > 0;) {
            const Event& earlier = trace.events[i];
            if (earlier.beat == event.beat && earlier.kind == EventKind::transition &&
                newest == trace::none && earlier.socket != event.socket) {
                newest = earlier.socket;
            }
            if (earlier.kind == EventKind::queue_changed && earlier.socket == event.socket &&
                earlier.queue() == trace::Queue::accept) {
                before = earlier.value;
                break;
            }
        }
        if (event.value == before) {
            return;
        }
        const bool longer = event.value > before;
        story.remarks.push_back(
            {.what = longer ? Remark::What::enters_accept_queue : Remark::What::accepted,
             .event = id,
             .host = event.host,
             .socket = longer ? newest : event.socket,
             .at = event.at});
    }

    trace::Duration delay(const trace::SegmentRecord& record,
                          const trace::Snapshot& snapshot) const {
        for (const trace::WireView& wire : snapshot.wires) {
            if (wire.from == record.from && wire.to == record.to) {
                return wire.delay;
            }
        }
        return trace::milliseconds(10);
    }

    void promise(SegmentStory& told, const trace::Snapshot& snapshot) const {
        told.way = delay(trace.segments[told.id], snapshot);
        if (told.fate == Fate::in_flight) {
            told.ended = told.released_at.value_or(told.sent) + told.way;
        }
    }

    // What is still under way ends when the wire promises; whether it will is not known yet.
    void promise(const trace::Snapshot& snapshot) {
        for (SegmentStory& told : story.segments) {
            promise(told, snapshot);
        }
        for (const trace::InFlight& flying : snapshot.in_flight) {
            const bool known = flying.segment < segment_index.size() &&
                               segment_index[flying.segment] != trace::none;
            SegmentStory* told = segment(flying.segment);
            if (told != nullptr && !known) {
                promise(*told, snapshot); // a copy made by the wire: no host sent it
            }
            if (told == nullptr || (told->fate != Fate::in_flight && told->fate != Fate::held)) {
                continue;
            }
            if (flying.held) {
                told->fate = Fate::held;
                told->held_at = told->held_at.value_or(told->sent);
                told->ended = trace::never;
            } else if (flying.due != trace::never && !flying.will_be_lost) {
                // Of a segment that will be lost, `due` is the instant of its loss: not to be seen.
                told->fate = Fate::in_flight;
                told->ended = flying.due;
            }
        }
    }
};

} // namespace

Story tell(const trace::Trace& trace, std::uint32_t visible, const trace::Snapshot& snapshot) {
    Teller teller(trace);
    for (trace::EventId id = 0; id < visible; ++id) {
        teller.read(trace.events[id], id);
    }
    teller.promise(snapshot);
    teller.story.begin = visible > 0 ? trace.events[0].at : snapshot.now;
    std::stable_sort(teller.story.segments.begin(), teller.story.segments.end(),
                     [](const SegmentStory& a, const SegmentStory& b) { return a.sent < b.sent; });
    return std::move(teller.story);
}

std::vector<trace::SegmentId> covered_by(const trace::Trace& trace, const Story& story,
                                         trace::SegmentId id) {
    std::vector<trace::SegmentId> covered;
    if (id >= trace.segments.size() || !trace.segments[id].segment.flags.has(trace::flag::ack)) {
        return covered;
    }
    const trace::Segment& acking = trace.segments[id].segment;
    // The highest number that this side acknowledged before: what lies below is not news.
    std::optional<trace::Seq> before_this;
    for (const SegmentStory& told : story.segments) {
        if (told.id == id) {
            break;
        }
        const trace::Segment& earlier = trace.segments[told.id].segment;
        if (earlier.source == acking.source && earlier.destination == acking.destination &&
            earlier.flags.has(trace::flag::ack) &&
            (!before_this || trace::after(earlier.ack, *before_this))) {
            before_this = earlier.ack;
        }
    }
    const trace::Instant sent = trace.segments[id].sent;
    for (const SegmentStory& told : story.segments) {
        const trace::Segment& data = trace.segments[told.id].segment;
        if (told.fate != Fate::delivered || told.ended > sent ||
            data.source != acking.destination || data.destination != acking.source) {
            continue;
        }
        const trace::Seq end = data.seq + trace::seg_len(data);
        if (trace::seg_len(data) > 0 && !trace::after(end, acking.ack) &&
            (!before_this || trace::after(end, *before_this))) {
            covered.push_back(told.id);
        }
    }
    return covered;
}

} // namespace panels
