// The plain values of a trace and a snapshot as JSON: each is its list of fields, absent ones keep
// their defaults. What cannot be read throws json::exception; read() catches it, once.
#pragma once
#include <array>
#include <optional>

#include <nlohmann/json.hpp>

#include "names.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"
#include "trace/sysctl.hpp"

namespace nlohmann {
template <typename T>
struct adl_serializer<std::optional<T>> {
    static void to_json(json& j, const std::optional<T>& value) {
        j = value ? json(*value) : json(nullptr);
    }
    static void from_json(const json& j, std::optional<T>& value) {
        value = j.is_null() ? std::nullopt : std::optional<T>(j.get<T>());
    }
};
// Blocks of the SACK option: few segments have any.
template <>
struct adl_serializer<std::array<trace::SackBlock, 4>> {
    static void to_json(json& j, const std::array<trace::SackBlock, 4>& blocks) {
        j = json::array();
        auto end = blocks.end();
        while (end != blocks.begin() && *(end - 1) == trace::SackBlock{})
            --end;
        for (auto b = blocks.begin(); b != end; ++b)
            j.push_back(json::array({b->first.raw, b->last.raw}));
    }
    static void from_json(const json& j, std::array<trace::SackBlock, 4>& blocks) {
        blocks = {};
        for (std::size_t i = 0; i < j.size(); ++i)
            blocks.at(i) = {{j.at(i).at(0).get<std::uint32_t>()},
                            {j.at(i).at(1).get<std::uint32_t>()}};
    }
};
} // namespace nlohmann

namespace record {
[[noreturn]] inline void unknown(std::string_view what, std::string_view name) {
    throw nlohmann::json::other_error::create(
        501, "there is no " + std::string(what) + " '" + std::string(name) + "'", nullptr);
}
} // namespace record

namespace trace {
using nlohmann::json;

// Numbers and names.
inline void to_json(json& j, Duration d) {
    j = d.ns;
}
inline void from_json(const json& j, Duration& d) {
    d.ns = j.get<std::int64_t>();
}
inline void to_json(json& j, Instant t) {
    j = t.ns;
}
inline void from_json(const json& j, Instant& t) {
    t.ns = j.get<std::int64_t>();
}
inline void to_json(json& j, Seq s) {
    j = s.raw;
}
inline void from_json(const json& j, Seq& s) {
    s.raw = j.get<std::uint32_t>();
}
inline void to_json(json& j, Address a) {
    j = a.raw;
}
inline void from_json(const json& j, Address& a) {
    a.raw = j.get<std::uint32_t>();
}
inline void to_json(json& j, Flags f) {
    j = f.bits;
}
inline void from_json(const json& j, Flags& f) {
    f.bits = j.get<std::uint8_t>();
}
inline void to_json(json& j, Errno e) {
    j = static_cast<int>(e);
}
inline void from_json(const json& j, Errno& e) {
    e = static_cast<Errno>(j.get<std::int16_t>());
}

template <typename T>
T known(std::optional<T> value, std::string_view what, std::string_view name) {
    if (!value)
        record::unknown(what, name);
    return *value;
}
// Those that have neither many values nor names: 0 up to `last`.
template <typename E>
E small(const json& j, E last, std::string_view what) {
    const auto n = j.get<std::uint64_t>();
    if (n > static_cast<std::uint64_t>(last))
        record::unknown(what, std::to_string(n));
    return static_cast<E>(n);
}
inline void to_json(json& j, State s) {
    j = name(s);
}
inline void from_json(const json& j, State& s) {
    const auto text = j.get<std::string>();
    s = known(parse_state(text), "state", text);
}
inline void to_json(json& j, Call c) {
    j = name(c);
}
inline void from_json(const json& j, Call& c) {
    const auto text = j.get<std::string>();
    c = known(parse_call(text), "call", text);
}
inline void to_json(json& j, Timer t) {
    j = name(t);
}
inline void from_json(const json& j, Timer& t) {
    const auto text = j.get<std::string>();
    t = known(record::timer(text), "timer", text);
}
inline void to_json(json& j, Counter c) {
    j = name(c);
}
inline void from_json(const json& j, Counter& c) {
    const auto text = j.get<std::string>();
    c = known(parse_counter(text), "counter", text);
}
inline void to_json(json& j, Rule r) {
    j = text(r).key;
}
inline void from_json(const json& j, Rule& r) {
    const auto key = j.get<std::string>();
    r = known(record::rule(key), "rule", key);
}
inline void to_json(json& j, Shutdown s) {
    j = static_cast<int>(s);
}
inline void from_json(const json& j, Shutdown& s) {
    s = small(j, Shutdown::rdwr, "shutdown()");
}
inline void to_json(json& j, Ecn e) {
    j = static_cast<int>(e);
}
inline void from_json(const json& j, Ecn& e) {
    e = small(j, Ecn::congestion, "ECN");
}
inline void to_json(json& j, Certainty c) {
    j = static_cast<int>(c);
}
inline void from_json(const json& j, Certainty& c) {
    c = small(j, Certainty::unknown, "certainty");
}
inline void to_json(json& j, RecordKind k) {
    j = static_cast<int>(k);
}
inline void from_json(const json& j, RecordKind& k) {
    k = small(j, RecordKind::listener, "kind of socket");
}

// Values with fields: all of them, in their order, else it does not compile.
#define TWOMSL_RECORD(Type, ...)                                                                   \
    NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Type, __VA_ARGS__)                             \
    inline void has_only(const Type& whole) {                                                      \
        [[maybe_unused]] const auto& [__VA_ARGS__] = whole;                                        \
    }

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Endpoint, address, port)
inline void has_only(const Endpoint& whole) { // what fills it up is not worth keeping
    [[maybe_unused]] const auto& [address, port, filler] = whole;
}
TWOMSL_RECORD(Segment, source, destination, seq, ack, length, flags, window_scale, window, mss,
              sack_permitted, has_timestamps, ts_value, ts_echo, fastopen, urgent, fastopen_cookie,
              ecn, accurate_ecn, sack_blocks, fragmentable, sack)
