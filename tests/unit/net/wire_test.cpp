// The wire of the laboratory without a laboratory: rules, verdicts, order.
#include "net/wire.hpp"

#include "net/frame.hpp"

#include "catch.hpp"

namespace {

using What = scenario::WireRule::What;
constexpr trace::HostId a = 0, b = 1;

trace::Instant at(std::int64_t ms) {
    return {ms * 1'000'000};
}

net::WireFrame frame(trace::SegmentId id, trace::Flags flags, std::uint32_t seq = 1000,
                     std::uint32_t length = 0) {
    net::WireFrame made;
    made.id = id;
    made.from = a;
    made.to = b;
    made.segment.seq = {seq};
    made.segment.flags = flags;
    made.segment.length = length;
    return made;
}

net::Wire wire_with_delay(std::int64_t ms) {
    net::Wire wire(2);
    wire.set(scenario::SetWire{a, b, trace::milliseconds(ms), 0});
    return wire;
}

scenario::WireRule rule(What what, trace::SegmentKind kind, std::optional<std::uint32_t> nth = 1,
                        std::int64_t ms = 0) {
    return {what, a, b, kind, nth, trace::milliseconds(ms)};
}

} // namespace

TEST_CASE("a segment is due after the wire's delay, in the order of leaving") {
    auto wire = wire_with_delay(10);
    wire.take(frame(1, trace::flag::syn), at(0));
    wire.take(frame(2, trace::flag::ack), at(0));
    CHECK(wire.next_due() == at(10));
    CHECK_FALSE(wire.next_delivery(at(9)).has_value());
    CHECK(wire.next_delivery(at(10))->id == 1);
    CHECK(wire.next_delivery(at(10))->id == 2);
    CHECK_FALSE(wire.next_delivery(at(1000)).has_value());
    CHECK_FALSE(wire.next_due().has_value());
}

TEST_CASE("a rule for the second SYN leaves the first and the third alone") {
    auto wire = wire_with_delay(0);
    wire.add_rule(rule(What::drop, trace::SegmentKind::syn, 2));
    CHECK(wire.take(frame(1, trace::flag::syn), at(0)).fate == net::Fate::in_flight);
    CHECK(wire.take(frame(2, trace::flag::ack), at(0)).fate == net::Fate::in_flight);
    CHECK(wire.take(frame(3, trace::flag::syn), at(0)).fate == net::Fate::lost_by_rule);
    CHECK(wire.take(frame(4, trace::flag::syn), at(0)).fate == net::Fate::in_flight);
}

TEST_CASE("a rule for all holds until the wire is told to pass them") {
    auto wire = wire_with_delay(0);
    wire.add_rule(rule(What::drop, trace::SegmentKind::fin, std::nullopt));
    for (trace::SegmentId id = 0; id < 3; ++id)
        CHECK(wire.take(frame(id, trace::flag::fin | trace::flag::ack), at(0)).fate ==
              net::Fate::lost_by_rule);
    wire.add_rule(rule(What::pass, trace::SegmentKind::fin));
    CHECK(wire.take(frame(9, trace::flag::fin | trace::flag::ack), at(0)).fate ==
          net::Fate::in_flight);
}

TEST_CASE("a rule counts per direction") {
    auto wire = wire_with_delay(0);
    wire.add_rule(rule(What::drop, trace::SegmentKind::any, 1));
    auto back = frame(1, trace::flag::ack);
    std::swap(back.from, back.to);
    CHECK(wire.take(back, at(0)).fate == net::Fate::in_flight);
    CHECK(wire.take(frame(2, trace::flag::ack), at(0)).fate == net::Fate::lost_by_rule);
}

TEST_CASE("a delay stands instead of the wire's, a copy comes that much later") {
    auto wire = wire_with_delay(10);
    wire.add_rule(rule(What::delay, trace::SegmentKind::data, 1, 70));
    wire.take(frame(1, trace::flag::ack, 1, 5), at(0));
    CHECK(wire.find(1)->due == at(70));
    wire.add_rule(rule(What::duplicate, trace::SegmentKind::data, 1, 3));
    CHECK(wire.take(frame(2, trace::flag::ack, 6, 5), at(0)).duplicate_after ==
          trace::milliseconds(3));
}

TEST_CASE("held segments stay until released, the nth by its kind") {
    auto wire = wire_with_delay(10);
    wire.add_rule(rule(What::hold, trace::SegmentKind::any, std::nullopt));
    CHECK(wire.take(frame(1, trace::flag::syn), at(0)).fate == net::Fate::held);
    CHECK(wire.take(frame(2, trace::flag::syn), at(0)).fate ==
          net::Fate::held); // by rule: copies are kept apart
    CHECK(wire.take(frame(3, trace::flag::fin | trace::flag::ack), at(0)).fate == net::Fate::held);
    CHECK_FALSE(wire.next_due().has_value());
    using Ids = std::vector<trace::SegmentId>;
    CHECK(wire.held_for(rule(What::release, trace::SegmentKind::syn, 2)) == Ids{2});
    CHECK(wire.held_for(rule(What::release, trace::SegmentKind::fin, 1)) == Ids{3});
    CHECK(wire.held_for(rule(What::release, trace::SegmentKind::rst, 1)).empty());
    const auto all = rule(What::release, trace::SegmentKind::any, std::nullopt);
    CHECK(wire.held_for(all) == Ids{1, 2, 3});
    CHECK(wire.release(2, at(50)));
    CHECK_FALSE(wire.release(2, at(51)));
    CHECK_FALSE(wire.next_delivery(at(59)).has_value()); // it still has its way to go
    CHECK(wire.next_delivery(at(60))->id == 2);
}

