// The loop: wait, take commands and reports, read frames, deliver what is due, look, publish.
#include "net/observer.hpp"
#include "trace/sysctl.hpp"

#include "net/clock.hpp"
#include "net/frame.hpp"
#include "net/jiffies.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace net {
namespace {

constexpr int frames_per_round = 64; // so that a flood on one host cannot starve the rest
constexpr auto busy_tick = trace::microseconds(16'667);
constexpr auto idle_tick = trace::milliseconds(250);
constexpr auto busy_for = trace::seconds(1);

struct ReadFrame {
    std::vector<std::byte> bytes;
    std::int64_t at_ns = 0; // CLOCK_MONOTONIC
};

std::optional<ReadFrame> read_frame(int packets) {
    std::array<std::byte, 2048> room; // the MTU is 1500 and segmentation offload is off
    alignas(cmsghdr) std::array<char, 128> beside;
    iovec part{room.data(), room.size()};
    msghdr envelope{};
    envelope.msg_iov = &part;
    envelope.msg_iovlen = 1;
    envelope.msg_control = beside.data();
    envelope.msg_controllen = beside.size();
    const ssize_t got = ::recvmsg(packets, &envelope, MSG_DONTWAIT);
    if (got <= 0)
        return std::nullopt;
    ReadFrame frame;
    frame.bytes.assign(room.begin(), room.begin() + got);
    frame.at_ns = monotonic_ns();
    for (cmsghdr* item = CMSG_FIRSTHDR(&envelope); item; item = CMSG_NXTHDR(&envelope, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        timespec stamp{};
        std::memcpy(&stamp, CMSG_DATA(item), sizeof stamp);
        frame.at_ns = std::min(frame.at_ns, nanoseconds(stamp) - realtime_minus_monotonic_ns());
    }
    return frame;
}

} // namespace

Observer::Observer(std::vector<std::string> hosts, Recorder& recorder, Inbox& inbox,
                   std::unique_ptr<Ground> ground, Complain complain)
    : recorder_(recorder),
      inbox_(inbox),
      ground_(std::move(ground)),
      complain_(std::move(complain)),
      frames_are_ours_(ground_->packets(0) >= 0),
      start_ns_(monotonic_ns()),
      mirror_(recorder, frames_are_ours_),
      wire_(hosts.size()) {
    for (std::string& name : hosts) {
        hosts_.emplace_back();
        hosts_.back().name = std::move(name);
    }
}

Observer::~Observer() {
    for (Host& host : hosts_) {
        host.main.reset();
        host.workers.clear();
    }
    connections_.clear(); // actors first: they use the inbox and their sockets live on the ground
    listeners_.clear();
}

trace::Instant Observer::now() const {
    return {monotonic_ns() - start_ns_};
}

void Observer::run(const std::function<bool()>& stop, const std::function<Commands()>& commands,
                   trace::Instant until) {
    trace::Instant next_tick = now();
    publish();
    while (now() < until && !stop()) {
        std::vector<pollfd> waiting{{inbox_.bell(), POLLIN, 0}};
        for (std::size_t host = 0; frames_are_ours_ && host < hosts_.size(); ++host)
            waiting.push_back({ground_->packets(static_cast<trace::HostId>(host)), POLLIN, 0});
        const trace::Instant wake =
            std::min({next_tick, until, wire_.next_due().value_or(trace::never), flood_due()});
        const std::int64_t left = std::max<std::int64_t>(0, (wake - now()).ns);
        const timespec patience{left / 1'000'000'000, left % 1'000'000'000};
        ::ppoll(waiting.data(), waiting.size(), &patience, nullptr);

        take_reports();
        for (const auto& command : commands()) {
            command(*this);
            last_activity_ = now();
            publish_changes();
        }
        take_news();
        if (now() >= next_tick) {
            tick();
            next_tick = now() + tick_interval();
        } else {
            next_tick = std::min(next_tick, now() + tick_interval());
        }
        if (mirror_.take_changed())
            publish();
    }
}

trace::Duration Observer::tick_interval() const {
    if (now() - last_activity_ < busy_for)
        return busy_tick;
    const bool something_runs =
        std::any_of(mirror_.lives().begin(), mirror_.lives().end(), [&](const Life& life) {
            if (!life.present || life.gone || life.kind == trace::RecordKind::listener)
                return false;
            return life.row.timer == KernelTimer::retransmit ||
                   life.row.timer == KernelTimer::zero_window_probe ||
                   (!frames_are_ours_ && life.kind != trace::RecordKind::time_wait);
        });
    return something_runs ? busy_tick : idle_tick;
}

void Observer::stimulate(trace::HostId host, trace::EventId cause, Stimulus seen,
                         trace::Cookie socket) {
    hosts_[host].socket = socket;
    hosts_[host].cause = cause;
    hosts_[host].seen = std::move(seen);
}

Look Observer::look_now(trace::HostId host, trace::Instant at, trace::Certainty certainty) const {
    return {host, at, hosts_[host].cause, hosts_[host].seen, hosts_[host].socket, certainty};
}

void Observer::look(trace::HostId host, trace::Instant at) {
    auto rows = ground_->rows(host);
    if (!rows)
        return complain_(describe(rows.failure()));
    recorder_.use_beat(hosts_[host].beat);
    mirror_.look(
        look_now(host, at, frames_are_ours_ ? trace::Certainty::exact : trace::Certainty::sampled),
        *rows);
}

void Observer::read_frames(trace::HostId host) {
    for (int count = 0; count < frames_per_round; ++count) {
        auto frame = read_frame(ground_->packets(host));
        if (!frame)
            return;
        take_reports(); // a call is reported before it is made, so before the frame that it sent
        frame_left(host, std::move(frame->bytes), {frame->at_ns - start_ns_});
        publish_changes();
    }
}

void Observer::frame_left(trace::HostId host, std::vector<std::byte> bytes, trace::Instant at) {
    const auto segment = parse_frame(bytes);
    if (!segment)
        return; // no IPv6, no IGMP: nothing that TCP needs
    WireFrame frame;
    frame.from = host;
    frame.to = host_at(segment->destination.address);
    frame.segment = *segment;
    frame.sent = at;
    frame.bytes = std::move(bytes);
    last_activity_ = now();
    record_departure(frame);
    if (frame.to == trace::no_host)
        return put_on_wire(trace::EventKind::segment_lost, trace::Rule::address_of_nobody, frame);
    WireFrame kept = frame;
    kept.bytes.clear();
    const auto verdict = wire_.take(std::move(frame), at);
    apply_verdict(verdict, kept);
    mirror_.touch();
}

void Observer::deliver_due() {
    for (int count = 0; count < frames_per_round; ++count) {
        auto frame = wire_.next_delivery(now());
        if (!frame)
            return;
        frame->told ? tell_sender(*frame) : deliver(std::move(*frame));
        publish_changes();
    }
}

void Observer::deliver(WireFrame frame) {
    Host& host = hosts_[frame.to];
    const auto at = now();
    last_activity_ = at;
    note_lateness(frame, at - frame.due);
    take_reports();
    steer(frame);
    address_frame(frame.bytes, frame.to);
    // veth hands the frame to the other end, and that to TCP, before send() returns.
    [[maybe_unused]] const auto sent =
        ::send(ground_->packets(frame.to), frame.bytes.data(), frame.bytes.size(), MSG_DONTWAIT);
    auto rows = ground_->rows(frame.to);
    lateness_ = std::max(lateness_, now() - frame.due);
    host.beat = recorder_.new_beat();

    const auto refused = rows ? refusal(frame, *rows) : std::nullopt;
    trace::Event event;
    event.at = at;
    event.kind = refused ? trace::EventKind::segment_refused : trace::EventKind::segment_arrived;
    event.rule = refused.value_or(trace::Rule::wire_delivers);
    event.ref = frame.id;
    event.host = frame.to;
    event.socket = mirror_.owner(frame.to, frame.segment.destination, frame.segment.source);
    if (event.socket == trace::none)
        if (const Life* listener = mirror_.find_listener(frame.to, frame.segment.destination);
            listener && listener->present)
            event.socket = listener->cookie;
    const auto& events = recorder_.trace().events;
    for (std::size_t i = events.size(); i-- > 0 && event.cause == trace::none;)
        if (events[i].ref == frame.id && events[i].kind == trace::EventKind::segment_sent)
            event.cause = static_cast<trace::EventId>(i);
    const auto arrival = recorder_.add(event);
    Stimulus seen;
    seen.arrived = frame.segment;
    stimulate(frame.to, arrival, seen);
    if (rows)
        mirror_.look(look_now(frame.to, at, trace::Certainty::exact), *rows);
    mirror_.expect_listener(trace::none);
    if (!refused && !frame.by_hand)
        mirror_.note_arrived(frame.to, frame.segment);
    read_counters(frame.to, trace::milliseconds(1));
    mirror_.touch();
}

void Observer::note_lateness(const WireFrame& frame, trace::Duration late) {
    lateness_ = std::max(lateness_, late);
    if (!frame.place)
        return;
    pace_.frames.resize(hosts_.size() * hosts_.size());
    auto& wire = pace_.frames[frame.from * hosts_.size() + frame.to];
    wire.resize(std::max(wire.size(), *frame.place + 1));
    wire[*frame.place] = {late, frame.due + late};
}

// A frame or a report that has not been read, or a call that is just changing its socket: what a
// look shows now may be their doing, and they will tell it themselves.
bool Observer::has_news_of(trace::HostId host) const {
    pollfd sources[] = {{inbox_.bell(), POLLIN, 0},
                        {ground_->packets(host), POLLIN, 0}}; // -1 is ignored
    if (::poll(sources, 2, 0) > 0)
        return true;
    return std::any_of(pending_.begin(), pending_.end(), [&](const auto& entry) {
        const Pending& pending = entry.second;
        if (pending.host != host || pending.entered == trace::none)
            return false;
        const trace::Call call = recorder_.trace().calls[entry.first].call;
        if (call == trace::Call::connect)
            return mirror_.lives()[pending.socket].state == trace::State::closed;
        constexpr auto lingering = trace::milliseconds(20); // close() may wait for SO_LINGER
        return (call == trace::Call::close || call == trace::Call::shutdown) &&
               now() - recorder_.trace().events[pending.entered].at < lingering;
    });
}

void Observer::tick() {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        const auto host = static_cast<trace::HostId>(i);
        if (look_at_sockets(host) && now() - last_activity_ < busy_for)
            read_counters(host, trace::milliseconds(1));
    }
}

bool Observer::look_at_sockets(trace::HostId host) {
    auto rows = ground_->rows(host);
    if (!rows || has_news_of(host))
        return false;
    recorder_.use_beat(recorder_.new_beat());
    Look nothing_seen;
    nothing_seen.host = host;
    nothing_seen.at = now();
    nothing_seen.certainty = trace::Certainty::sampled;
    nothing_seen.seen.peer_aborted = !frames_are_ours_ && hosts_[1u - host].seen.abort.has_value();
    mirror_.look(nothing_seen, *rows);
    return true;
}

void Observer::take_news() {
    take_reports();
    floods_go_on();
    for (std::size_t host = 0; frames_are_ours_ && host < hosts_.size(); ++host)
        read_frames(static_cast<trace::HostId>(host));
    deliver_due();
}

void Observer::catch_up() {
    constexpr int tries = 20; // a host that never falls silent is looked at all the same
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        const auto host = static_cast<trace::HostId>(i);
        for (int n = 0; n < tries; ++n) {
            take_news();
            if (look_at_sockets(host))
                break;
        }
        read_counters(host, {});
    }
    publish();
}

