// The sequence view's layout: what is drawn where, without a window.
#include "catch.hpp"
#include "telling.hpp"

#include "panels/sequence_layout.hpp"

#include <fmt/format.h>

using namespace panels;
using trace::State;

namespace {

// A fixed-width face: eight pixels a character (of any script).
float width_of(std::string_view text, Script) {
    float width = 0;
    for (const char c : text) {
        width += (c & 0xc0) == 0x80 ? 0 : 8;
    }
    return width;
}

SequenceStyle style() {
    SequenceStyle made;
    made.width = width_of;
    made.badge_width = [](State state) { return width_of(trace::name(state), Script::note) + 30; };
    return made;
}

SequenceLayout lay_out(const SequenceQuery& query, const SequenceStyle& with) {
    return lay_sequence(query, with, tell(*query.trace, query.visible, *query.snapshot));
}

SequenceLayout lay(const gui::Telling& told, float width, SequenceStyle with = style(),
                   Numbers numbers = Numbers::absolute) {
    const SequenceQuery query{.trace = &told.trace,
                              .snapshot = &told.snapshot,
                              .visible = told.visible(),
                              .shown = told.now,
                              .width = width,
                              .top = 0,
                              .bottom = 100000,
                              .numbers = numbers};
    return lay_out(query, with);
}

const ArrowItem& arrow(const SequenceLayout& layout, trace::SegmentId id) {
    for (const ArrowItem& item : layout.arrows) {
        if (item.id == id) {
            return item;
        }
    }
    FAIL("segment " << id << " is not drawn");
    throw 0;
}

// Two handshakes, a refused SYN, its repetition lost, another under way.
gui::Telling overflow() {
    using namespace trace;
    gui::Telling t;
    t.at(0);
    const Cookie listener = t.socket(1, 80);
    t.state(listener, State::listen);
    t.handshake(listener, 40002, 1000, 5000, 1);
    t.at(100).handshake(listener, 40004, 2000, 6000, 2);
    t.at(200);
    const Cookie third = t.socket(0, 40006, 1, 80);
    t.state(third, State::syn_sent);
    const SegmentId first = t.send(third, 1, flag::syn, 3000);
    t.at(210).refuse(first, Rule::accept_queue_full_drops_syn);
    t.count(1, Counter::ListenOverflows, 1);
    t.at(1200);
    const SegmentId again = t.send(third, 1, flag::syn, 3000, 0, 0, first);
    t.at(1205).lose(again);
    t.at(3200);
    t.fly(t.send(third, 1, flag::syn, 3000, 0, 0, first), milliseconds(10));
    t.at(3204);
    return t;
}

// Four segments at one instant, four answers under way, and one held by hand.
gui::Telling burst() {
    using namespace trace;
    gui::Telling t;
    t.at(0);
    const Cookie listener = t.socket(1, 80);
    t.state(listener, State::listen);
    const auto [client, server] = t.handshake(listener, 40002, 1000, 5000, 1);
    t.at(100);
    std::vector<SegmentId> data;
    for (std::uint32_t i = 0; i < 4; ++i) {
        ++t.beat;
        data.push_back(t.send(client, 1, flag::psh | flag::ack, 1001 + i * 1000, 5001, 1000));
    }
    t.at(110);
    for (std::uint32_t i = 0; i < 4; ++i) {
        ++t.beat;
        t.arrive(data[i], server);
        t.fly(t.send(server, 0, flag::ack, 5001, 2001 + i * 1000), milliseconds(10));
    }
    t.at(114);
    t.fly(t.send(server, 0, flag::fin | flag::ack, 5001, 5001), {}, true);
    t.at(116);
    return t;
}

// Both ends send at the same time, so that every arrow crosses another.
gui::Telling crossing() {
    using namespace trace;
    gui::Telling t;
    t.at(0);
    const Cookie a = t.socket(0, 7000, 1, 8000), b = t.socket(1, 8000, 0, 7000);
    t.state(a, State::syn_sent);
    t.state(b, State::syn_sent);
    const SegmentId x = t.send(a, 1, flag::syn, 100), y = t.send(b, 0, flag::syn, 300);
    t.at(10).arrive(x, b);
    t.state(b, State::syn_recv);
    const SegmentId v = t.send(b, 0, flag::syn | flag::ack, 300, 101);
    ++t.beat;
    t.arrive(y, a);
    t.state(a, State::syn_recv);
    const SegmentId u = t.send(a, 1, flag::syn | flag::ack, 100, 301);
    t.at(20).arrive(u, b);
    t.state(b, State::established);
    ++t.beat;
    t.arrive(v, a);
    t.state(a, State::established);
    t.at(25);
    return t;
}

struct Written {
    std::string what;
    ui::Rect box;
    trace::SegmentId own = trace::none;
};

std::vector<Written> everything_written(const SequenceLayout& layout) {
    std::vector<Written> all;
    for (const ArrowItem& item : layout.arrows) {
        if (!item.label.empty()) {
            all.push_back({item.label.kind + " " + item.label.numbers, item.label_box, item.id});
        }
    }
    for (const BadgeItem& item : layout.badges) {
        if (!item.box.empty()) {
            all.push_back({std::string(trace::name(item.state)), item.box});
        }
        if (!item.remark.empty()) {
            all.push_back({item.remark, item.remark_box});
        }
    }
    for (const NoteItem& item : layout.notes) {
        if (!item.box.empty()) {
            all.push_back({item.lines.front(), item.box});
        }
    }
    for (const BreakItem& item : layout.breaks) {
        all.push_back({item.text, item.label_box});
    }
    for (const CalloutItem& item : layout.callouts) {
        all.push_back({item.lines.front(), item.box});
    }
    return all;
}

} // namespace

