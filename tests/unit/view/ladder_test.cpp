// The text ladder, drawn from logs that are written down here.
#include "catch.hpp"

#include "view/cells.hpp"
#include "view/ladder.hpp"
#include "view/mermaid.hpp"

using namespace trace;

namespace {

struct Story {
    Trace log;
    Instant now{};

    Story() {
        log.hosts = {"client", "server"};
        log.sockets.resize(2);
        log.sockets[0] = {0, {{1}, 40000}, {{2}, 80}, none, 1, false};
        log.sockets[1] = {1, {{2}, 80}, {}, none, 0, true};
    }
    Event& event(EventKind kind, HostId host, Cookie socket = none) {
        Event e;
        e.at = now;
        e.kind = kind;
        e.host = host;
        e.socket = socket;
        log.events.push_back(e);
        return log.events.back();
    }
    SegmentId sends(HostId from, Flags flags, std::uint32_t seq, std::uint16_t transmission = 1) {
        SegmentRecord r;
        r.segment.flags = flags;
        r.segment.seq = {seq};
        r.from = from;
        r.to = from == 0 ? 1 : 0;
        r.transmission = transmission;
        log.segments.push_back(r);
        const auto id = static_cast<SegmentId>(log.segments.size() - 1);
        event(EventKind::segment_sent, from).ref = id;
        return id;
    }
    void becomes(HostId host, Cookie socket, State to) {
        event(EventKind::transition, host, socket).to = to;
    }
    std::vector<std::string> draw(const std::string& language = "en") const {
        view::LadderOptions options;
        options.width = 90;
        options.language = language;
        return view::ladder(log, options);
    }
};

bool has(const std::vector<std::string>& lines, const std::string& text) {
    for (const auto& line : lines) {
        if (line.find(text) != line.npos)
            return true;
    }
    return false;
}

} // namespace

TEST_CASE("A delivered segment leaves its lane in one row and reaches the other in a later one") {
    Story s;
    s.becomes(0, 0, State::syn_sent);
    const auto syn = s.sends(0, flag::syn, 1000);
    s.now = Instant{} + milliseconds(10);
    s.event(EventKind::segment_arrived, 1).ref = syn;
    s.event(EventKind::queue_changed, 1, 1).value = 1;
    s.log.events.back().limit = 2;
    CHECK(
        s.draw() ==
        std::vector<std::string>{
            "                              client                           server",
            "        0 #1 SYN_SENT            ├── SYN  seq 1000 ────           │",
            "    10 ms                        │             ── SYN  seq 1000 ─▶│ :80 SYN queue 1 ·",
            "                                 │                                │ limit 2"});
}

TEST_CASE("The other three endings: refused with its reason, lost between the lanes, in flight") {
    Story s;
    const auto first = s.sends(0, flag::syn, 1000);
    const auto lost = s.sends(0, flag::syn, 2000);
    s.event(EventKind::segment_lost, 0).ref = lost;
    s.sends(0, flag::syn, 3000);
    s.now = Instant{} + milliseconds(10);
    auto& refused = s.event(EventKind::segment_refused, 1);
    refused.ref = first;
    refused.rule = Rule::accept_queue_full_drops_syn;
    Snapshot snapshot;
    snapshot.now = s.now;
    snapshot.in_flight.push_back({2, 0, 1, {}, Instant{} + milliseconds(20), false, false});
    view::LadderOptions options;
    options.width = 110;
    options.snapshot = &snapshot;
    const auto lines = view::ladder(s.log, options);
    CHECK(has(lines, "SYN  seq 1000 ─┤│"));
    CHECK(has(lines, "├──"));
    CHECK(has(lines, "╳ SYN  seq 2000 lost"));
    CHECK(has(lines, "▷ SYN  seq 3000 in flight"));
    CHECK(has(lines, "accept queue"));
}

TEST_CASE("A repetition is dashed and says so; idle time is one line that names it") {
    Story s;
    const auto first = s.sends(0, flag::syn, 1000);
    s.event(EventKind::segment_lost, 0).ref = first;
    s.now = Instant{} + seconds(1);
    s.sends(0, flag::syn, 1000, 2);
    const auto en = s.draw();
    CHECK(has(en, "⋮ 1 s later"));
    CHECK(has(en, "╌ again: SYN  seq 1000 ╌"));
    const auto zh = s.draw("zh");
    CHECK(has(zh, "⋮ 1 s 之后"));
    CHECK(has(zh, "重传：SYN  seq 1000"));
}

