// How many segments leave as one buffer: only the last of them carries PSH.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
using trace::milliseconds;
namespace flag = trace::flag;

namespace {

// Acknowledges everything, one round trip of 10 ms later.
struct Reader : Peer {
    std::uint32_t got = 0;

    explicit Reader(const std::string& header = "", trace::Duration round_trip = milliseconds(10),
                    std::uint16_t mss = 1000)
        : Peer(header) {
        submit(listen(8));
        trace::Segment syn;
        const auto& hosts = world.contents().hosts;
        syn.source = {hosts[1].address, port};
        syn.destination = {hosts[0].address, host_port};
        syn.seq = {isn};
        syn.flags = flag::syn;
        syn.window = window;
        syn.mss = mss;
        inject(syn);
        read_isn();
        advance(round_trip);
        inject(flag::ack, 1, 1);
        submit(scenario::Accept{0, 1, 80});
    }
    std::vector<trace::Segment> write(std::uint32_t bytes) {
        const std::size_t before = mark();
        submit(scenario::Write{first(), bytes, ""});
        const auto sent = sent_since(before);
        got += bytes;
        advance(milliseconds(10));
        inject(flag::ack, 1, 1 + got);
        return sent;
    }
};

} // namespace

// tcp_update_pacing_rate() is called where an ACK is, and not where a pause is noticed.
TEST_CASE("a pause shrinks the window, and not what leaves as one buffer", "[buffers]") {
    Reader p;
    p.write(10'000);
    p.write(20'000);
    p.advance(trace::seconds(2));
    const auto sent = p.write(3000);
    REQUIRE(sent.size() == 3);
    CHECK_FALSE(sent[0].flags.has(flag::psh));
    CHECK_FALSE(sent[1].flags.has(flag::psh)); // of the rate of ten segments two were one buffer
    CHECK(sent[2].flags.has(flag::psh));
}

// A connection that has just begun shows what that rate makes.
TEST_CASE("ten segments in 10 ms make buffers of two", "[buffers]") {
    Reader p;
    const auto sent = p.write(3000);
    REQUIRE(sent.size() == 3);
    CHECK_FALSE(sent[0].flags.has(flag::psh));
    CHECK(sent[1].flags.has(flag::psh));
    CHECK(sent[2].flags.has(flag::psh));
}

// As recorded: ten segments in 20 ms, on Linux 6.18.
TEST_CASE("sysctls say how many segments are one buffer: near peers, the rate, the least number",
          "[buffers]") {
    const auto first_flight = [](const std::string& sysctl) {
        Reader p("sysctl host " + sysctl + "\n", milliseconds(20), 1460);
        std::string pushed;
        for (const trace::Segment& s : p.write(14600))
            pushed += s.flags.has(flag::psh) ? 'P' : '.';
        return pushed;
    };
    CHECK(first_flight("tcp_min_tso_segs 2") == ".P.P.P.P.P");
    CHECK(first_flight("tcp_min_tso_segs 1") == ".........P");
    CHECK(first_flight("tcp_min_tso_segs 5") == "....P....P");
    CHECK(first_flight("tcp_min_tso_segs 20") == "....P....P"); // half the window at most
    CHECK(first_flight("tcp_tso_rtt_log 20") == "....P....P");
    CHECK(first_flight("tcp_pacing_ss_ratio 400") == ".P.P.P.P.P");
    CHECK(first_flight("tcp_pacing_ss_ratio 1000") == "...P...P.P");
    CHECK(first_flight("tcp_pacing_ca_ratio 1000") ==
          ".P.P.P.P.P"); // in slow start the other holds
}
