// What no TCP sends: segments by hand, floods, a router's messages; and which listener of a port
// that several share gets what arrives.
#include "net/observer.hpp"

#include "net/frame.hpp"
#include "scenario/flood.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <algorithm>

namespace net {

trace::HostId Observer::host_at(trace::Address address) const {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        const auto host = static_cast<trace::HostId>(i);
        const auto& others = hosts_[i].others;
        if (traced(ground_->address(host)).address == address ||
            std::find(others.begin(), others.end(), address) != others.end())
            return host;
    }
    return trace::no_host;
}

void Observer::send_by_hand(trace::HostId host, const trace::Segment& segment, trace::Instant at) {
    recorder_.use_beat(hosts_[host].beat = recorder_.new_beat());
    WireFrame frame;
    frame.from = host;
    frame.to = host_at(segment.destination.address);
    frame.segment = segment;
    frame.sent = at; // what is sent late arrives late
    frame.by_hand = true;
    frame.bytes = build_frame(segment);
    trace::SegmentRecord record;
    record.segment = segment;
    record.sent = frame.sent;
    record.from = host;
    record.to = frame.to;
    frame.id = recorder_.add(record, headers_in(frame.bytes));
    trace::Event event;
    event.at = frame.sent;
    event.kind = trace::EventKind::segment_sent;
    event.host = host;
    event.ref = frame.id;
    event.rule = trace::Rule::made_by_hand;
    recorder_.add(event);
    last_activity_ = now();
    mirror_.touch();
    if (frame.to == trace::no_host)
        return put_on_wire(trace::EventKind::segment_lost, trace::Rule::address_of_nobody, frame);
    const WireFrame kept = frame;
    apply_verdict(wire_.take(std::move(frame), kept.sent), kept);
}

void Observer::act(const scenario::Raw& action) {
    if (!frames_are_ours_)
        return complain_("segments by hand need a wire of our own");
    send_by_hand(action.host, model_.translated(action.segment, recorder_.trace(), now()), now());
}

void Observer::act(const scenario::Flood& action) {
    if (!frames_are_ours_)
        return complain_("a flood needs a wire of our own");
    floods_.push_back({action, 0, now()});
    floods_go_on();
}

void Observer::floods_go_on() {
    for (FloodGoing& flood : floods_)
        while (flood.sent < flood.what.count && flood.due <= now()) {
            lateness_ = std::max(lateness_, now() - flood.due);
            send_by_hand(flood.what.host, scenario::nth_syn(flood.what.to, flood.sent++),
                         flood.due);
            flood.due = flood.due + flood.what.every;
        }
    std::erase_if(floods_, [](const FloodGoing& flood) { return flood.sent == flood.what.count; });
}

trace::Instant Observer::flood_due() const {
    trace::Instant first = trace::never;
    for (const FloodGoing& flood : floods_)
        first = std::min(first, flood.due);
    return first;
}

// A router half-way could not carry the segment on, and says so to its sender.
void Observer::tell_sender(const WireFrame& frame) {
    Host& host = hosts_[frame.from];
    const auto at = now();
    last_activity_ = at;
    lateness_ = std::max(lateness_, at - frame.due);
    take_reports();
    auto message = build_icmp(frame.bytes, *frame.told);
    address_frame(message, frame.from);
    [[maybe_unused]] const auto sent =
        ::send(ground_->packets(frame.from), message.data(), message.size(), MSG_DONTWAIT);
    auto rows = ground_->rows(frame.from);
    host.beat = recorder_.new_beat();
    recorder_.use_beat(host.beat);
    trace::Event event;
    event.at = at;
    event.kind = trace::EventKind::icmp_arrived;
    event.rule = trace::Rule::observed;
    event.ref = frame.id;
    event.value = trace::pack_icmp(*frame.told);
    event.host = frame.from;
    event.socket = mirror_.owner(frame.from, frame.segment.source, frame.segment.destination);
    stimulate(frame.from, recorder_.add(event), {});
    if (rows)
        mirror_.look(look_now(frame.from, at, trace::Certainty::exact), *rows);
    read_counters(frame.from, trace::milliseconds(1));
    mirror_.touch();
}

// Which of those that share a port gets a connection is told by a hash of addresses and ports, with
// a key that each boot draws anew (inet_ehashfn()). A filter of the group (SO_REUSEPORT, socket(7))
// may decide instead: then both worlds choose alike.
void Observer::steer(const WireFrame& frame) {
    const auto group = groups_.find({frame.to, frame.segment.destination.port});
    if (group == groups_.end() || group->second.empty())
        return;
    const auto wanted = model_.listener_of(frame.segment, recorder_.trace(), now());
    const auto& order = group->second;
    const auto place = std::find(order.begin(), order.end(), wanted.value_or(0));
    const auto member = listeners_.find({frame.to, group->first.second, order.front()});
    if (member == listeners_.end())
        return;
    const bool known = place != order.end();
    // A place that there is not leaves it to the hash.
    const auto index = known ? static_cast<std::uint32_t>(place - order.begin()) : ~0u;
    sock_filter choose{BPF_RET | BPF_K, 0, 0, index};
    const sock_fprog program{1, &choose};
    ::setsockopt(member->second.descriptor.number(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
                 sizeof program);
    if (!known)
        return;
    const auto chosen = listeners_.find({frame.to, group->first.second, *place});
    if (chosen != listeners_.end())
        mirror_.expect_listener(chosen->second.cookie);
}

} // namespace net
