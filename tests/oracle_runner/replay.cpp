// A recording's calls, hand-made segments and losses, played on a world at the recorded times.
#include "replaying.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "asked.hpp"
#include "cut.hpp"
#include "matrix.hpp"
#include "not_compared.hpp"

namespace oracle {

using trace::CallId;
using trace::Fact;
using trace::Instant;

namespace {

constexpr std::size_t left_out_call = static_cast<std::size_t>(-1);

} // namespace

std::int64_t sysctl_value(const std::string& name, const std::string& text) {
    const auto known = trace::find_sysctl(name);
    return known ? trace::parse_value(*known, text).value_or(-1) : std::atoll(text.c_str());
}

Replay::Replay(const Recording& r, const Order& order, std::string& refused)
    : r_(r),
      left_out_(order.as_told ? std::vector<CallRow>{} : left_out(r)),
      bench_(r.delay + inside + order.lag, settings(r), order, refused),
      wire_(r, bench_, order.paced),
      looks_(r),
      paced_(order.paced),
      grips_(order.grips),
      ports_(chosen_ports(r)) {
    bench_.on_departure = [this](trace::SegmentId id) { wire_.judge(id); };
    bench_.on_change = [this] { looks_.look(bench_); };
    calls_.resize(r.calls.size());
}

void Replay::play() {
    for (const Input& i : inputs()) {
        bench_.advance(i.at);
        if (i.segment)
            inject(*i.segment);
        else if (i.index == left_out_call)
            submit(*i.call, i.index);
        else
            call(*i.call, i.index);
        looks_.look(bench_);
    }
    bench_.advance(r_.end());
}

trace::Story Replay::told() {
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

std::vector<Instant> Replay::read_at() const {
    std::vector<Instant> at;
    for (const CallId id : reads_) {
        const auto came = bench_.returned(id);
        at.push_back(came.done ? came.at : trace::never);
    }
    return at;
}

std::vector<Setting> Replay::settings(const Recording& r) {
    std::vector<Setting> list;
    for (const auto& [host, values] : r.sysctls)
        for (const auto& [name, value] : values)
            if (!makes_no_difference(name, value))
                list.push_back({Bench::host(host), name, sysctl_value(name, value)});
    // Where somaxconn was changed on the way only the later value is told, and the earlier one
    // by the listener that took it.
    for (const CallRow& c : r.calls) {
        if (c.call != "sysctl" || c.arguments[0] != "net.core.somaxconn" || r.queues.empty())
            continue;
        list.push_back({Bench::host(c.host), "somaxconn", r.queues.front().limit});
        break;
    }
    return list;
}

std::vector<Input> Replay::inputs() const {
    std::vector<Input> list;
    for (std::size_t i = 0; i < r_.calls.size(); ++i)
        list.push_back({r_.calls[i].at, &r_.calls[i], nullptr, i});
    for (const CallRow& c : left_out_)
        list.push_back({c.at, &c, nullptr, left_out_call});
    for (const SegmentRow& s : r_.segments)
        if (s.injected || !s.is_tcp)
            list.push_back({s.at, nullptr, &s, 0});
    std::stable_sort(list.begin(), list.end(),
                     [](const Input& a, const Input& b) { return a.at < b.at; });
    return list;
}

void Replay::inject(const SegmentRow& s) {
    if (!s.is_tcp) {
        if (!s.icmp ||
            !bench_.inject_icmp(Bench::host(s.to), s.about, s.icmp->first, s.icmp->second))
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
    h.urgent = s.urgent;
    h.ecn = s.ecn;
    h.mss = s.mss.value_or(std::uint16_t{0});
    h.scale = s.scale.value_or(-1);
    h.sack_permitted = s.sack_permitted;
    h.timestamps = s.timestamps;
    h.sack = s.sack;
    h.fastopen = s.fastopen;
    bench_.inject(h);
}

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

namespace {

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

std::optional<trace::Difference> replay_once(const Recording& r, const Order& order,
                                             trace::Story* told, trace::Story* recorded,
                                             std::vector<trace::Instant>* read_at) {
    std::string refused;
    Replay play(r, order, refused);
    if (!refused.empty())
        return at_once("sysctl", refused, "no such knob");
    play.play();
    if (read_at)
        *read_at = play.read_at();
    trace::Story expected, got;
    if (r.cut) {
        tell_counts(r, play.bench(), expected, got);
    } else {
        expected = story_of(r);
        got = play.told();
        play.tell_calls(expected, got);
    }
    tell_counters(r, play.bench(), expected, got);
    auto difference = trace::compare(expected, got,
                                     order.timers == world::Timers::by_wheel ? trace::both_late()
                                                                             : trace::Slack{});
    if (!difference && !play.unknown_input().empty())
        difference = at_once("input", play.unknown_input(), "cannot be played");
    if (told)
        *told = std::move(got);
    if (recorded)
        *recorded = std::move(expected);
    return difference;
}

} // namespace oracle
