// Hands on the wire: what is held, dropped, delayed, doubled and marked, by a rule or one by one.
#include "net/observer.hpp"

namespace net {

void Observer::act(const scenario::WireRule& action) {
    if (!frames_are_ours_)
        return;
    if (action.what != scenario::WireRule::What::release)
        return wire_.add_rule(action);
    for (const trace::SegmentId held : wire_.held_for(action))
        act(scenario::Verdict{scenario::Verdict::What::release, held, {}});
}

void Observer::act(const scenario::Verdict& action) {
    using What = scenario::Verdict::What;
    const WireFrame* there = wire_.find(action.segment);
    if (!there)
        return; // delivered meanwhile
    const WireFrame frame = *there;
    switch (action.what) {
    case What::drop:
        wire_.remove(action.segment);
        put_on_wire(trace::EventKind::segment_lost, trace::Rule::wire_lost_by_hand, frame);
        break;
    case What::delay:
        if (frame.held)
            put_on_wire(trace::EventKind::segment_released, trace::Rule::wire_delayed, frame);
        wire_.delay(action.segment, action.time, now());
        break;
    case What::duplicate: duplicate(frame, (frame.held ? now() : frame.due) + action.time); break;
    case What::mark:
        if (wire_.mark(action.segment))
            recorder_.mark_congestion(action.segment);
        break;
    case What::hold:
        if (!frame.held && wire_.hold(action.segment, now()))
            put_on_wire(trace::EventKind::segment_held, trace::Rule::wire_held, frame);
        break;
    case What::release:
        if (wire_.release(action.segment, now()))
            put_on_wire(trace::EventKind::segment_released, trace::Rule::wire_released, frame);
        break;
    }
    mirror_.touch();
}

void Observer::act(const scenario::SetWire& action) {
    wire_.set(action);
    mirror_.touch();
}

void Observer::hold_everything(bool on) {
    for (const WireFrame& frame : wire_.frames())
        if (!on && frame.held)
            put_on_wire(trace::EventKind::segment_released, trace::Rule::wire_released, frame);
    wire_.hold_everything(now(), on);
    mirror_.touch();
}

void Observer::step() {
    for (const WireFrame& frame : wire_.frames()) {
        if (!frame.held)
            continue;
        act(scenario::Verdict{scenario::Verdict::What::release, frame.id, {}});
        return;
    }
}

void Observer::set_delay(trace::Duration delay) {
    for (std::size_t from = 0; from < hosts_.size(); ++from)
        for (std::size_t to = 0; to < hosts_.size(); ++to)
            wire_.set(scenario::SetWire{static_cast<trace::HostId>(from),
                                        static_cast<trace::HostId>(to), delay, 0});
}

} // namespace net