std::optional<Failure> Observer::set_up(const std::vector<scenario::WireLine>& wires,
                                        const std::vector<scenario::SetSysctl>& defaults,
                                        const std::vector<scenario::SetSysctl>& sysctls) {
    for (const scenario::WireLine& line : wires)
        wire_.set(line);
    for (const scenario::SetSysctl& set : defaults)
        if (!ground_->write_sysctl(set.host, full_sysctl_name(set.name),
                                   trace::format_value(set.name, set.value)))
            continue; // this kernel does not know it, or does not let us
    for (const scenario::SetSysctl& set : sysctls) {
        const auto written = ground_->write_sysctl(set.host, full_sysctl_name(set.name),
                                                   trace::format_value(set.name, set.value));
        if (!written)
            return Failure{fmt::format("setting {} to {}", full_sysctl_name(set.name), set.value),
                           written.failure().error, ""};
    }
    read_sysctls();
    return std::nullopt;
}

std::optional<Failure> Observer::add_addresses(const std::vector<scenario::HostLine>& hosts) {
    for (std::size_t i = 0; i < hosts.size(); ++i)
        for (const trace::Address address : hosts[i].others) {
            hosts_[i].others.push_back(address);
            if (auto refused =
                    ground_->add_address(static_cast<trace::HostId>(i), trace::format(address)))
                return refused;
        }
    return std::nullopt;
}

