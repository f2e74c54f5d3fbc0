// A recording's calls, hand-made segments and losses, played on a world at the recorded times.
#include "replay.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "looks.hpp"
#include "matrix.hpp"
#include "not_compared.hpp"

namespace oracle {

using scenario::SocketName;
using trace::CallId;
using trace::Fact;
using trace::HostId;
using trace::Instant;
using trace::Telling;

namespace {

// What the recorded hosts took for a segment from the program to the wire, each way.
constexpr trace::Duration inside = trace::microseconds(150);

struct Input {
    Instant at;
    const CallRow* call = nullptr;
    const SegmentRow* segment = nullptr;
    std::size_t index = 0;
};

struct Descriptor {
    HostId host = trace::no_host;
    std::uint16_t number = 0; // HOST#n
    std::uint16_t port = 0;   // bound to
    bool listens = false;     // it will, or does
    bool made = false;
};

class Replay {
public:
    Replay(const Recording& r, world::Ties ties, std::string& refused)
        : r_(r),
          bench_(r.delay + inside, settings(r), ties, refused),
          looks_(r),
          ports_(chosen_ports(r)) {
        bench_.on_departure = [this](trace::SegmentId id) { judge(id); };
        bench_.on_change = [this] { looks_.look(bench_); };
        for (const CallRow& c : r.calls)
            if (c.call == "listen" && c.result == "0")
                descriptors_[c.fd].listens = true;
        seen_.resize(r.rules.size());
        calls_.resize(r.calls.size());
    }

    void play() {
        for (const Input& i : inputs()) {
            bench_.advance(i.at);
            if (i.segment)
                inject(*i.segment);
            else
                call(*i.call, i.index);
            looks_.look(bench_);
        }
        bench_.advance(r_.end());
    }

    trace::Story told() {
        trace::Story story = trace::tell(bench_.log(), bench_.addresses());
        looks_.tell(story);
        // Queue lengths are compared as programs looked at them.
        // What a host sends to itself was on no wire that was recorded.
        std::erase_if(story.sequences, [](const trace::Sequence& q) {
            const bool loopback =
                q.name.starts_with("segments ") && q.name[9] == q.name[q.name.find('>') + 1];
            return loopback || q.name.starts_with("accept queue s:") ||
                   q.name.starts_with("accept queue c:");
        });
        return story;
    }
    void tell_calls(trace::Story& expected, trace::Story& got);
    void tell_counters(trace::Story& expected, trace::Story& got);
    const std::string& unknown_input() const { return unknown_; }
    Bench& bench() { return bench_; }

private:
    static std::vector<Setting> settings(const Recording& r) {
        std::vector<Setting> list;
        for (const auto& [host, values] : r.sysctls)
            for (const auto& [name, value] : values)
                list.push_back({Bench::host(host), name, std::atoll(value.c_str())});
        return list;
    }

    std::vector<Input> inputs() const {
        std::vector<Input> list;
        for (std::size_t i = 0; i < r_.calls.size(); ++i)
            list.push_back({r_.calls[i].at, &r_.calls[i], nullptr, i});
        for (const SegmentRow& s : r_.segments)
            if (s.injected || !s.is_tcp)
                list.push_back({s.at, nullptr, &s, 0});
        std::stable_sort(list.begin(), list.end(),
                         [](const Input& a, const Input& b) { return a.at < b.at; });
        return list;
    }

    void unknown(const std::string& what) {
        if (unknown_.empty())
            unknown_ = what;
    }

    void inject(const SegmentRow& s) {
        if (!s.is_tcp) {
            unknown("an ICMP message");
            return;
        }
        Bench::Crafted h;
        h.source = {bench_.address(s.from), s.source};
        h.destination = {bench_.address(s.to), s.destination};
        h.flags = s.flags;
        h.seq = s.seq_number;
        h.ack = s.ack_number;
        h.absolute_seq = s.seq.starts_with("abs:");
        h.absolute_ack = s.ack.starts_with("abs:");
        h.length = s.length;
        h.window = s.window;
        h.mss = s.mss.value_or(std::uint16_t{0});
        h.scale = s.scale.value_or(-1);
        h.sack_permitted = s.sack_permitted;
        h.timestamps = s.timestamps;
        bench_.inject(h);
    }