TEST_CASE("nothing that is written touches anything else, in any story at any width") {
    const auto told = GENERATE(0, 1, 2);
    const gui::Telling t = told == 0 ? overflow() : told == 1 ? burst() : crossing();
    const float width = GENERATE(300.0f, 380.0f, 480.0f, 640.0f, 830.0f, 1200.0f, 2000.0f);
    const float density = GENERATE(1.0f, 0.62f);
    const auto numbers = GENERATE(Numbers::absolute, Numbers::formula);
    SequenceStyle with = style();
    with.axis.flight *= density;
    with.axis.fold *= density;
    const SequenceLayout layout = lay(t, width, with, numbers);
    const auto written = everything_written(layout);
    CHECK(written.size() >= 8);
    for (std::size_t i = 0; i < written.size(); ++i) {
        INFO("story " << told << " at " << width << ": " << written[i].what << " at "
                      << written[i].box.x << "," << written[i].box.y);
        CHECK(written[i].box.x >= 0);
        CHECK(written[i].box.right() <= width + 0.5f);
        for (std::size_t k = 0; k < i; ++k) {
            INFO("and " << written[k].what);
            CHECK_FALSE(overlap(written[i].box, written[k].box));
        }
        for (const ArrowItem& item : layout.arrows) {
            if (item.is_pill() || item.id == written[i].own ||
                (written[i].own != trace::none && arrow(layout, written[i].own).is_pill())) {
                continue; // a pill lies upon whatever passes behind it
            }
            for (const Stroke& piece : item.pieces) {
                INFO("the arrow of segment " << item.id);
                CHECK_FALSE(crosses(piece, written[i].box));
            }
        }
        for (const HostColumn& host : layout.columns.hosts) {
            for (const Lane& lane : host.lanes) {
                const bool note =
                    written[i].box.x >= host.left && written[i].box.right() <= host.right;
                const bool across = written[i].box.x < lane.x && lane.x < written[i].box.right();
                INFO("the lane " << lane.name);
                CHECK_FALSE((across && note));
            }
        }
    }
}

TEST_CASE("a delivered segment ends at the boundary, a lost one between the hosts, a refused one "
          "in a bar with its reason inside that host") {
    const SequenceLayout layout = lay(overflow(), 900);
    const HostColumn &client = layout.columns.hosts[0], &server = layout.columns.hosts[1];
    const ArrowItem& delivered = arrow(layout, 0);
    CHECK(delivered.fate == Fate::delivered);
    CHECK(delivered.path.front().from.x == client.right_edge);
    CHECK(delivered.tip.x == server.left_edge);

    const ArrowItem& refused = arrow(layout, 6);
    REQUIRE(refused.fate == Fate::refused);
    CHECK(refused.tip.x == server.left_edge);
    REQUIRE(layout.notes.size() == 1);
    std::string reason;
    for (const std::string& line : layout.notes[0].lines) {
        reason += line + " ";
    }
    CHECK(reason == "accept queue 2 > limit\u00a01 SYN dropped ListenOverflows\u00a01 ");
    CHECK(layout.notes[0].box.x > server.lanes.back().x);

    const ArrowItem& lost = arrow(layout, 7);
    REQUIRE(lost.fate == Fate::lost);
    CHECK(lost.tip.x > client.right_edge + 20);
    CHECK(lost.tip.x < server.left_edge - 20);
    CHECK(lost.again);
    CHECK_FALSE(refused.again);
}

