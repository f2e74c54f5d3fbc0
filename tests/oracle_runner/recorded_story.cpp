// The rows of a recording as the story they tell.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "looks.hpp"
#include "replay.hpp"
#include "trace/state.hpp"

namespace oracle {

using trace::Fact;
using trace::Story;
using trace::Telling;

namespace {

std::string canonical(const std::string& state) {
    const auto known = trace::parse_state(state);
    return known ? std::string(trace::name(*known)) : state;
}

std::string pair_of(const std::string& a, const std::string& b) {
    return a < b ? a + " " + b : b + " " + a;
}

// Full-sized segments carry the P flag or not by how the sender glued its writes together; only
// what is shorter than the longest of its direction is asked for it.
void forget_push_of_full_segments(std::vector<Fact>& facts) {
    std::uint32_t longest = 0;
    const auto length = [](const Fact& f) {
        return static_cast<std::uint32_t>(std::atoi(f.fields[4].value.c_str()));
    };
    for (const Fact& f : facts)
        longest = std::max(longest, length(f));
    for (Fact& f : facts)
        if (longest >= 536 && length(f) >= std::min(longest, 1448u))
            f.fields[1].value = "?";
}

// The wire sometimes took segments long after they had left: their timestamps, which count
// milliseconds, tell when that was.
class Departures {
public:
    explicit Departures(const Recording& r) {
        for (const SegmentRow& s : r.segments) {
            if (s.new_flow)
                numbered_anew_.insert(both(s));
            if (!has_timestamp(s))
                continue;
            const trace::Instant zero = s.at - trace::milliseconds(s.timestamps->first);
            const auto [known, fresh] = zero_.emplace(flow(s), zero);
            if (!fresh)
                known->second = std::min(known->second, zero);
        }
    }
    trace::Instant of(const SegmentRow& s) const {
        // That of a SYN cookie carries options in the place of its last bits.
        if (!has_timestamp(s) || numbered_anew_.contains(both(s)) || s.flags.starts_with("S."))
            return s.at;
        const trace::Instant left =
            zero_.at(flow(s)) + trace::milliseconds(s.timestamps->first + 1);
        const trace::Duration late = s.at - left;
        return late > trace::milliseconds(20) && late < trace::milliseconds(60) ? left : s.at;
    }

private:
    static bool has_timestamp(const SegmentRow& s) {
        return s.is_tcp && !s.injected && !s.copy && s.timestamps;
    }
    static std::string flow(const SegmentRow& s) {
        return fmt::format("{}:{}>{}:{}", s.from, s.source, s.to, s.destination);
    }
    static std::string both(const SegmentRow& s) {
        return pair_of(fmt::format("{}:{}", s.from, s.source),
                       fmt::format("{}:{}", s.to, s.destination));
    }
    // Values are told relative to the first of each flow: when its clock said 0, if not later.
    std::map<std::string, trace::Instant> zero_;
    std::set<std::string> numbered_anew_;
};

// The raw peer has its first number before it says it. A recording counts from there; the story
// counts from the first SYN that was seen, and tells what came before it as it is.
class RawNumbers {
public:
    void look(const SegmentRow& s, const std::string& flow) {
        if (s.new_flow && !s.injected)
            first_.erase(flow);
        if (!s.injected || s.from != "x")
            return;
        const auto [known, fresh] = first_.emplace(flow, std::nullopt);
        if (fresh && s.seq.starts_with("abs:"))
            foreign_.insert(flow);
        const auto has = [&](char flag) { return s.flags.find(flag) != std::string::npos; };
        if (!known->second && has('S') && !has('R'))
            known->second = s.seq_number;
    }
    std::string acknowledgement(const SegmentRow& s, const std::string& flow) const {
        const auto known = first_.find(flow);
        if (s.to != "x" || s.ack.empty() || s.ack.starts_with("abs:") || known == first_.end())
            return s.ack;
        if (!known->second && foreign_.contains(flow))
            return s.ack;
        if (!known->second)
            return fmt::format("abs:{}", raw_isn + static_cast<std::uint32_t>(s.ack_number));
        return fmt::format("{}", s.ack_number - *known->second);
    }

private:
    std::map<std::string, std::optional<std::int64_t>> first_; // SYN of x
    std::set<std::string> foreign_;
};

void tell_segments(const Recording& r, Story& story) {
    const Departures departures(r);
    RawNumbers raw;
    std::map<std::string, int> lives;
    for (const SegmentRow& s : r.segments) {
        if (!s.is_tcp)
            continue;
        const std::string source = fmt::format("{}:{}", s.from, s.source);
        const std::string destination = fmt::format("{}:{}", s.to, s.destination);
        raw.look(s, pair_of(source, destination));
        int& life = lives[pair_of(source, destination)];
        if (life == 0)
            life = 1;
        if (s.new_flow && !s.injected)
            ++life;
        if (s.injected || s.copy)
            continue;
        const std::string name = fmt::format("segments {}>{}{}", source, destination,
                                             life > 1 ? fmt::format("#{}", life) : "");
        std::string flags = s.flags, push = "-";
        if (const auto at = flags.find('P'); at != std::string::npos) {
            flags.erase(at, 1);
            push = "P";
        }
        const bool reset = flags.find('R') != std::string::npos;
        // Of a connection that nobody saw begin: each world's own.
        const bool unknown = s.seq.starts_with("abs:") && s.seq != "abs:0";
        Fact f;
        f.at = departures.of(s);
        f.fields = {{"flags", flags},
                    {"push", push},
                    {"seq", unknown ? "?" : s.seq},
                    {"ack", unknown ? "?" : raw.acknowledgement(s, pair_of(source, destination))},
                    {"length", fmt::format("{}", s.length)},
                    {"ecn", !r.tells_ecn ? "?" : s.ecn == 0 ? "Not-ECT" : "ECT"},
                    {"window", reset           ? "?"
                               : s.window == 0 ? "zero"
                                               : "open"}};
        story.sequence(name).facts.push_back(std::move(f));
    }
    for (trace::Sequence& q : story.sequences)
        forget_push_of_full_segments(q.facts);
}

// Rows of a connect() come before the kernel has chosen a port: the next SYN of that host tells it.
class FirstSyns {
public:
    explicit FirstSyns(const Recording& r) {
        // TCP_FASTOPEN_CONNECT: the SYN leaves with what is written, whenever that is.
        for (const CallRow& c : r.calls)
            if (c.call == "setsockopt" && !c.arguments.empty() &&
                c.arguments[0] == "TCP_FASTOPEN_CONNECT")
                patience_ = trace::seconds(3600);
        std::set<std::string> seen;
        for (const SegmentRow& s : r.segments) {
            if (!s.is_tcp || (s.flags != "S" && s.flags != "SEW") || s.injected || s.copy)
                continue;
            const std::string flow =
                fmt::format("{}:{}>{}:{}", s.from, s.source, s.to, s.destination);
            if (seen.insert(flow).second || s.new_flow)
                syns_.push_back({&s, false});
        }
    }
    std::optional<std::uint16_t> take(const std::string& host, std::uint16_t port,
                                      trace::Instant at) {
        for (auto& [s, used] : syns_) {
            if (used || s->from != host || s->destination != port)
                continue;
            if (s->at + trace::milliseconds(1) < at || at + patience_ < s->at)
                continue;
            used = true;
            return s->source;
        }
        return std::nullopt;
    }

private:
    std::vector<std::pair<const SegmentRow*, bool>> syns_;
    trace::Duration patience_ = trace::milliseconds(25);
};

void tell_states(const Recording& r, Story& story) {
    FirstSyns syns(r);
    std::set<std::string> raw; // ports only ever used by the raw peer
    for (const SegmentRow& s : r.segments)
        if (s.from == "x")
            raw.insert(fmt::format("{}", s.source));
    for (const StateRow& s : r.states) {
        if (s.from == s.to) // close() after shutdown()
            continue;
        std::uint16_t local = s.local;
        const bool connecting = s.to == "SYN_SENT" && s.from == "CLOSE";
        if (connecting && local == 0)
            local = syns.take(s.host, s.remote, s.at).value_or(std::uint16_t{0});
        std::string who = fmt::format("states {}:{}", s.host, local);
        if (s.remote != 0) {
            std::string peer = s.host == "c" ? "s" : "c";
            for (const SegmentRow& g : r.segments)
                if (g.is_tcp && ((g.from == s.host && g.source == local &&
                                  g.destination == s.remote && g.to == "x") ||
                                 (g.from == "x" && g.to == s.host && g.destination == local &&
                                  g.source == s.remote))) {
                    peer = "x";
                    break;
                }
            const bool self = local == s.remote;
            who += fmt::format("-{}:{}", self ? s.host : peer, s.remote);
        }
        Fact f;
        f.at = s.at;
        f.fields = {{"from", canonical(s.from)}, {"to", canonical(s.to)}};
        story.sequence(who).facts.push_back(std::move(f));
    }
}

// Of looks only changes are kept; a row may repeat what did not change.
void add_look(Story& story, const std::string& name, Fact f) {
    auto& facts = story.sequence(name, Telling::looks).facts;
    if (facts.empty() || !(facts.back().fields == f.fields))
        facts.push_back(std::move(f));
}

// The state and the rest of a row were asked for one after the other: one that has the state of the
// row before and the rest of the row after was taken in between, and shows what never was.
bool is_torn(const std::vector<SocketRow>& rows, std::size_t i) {
    const auto same_socket = [&](std::size_t from, int step) -> const SocketRow* {
        for (std::size_t j = from + static_cast<std::size_t>(step); j < rows.size();
             j += static_cast<std::size_t>(step))
            if (rows[j].fd == rows[from].fd)
                return &rows[j];
        return nullptr;
    };
    const SocketRow *earlier = same_socket(i, -1), *later = same_socket(i, 1);
    const SocketRow& s = rows[i];
    return earlier && later && later->at - s.at < trace::milliseconds(10) &&
           s.state == earlier->state && s.state != later->state && s.poll == later->poll &&
           s.unread == later->unread && s.unacknowledged == later->unacknowledged &&
           (s.poll != earlier->poll || s.unread != earlier->unread);
}

void tell_looks(const Recording& r, Story& story) {
    for (std::size_t i = 0; i < r.sockets.size(); ++i) {
        if (is_torn(r.sockets, i))
            continue;
        const SocketRow& s = r.sockets[i];
        Fact f;
        f.at = s.at;
        f.fields = {{"state", canonical(s.state)},
                    {"poll", s.poll.empty() ? "nothing" : s.poll},
                    {"unread", fmt::format("{}", s.unread)},
                    {"unacknowledged", fmt::format("{}", s.unacknowledged)}};
        add_look(story, "descriptor " + s.fd, std::move(f));
    }
    for (const QueueRow& q : r.queues)
        add_look(story, "accept queue of " + q.fd, trace::queue_fact(q.at, q.length, q.limit));
    for (const TableRow& t : r.tables) {
        Fact f = table_fact(t.at, t.states, t.sockets);
        if (!t.complete)
            f.fields[1].value = "?";
        story.sequence("table of " + t.host, Telling::glances).facts.push_back(std::move(f));
    }
}

} // namespace

std::vector<std::optional<std::uint16_t>> chosen_ports(const Recording& r) {
    FirstSyns syns(r);
    std::vector<std::optional<std::uint16_t>> ports(r.calls.size());
    for (std::size_t i = 0; i < r.calls.size(); ++i) {
        const CallRow& c = r.calls[i];
        const std::size_t port = c.call == "sendto" ? 3 : 1;
        if ((c.call != "connect" && c.call != "sendto") || c.host == "lab" ||
            c.arguments.size() <= port)
            continue;
        ports[i] = syns.take(
            c.host, static_cast<std::uint16_t>(std::atoi(c.arguments[port].c_str())), c.at);
    }
    return ports;
}

trace::Story story_of(const Recording& r) {
    Story story;
    story.end = r.end();
    tell_segments(r, story);
    tell_states(r, story);
    tell_looks(r, story);
    return story;
}

} // namespace oracle