    // The wire of the recording: a host's segment has just left.
    void judge(trace::SegmentId id) {
        const trace::SegmentRecord record = bench_.log().segments[id];
        const trace::Segment& s = record.segment;
        if (record.from > 1 || record.to > 1)
            return;
        const std::string from = record.from == 0 ? "c" : "s", to = record.to == 0 ? "c" : "s";
        scenario::Verdict verdict{scenario::Verdict::What::drop, id, {}};
        const bool cut = from == "c" ? cut_cs_ : cut_sc_;
        const WireRule* decided = cut ? nullptr : decide(from, to, s);
        if (!cut && !decided)
            return;
        if (decided && decided->act == "delay") {
            verdict.what = scenario::Verdict::What::delay;
            verdict.time = decided->time - r_.delay;
        } else if (decided && decided->act == "dup") {
            verdict.what = scenario::Verdict::What::duplicate;
            verdict.time = decided->time;
        }
        verdicts_.push_back(verdict);
        bench_.submit(verdict);
    }
    const WireRule* decide(const std::string& from, const std::string& to,
                           const trace::Segment& s) {
        const std::string flags = trace::packetdrill(s.flags);
        for (std::size_t i = 0; i < r_.rules.size(); ++i) {
            const WireRule& rule = r_.rules[i];
            if (!rule.from.empty() && (rule.from != from || rule.to != to))
                continue;
            if (rule.exact && *rule.exact != flags)
                continue;
            if (rule.has && flags.find(*rule.has) == std::string::npos)
                continue;
            if (rule.least && s.length < *rule.least)
                continue;
            if (rule.most && s.length > *rule.most)
                continue;
            const std::uint32_t n = ++seen_[i];
            if (rule.nth.empty() ||
                std::find(rule.nth.begin(), rule.nth.end(), n) != rule.nth.end())
                return &rule;
        }
        return nullptr;
    }

    void laboratory(const CallRow& c) {
        const std::string& what = c.call;
        const bool drop = what.starts_with("wire: drop everything"),
                   stop = what.starts_with("wire: stop dropping");
        if (!drop && !stop)
            return; // a remark
        if (what.ends_with("c>s") || what.ends_with("all"))
            cut_cs_ = drop;
        if (what.ends_with("s>c") || what.ends_with("all"))
            cut_sc_ = drop;
    }

    SocketName name(const Descriptor& d) const {
        SocketName n;
        n.host = d.host;
        n.kind = d.listens ? SocketName::Kind::listener : SocketName::Kind::connection;
        n.number = d.number;
        n.port = d.port;
        return n;
    }
    Descriptor& descriptor(const CallRow& c) {
        Descriptor& d = descriptors_[c.fd];
        if (d.number == 0) {
            d.host = Bench::host(c.host);
            d.number = ++numbers_[c.host];
        }
        return d;
    }
    std::int64_t number(const CallRow& c, std::size_t i) const {
        return i < c.arguments.size() ? std::atoll(c.arguments[i].c_str()) : 0;
    }

    void call(const CallRow& c, std::size_t index) {
        if (c.host == "lab")
            return laboratory(c);
        calls_[index].at = bench_.world().now();
        if (c.call == "poll") {
            calls_[index].text = Looks::poll(bench_, name(descriptor(c)));
            return;
        }
        if (c.call == "getsockopt") {
            const auto cookie = bench_.world().find(name(descriptor(c)));
            calls_[index].text =
                cookie ? std::string(trace::name(bench_.take_error(*cookie))) : "EBADF";
            return;
        }
        calls_[index].id = submit(c, index);
    }

