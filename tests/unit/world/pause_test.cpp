// From when a pause of the sender counts: tcp_event_data_sent() sets lsndtime for whatever carries
// payload.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
namespace flag = trace::flag;

namespace {

const tcp::Connection& connection(const Peer& p) {
    return p.world.contents().connections[0];
}

void write(Peer& p, std::uint32_t bytes) {
    p.submit(scenario::Write{first(), bytes, "", false, false, false, false});
}

} // namespace

TEST_CASE("A pause counts from a repetition too: it is the last data that has left", "[pause]") {
    Peer p;
    p.establish();
    write(p, 500);
    const trace::Instant once = connection(p).congestion.last_data;
    CHECK(connection(p).sent.front().at == once);
    p.advance(trace::seconds(4));
    REQUIRE(connection(p).sent.front().transmissions > 1);
    CHECK(connection(p).congestion.last_data > once);
    CHECK(connection(p).congestion.last_data == connection(p).sent.front().at);
}

TEST_CASE("A pause counts from the probe that fills a small window", "[pause]") {
    Peer p;
    p.establish();
    write(p, 500);
    p.window = 100;
    p.inject(flag::ack, 1, 501);
    const trace::Instant once = connection(p).congestion.last_data;
    write(p, 1000);
    CHECK(connection(p).sent.empty()); // persists
    p.advance(trace::milliseconds(300));
    REQUIRE(connection(p).sent.size() == 1);
    REQUIRE(connection(p).sent.front().transmissions == 1);
    CHECK(connection(p).congestion.last_data > once);
    CHECK(connection(p).congestion.last_data == connection(p).sent.front().at);
}

TEST_CASE(
    "The probe that fills a small window ends the row of probes: TCP_USER_TIMEOUT counts anew",
    "[pause]") {
    Peer p;
    p.establish();
    write(p, 500);
    p.window = 100;
    p.inject(flag::ack, 1, 501);
    write(p, 1000);
    p.advance(trace::milliseconds(300));
    CHECK(connection(p).probing_since == trace::never);
}
