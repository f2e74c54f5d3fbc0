#include "raw_peer.hpp"

#include <variant>

#include <fmt/format.h>

#include "catch.hpp"
#include "world/known.hpp"

namespace raw {

namespace flag = trace::flag;

scenario::SocketName first() {
    scenario::SocketName n;
    n.host = 0;
    n.number = 1;
    return n;
}

scenario::Action listen(std::int64_t backlog) {
    return scenario::Listen{0, 80, backlog};
}

Peer::Peer(const std::string& header) {
    const std::string text = "title raw\nhosts host peer\nwire host peer delay 0\n" + header;
    auto parsed = scenario::parse(text, "raw", world::known());
    if (auto* error = std::get_if<scenario::ParseError>(&parsed))
        FAIL(scenario::format(*error));
    world = world::make_world(std::get<scenario::Scenario>(parsed), &log);
    scenario::WireRule drop{scenario::WireRule::What::drop, 0, 1, trace::SegmentKind::any, {}, {}};
    world.submit(drop, &log);
}

void Peer::submit(const scenario::Action& a) {
    world.submit(a, &log);
}

void Peer::advance(trace::Duration d) {
    world.advance(world.now() + d, &log);
}

void Peer::make_nonblocking() {
    world::Contents w = world.contents();
    auto& named = w.hosts[0].names.at(0);
    named.thread = {};
    w.connections[w.sockets[named.socket].connection].nonblocking = true;
    world = world::World(std::move(w));
}

std::int64_t Peer::last_result() const {
    return world.contents().hosts[0].names.at(0).last_result;
}

trace::Errno Peer::pending_error() const {
    const auto& w = world.contents();
    if (w.hosts[0].names.empty())
        return trace::Errno::ok;
    const auto slot = w.sockets[w.hosts[0].names[0].socket].connection;
    return slot == world::no_slot ? trace::Errno::ok : w.connections[slot].error;
}

bool Peer::descriptor_is_open() const {
    const auto& w = world.contents();
    return w.sockets[w.hosts[0].names.at(0).socket].fd >= 0;
}

void Peer::inject(trace::Segment s) {
    world::Contents w = world.contents();
    world::Flying f;
    f.segment = s;
    f.id = w.recorded.segments++;
    f.from = 1;
    f.to = 0;
    f.sent = f.due = w.now;
    trace::SegmentRecord record;
    record.segment = s;
    record.from = 1;
    record.to = 0;
    record.sent = w.now;
    log.segments.push_back(record);
    const auto slot = w.flying.add(std::move(f));
    auto& held = w.flying.all[slot];
    held.at = w.now;
    held.due = w.deadlines.add(w.now, world::DueKind::segment, slot);
    world = world::World(std::move(w));
    world.advance(world.now(), &log);
}

void Peer::inject(trace::Flags flags, std::int64_t seq, std::int64_t ack, std::uint32_t length) {
    trace::Segment s;
    const auto& hosts = world.contents().hosts;
    s.source = {hosts[1].address, port};
    s.destination = {hosts[0].address, host_port};
    s.seq = {static_cast<std::uint32_t>(isn + seq)};
    if (flags.has(flag::ack))
        s.ack = {static_cast<std::uint32_t>(host_isn + ack)};
    s.flags = flags;
    s.length = length;
    s.window = window;
    if (flags.has(flag::syn))
        s.mss = 1460;
    inject(s);
}

void Peer::read_isn() {
    for (const auto& record : log.segments)
        if (record.from == 0 && record.segment.flags.has(flag::syn))
            host_isn = record.segment.seq.raw;
}

void Peer::establish() {
    submit(listen(8));
    inject(flag::syn, 0);
    read_isn();
    inject(flag::ack, 1, 1);
    submit(scenario::Accept{0, 1, 80});
    REQUIRE(state() == trace::State::established);
}

std::vector<trace::Segment> Peer::sent_since(std::size_t mark) const {
    std::vector<trace::Segment> out;
    for (std::size_t i = mark; i < log.segments.size(); ++i)
        if (log.segments[i].from == 0)
            out.push_back(log.segments[i].segment);
    return out;
}

std::string Peer::tell_since(std::size_t mark) const {
    std::string out;
    for (const trace::Segment& s : sent_since(mark)) {
        const auto ours = static_cast<std::int32_t>(s.seq.raw - host_isn);
        const auto theirs = static_cast<std::int32_t>(s.ack.raw - isn);
        out += fmt::format("{}{}:{}:{}", out.empty() ? "" : " ", trace::packetdrill(s.flags),
                           s.seq.raw == 0 ? "=0" : std::to_string(ours),
                           s.flags.has(flag::ack) ? std::to_string(theirs) : "-");
        if (s.length > 0)
            out += fmt::format(":{}", s.length);
    }
    return out;
}

trace::State Peer::state() const {
    const auto& w = world.contents();
    const auto cookie = w.find({0, {w.hosts[0].address, host_port}, {w.hosts[1].address, port}});
    if (!cookie)
        return trace::State::closed;
    const auto snapshot = project(world);
    const auto* view = trace::find_socket(snapshot, *cookie);
    return view ? view->state : trace::State::closed;
}

} // namespace raw
