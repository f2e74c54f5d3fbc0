// Segments and states of a log as sequences of facts.
#include "story.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "kernel_view.hpp"

namespace trace {

Sequence& Story::sequence(std::string_view name, Telling telling) {
    const auto at =
        std::lower_bound(sequences.begin(), sequences.end(), name,
                         [](const Sequence& s, std::string_view n) { return s.name < n; });
    if (at != sequences.end() && at->name == name)
        return *at;
    return *sequences.insert(at, Sequence{std::string(name), telling, {}});
}

const Sequence* Story::find(std::string_view name) const {
    for (const Sequence& s : sequences)
        if (s.name == name)
            return &s;
    return nullptr;
}

namespace {

std::string relative(Seq number, Seq isn, bool known) {
    if (!known)
        return fmt::format("abs:{}", number.raw);
    return fmt::format("{}", static_cast<std::int32_t>(number - isn));
}

std::uint32_t distance(Seq a, Seq b) {
    return std::min(static_cast<std::uint32_t>(a - b), static_cast<std::uint32_t>(b - a));
}

std::string life_suffix(std::uint32_t life) {
    return life > 1 ? fmt::format("#{}", life) : "";
}

} // namespace

Seq Numbering::Side::nearest(Seq number) const {
    return was_replaced && distance(number, replaced) < distance(number, isn) ? replaced : isn;
}

Numbering::Seen Numbering::look(const Segment& s, const std::string& source,
                                const std::string& destination, bool by_hand, bool opens) {
    const auto same = [&](const Flow& f) {
        return (f.sides[0].name == source && f.sides[1].name == destination) ||
               (f.sides[0].name == destination && f.sides[1].name == source);
    };
    auto flow = std::find_if(flows_.begin(), flows_.end(), same);
    if (flow == flows_.end()) {
        flows_.push_back({});
        flow = flows_.end() - 1;
        flow->sides[0].name = source;
        flow->sides[1].name = destination;
    }
    const std::size_t from = flow->sides[0].name == source ? 0 : 1;
    const bool plain_syn = s.flags.has(flag::syn) && !s.flags.has(flag::ack);
    // A socket of its own opens on a connection that was reset, or from a side that opened it
    // before.
    if (opens && plain_syn && (flow->reset || flow->sides[from].opened)) {
        ++flow->life;
        flow->reset = false;
        for (Side& side : flow->sides) {
            if (side.known && remembers_lives_) {
                side.earlier = side.isn;
                side.had_earlier = true;
            }
            side.known = side.opened = side.was_replaced = false;
        }
    }
    Side& mine = flow->sides[from];
    Side& other = flow->sides[1 - from];
    if (s.flags.has(flag::syn) && !s.flags.has(flag::rst) && (!by_hand || !mine.known)) {
        if (mine.known && mine.isn != s.seq) {
            mine.replaced = mine.isn;
            mine.was_replaced = true;
        }
        mine.isn = s.seq;
        mine.known = mine.counted = true;
        if (opens)
            mine.opened = true;
    }
    Seen seen;
    seen.direction = fmt::format("{}>{}{}", source, destination, life_suffix(flow->life));
    // A RST made without an acknowledgement to take its number from carries a plain zero.
    const bool zero = s.flags.has(flag::rst) && s.seq.raw == 0;
    // Of a socket that was there before this life; or a reset that takes its number from one's ACK.
    const bool before_this_life = !mine.known && mine.had_earlier && other.had_earlier;
    const bool takes_number = s.flags.has(flag::rst) && !s.flags.has(flag::ack) &&
                              mine.had_earlier && other.acked_earlier && s.seq == other.last_ack;
    if (before_this_life || takes_number) {
        seen.seq = "earlier:" + relative(s.seq, mine.earlier, !zero);
        if (s.flags.has(flag::ack))
            seen.ack = "earlier:" + relative(s.ack, other.earlier, true);
    } else {
        seen.seq = relative(s.seq, mine.nearest(s.seq), mine.known && !zero);
        if (s.flags.has(flag::ack))
            seen.ack = relative(s.ack, other.nearest(s.ack), other.known);
    }
    if (s.flags.has(flag::ack)) {
        mine.last_ack = s.ack;
        mine.acked_earlier = before_this_life;
    }
    if (s.flags.has(flag::rst))
        flow->reset = true;
    // A reset of a SYN that found nobody is numbered from that SYN's answer, which there is none
    // of.
    if (zero && !mine.counted)
        seen.seq = "0";
    return seen;
}

std::string Numbering::suffix(const std::string& one, const std::string& other) const {
    for (const Flow& f : flows_)
        if ((f.sides[0].name == one && f.sides[1].name == other) ||
            (f.sides[0].name == other && f.sides[1].name == one))
            return life_suffix(f.life);
    return "";
}

Fact segment_fact(Instant at, const Segment& s, const Numbering::Seen& seen) {
    Segment without_push = s;
    without_push.flags.bits &= static_cast<std::uint8_t>(~flag::psh.bits);
    Fact f;
    f.at = at;
    f.fields = {{"flags", packetdrill(without_push)},
                {"push", s.flags.has(flag::psh) ? "P" : "-"},
                {"seq", seen.seq},
                {"ack", seen.ack},
                {"length", fmt::format("{}", s.length)},
                // As it left: a mark is made on the way.
                {"ecn", s.ecn == Ecn::not_capable ? "Not-ECT" : "ECT"},
                {"window", s.flags.has(flag::rst) ? "?"
                           : s.window == 0        ? "zero"
                                                  : "open"}};
    return f;
}

Fact state_fact(Instant at, State from, State to) {
    return {
        at, {{"from", std::string(name(from))}, {"to", std::string(name(to))}}, Rule::none, none};
}

Fact queue_fact(Instant at, std::int64_t length, std::int64_t limit) {
    return {at,
            {{"length", fmt::format("{}", length)}, {"limit", fmt::format("{}", limit)}},
            Rule::none,
            none};
}

namespace {

// Those that count what TCP decided. The others count segments, or what lies outside of this model.
bool is_compared(Counter c) {
    return c != Counter::InSegs && c != Counter::OutSegs;
}

struct Teller {
    const Trace& trace;
    const Addresses& addresses;
    Detail detail;
    Story story;
    Numbering numbering;
    std::vector<std::pair<Endpoint, Endpoint>> connected; // a socket's ends, since its latest SYN
    std::map<std::string, std::vector<Cookie>> lives;

