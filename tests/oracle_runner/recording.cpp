// Reads a recording; the only file of the project that knows JSON.
#include "recording.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "trace/state.hpp"

namespace oracle {
namespace {

using nlohmann::json;

trace::Duration seconds_of(const json& value) {
    return {static_cast<std::int64_t>(std::llround(value.get<double>() * 1e9))};
}
trace::Instant instant_of(const json& value) {
    return trace::Instant{} + seconds_of(value);
}

std::string word(const json& value) {
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_array()) {
        std::string list;
        for (const json& v : value)
            list += (list.empty() ? "" : ",") + word(v);
        return list;
    }
    return value.dump();
}

std::pair<std::string, std::string> direction(const std::string& text) {
    const auto at = text.find('>');
    return {text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
}

std::int64_t number_in(const std::string& text) {
    const std::string digits = text.starts_with("abs:") ? text.substr(4) : text;
    return digits.empty() ? 0 : std::strtoll(digits.c_str(), nullptr, 10);
}

// Numbers that have two names.
std::string one_name(const std::string& error) {
    return error == "ENOTSUP" ? "EOPNOTSUPP" : error == "EWOULDBLOCK" ? "EAGAIN" : error;
}

CallRow call_row(const json& j) {
    CallRow r;
    r.at = instant_of(j.at("t"));
    r.host = j.at("h");
    r.fd = j.contains("fd") && !j["fd"].is_null() ? word(j["fd"]) : "";
    r.call = j.at("call");
    if (j.contains("args") && j["args"].is_array())
        for (const json& a : j["args"])
            r.arguments.push_back(word(a));
    r.result = j.contains("err")   ? one_name(word(j["err"]))
               : j.contains("ret") ? one_name(word(j["ret"]))
                                   : "?";
    if (j.contains("dur"))
        r.lasted = seconds_of(j["dur"]);
    if (j.contains("peer") && j["peer"].is_number())
        r.peer = j["peer"].get<std::uint16_t>();
    return r;
}

SegmentRow segment_row(const json& j) {
    SegmentRow r;
    r.at = instant_of(j.at("t"));
    std::tie(r.from, r.to) = direction(j.at("dir"));
    r.is_tcp = j.contains("fl") && j.contains("sp");
    if (j.contains("note"))
        r.note = j["note"];
    if (!r.is_tcp) {
        if (j.contains("icmp"))
            r.icmp = {j["icmp"].at(0).get<std::uint8_t>(), j["icmp"].at(1).get<std::uint8_t>()};
        r.about = j.value("about_seq", std::int64_t{0});
        return r;
    }
    r.source = j.at("sp");
    r.destination = j.at("dp");
    r.flags = j.at("fl");
    r.seq = word(j.at("seq"));
    r.seq_number = number_in(r.seq);
    if (j.contains("ack")) {
        r.ack = word(j["ack"]);
        r.ack_number = number_in(r.ack);
    }
    r.length = j.value("len", 0u);
    r.window = j.value("win", std::uint16_t{0});
    r.urgent = j.value("urg", std::uint16_t{0});
    r.ecn = j.value("ecn", std::uint8_t{0});
    if (j.contains("opt")) {
        const json& o = j["opt"];
        if (o.contains("mss"))
            r.mss = o["mss"].get<std::uint16_t>();
        if (o.contains("ws"))
            r.scale = o["ws"].get<int>();
        r.sack_permitted = o.contains("sackOK");
        if (o.contains("fo"))
            r.fastopen = word(o["fo"]);
        if (o.contains("ts"))
            r.timestamps = {o["ts"][0].get<std::int64_t>(), o["ts"][1].get<std::int64_t>()};
    }
    if (j.contains("opt") && j["opt"].contains("sack"))
        for (const json& block : j["opt"]["sack"])
            r.sack.push_back({block.at(0).get<std::int64_t>(), block.at(1).get<std::int64_t>()});
    r.injected = j.value("inj", 0) != 0;
    r.copy = j.value("dup", 0) != 0;
    r.new_flow = j.contains("newflow");
    if (j.contains("td"))
        r.delivered = instant_of(j["td"]);
    r.ruled = j.contains("rule");
    const std::string fate = j.value("fate", "");
    r.lost = fate == "dropped";
    r.to_raw_peer = fate == "toX";
    return r;
}

std::string canonical(const std::string& state) {
    const auto known = trace::parse_state(state);
    return known ? std::string(trace::name(*known)) : state;
}

TableRow table_row(const json& j) {
    TableRow r;
    r.at = instant_of(j.at("t"));
    r.host = j.at("h");
    r.label = j.value("label", "");
    for (const auto& [state, count] : j.at("counts").items())
        r.states[canonical(state)] = count;
    if (j.contains("listen"))
        for (const json& l : j["listen"])
            r.sockets.push_back(fmt::format("LISTEN {} accept queue {} of {}", word(l.at("port")),
                                            word(l.at("acceptq")), word(l.at("max"))));
    if (j.contains("socks"))
        for (const json& s : j["socks"])
            r.sockets.push_back(fmt::format(
                "{} {}-{} recvq {} sendq {}", canonical(word(s.at("st"))), word(s.at("sp")),
                word(s.at("dp")), s.value("recvq", 0), s.value("sendq", 0)));
    std::sort(r.sockets.begin(), r.sockets.end());
    int counted = 0;
    for (const auto& [state, count] : r.states)
        counted += count;
    r.complete = static_cast<int>(r.sockets.size()) == counted;
    return r;
}

WireRule wire_rule(const json& j) {
    WireRule r;
    std::tie(r.from, r.to) = direction(j.value("dir", ""));
    r.act = j.at("act");
    if (j.contains("fl"))
        r.exact = j["fl"].get<std::string>();
    if (j.contains("has"))
        r.has = j["has"].get<std::string>();
    if (j.contains("minlen"))
        r.least = j["minlen"].get<std::uint32_t>();
    if (j.contains("maxlen"))
        r.most = j["maxlen"].get<std::uint32_t>();
    if (j.contains("nth") && j["nth"].is_array())
        r.nth = j["nth"].get<std::vector<std::uint32_t>>();
    if (j.contains("delay"))
        r.time = seconds_of(j["delay"]);
    if (j.contains("after"))
        r.time = seconds_of(j["after"]);
    return r;
}

std::vector<Reply> replies(const json& list) {
    std::vector<Reply> out;
    for (const json& j : list)
        out.push_back({j.at("fl"), word(j.at("seq")), j.contains("ack") ? word(j["ack"]) : "",
                       j.value("len", 0u)});
    return out;
}

SegmentCell segment_cell(const json& j) {
    SegmentCell c;
    c.state = j.at("state");
    c.flags = j.at("fl");
    c.seq_offset = j.value("seq_off", std::int64_t{0});
    c.ack_offset = j.value("ack_off", std::int64_t{0});
    c.length = j.value("len", 0u);
    c.urgent = j.value("urg", std::uint16_t{0});
    if (j.contains("ts_off"))
        c.clock =
            j["ts_off"].is_null() ? std::nullopt : std::optional(j["ts_off"].get<std::int64_t>());
    c.replies = replies(j.at("reply"));
    c.rcv_nxt = j.value("rcv_nxt", std::int64_t{0});
    c.snd_nxt = j.value("snd_nxt", std::int64_t{0});
    c.snd_una = j.value("snd_una", std::int64_t{0});
    c.after = word(j.at("after"));
    if (j.contains("poll"))
        c.poll = word(j["poll"]);
    if (j.contains("so_error"))
        c.error = one_name(word(j["so_error"]));
    if (j.contains("recv"))
        c.received = word(j["recv"]);
    if (j.contains("accepted"))
        c.accepted = j["accepted"].get<int>();
    return c;
}

CallCell call_cell(const json& j) {
    CallCell c;
    c.state = j.at("state");
    c.call = j.at("call");
    c.result = j.contains("err") ? one_name(word(j["err"])) : word(j.at("ret"));
    c.after = word(j.at("after"));
    if (j.contains("sent"))
        c.sent = replies(j["sent"]);
    if (j.contains("poll_after"))
        c.poll_after = word(j["poll_after"]);
    return c;
}

void read_parameters(const json& p, Recording& r) {
    r.delay = seconds_of(p.value("one_way_delay_s", json(0.010)));
    for (const char* host : {"c", "s"}) {
        const std::string key = std::string("sysctl_") + host;
        if (!p.contains(key))
            continue;
        for (const auto& [name, value] : p[key].items())
            r.sysctls[host][name] = word(value);
    }
    const char* rules = p.contains("wire_rules") ? "wire_rules" : "rules";
    if (p.contains(rules))
        for (const json& rule : p[rules])
            r.rules.push_back(wire_rule(rule));
    for (const auto& [name, value] : p.items())
        if (value.is_number_integer())
            r.numbers[name] = value.get<std::int64_t>();
        else if (value.is_boolean())
            r.numbers[name] = value.get<bool>() ? 1 : 0;
}

void read_derived(const json& d, Recording& r) {
    for (const auto& [name, value] : d.items()) {
        if (name != "matrix") {
            r.derived[name] = value.dump();
            continue;
        }
        for (const json& cell : value)
            if (cell.contains("fl"))
                r.segment_cells.push_back(segment_cell(cell));
            else
                r.call_cells.push_back(call_cell(cell));
    }
}

Recording recording_of(const json& j) {
    Recording r;
    r.id = j.at("id");
    r.title = j.value("title", "");
    read_parameters(j.value("params", json::object()), r);
    read_derived(j.value("derived", json::object()), r);
    const auto rows = [&](const char* name, auto&& take) {
        if (j.contains(name))
            for (const json& row : j[name])
                take(row);
    };
    rows("syscalls", [&](const json& row) { r.calls.push_back(call_row(row)); });
    rows("segments", [&](const json& row) { r.segments.push_back(segment_row(row)); });
    // A copy is listed only where the wire's own segment is: else the mark is on what it copied.
    for (std::size_t i = 0; i < r.segments.size(); ++i) {
        SegmentRow& copy = r.segments[i];
        copy.copy =
            copy.copy &&
            std::any_of(r.segments.begin(), r.segments.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const SegmentRow& s) {
                            return s.from == copy.from && s.source == copy.source &&
                                   s.flags == copy.flags && s.seq == copy.seq &&
                                   s.length == copy.length;
                        });
    }
    rows("states", [&](const json& row) {
        r.states.push_back({instant_of(row.at("t")), row.at("h"), row.at("sp"), row.at("dp"),
                            row.at("old"), row.at("new")});
    });
    rows("sock", [&](const json& row) {
        r.sockets.push_back({instant_of(row.at("t")), row.at("fd"), row.at("st"),
                             row.value("poll", ""), row.value("inq", std::int64_t{0}),
                             row.value("outq", std::int64_t{0})});
    });
    rows("queues", [&](const json& row) {
        if (row.contains("acceptq"))
            r.queues.push_back(
                {instant_of(row.at("t")), row.at("fd"), row.at("acceptq"), row.at("max")});
        else if (row.contains("counts"))
            r.tables.push_back(table_row(row));
    });
    if (j.contains("counters"))
        for (const auto& [host, values] : j["counters"].items())
            for (const auto& [name, value] : values.items())
                r.counters[host][name.substr(name.find('.') + 1)] = value;
    if (j.contains("segment_counts"))
        for (const auto& [what, count] : j["segment_counts"].items())
            r.segment_counts[what] = count;
    r.tells_ecn = std::any_of(r.segments.begin(), r.segments.end(),
                              [](const SegmentRow& s) { return s.ecn != 0; });
    // Half-open requests were watched for longer than anything was sent.
    const json derived = j.value("derived", json::object());
    if (derived.contains("series_t_count_retrans") && !r.segments.empty())
        r.watched_until =
            r.segments.front().at + seconds_of(derived["series_t_count_retrans"].back().at(0));
    r.cut = j.contains("states_total") || r.numbers.contains("small") ||
            r.id.starts_with("03-synq-") || r.id.starts_with("03-young-old-");
    return r;
}

} // namespace

trace::Instant Recording::end() const {
    trace::Instant last = last_row();
    for (const SegmentRow& s : segments)
        last = std::max(last, s.at + delay);
    return last;
}

trace::Instant Recording::last_row() const {
    trace::Instant last = watched_until;
    for (const CallRow& c : calls)
        last = std::max(last, c.at + c.lasted);
    for (const SegmentRow& s : segments)
        last = std::max(last, s.at);
    for (const StateRow& s : states)
        last = std::max(last, s.at);
    for (const SocketRow& s : sockets)
        last = std::max(last, s.at);
    for (const QueueRow& q : queues)
        last = std::max(last, q.at);
    for (const TableRow& t : tables)
        last = std::max(last, t.at);
    return last;
}

std::variant<Recording, std::string> read_recording(const std::string& path) {
    std::ifstream file(path);
    if (!file)
        return "cannot be opened";
    try {
        return recording_of(json::parse(file));
    } catch (const json::exception& e) {
        return std::string(e.what());
    }
}

} // namespace oracle