    CallId submit(const CallRow& c, std::size_t index) {
        Descriptor& d = descriptor(c);
        const auto argument = [&](std::size_t i) {
            return i < c.arguments.size() ? c.arguments[i] : std::string();
        };
        if (c.call == "sysctl")
            return bench_.submit(
                scenario::SetSysctl{Bench::host(c.host), argument(0), number(c, 1)});
        if (c.call == "socket") {
            if (d.listens)
                return skipped(index);
            d.made = true;
            calls_[index].text = "0"; // recordings do not tell descriptor numbers
            looks_.name(c.fd, name(d));
            return bench_.submit(world::MakeSocket{d.host, d.number});
        }
        if (d.listens && !d.made && c.call != "listen") {
            if (c.call == "bind")
                d.port = static_cast<std::uint16_t>(number(c, 1));
            if (c.call == "bind" || (c.call == "setsockopt" && argument(0) == "SO_REUSEADDR"))
                return skipped(index);
        }
        if (!d.listens && (c.call == "listen" || c.call == "accept"))
            return bench_.submit(world::Refusable{
                name(d), c.call == "listen" ? trace::Call::listen : trace::Call::accept});
        if (c.call == "listen") {
            d.made = true;
            looks_.name(c.fd, name(d));
            return bench_.submit(scenario::Listen{d.host, d.port, number(c, 0)});
        }
        if (c.call == "fcntl")
            return bench_.submit(scenario::NonBlocking{name(d)});
        if (c.call == "bind") {
            d.port = static_cast<std::uint16_t>(number(c, 1));
            return bench_.submit(world::Bind{name(d), d.port});
        }
        if (c.call == "connect")
            return connect(c, index, d);
        if (c.call == "accept") {
            const std::uint16_t made = ++numbers_[c.host];
            calls_[index].accepted = made;
            if (c.result.starts_with("fd:")) {
                Descriptor& child = descriptors_[c.result.substr(3)];
                child.host = d.host;
                child.number = made;
                looks_.name(c.result.substr(3), name(child));
            }
            return bench_.submit(scenario::Accept{d.host, made, d.port});
        }
        if (c.call == "send")
            return bench_.submit(
                scenario::Write{name(d), static_cast<std::uint32_t>(number(c, 0)), ""});
        if (c.call == "recv")
            return bench_.submit(scenario::Read{name(d), static_cast<std::uint32_t>(number(c, 0))});
        if (c.call == "shutdown") {
            const auto how = argument(0) == "SHUT_WR"   ? trace::Shutdown::wr
                             : argument(0) == "SHUT_RD" ? trace::Shutdown::rd
                                                        : trace::Shutdown::rdwr;
            return bench_.submit(scenario::ShutDown{name(d), how});
        }
        if (c.call == "close")
            return bench_.submit(scenario::Close{name(d)});
        if (c.call == "setsockopt")
            return set_option(c, d);
        unknown(c.call);
        return trace::none;
    }

    CallId skipped(std::size_t index) {
        calls_[index].text = "0"; // done as part of listen
        return trace::none;
    }

    CallId connect(const CallRow& c, std::size_t index, Descriptor& d) {
        const std::string target = c.arguments.empty() ? "" : c.arguments[0];
        const HostId to = Bench::host(target);
        if (to == trace::no_host) {
            unknown("connect to " + target);
            return trace::none;
        }
        if (d.port == 0 && ports_[index]) {
            d.port =
                *ports_[index]; // as the recorded kernel chose, so that both logs name it alike
            bench_.submit(world::Bind{name(d), d.port});
        }
        return bench_.submit(scenario::Connect{
            d.host, d.number, to, static_cast<std::uint16_t>(number(c, 1)), std::nullopt});
    }

    CallId set_option(const CallRow& c, const Descriptor& d) {
        const std::string option = c.arguments.empty() ? "" : c.arguments[0];
        std::int64_t value = number(c, 1);
        if (option == "SO_LINGER") { // "1,0": on, seconds
            const std::string& pair = c.arguments[1];
            const bool on = pair.starts_with("1");
            value = on ? std::atoll(pair.substr(pair.find(',') + 1).c_str()) : -1;
        }
        return bench_.submit(scenario::SetOption{name(d), option, value});
    }

    struct Made {
        Instant at;
        CallId id = trace::none;
        std::string text;           // decided here
        std::uint16_t accepted = 0; // the number of what accept() makes
    };

    const Recording& r_;
    Bench bench_;
    Looks looks_;
    std::vector<std::optional<std::uint16_t>> ports_;
    std::map<std::string, Descriptor> descriptors_;
    std::map<std::string, std::uint16_t> numbers_;
    std::vector<std::uint32_t> seen_;
    std::vector<scenario::Verdict> verdicts_;
    std::vector<Made> calls_;
    bool cut_cs_ = false, cut_sc_ = false;
    std::string unknown_;
};

void Replay::tell_calls(trace::Story& expected, trace::Story& got) {
    struct Pair {
        Fact expected, got;
        bool returned = false;
    };
    std::map<std::string, std::vector<Pair>> by_descriptor;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        const CallRow& row = r_.calls[i];
        const Made& made = calls_[i];
        if (row.host == "lab")
            continue;
        const auto came = bench_.returned(made.id);
        std::string wanted = row.result, found = made.text;
        if (wanted.starts_with("fd:"))
            wanted = fmt::format("descriptor, peer {}", row.peer.value_or(0));
        if (found.empty())
            found = came.done ? result_text(came.value) : "?? still sleeping";
        if (made.accepted != 0 && came.done && came.value >= 0) {
            const auto socket = bench_.log().calls[made.id].accepted;
            found =
                fmt::format("descriptor, peer {}", socket < bench_.log().sockets.size()
                                                       ? bench_.log().sockets[socket].remote.port
                                                       : 0);
        }
        if (wanted == "?" && !came.done)
            found = "?";
        Pair p;
        p.expected.at = row.at + row.lasted;
        p.got.at = came.done ? came.at : made.at;
        p.expected.fields = {{"call", row.call}, {"result", wanted.empty() ? "nothing" : wanted}};
        p.got.fields = {{"call", row.call}, {"result", found.empty() ? "nothing" : found}};
        p.got.rule = came.rule;
        p.got.event = came.event;
        by_descriptor[row.host + " " + row.fd].push_back(std::move(p));
    }
    for (auto& [who, pairs] : by_descriptor) {
        std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
            return a.expected.at < b.expected.at;
        });
        for (Pair& p : pairs) {
            expected.sequence("calls on " + who).facts.push_back(std::move(p.expected));
            got.sequence("calls on " + who).facts.push_back(std::move(p.got));
        }
    }
}

