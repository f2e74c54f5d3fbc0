// The bench: advancing, submitting, segments by hand.
#include "bench.hpp"

#include "rules_taken.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/scenario.hpp"
#include "tcp/profile.hpp"

namespace oracle {

using trace::Endpoint;

namespace {

constexpr std::uint32_t raw_clock = 50'000'000;

scenario::Scenario two_hosts(trace::Duration way) {
    scenario::Scenario s;
    s.hosts = {{"c", "linux-6.18"}, {"s", "linux-6.18"}};
    for (const auto& [from, to] : {std::pair<trace::HostId, trace::HostId>{0, 1}, {1, 0}}) {
        scenario::WireLine wire;
        wire.from = from;
        wire.to = to;
        wire.delay = way;
        s.wires.push_back(wire);
    }
    return s;
}

} // namespace

trace::Flags parse_flags(const std::string& text) {
    namespace flag = trace::flag;
    trace::Flags f;
    for (const char c : text) {
        if (c == 'S')
            f = f | flag::syn;
        if (c == 'F')
            f = f | flag::fin;
        if (c == 'R')
            f = f | flag::rst;
        if (c == 'P')
            f = f | flag::psh;
        if (c == '.')
            f = f | flag::ack;
        if (c == 'U')
            f = f | flag::urg;
        if (c == 'E')
            f = f | flag::ece;
        if (c == 'W')
            f = f | flag::cwr;
    }
    return f;
}

std::string result_text(std::int64_t value) {
    if (value >= 0)
        return fmt::format("{}", value);
    return std::string(trace::name(static_cast<trace::Errno>(-value)));
}

Bench::Bench(trace::Duration way, const std::vector<Setting>& settings, const Order& order,
             std::string& refused) {
    scenario::Scenario header = two_hosts(way);
    for (const Setting& s : settings) {
        const auto knob = tcp::find_sysctl(tcp::ProfileId::linux_6_18, s.name);
        const bool fits = knob && trace::refuse_value(*knob, s.value).empty();
        if (fits)
            header.sysctls.push_back({s.host, std::string(tcp::text(*knob).name), s.value});
        else
            refused = fmt::format("{} = {}", s.name, s.value);
    }
    world_ = world::make_world(header, &log_);
    world_.set_ties(order.ties);
    world_.set_timers(order.timers, order.phase);
    looked_ = log_.events.size();
}

trace::Address Bench::address(const std::string& name) const {
    if (name == "x")
        return raw_peer;
    return {0x0a000001u + host(name)};
}

trace::Addresses Bench::addresses() const {
    return {{address("c"), "c"}, {address("s"), "s"}, {raw_peer, "x"}};
}

Bench::Side& Bench::side(Endpoint who, Endpoint to) {
    for (Side& s : sides_)
        if (s.who == who && s.to == to)
            return s;
    sides_.push_back({who, to, {}, false, 0, 0, false});
    return sides_.back();
}

void Bench::look_at_new_events() {
    while (looked_ < log_.events.size()) { // a verdict on what departs adds events of its own
        const trace::Event e = log_.events[looked_++];
        rule_taken(e.rule);
        if (e.kind != trace::EventKind::segment_sent)
            continue;
        const trace::SegmentRecord& r = log_.segments[e.ref];
        if (r.from == trace::no_host || r.copy)
            continue;
        Side& s = side(r.segment.source, r.segment.destination);
        if (r.segment.flags.has(trace::flag::syn)) {
            if (!s.known || !(s.isn == r.segment.seq))
                s.has_timestamp = false;
            s.isn = r.segment.seq;
            s.known = true;
        }
        if (r.segment.has_timestamps && !s.has_timestamp) {
            s.first_timestamp = r.segment.ts_value;
            s.has_timestamp = true;
        }
        if (r.segment.has_timestamps)
            s.last_timestamp = r.segment.ts_value;
        if (on_departure)
            on_departure(e.ref);
    }
    if (on_change)
        on_change();
}

void Bench::advance(trace::Instant t) {
    for (auto next = world_.next_due(); next && *next <= t; next = world_.next_due()) {
        world_.step(&log_);
        look_at_new_events();
    }
    if (world_.now() < t)
        world_.wait_until(t);
}

trace::CallId Bench::submit(const scenario::Action& a) {
    const trace::CallId id = world_.submit(a, &log_);
    look_at_new_events();
    return id;
}

trace::CallId Bench::submit(const world::ByHand& step) {
    const trace::CallId id = world_.submit(step, &log_);
    look_at_new_events();
    return id;
}

void Bench::inject(const Crafted& h) {
    trace::Segment s;
    s.source = h.source;
    s.destination = h.destination;
    s.flags = parse_flags(h.flags);
    Side& mine = side(h.source, h.destination);
    if (!mine.known) {
        mine.isn = {raw_isn};
        mine.known = true;
    }
    const trace::Seq my_isn = mine.isn;
    const std::uint32_t my_clock = mine.has_timestamp ? mine.first_timestamp : raw_clock;
    const Side other = side(h.destination, h.source);
    const auto number = [](trace::Seq isn, std::int64_t offset, bool absolute) {
        const auto n = static_cast<std::uint32_t>(offset);
        return absolute ? trace::Seq{n} : isn + n;
    };
    s.seq = number(my_isn, h.seq, h.absolute_seq);
    if (s.flags.has(trace::flag::ack))
        s.ack = number(other.isn, h.ack, h.absolute_ack || !other.known);
    s.length = h.length;
    s.window = h.window;
    s.mss = h.mss;
    s.urgent = h.urgent;
    s.ecn = static_cast<trace::Ecn>(h.ecn & 3);
    s.accurate_ecn = h.flags.ends_with('e'); // as tcpdump prints AE
    s.window_scale = static_cast<std::int8_t>(std::min(h.scale, 127));
    s.sack_permitted = h.sack_permitted;
    if (h.timestamps) {
        s.has_timestamps = true;
        s.ts_value = my_clock + static_cast<std::uint32_t>(h.timestamps->first);
        s.ts_echo = (other.has_timestamp ? other.first_timestamp : 0) +
                    static_cast<std::uint32_t>(h.timestamps->second);
        // What it echoes left a little later there, when a timer of the wheel's went off.
        const std::uint32_t ahead = s.ts_echo - other.last_timestamp;
        if (other.has_timestamp && ahead < 15 + (other.last_timestamp - other.first_timestamp) / 8)
            s.ts_echo = other.last_timestamp;
    }
    for (const auto& [first, last] : h.sack)
        if (s.sack_blocks < s.sack.size())
            s.sack[s.sack_blocks++] = {number(other.isn, first, false),
                                       number(other.isn, last, false)};
    if (h.fastopen) {
        s.fastopen = static_cast<std::int8_t>(h.fastopen->size() / 2);
        s.fastopen_cookie = std::strtoull(h.fastopen->substr(0, 16).c_str(), nullptr, 16);
    }
    submit(world::Inject{s});
    advance(world_.now());
}

bool Bench::inject_icmp(trace::HostId to, std::int64_t about, std::uint8_t type,
                        std::uint8_t code) {
    std::optional<world::InjectIcmp> message;
    for (std::size_t i = log_.segments.size(); i-- > 0;) {
        const trace::SegmentRecord& r = log_.segments[i];
        if (r.from != to)
            continue;
        const Side& mine = side(r.segment.source, r.segment.destination);
        const trace::Seq quoted = mine.isn + static_cast<std::uint32_t>(about);
        if (!message) // if it quotes none of them, it speaks of the connection of the last
            message = {static_cast<trace::SegmentId>(i), {type, code}, quoted};
        if (quoted != r.segment.seq)
            continue;
        message = {static_cast<trace::SegmentId>(i), {type, code}, {}};
        break;
    }
    if (!message)
        return false;
    submit(*message);
    advance(world_.now());
    return true;
}

Bench::Returned Bench::returned(trace::CallId id) const {
    Returned r;
    if (id == trace::none)
        return r;
    for (std::size_t i = log_.events.size(); i-- > 0;) {
        const trace::Event& e = log_.events[i];
        if (e.kind == trace::EventKind::call_returned && e.ref == id)
            return {true, e.at, e.value, e.rule, static_cast<trace::EventId>(i)};
    }
    return r;
}

} // namespace oracle
