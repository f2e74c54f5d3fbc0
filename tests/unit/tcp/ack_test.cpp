// The fifth step of an arrival: the ACK field, and what of it may be passed over.
#include "catch.hpp"
#include "tcp/arrival.hpp"

using namespace tcp;

namespace {
const Stack kernel = make_stack(ProfileId::linux_6_18);

// A step of the machine about a segment that has arrived, with a log.
struct Step {
    Recorded recorded;
    trace::Trace log;
    Journal journal{recorded, &log, trace::Instant{} + trace::seconds(7)};
    Counters counters;
    Departures departures;
    Paths paths;
    Moment moment{journal, kernel, counters, departures, paths};
    Step() {
        trace::Event arrival;
        arrival.kind = trace::EventKind::segment_arrived;
        journal.is_about(journal.note(arrival), 0);
    }
};

Connection at_rest(Moment& m) {
    Connection c;
    advance(c.status, c.cookie, trace::Trigger::connect_call, m);
    advance(c.status, c.cookie, trace::Trigger::syn_ack, m);
    c.snd.iss = Seq{1000};
    c.snd.una = c.snd.nxt = c.snd.end = Seq{1101};
    c.snd.wnd = c.snd.max_wnd = 40000;
    c.snd.wl1 = Seq{5000};
    c.snd.wl2 = Seq{1050};
    c.rcv.nxt = c.rcv.wup = Seq{5100};
    c.rcv.wnd = 65535;
    c.agreed.sack = c.agreed.timestamps = true;
    c.ts_recent = 3;
    c.probes_out = 2;
    c.soft_error = trace::Errno::ehostunreach;
    return c;
}

trace::Segment next_data() {
    trace::Segment s;
    s.seq = Seq{5100};
    s.ack = Seq{1101};
    s.length = 100;
    s.flags = trace::flag::ack;
    s.window = 40000;
    s.has_timestamps = true;
    s.ts_value = 4;
    return s;
}

// Each of these once with and once without each of the others.
constexpr unsigned ways = 12;
void vary(unsigned by, Connection& c, trace::Segment& s) {
    const auto is = [by](unsigned bit) { return (by >> bit & 1) != 0; };
    if (is(0))
        c.sent.push_back({Seq{1001}, Seq{1101}, {}, 0, 1, true, true});
    if (is(0))
        c.snd.una = Seq{1001};
    if (is(1))
        s.ack = Seq{1001};
    if (is(2))
        s.window = 41000;
    if (is(3))
        c.snd.wnd = 0;
    if (is(4))
        s.seq = Seq{5000};
    if (is(5))
        s.length = 0;
    if (is(6))
        c.resend.due = trace::Instant{} + trace::seconds(9), c.resend.kind = trace::Timer::persist;
    if (is(7))
        c.ecn.on = true, c.ecn.tells = true, s.flags = s.flags | trace::flag::cwr;
    if (is(8))
        c.recovery.probed = true, c.recovery.probe_high = Seq{1101};
    if (is(9))
        s.sack_blocks = 1, s.sack[0] = {Seq{1001}, Seq{1051}};
    if (is(10))
        c.agreed.timestamps = s.has_timestamps = false;
    if (is(11))
        s.flags = s.flags | trace::flag::fin;
}
} // namespace

TEST_CASE("Data that repeats an acknowledgement leaves what its whole acknowledgement would") {
    unsigned repeated = 0;
    for (unsigned by = 0; by < 1u << ways; ++by) {
        Step quick, whole;
        Connection one = at_rest(quick.moment), other = at_rest(whole.moment);
        trace::Segment s = next_data();
        vary(by, one, s);
        vary(by, other, s);
        if (!repeats_ack(one, s, quick.moment))
            continue;
        ++repeated;
        CAPTURE(by);
        REQUIRE(check_ack(other, s, whole.moment) == Next::go_on);
        REQUIRE(one == other);
        REQUIRE(quick.log.events == whole.log.events);
        REQUIRE(quick.departures == whole.departures);
    }
    CHECK(repeated == 12);
}