TEST_CASE("of several listeners on a port, a refusal tells the queue of the one that was met") {
    using namespace trace;
    gui::Telling t;
    t.at(0);
    const Cookie first = t.socket(1, 80), second = t.socket(1, 80);
    t.trace.sockets[second].which = 2;
    t.state(first, State::listen);
    t.state(second, State::listen);
    t.queue(second, Queue::accept, 1, 0);
    t.at(5).queue(first, Queue::accept, 0, 0);
    t.at(10);
    const Cookie client = t.socket(0, 40002, 1, 80);
    t.state(client, State::syn_sent);
    const SegmentId syn = t.send(client, 1, flag::syn, 1000);
    t.at(20).on(EventKind::segment_refused, syn, second, Rule::accept_queue_full_drops_syn);
    const Story story = tell(t.trace, t.visible(), t.snapshot);
    CHECK(refusal_reason(t.trace, t.visible(), story.segments.at(0)).seen ==
          "accept queue 1 > limit\u00a00");
    const SequenceLayout layout = lay(t, 900);
    CHECK(layout.columns.hosts[1].lanes.at(0).name == ":80");
    CHECK(layout.columns.hosts[1].lanes.at(1).name == ":80#2");
}

TEST_CASE("a reason breaks no word and lies on no break of time; without room beside the lanes it "
          "stands on the wire") {
    const float width = GENERATE(380.0f, 480.0f, 640.0f, 700.0f, 830.0f);
    const SequenceLayout layout = lay(overflow(), width);
    INFO("at " << width);
    REQUIRE(layout.notes.size() == 1);
    const NoteItem& note = layout.notes[0];
    REQUIRE_FALSE(note.box.empty());
    const std::vector<std::string> words = {
        "accept", "queue", "2", ">", "limit\u00a01", "SYN", "dropped", "ListenOverflows\u00a01"};
    for (const std::string& line : note.lines) {
        for (std::size_t from = 0; from < line.size();) {
            const std::size_t end = std::min(line.find(' ', from), line.size());
            const std::string word = line.substr(from, end - from);
            INFO(word);
            CHECK(std::find(words.begin(), words.end(), word) != words.end());
            from = end + 1;
        }
    }
    for (const BreakItem& gap : layout.breaks) {
        CHECK_FALSE(overlap(gap.band, note.box));
    }
    CHECK(note.on_wire == (layout.columns.hosts[1].notes.w <= 0));
    if (width < 400 || width > 800) {
        CHECK(note.on_wire == (width < 400));
    }
}

TEST_CASE("a router's message comes back to the sender from where the segment ended") {
    using namespace trace;
    gui::Telling t;
    t.at(0);
    const Cookie client = t.socket(0, 40002, 1, 80);
    t.state(client, State::syn_sent);
    const SegmentId syn = t.send(client, 1, flag::syn, 1000);
    t.at(5).lose(syn);
    t.at(10);
    Event event;
    event.kind = EventKind::icmp_arrived;
    event.ref = syn;
    event.value = 1;
    event.host = 0;
    event.socket = client;
    t.add(event);
    const SequenceLayout layout = lay(t, 900);
    const ArrowItem& lost = arrow(layout, syn);
    CHECK(lost.message_text == "ICMP: host unreachable");
    CHECK_FALSE(lost.message_box.empty());
    CHECK(lost.message.from.x == lost.tip.x);
    CHECK(lost.message.to.x == layout.columns.hosts[0].right_edge);
    CHECK(lost.message.to.y > lost.tip.y);
}

TEST_CASE("a segment in flight is a pill on the wire, and only its promise reaches below now") {
    gui::Telling t = overflow();
    const SequenceLayout layout = lay(t, 900);
    const ArrowItem& flying = arrow(layout, 8);
    REQUIRE(flying.is_pill());
    CHECK(flying.label_box.x > layout.columns.hosts[0].right_edge);
    CHECK(flying.label_box.right() < layout.columns.hosts[1].left_edge);
    REQUIRE(flying.rest.size() == 1);
    CHECK(flying.rest[0].to.y > layout.now_y);
    for (const ArrowItem& item : layout.arrows) {
        for (const Stroke& stroke : item.path) {
            CHECK(stroke.to.y <= layout.now_y + 0.5f);
        }
    }
    for (const BadgeItem& badge : layout.badges) {
        CHECK(badge.box.bottom() <= layout.now_y + 0.5f);
    }
    // Later it is farther along.
    const float before = flying.position.x;
    t.at(3208);
    CHECK(arrow(lay(t, 900), 8).position.x > before + 20);
}