void Observer::begin() {
    start_ns_ = monotonic_ns();
}

Pace Observer::pace() const {
    Pace found = pace_;
    found.wheel = wheel_phase(start_ns_); // takes a while: not before the play
    return found;
}

void Observer::publish() {
    trace::Snapshot snapshot;
    snapshot.now = now();
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        trace::HostView view;
        view.id = static_cast<trace::HostId>(i);
        view.name = hosts_[i].name;
        view.address = traced(ground_->address(view.id)).address;
        view.profile = "running";
        mirror_.fill(view.id, view);
        view.calls = hosts_[i].calls;
        view.counters = hosts_[i].counters;
        view.sysctls = hosts_[i].sysctls;
        snapshot.hosts.push_back(std::move(view));
        for (std::size_t j = 0; frames_are_ours_ && j < hosts_.size(); ++j)
            if (i != j)
                snapshot.wires.push_back({view.id, static_cast<trace::HostId>(j),
                                          wire_.delay_of(view.id, static_cast<trace::HostId>(j)),
                                          wire_.loss_of(view.id, static_cast<trace::HostId>(j))});
    }
    for (const WireFrame& frame : wire_.frames())
        if (!frame.told) // a router's message is on its way, the segment is not
            snapshot.in_flight.push_back(
                {frame.id, frame.from, frame.to, frame.sent, frame.due, frame.held, false});
    snapshot.next_due = wire_.next_due();
    recorder_.publish(std::move(snapshot));
}

} // namespace net