TWOMSL_RECORD(SegmentRecord, segment, sent, from, to, transmission, original, copy)
TWOMSL_RECORD(CallRecord, call, host, socket, accepted, argument, how, text)
TWOMSL_RECORD(SocketRecord, host, local, remote, listener, number, is_listener, which, child_from,
              small_from)
TWOMSL_RECORD(TimerView, kind, armed, due, repetitions)
TWOMSL_RECORD(BufferView, bytes, size, fin, memory)
TWOMSL_RECORD(SocketView, cookie, name, kind, state, since, certainty, local, remote, fd, holders,
              orphan, listener, send_queue, recv_queue, timers, iss, snd_una, snd_nxt, irs, rcv_nxt,
              snd_wnd, rcv_wnd, numbers_known, cwnd, ssthresh, srtt, rto, error, blocked_in,
              blocked_since, last_call, last_result)
TWOMSL_RECORD(QueueEntry, cookie, remote, since, state, synacks_resent, acked)
TWOMSL_RECORD(ListenerView, cookie, name, local, fd, holders, backlog, somaxconn, limit, syn_fits,
              max_syn_backlog, accept_fits, syn_queue, accept_queue, drops, cookies_sent,
              defers_accept, shares_port, blocked_in, certainty)
TWOMSL_RECORD(CounterView, counter, value, last)
TWOMSL_RECORD(CallView, call, returned, result)
TWOMSL_RECORD(InFlight, segment, from, to, sent, due, held, will_be_lost)
TWOMSL_RECORD(WireView, from, to, delay, loss)

// A sysctl's sentence is ours, not the recording's.
inline void to_json(json& j, const SysctlView& s) {
    j = json{{"name", s.name},
             {"value", s.value},
             {"standard", s.standard},
             {"least", s.least},
             {"most", s.most}};
}
inline void from_json(const json& j, SysctlView& s) {
    s = {j.at("name").get<std::string>(),
         j.at("value").get<std::int64_t>(),
         j.value("standard", std::int64_t{}),
         j.value("least", std::int64_t{}),
         j.value("most", std::int64_t{}),
         {},
         {}};
    if (const auto known = find_sysctl(s.name)) {
        s.en = trace::text(*known).en;
        s.zh = trace::text(*known).zh;
    }
}
TWOMSL_RECORD(HostView, id, name, address, profile, listeners, sockets, calls, counters, sysctls)

// What an event means depends on its kind.
inline void to_json(json& j, const Event& e) {
    j = json{{"at", e.at}, {"kind", record::name_of(e.kind)}, {"beat", e.beat}};
    const Event none_of_it;
    if (const auto what = record::name_of_what(e); !what.empty())
        j["what"] = what;
    if (e.kind == EventKind::transition) {
        j["from"] = e.from;
        j["to"] = e.to;
    }
    if (e.value != none_of_it.value)
        j["value"] = e.value;
    if (e.limit != none_of_it.limit)
        j["limit"] = e.limit;
    if (e.cause != none)
        j["cause"] = e.cause;
    if (e.ref != none)
        j["ref"] = e.ref;
    if (e.socket != none)
        j["socket"] = e.socket;
    if (e.host != no_host)
        j["host"] = e.host;
    if (e.rule != Rule::none)
        j["rule"] = e.rule;
    if (e.certainty != Certainty::exact)
        j["certainty"] = e.certainty;
}
inline void from_json(const json& j, Event& e) {
    e = {};
    e.at = j.at("at").get<Instant>();
    const auto kind = j.at("kind").get<std::string>();
    e.kind = known(record::event_kind(kind), "kind of event", kind);
    const auto what = j.value("what", std::string());
    e.what = known(record::what(e.kind, what), kind, what);
    e.from = j.value("from", e.from);
    e.to = j.value("to", e.to);
    e.value = j.value("value", e.value);
    e.limit = j.value("limit", e.limit);
    e.cause = j.value("cause", e.cause);
    e.ref = j.value("ref", e.ref);
    e.socket = j.value("socket", e.socket);
    e.host = j.value("host", e.host);
    e.beat = j.value("beat", e.beat);
    e.rule = j.value("rule", e.rule);
    e.certainty = j.value("certainty", e.certainty);
}

} // namespace trace