TEST_CASE(
    "Times of the real kernel keep their unit, and what was not seen at its instant says so") {
    Story story;
    story.now = {1'844'944'981};
    for (const auto& [to, certainty] : {std::pair{State::syn_sent, Certainty::exact},
                                        {State::established, Certainty::sampled},
                                        {State::close_wait, Certainty::inferred},
                                        {State::closed, Certainty::unknown}}) {
        auto& e = story.event(EventKind::transition, 0, 0);
        e.to = to;
        e.certainty = certainty;
        story.now.ns += 1'000'000;
    }
    view::LadderOptions options;
    options.width = 120;
    std::string all;
    for (const auto& line : view::ladder(story.log, options))
        all += line + "\n";
    CHECK(all.find("1.84494 s") != std::string::npos);
    CHECK(all.find("…") == std::string::npos);
    CHECK(all.find("client#1 SYN_SENT ") == std::string::npos); // short names in a lane
    CHECK(all.find("SYN_SENT (") == std::string::npos);
    CHECK(all.find("ESTABLISHED (sampled)") != std::string::npos);
    CHECK(all.find("CLOSE_WAIT (inferred)") != std::string::npos);
    CHECK(all.find("CLOSED (how is not known)") != std::string::npos);
}

TEST_CASE("Notes stand between the events that they were told between") {
    Story s;
    s.becomes(0, 0, State::syn_sent);
    s.now = Instant{} + milliseconds(5);
    s.becomes(0, 0, State::closed);
    const std::vector<view::Aside> asides = {{1, {"1. Between."}}, {2, {"2. After."}}};
    view::LadderOptions options;
    options.asides = asides;
    const auto lines = view::ladder(s.log, options);
    std::vector<std::string> told;
    for (const auto& line : lines) {
        for (const auto* word : {"SYN_SENT", "CLOSED", "Between", "After"}) {
            if (line.find(word) != line.npos)
                told.emplace_back(word);
        }
    }
    CHECK(told == std::vector<std::string>{"SYN_SENT", "Between", "CLOSED", "After"});
}

TEST_CASE(
    "No line is wider than asked for, whatever the width, the language and the number of hosts") {
    for (std::size_t hosts = 1; hosts <= 5; ++hosts) {
        Story s;
        s.log.hosts.clear();
        for (std::size_t i = 0; i < hosts; ++i)
            s.log.hosts.push_back("host" + std::to_string(i));
        for (std::size_t i = 0; i + 1 < hosts; ++i) {
            const auto id = s.sends(static_cast<HostId>(i), flag::syn | flag::ack, 4000000000u);
            s.log.segments[id].to = static_cast<HostId>(i + 1);
            s.now = s.now + milliseconds(100);
            auto& e = s.event(EventKind::segment_refused, static_cast<HostId>(i + 1));
            e.ref = id;
            e.rule = Rule::accept_queue_full_drops_syn;
        }
        for (const std::size_t width : {60, 80, 100, 200}) {
            for (const auto* language : {"en", "zh"}) {
                view::LadderOptions options;
                options.width = width;
                options.language = language;
                for (const auto& line : view::ladder(s.log, options)) {
                    if (hosts <= 2)
                        CHECK(view::cells(line) <= width);
                    CHECK(!line.ends_with(' '));
                }
            }
        }
    }
}

TEST_CASE("A Mermaid diagram has a line for each ending of a segment, and keeps its own signs") {
    Story s;
    s.becomes(0, 0, State::syn_sent);
    s.becomes(0, 0, State::closed);
    const auto lost = s.sends(0, flag::syn, 1000);
    s.now = Instant{} + milliseconds(10);
    s.event(EventKind::segment_lost, no_host).ref = lost;
    s.now = Instant{} + seconds(1);
    const auto again = s.sends(0, flag::syn, 1000, 2);
    s.now = s.now + milliseconds(10);
    s.event(EventKind::segment_arrived, 1).ref = again;
    const auto answer = s.sends(1, flag::syn | flag::ack, 5000);
    Snapshot end;
    end.now = s.now;
    end.in_flight.resize(1);
    end.in_flight[0].segment = answer;
    const view::Aside note{0, {"1. client#1 sends; and waits."}};
    view::LadderOptions options;
    options.asides = {&note, 1};
    options.snapshot = &end;
    CHECK(view::mermaid(s.log, options, "A \"SYN\"") ==
          "---\ntitle: \"A \\\"SYN\\\"\"\n---\nsequenceDiagram\n"
          "    participant h0 as client\n"
          "    participant h1 as server\n"
          "    Note over h0,h1: 1. client#35;1 sends#59; and waits.\n"
          "    Note left of h0: #35;1 SYN_SENT<br/>#35;1 CLOSED\n"
          "    h0-xh1: 10 ms: SYN  seq 1000 (lost)\n"
          "    Note over h0,h1: 990 ms later\n"
          "    h0-->>h1: 1.01 s: again: SYN  seq 1000\n"
          "    h1-)h0: 1.01 s: SYN+ACK  seq 5000 ack 0 (in flight)\n");
}