    std::string host(Address a) const {
        for (const auto& [address, name] : addresses)
            if (address == a)
                return name;
        return format(a);
    }
    std::string place(Endpoint e) const { return fmt::format("{}:{}", host(e.address), e.port); }

    void segment(const Event& e) {
        const SegmentRecord& r = trace.segments[e.ref];
        // By hand at the door of a host, or sent by one: an input, in both logs.
        const bool by_hand = r.from == no_host || e.rule == Rule::made_by_hand;
        const auto seen =
            numbering.look(r.segment, place(r.segment.source), place(r.segment.destination),
                           by_hand, !by_hand && !r.copy && r.transmission == 1);
        if (by_hand || r.copy)
            return;
        Fact f = segment_fact(e.at, r.segment, seen);
        constexpr std::uint32_t full = 1400; // near enough to any MSS of Ethernet
        if (detail == Detail::everything && r.segment.length >= full)
            f.fields[1].value = "?"; // tcp_mark_push() in the midst of much is nobody's promise
        // Counted from nothing that was seen: each world's own.
        for (Field& field : f.fields)
            if (detail == Detail::everything && field.value.rfind("abs:", 0) == 0)
                field.value = "?";
        f.rule = e.rule;
        f.event = static_cast<EventId>(&e - trace.events.data());
        story.sequence("segments " + seen.direction).facts.push_back(std::move(f));
    }
    // One listener after the other on the same port: each has queues of its own.
    std::string queue_name(Queue queue, Cookie listener) {
        const SocketRecord& s = trace.sockets[listener];
        const std::string_view where =
            s.host < trace.hosts.size() ? std::string_view(trace.hosts[s.host]) : "?";
        const std::string place = fmt::format("{}:{}{}", where, s.local.port, which(s));
        const bool lives_apart = detail == Detail::everything;
        return fmt::format("{} {}{}", name(queue), place,
                           lives_apart ? life_of("queues " + place, listener) : "");
    }
    void listener_moves(const Event& e) {
        if (e.from != State::listen && e.to != State::listen)
            return;
        for (const Queue queue : {Queue::syn, Queue::accept}) {
            const std::string which_one = queue_name(queue, e.socket);
            if (story.find(which_one))
                story.sequence(which_one).over = e.to == State::listen ? never : e.at;
        }
    }
    void queue(const Event& e) {
        const bool accept = e.queue() == Queue::accept;
        if (!accept && detail == Detail::tracepoint)
            return;
        Fact f = queue_fact(e.at, e.value, e.limit);
        if (!accept)
            f.fields.back().value = "?"; // what fits is not the same number everywhere
        f.rule = e.rule;
        f.event = static_cast<EventId>(&e - trace.events.data());
        const bool looks = detail == Detail::everything;
        Sequence& lengths = story.sequence(queue_name(e.queue(), e.socket),
                                           looks ? Telling::looks : Telling::changes);
        lengths.to_the_end = looks;
        auto& facts = lengths.facts;
        if (looks && facts.empty()) {
            facts.push_back(queue_fact({}, 0, 0));
            facts.back().fields[1].value = "?";
        }
        // A second listen() may change nothing.
        if (!looks || !(facts.back().fields == f.fields))
            facts.push_back(std::move(f));
    }
    // Of the listeners that share a port.
    std::string which(const SocketRecord& s) const {
        return detail == Detail::everything && s.which > 1 ? fmt::format("#{}", s.which) : "";
    }
    // Who made a call: a connection's own thread, or the one that has the host's listeners.
    std::string caller(const CallRecord& call) const {
        const std::string host = call.host < trace.hosts.size() ? trace.hosts[call.host] : "?";
        if (call.socket >= trace.sockets.size())
            return host;
        const SocketRecord& s = trace.sockets[call.socket];
        if (s.number != 0)
            return fmt::format("{}#{}", host, s.number);
        const char* what = call.call == Call::accept ? " accept" : "";
        return fmt::format("{}:{}{}{}", host, s.local.port, which(s), what);
    }
    void call(const Event& e) {
        const CallRecord& record = trace.calls[e.ref];
        // What connect() and listen() need on their way is no step of the story, unless it fails.
        const bool on_the_way =
            record.call == Call::socket || record.call == Call::bind ||
            (record.call == Call::setsockopt && record.text.find("SO_REUSE") != std::string::npos);
        if (on_the_way && e.value >= 0)
            return;
        Fact f;
        f.at = e.at;
        const bool descriptor = record.call == Call::accept && e.value >= 0;
        const std::string result = descriptor     ? "a descriptor"
                                   : e.value >= 0 ? fmt::format("{}", e.value)
                                                  : std::string(name(static_cast<Errno>(-e.value)));
        f.fields = {{"call", std::string(name(record.call))}, {"result", result}};
        f.rule = e.rule;
        f.event = static_cast<EventId>(&e - trace.events.data());
        story.sequence("calls " + caller(record)).facts.push_back(std::move(f));
    }
    Sequence& counter_of(HostId host, Counter counter) {
        return story.sequence(fmt::format("counter {} {}", trace.hosts[host], name(counter)),
                              Telling::glances);
    }
    static Fact counter_fact(Instant at, std::int64_t value) {
        return {at, {{"value", fmt::format("{}", value)}}, Rule::none, none};
    }
    void counter(const Event& e) {
        if (!is_compared(e.counter()) || e.host >= trace.hosts.size())
            return;
        Fact f = counter_fact(e.at, e.value);
        f.rule = e.rule;
        f.event = static_cast<EventId>(&e - trace.events.data());
        counter_of(e.host, e.counter()).facts.push_back(std::move(f));
    }
    // Counters are looked at, not told: they begin at zero, and have a value at the end.
    void counters(bool begin) {
        for (std::size_t host = 0; host < trace.hosts.size(); ++host)
            for (std::size_t i = 0; i < static_cast<std::size_t>(Counter::count_); ++i) {
                const auto one = static_cast<Counter>(i);
                if (!is_compared(one))
                    continue;
                auto& facts = counter_of(static_cast<HostId>(host), one).facts;
                if (begin)
                    facts.push_back(counter_fact({}, 0));
                else if (!trace.events.empty() && facts.back().at < trace.events.back().at) {
                    Fact last = facts.back();
                    last.at = trace.events.back().at;
                    facts.push_back(std::move(last));
                }
            }
    }
    // Sockets that have the same ends one after the other are told apart by their order.
    std::string life_of(const std::string& who, Cookie cookie) {
        auto& known = lives[who];
        auto at = std::find(known.begin(), known.end(), cookie);
        if (at == known.end())
            at = known.insert(at, cookie);
        return life_suffix(static_cast<std::uint32_t>(at - known.begin() + 1));
    }
    std::pair<Endpoint, Endpoint> ends_of_syn(const TracedState& t) const {
        for (std::size_t i = t.event; i < trace.events.size(); ++i) {
            const Event& e = trace.events[i];
            if (e.socket != t.socket)
                continue;
            if (e.kind == EventKind::segment_sent && e.ref < trace.segments.size())
                return {trace.segments[e.ref].segment.source,
                        trace.segments[e.ref].segment.destination};
            if (e.at > t.at)
                break;
        }
        return {};
    }
    void state(const TracedState& t) {
        const SocketRecord& s = trace.sockets[t.socket];
        const std::string host_name = t.host < trace.hosts.size() ? trace.hosts[t.host] : "?";
        // One that connects again has other ends then: they are those of the SYN that leaves. The
        // tracepoint tells the change to SYN_SENT before the new port is chosen.
        auto& ends = connected[t.socket];
        const Endpoint last_port = ends.first;
        if (t.to == State::syn_sent)
            ends = ends_of_syn(t);
        if (t.to == State::listen)
            ends = {};
        const bool own = ends.second.port != 0;
        const bool again = t.to == State::syn_sent && last_port.port != 0;
        const Endpoint local = again ? last_port : own ? ends.first : s.local;
        const Endpoint remote = own ? ends.second : s.remote;
        std::string who = fmt::format("{}:{}", host_name, local.port);
        if (own || (!s.is_listener && remote.port != 0))
            who += "-" + place(remote);
        if (detail == Detail::everything)
            who += life_of(who, t.socket);
        Fact f = state_fact(t.at, t.from, t.to);
        f.rule = t.rule;
        f.event = t.event;
        Sequence& states = story.sequence("states " + who);
        states.by_looks = detail == Detail::everything;
        states.facts.push_back(std::move(f));
    }
};

} // namespace

namespace {

std::vector<TracedState> every_state(const Trace& trace) {
    std::vector<TracedState> seen;
    for (std::size_t i = 0; i < trace.events.size(); ++i) {
        const Event& e = trace.events[i];
        if (e.kind != EventKind::transition || e.from == e.to || e.socket >= trace.sockets.size())
            continue;
        // connect() that finds no way to send its SYN is in SYN_SENT for no time at all.
        const bool back = e.from == State::syn_sent && e.to == State::closed && !seen.empty() &&
                          seen.back().socket == e.socket && seen.back().to == State::syn_sent &&
                          seen.back().at == e.at;
        if (back)
            seen.pop_back();
        else
            seen.push_back({e.at, e.host, e.socket, e.from, e.to, e.rule, static_cast<EventId>(i)});
    }
    return seen;
}

} // namespace

Story tell(const Trace& trace, const Addresses& addresses, Detail detail) {
    Teller teller{trace, addresses, detail, {}, {}, {}, {}};
    teller.numbering.remember_lives(detail == Detail::everything);
    const bool everything = detail == Detail::everything;
    if (everything)
        teller.counters(true);
    for (const Event& e : trace.events) {
        if (e.kind == EventKind::segment_sent && e.ref < trace.segments.size())
            teller.segment(e);
        if (e.kind == EventKind::queue_changed && e.socket < trace.sockets.size())
            teller.queue(e);
        if (everything && e.kind == EventKind::transition && e.socket < trace.sockets.size())
            teller.listener_moves(e);
        if (everything && e.kind == EventKind::call_returned && e.ref < trace.calls.size())
            teller.call(e);
        if (everything && e.kind == EventKind::counter)
            teller.counter(e);
    }
    if (everything)
        teller.counters(false);
    teller.connected.resize(trace.sockets.size());
    for (const TracedState& t :
         everything ? every_state(trace) : kernel_view(trace, trace.events.size()))
        teller.state(t);
    return std::move(teller.story);
}

} // namespace trace