TEST_CASE("the model's knowledge that a segment in flight will be lost is not drawn") {
    gui::Telling t = overflow();
    const SequenceLayout honest = lay(t, 900);
    t.snapshot.in_flight[0].will_be_lost = true;
    t.snapshot.in_flight[0].due = trace::Instant{} + trace::milliseconds(3205); // half its way
    const SequenceLayout doomed = lay(t, 900);
    CHECK(arrow(doomed, 8).fate == Fate::in_flight);
    CHECK(arrow(doomed, 8).tip == arrow(honest, 8).tip);
    CHECK(arrow(doomed, 8).position == arrow(honest, 8).position);
}

TEST_CASE("a repetition is joined to its first transmission at the sender's side") {
    const SequenceLayout layout = lay(overflow(), 900);
    REQUIRE(layout.joins.size() == 2);
    for (const JoinItem& join : layout.joins) {
        CHECK(join.original == 6);
        CHECK(join.from == arrow(layout, 6).path.front().from.y);
        CHECK(join.to == arrow(layout, join.again).path.front().from.y);
        CHECK(join.x < layout.columns.hosts[0].right_edge);
    }
}

TEST_CASE("idle time folds into breaks that name it; in true scale height is time") {
    const gui::Telling t = overflow();
    const SequenceLayout folded = lay(t, 900);
    std::vector<std::string> names;
    for (const BreakItem& gap : folded.breaks) {
        names.push_back(gap.text);
    }
    CHECK(names ==
          std::vector<std::string>{"70 ms later", "70 ms later", "990 ms later", "1.995 s later"});

    SequenceStyle exact = style();
    exact.axis.true_scale = true;
    exact.axis.pixels_per_second = 1000;
    const SequenceLayout scaled = lay(t, 900, exact);
    CHECK(scaled.breaks.empty());
    CHECK(folded.height < scaled.height / 2);
    CHECK(scaled.now_y - scaled.axis.y(trace::Instant{}) == Approx(3204));
    CHECK(scaled.axis.y(trace::Instant{} + trace::milliseconds(1200)) -
              scaled.axis.y(trace::Instant{} + trace::milliseconds(200)) ==
          Approx(1000));
}

TEST_CASE("the axis leads from an instant to a height and back") {
    const SequenceLayout layout = lay(overflow(), 900);
    for (const std::int64_t ms : {0, 5, 10, 25, 30, 150, 205, 700, 3203}) {
        const trace::Instant at = trace::Instant{} + trace::milliseconds(ms);
        CHECK(trace::in_seconds(layout.axis.at(layout.axis.y(at)) - at) == Approx(0).margin(0.02));
    }
}

TEST_CASE(
    "segments of one instant take rows of their own, and an answer starts in its question's") {
    const SequenceLayout layout = lay(burst(), 900);
    for (trace::SegmentId id = 3; id < 6; ++id) {
        const float step =
            arrow(layout, id + 1).path.front().from.y - arrow(layout, id).path.front().from.y;
        CHECK(step == style().axis.row);
    }
    for (trace::SegmentId id = 3; id <= 6; ++id) {
        CHECK(arrow(layout, id + 4).path.front().from.y == arrow(layout, id).tip.y);
    }
}

TEST_CASE("a held segment stands on the wire, waiting until now, and is named so") {
    const SequenceLayout layout = lay(burst(), 900);
    const ArrowItem& held = arrow(layout, 11);
    REQUIRE(held.fate == Fate::held);
    CHECK(held.label.note == "held");
    CHECK(held.rest.empty());
    REQUIRE(held.waits.size() == 1);
    CHECK(held.waits[0].from.x == held.waits[0].to.x);
    CHECK(held.position.y >= layout.now_y - 1);
}