// What must match; the others (coalescing, SACK, memory pressure, rehash, delayed ACKs) are
// information.
constexpr std::array compared_counters = {"ListenOverflows",
                                          "ListenDrops",
                                          "TCPReqQFullDrop",
                                          "TCPReqQFullDoCookies",
                                          "SyncookiesSent",
                                          "SyncookiesRecv",
                                          "SyncookiesFailed",
                                          "EmbryonicRsts",
                                          "TCPAbortOnClose",
                                          "TCPAbortOnData",
                                          "TCPAbortOnTimeout",
                                          "TCPChallengeACK",
                                          "TCPSYNChallenge",
                                          "TCPACKSkippedSeq",
                                          "TCPACKSkippedChallenge",
                                          "TW",
                                          "TWRecycled",
                                          "TWKilled",
                                          "TCPTimeWaitOverflow",
                                          "PAWSTimewait",
                                          "PAWSEstab",
                                          "TCPDeferAcceptDrop",
                                          "TCPSynRetrans",
                                          "TCPLossProbes",
                                          "TCPTimeouts",
                                          "TCPKeepAlive",
                                          "RetransSegs",
                                          "OutRsts",
                                          "AttemptFails",
                                          "EstabResets",
                                          "CurrEstab"};

void Replay::tell_counters(trace::Story& expected, trace::Story& got) {
    for (const char* host : {"c", "s"}) {
        const auto mine = counters(bench_, Bench::host(host));
        const auto recorded = r_.counters.find(host);
        if (recorded == r_.counters.end())
            continue;
        Fact a, b;
        a.at = b.at = r_.end();
        for (const char* name : compared_counters) {
            const auto value = recorded->second.find(name);
            const auto counted = mine.find(name);
            a.fields.push_back(
                {name, fmt::format("{}", value == recorded->second.end() ? 0 : value->second)});
            b.fields.push_back(
                {name, fmt::format("{}", counted == mine.end() ? 0 : counted->second)});
        }
        expected.sequence(std::string("counters of ") + host).facts.push_back(std::move(a));
        got.sequence(std::string("counters of ") + host).facts.push_back(std::move(b));
    }
}

std::optional<trace::Difference> at_once(std::string field, std::string expected, std::string got) {
    return trace::Difference{{},
                             "the recording",
                             std::move(field),
                             std::move(expected),
                             std::move(got),
                             trace::Rule::none,
                             trace::none};
}

} // namespace

std::optional<trace::Difference> replay_once(const Recording& r, world::Ties ties,
                                             trace::Story* told, trace::Story* recorded) {
    std::string refused;
    Replay play(r, ties, refused);
    if (!refused.empty())
        return at_once("sysctl", refused, "no such knob");
    play.play();
    trace::Story expected = story_of(r), got = play.told();
    play.tell_calls(expected, got);
    play.tell_counters(expected, got);
    auto difference = trace::compare(expected, got);
    if (!difference && !play.unknown_input().empty())
        difference = at_once("input", play.unknown_input(), "cannot be played");
    if (told)
        *told = std::move(got);
    if (recorded)
        *recorded = std::move(expected);
    return difference;
}

Outcome replay(const Recording& r) {
    if (const auto reason = not_compared(r))
        return {Outcome::What::not_compared, *reason};
    if (!r.segment_cells.empty() || !r.call_cells.empty())
        return replay_matrix(r);
    if (r.cut)
        return {Outcome::What::differs, "recordings whose rows were cut are not replayed yet"};
    std::optional<trace::Difference> first;
    for (const world::Ties ties :
         {world::Ties::as_inserted, world::Ties::arrivals_first, world::Ties::timers_first}) {
        const auto difference = replay_once(r, ties);
        if (!difference)
            return {};
        if (!first)
            first = difference;
    }
    return {Outcome::What::differs, trace::format(*first)};
}

} // namespace oracle