TEST_CASE("of what is held, the oldest hold is the first, whichever left first") {
    auto wire = wire_with_delay(10);
    for (const trace::SegmentId id : {1, 2})
        wire.take(frame(id, trace::flag::syn), at(0));
    wire.hold(2, at(1));
    wire.hold(1, at(2));
    CHECK(wire.held_for(rule(What::release, trace::SegmentKind::syn, 1)) ==
          std::vector<trace::SegmentId>{2});
}

TEST_CASE("a pass for every kind ends the rules of each, one for a kind those of it alone") {
    auto wire = wire_with_delay(10);
    const auto drops = [&](trace::SegmentId id, trace::Flags flags) {
        return wire.take(frame(id, flags), at(0)).fate == net::Fate::lost_by_rule;
    };
    wire.add_rule(rule(What::drop, trace::SegmentKind::syn, std::nullopt));
    wire.add_rule(rule(What::drop, trace::SegmentKind::fin, std::nullopt));
    wire.add_rule(rule(What::pass, trace::SegmentKind::fin));
    CHECK(drops(1, trace::flag::syn));
    CHECK_FALSE(drops(2, trace::flag::fin | trace::flag::ack));
    wire.add_rule(rule(What::pass, trace::SegmentKind::any));
    CHECK_FALSE(drops(3, trace::flag::syn));
}

TEST_CASE("a router marks what may be marked, in the bytes too, and lets the rest pass") {
    for (const trace::Ecn ecn : {trace::Ecn::not_capable, trace::Ecn::capable}) {
        auto wire = wire_with_delay(10);
        wire.add_rule(rule(What::mark, trace::SegmentKind::ack));
        auto made = frame(1, trace::flag::ack);
        made.segment.ecn = ecn;
        made.bytes = net::build_frame(made.segment);
        const bool capable = ecn != trace::Ecn::not_capable;
        CHECK(wire.take(made, at(0)).marked == capable);
        const auto arrived = wire.next_delivery(at(10));
        REQUIRE(arrived.has_value());
        const auto read = net::parse_frame(arrived->bytes);
        REQUIRE(read.has_value());
        CHECK(read->ecn == (capable ? trace::Ecn::congestion : trace::Ecn::not_capable));
        auto marked = made.segment;
        marked.ecn = read->ecn;
        CHECK(arrived->bytes == net::build_frame(marked)); // its checksum is right again
    }
}

TEST_CASE("in step mode a repetition joins the segment that is held and brings its newest bytes") {
    auto wire = wire_with_delay(10);
    wire.hold_everything(at(0), true);
    auto first = frame(1, trace::flag::syn);
    first.bytes = {std::byte{1}};
    auto again = frame(2, trace::flag::syn);
    again.bytes = {std::byte{2}};
    CHECK(wire.take(first, at(0)).fate == net::Fate::held);
    const auto verdict = wire.take(again, at(1000));
    CHECK(verdict.fate == net::Fate::merged);
    CHECK(verdict.merged_into == trace::SegmentId{1});
    REQUIRE(wire.frames().size() == 1);
    CHECK(wire.frames()[0].repetitions == 1);
    CHECK(wire.frames()[0].bytes == std::vector<std::byte>{std::byte{2}});
    CHECK(wire.take(frame(3, trace::flag::syn, 2000), at(1000)).fate ==
          net::Fate::held); // another segment
    wire.hold_everything(at(2000), false);
    CHECK(wire.next_delivery(at(2000))->id == 1);
    CHECK(wire.next_delivery(at(2000))->id == 3);
}

TEST_CASE("by hand: hold, delay, remove") {
    auto wire = wire_with_delay(10);
    wire.take(frame(1, trace::flag::syn), at(0));
    CHECK(wire.delay(1, trace::milliseconds(5), at(2)));
    CHECK(wire.find(1)->due == at(15)); // later than it would have been
    CHECK(wire.hold(1, at(0)));
    CHECK(wire.find(1)->due == trace::never);
    CHECK(wire.delay(1, trace::milliseconds(5), at(100)));
    CHECK(wire.find(1)->due == at(105)); // a held one is let go, that much later
    CHECK(wire.remove(1)->id == 1);
    CHECK_FALSE(wire.remove(1).has_value());
    CHECK_FALSE(wire.hold(1, at(0)));
}

TEST_CASE("loss by chance comes as often as it is set, and falls the same way each time") {
    auto count = [] {
        net::Wire wire(2);
        wire.set(scenario::SetWire{a, b, {}, 0.25});
        int lost = 0;
        for (trace::SegmentId id = 0; id < 4000; ++id)
            lost += wire.take(frame(id, trace::flag::ack), at(0)).fate == net::Fate::lost_by_chance
                        ? 1
                        : 0;
        return lost;
    };
    CHECK(count() > 900);
    CHECK(count() < 1100);
    CHECK(count() == count());
}