TEST_CASE("each socket has its lane, coloured by its states in order; a listener stays LISTEN") {
    const SequenceLayout layout = lay(overflow(), 1200);
    const auto states = [&](trace::Cookie cookie) {
        std::vector<State> found;
        for (const LaneItem& item : layout.lanes) {
            if (item.lane->cookie == cookie) {
                for (const LanePiece& piece : item.pieces) {
                    found.push_back(piece.state);
                }
            }
        }
        return found;
    };
    CHECK(states(0) == std::vector{State::listen});
    CHECK(states(1) == std::vector{State::syn_sent, State::established});
    CHECK(states(2) == std::vector{State::syn_recv, State::established});
    REQUIRE(layout.columns.lane(2) != nullptr);
    CHECK(layout.columns.lane(2)->name == ":40002");
    CHECK(layout.columns.lane(0)->name == ":80");
    bool entered = false;
    for (const BadgeItem& badge : layout.badges) {
        entered = entered || badge.remark == "enters the accept queue";
    }
    CHECK(entered);
}

TEST_CASE("more lanes than fit fold into one that counts them; the selected one keeps its lane") {
    gui::Telling t;
    t.at(0);
    const trace::Cookie listener = t.socket(1, 80);
    t.state(listener, State::listen);
    for (int i = 0; i < 30; ++i) {
        t.at(i * 50).handshake(listener, static_cast<std::uint16_t>(40000 + i), 1, 1, i + 1);
    }
    SequenceQuery query{.trace = &t.trace,
                        .snapshot = &t.snapshot,
                        .visible = t.visible(),
                        .shown = t.now,
                        .width = 700,
                        .top = 0,
                        .bottom = 1000};
    query.selected_socket = 1;
    const SequenceLayout layout = lay_out(query, style());
    const HostColumn& client = layout.columns.hosts[0];
    REQUIRE(client.lanes.back().folded > 0);
    CHECK(client.lanes.size() - 1 + static_cast<std::size_t>(client.lanes.back().folded) == 30);
    CHECK(layout.columns.lane(1) != nullptr);
    CHECK(layout.columns.hosts[1].left_edge - client.right_edge >= style().columns.least_wire - 1);
    CHECK(layout.columns.hosts[1].right <= 700.5f);
}

TEST_CASE("with three hosts the one that all talk to stands in the middle") {
    using namespace trace;
    gui::Telling t({"server", "left", "right"});
    std::erase_if(t.snapshot.wires,
                  [](const WireView& wire) { return wire.from != 0 && wire.to != 0; });
    t.at(0);
    const Cookie a = t.socket(1, 40000, 0, 80), b = t.socket(2, 40000, 0, 80);
    t.state(a, State::syn_sent);
    t.state(b, State::syn_sent);
    const SegmentId x = t.send(a, 0, flag::syn, 1), y = t.send(b, 0, flag::syn, 2);
    t.at(10).arrive(x);
    t.arrive(y);
    const SequenceLayout layout = lay(t, 1200);
    REQUIRE(layout.columns.hosts.size() == 3);
    CHECK(layout.columns.hosts[1].name == "server");
    CHECK(arrow(layout, x).tip.x == layout.columns.hosts[1].left_edge);
    CHECK(arrow(layout, y).tip.x == layout.columns.hosts[1].right_edge);
}

TEST_CASE("only what can be seen is laid out, and arrows under two pixels apart become a band") {
    using namespace trace;
    gui::Telling t;
    t.at(0);
    const Cookie a = t.socket(0, 7000, 1, 8000), b = t.socket(1, 8000, 0, 7000);
    std::vector<SegmentId> sent;
    for (std::uint32_t i = 0; i < 2000; ++i) {
        t.at(i);
        sent.push_back(t.send(a, 1, flag::ack, i, 1, 1));
        if (i >= 10) {
            t.arrive(sent[i - 10], b);
        }
    }
    SequenceQuery query{.trace = &t.trace,
                        .snapshot = &t.snapshot,
                        .visible = t.visible(),
                        .shown = t.now,
                        .width = 700,
                        .top = 20000,
                        .bottom = 20600};
    CHECK(lay_out(query, style()).arrows.size() < 120);
    CHECK(lay_out(query, style()).arrows.size() > 10);

    SequenceStyle exact = style();
    exact.axis.true_scale = true;
    exact.axis.pixels_per_second = 300;
    query.top = 0;
    query.bottom = 600;
    const SequenceLayout scaled = lay_out(query, exact);
    REQUIRE(scaled.bands.size() == 1);
    CHECK(scaled.bands[0].count > 1900);
    CHECK(scaled.arrows.size() < 20);
}

