// The plain values of a trace and a snapshot as JSON: each is its list of fields, absent ones keep
// their defaults. What cannot be read throws json::exception; read() catches it, once.
#pragma once
#include <optional>

#include <nlohmann/json.hpp>

#include "names.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

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

// Values with fields.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Endpoint, address, port)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Segment, source, destination, seq, ack, length,
                                                flags, window_scale, window, mss, sack_permitted,
                                                has_timestamps, ts_value, ts_echo)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SegmentRecord, segment, sent, from, to,
                                                transmission, original, copy)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CallRecord, call, host, socket, accepted, argument,
                                                how, text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SocketRecord, host, local, remote, listener, number,
                                                is_listener)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TimerView, kind, armed, due, repetitions)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(BufferView, bytes, size, fin)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SocketView, cookie, name, kind, state, since,
                                                certainty, local, remote, fd, orphan, listener,
                                                send_queue, recv_queue, timers, iss, snd_una,
                                                snd_nxt, irs, rcv_nxt, snd_wnd, rcv_wnd,
                                                numbers_known, error, blocked_in, blocked_since,
                                                last_call, last_result)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(QueueEntry, cookie, remote, since, state,
                                                synacks_resent, acked)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ListenerView, cookie, name, local, fd, backlog,
                                                somaxconn, limit, syn_fits, accept_fits, syn_queue,
                                                accept_queue, drops, blocked_in, certainty)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CounterView, counter, value, last)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SysctlView, name, value, standard, least, most)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CallView, call, returned, result)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(HostView, id, name, address, profile, listeners,
                                                sockets, calls, counters, sysctls)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InFlight, segment, from, to, sent, due, held,
                                                will_be_lost)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(WireView, from, to, delay, loss)

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
