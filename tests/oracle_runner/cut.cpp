// The rules by which cut recordings were made, and what is compared of them.
#include "cut.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "world/world.hpp"

namespace oracle {

using trace::Fact;
using trace::Instant;

namespace {

constexpr std::uint16_t first_filler = 20000;

bool starts(const Recording& r, const char* group) {
    return r.id.starts_with(group);
}

std::size_t number(const Recording& r, const char* name) {
    const auto known = r.numbers.find(name);
    return known == r.numbers.end() ? 0 : static_cast<std::size_t>(known->second);
}

const SegmentRow* first_by_hand(const Recording& r) {
    const auto at = std::find_if(r.segments.begin(), r.segments.end(),
                                 [](const SegmentRow& s) { return s.injected; });
    return at == r.segments.end() ? nullptr : &*at;
}

const CallRow* call_on(const Recording& r, const std::string& fd, const std::string& name) {
    const auto at = std::find_if(r.calls.begin(), r.calls.end(),
                                 [&](const CallRow& c) { return c.fd == fd && c.call == name; });
    return at == r.calls.end() ? nullptr : &*at;
}

// A flood of SYNs like the first, evenly until 50 ms before the legitimate client comes.
void add_flood(Recording& r) {
    const SegmentRow* first = first_by_hand(r);
    const CallRow* legit = call_on(r, "legit", "socket");
    const std::size_t n = number(r, "n");
    if (!first || !legit || n < 2)
        return;
    const SegmentRow like = *first;
    const trace::Duration gap =
        (legit->at - trace::milliseconds(50) - like.at) / static_cast<std::int64_t>(n - 1);
    const auto listed = static_cast<std::size_t>(std::count_if(
        r.segments.begin(), r.segments.end(), [](const SegmentRow& s) { return s.injected; }));
    for (std::size_t i = listed; i < n; ++i) {
        SegmentRow s = like;
        s.source = static_cast<std::uint16_t>(first_filler + i);
        s.at = like.at + gap * static_cast<std::int64_t>(i);
        r.segments.push_back(s);
    }
}

// Younger requests, half a second after the first, without options.
void add_fillers(Recording& r) {
    const SegmentRow* first = first_by_hand(r);
    if (!first)
        return;
    SegmentRow s = *first;
    s.mss.reset();
    s.scale.reset();
    s.timestamps.reset();
    s.sack_permitted = false;
    const Instant start = s.at + trace::milliseconds(500);
    for (std::size_t i = 0; i < number(r, "fill"); ++i) {
        s.source = static_cast<std::uint16_t>(first_filler + i);
        s.at = start + trace::microseconds(100) * static_cast<std::int64_t>(i);
        r.segments.push_back(s);
    }
}

// Clients that do not wait, one every 20 ms; thousands come within a second.
void add_clients(Recording& r) {
    const CallRow* first = call_on(r, "c1", "socket");
    const std::size_t n = number(r, "n");
    if (!first)
        return;
    const Instant start = first->at;
    const trace::Duration gap =
        n > 1000 ? trace::seconds(1) / static_cast<std::int64_t>(n) : trace::milliseconds(20);
    std::vector<CallRow> pattern;
    for (const CallRow& c : r.calls)
        if (c.fd == "c1")
            pattern.push_back(c);
    std::erase_if(r.calls, [](const CallRow& c) { return c.fd == "c2"; });
    for (std::size_t i = 2; i <= n; ++i)
        for (CallRow c : pattern) {
            c.fd = fmt::format("c{}", i);
            c.at = start + gap * static_cast<std::int64_t>(i - 1);
            r.calls.push_back(std::move(c));
        }
}

std::string without_quotes(std::string text) {
    std::erase(text, '"');
    return text;
}

// One fact on either side; a field for each thing that was written down.
struct Pair {
    Fact expected, got;
    void add(const std::string& name, const std::string& wanted, const std::string& found) {
        expected.fields.push_back({name, wanted});
        got.fields.push_back({name, found});
    }
    void tell(const Recording& r, const char* sequence, trace::Story& a, trace::Story& b) {
        expected.at = got.at = r.end();
        a.sequence(sequence).facts.push_back(std::move(expected));
        b.sequence(sequence).facts.push_back(std::move(got));
    }
};

std::string who(const Bench& bench, trace::Address a) {
    for (const auto& [address, name] : bench.addresses())
        if (address == a)
            return name;
    return "?";
}

Pair segments_counted(const Recording& r, const Bench& bench) {
    std::map<std::string, std::int64_t> sent;
    for (const trace::SegmentRecord& s : bench.log().segments)
        if (s.from != trace::no_host && !s.copy)
            ++sent[fmt::format("{}>{} {}", who(bench, s.segment.source.address),
                               who(bench, s.segment.destination.address),
                               trace::packetdrill(s.segment.flags))];
    std::map<std::string, std::int64_t> all = sent;
    all.insert(r.segment_counts.begin(), r.segment_counts.end());
    Pair p;
    for (const auto& entry : all) {
        const auto wanted = r.segment_counts.find(entry.first);
        p.add(entry.first, fmt::format("{}", wanted == r.segment_counts.end() ? 0 : wanted->second),
              fmt::format("{}", sent[entry.first]));
    }
    return p;
}

// The length of a queue, the state of the only client, and SYN+ACKs sent, at an instant.
struct Moment {
    std::int64_t half_open = 0, accepted = 0, synacks = 0;
    std::string client = "CLOSED";
};
Moment moment(const trace::Trace& log, Instant at) {
    Moment m;
    for (const trace::Event& e : log.events) {
        if (e.at > at)
            break;
        if (e.kind == trace::EventKind::queue_changed)
            (e.queue() == trace::Queue::syn ? m.half_open : m.accepted) = e.value;
        if (e.kind == trace::EventKind::transition && e.host == Bench::host("c"))
            m.client = trace::name(e.to);
        if (e.kind == trace::EventKind::segment_sent && e.host == Bench::host("s") &&
            log.segments[e.ref].segment.flags.has(trace::flag::syn))
            ++m.synacks;
    }
    return m;
}

Pair flood_derived(const Recording& r, const Bench& bench) {
    Pair p;
    const CallRow* legit = call_on(r, "legit", "connect");
    if (!legit)
        return p;
    const auto compare = [&](const char* name, const std::string& found) {
        const auto wanted = r.derived.find(name);
        if (wanted != r.derived.end())
            p.add(name, without_quotes(wanted->second), found);
    };
    const Moment flooded = moment(bench.log(), legit->at - trace::milliseconds(1));
    compare("SYN_RECV_held", fmt::format("{}", flooded.half_open));
    compare("synacks_sent_immediately", fmt::format("{}", flooded.synacks));
    const Moment later = moment(bench.log(), legit->at + trace::milliseconds(150));
    compare("legit_client_state_after_150ms", later.client);
    compare("acceptq", fmt::format("{}", later.accepted));
    compare("legit_client_state_after_1650ms", moment(bench.log(), r.end()).client);
    return p;
}

// How many of the younger requests were answered how often, as the recording writes it.
Pair fillers_derived(const Recording& r, const Bench& bench) {
    std::map<std::uint16_t, int> synacks;
    for (const trace::SegmentRecord& s : bench.log().segments)
        if (s.from == Bench::host("s"))
            ++synacks[s.segment.destination.port];
    std::map<std::string, int> histogram;
    for (const auto& [port, count] : synacks)
        if (port >= first_filler && port < first_filler + number(r, "fill"))
            ++histogram[fmt::format("{}", count)];
    std::string text;
    for (const auto& [count, ports] : histogram)
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", count, ports);
    Pair p;
    if (const auto wanted = r.derived.find("histogram_synacks_per_filler");
        wanted != r.derived.end())
        p.add("histogram", without_quotes(wanted->second), fmt::format("{{{}}}", text));
    return p;
}

Pair sockets_at_the_end(const Recording& r, const Bench& bench) {
    Pair p;
    if (r.tables.empty())
        return p;
    const TableRow& last = r.tables.back();
    std::map<std::string, int> states;
    const trace::Snapshot snapshot = world::project(bench.world());
    const trace::HostView& host = snapshot.hosts[Bench::host(last.host)];
    if (!host.listeners.empty())
        states["LISTEN"] = static_cast<int>(host.listeners.size());
    for (const trace::SocketView& s : host.sockets)
        ++states[std::string(trace::name(s.state))];
    const auto text = [](const std::map<std::string, int>& counts) {
        std::string all;
        for (const auto& [state, count] : counts)
            all += fmt::format("{}{} {}", all.empty() ? "" : ", ", state, count);
        return all;
    };
    p.add("states", text(last.states), text(states));
    return p;
}

} // namespace

Recording whole(const Recording& cut) {
    Recording r = cut;
    if (starts(r, "03-synq-"))
        add_flood(r);
    else if (starts(r, "03-young-old-"))
        add_fillers(r);
    else
        add_clients(r);
    return r;
}

void tell_counts(const Recording& r, const Bench& bench, trace::Story& expected,
                 trace::Story& got) {
    segments_counted(r, bench).tell(r, "segments counted", expected, got);
    sockets_at_the_end(r, bench).tell(r, "sockets at the end", expected, got);
    if (starts(r, "03-synq-"))
        flood_derived(r, bench).tell(r, "the flood", expected, got);
    if (starts(r, "03-young-old-"))
        fillers_derived(r, bench).tell(r, "the younger requests", expected, got);
}

} // namespace oracle