TEST_CASE("numbers are as sent, relative to the first, or a formula") {
    const gui::Telling t = overflow();
    const auto full = [&](trace::SegmentId id, Numbers numbers) {
        return wordings(t.trace, id, numbers).front().numbers;
    };
    CHECK(full(1, Numbers::absolute) == "seq 5000 ack 1001");
    CHECK(full(1, Numbers::relative) == "seq 0 ack 1");
    CHECK(full(1, Numbers::formula) == "seq server_isn ack client_isn + 1");
    CHECK(full(2, Numbers::formula) == "ack server_isn + 1");
    CHECK(wordings(t.trace, 7, Numbers::absolute).front().note == "retransmit 1");
    CHECK(wordings(t.trace, 1, Numbers::absolute).back().kind == "S.");
}

TEST_CASE("a probe is named as one, and a closed window is told; a window that nobody saw is not") {
    using namespace trace;
    gui::Telling t;
    t.at(0);
    const auto [client, server] = t.handshake(t.socket(1, 80), 40002, 1000, 5000, 1);
    t.at(100);
    const SegmentId probe = t.send(client, 1, flag::ack, 1000, 5001);
    t.trace.events.back().rule = Rule::keepalive_probe;
    const auto sent = t.visible() - 1;
    const auto note = [&] {
        return wordings(t.trace, probe, Numbers::absolute, &t.trace.events[sent]).front().note;
    };
    CHECK(note() == "keepalive probe");
    t.trace.events[sent].rule = Rule::none;
    t.trace.segments[probe].segment.window = 0;
    CHECK(note() == "win 0");
    t.trace.events[sent].certainty = Certainty::inferred;
    CHECK(note().empty());
    t.trace.events[sent].certainty = Certainty::exact;
    t.trace.segments[probe].segment.flags = flag::rst | flag::ack;
    CHECK(note().empty());
    Segment& acking = t.trace.segments[probe].segment;
    acking.flags = flag::ack;
    acking.window = 64;
    acking.sack_blocks = 1;
    acking.sack[0] = {{6001}, {7001}};
    CHECK(note() == "SACK 6001:7001");
    CHECK(wordings(t.trace, probe, Numbers::relative).front().note == "SACK 1001:2001");
}

TEST_CASE("the first SYN+ACK carries the arithmetic of its ack, once, while numbers are as sent") {
    const SequenceLayout layout = lay(overflow(), 1200);
    REQUIRE(layout.callouts.size() == 1);
    CHECK(layout.callouts[0].lines.front() == "1001 = 1000 + 1:");
    CHECK(lay(overflow(), 1200, style(), Numbers::relative).callouts.empty());
}

TEST_CASE("an ack covers the segments whose last byte it is the first to acknowledge") {
    gui::Telling t = burst();
    const Story story = tell(t.trace, t.visible(), t.snapshot);
    CHECK(covered_by(t.trace, story, 1) == std::vector<trace::SegmentId>{0});
    CHECK(covered_by(t.trace, story, 7) == std::vector<trace::SegmentId>{3});
    CHECK(covered_by(t.trace, story, 8) == std::vector<trace::SegmentId>{4});
    CHECK(covered_by(t.trace, story, 0).empty());
}

TEST_CASE("a point on a pill, a label or near a line finds its segment; elsewhere nothing") {
    const SequenceLayout layout = lay(overflow(), 900);
    const ArrowItem& first = arrow(layout, 0);
    const ArrowItem* on_label = hit(layout, first.label_box.centre(), 5);
    REQUIRE(on_label != nullptr);
    CHECK(on_label->id == 0);
    const ArrowItem* on_line = hit(layout, between(first.path[0].from, first.path[0].to, 0.1f), 5);
    REQUIRE(on_line != nullptr);
    CHECK(on_line->id == 0);
    CHECK(hit(layout, {5, 5}, 5) == nullptr);
}

TEST_CASE("instants on the axis are exact, without more digits than they need") {
    const auto ms = [](std::int64_t n) { return trace::Instant{} + trace::milliseconds(n); };
    CHECK(tick_text(ms(130), ms(200), true) == "130 ms");
    CHECK(tick_text(ms(130), ms(200), false) == "130");
    CHECK(tick_text(ms(210), ms(1215), true) == "0.210 s");
    CHECK(tick_text(ms(60510), ms(60510), false) == "60.510");
    CHECK(tick_text(trace::Instant{} + trace::microseconds(1250), ms(2), false) == "1.25");
    CHECK(tick_text(trace::Instant{} + trace::microseconds(1000250), ms(2000), false) == "1.00025");
}
