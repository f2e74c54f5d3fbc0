// A peer that takes back the window it has offered while data is under way (RFC 9293 §3.8.6 says it
// should not): tcp_retransmit_timer().
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
using trace::milliseconds;
namespace flag = trace::flag;

namespace {

struct Shrinking : Peer {
    explicit Shrinking(const std::string& header = "") : Peer(header) {
        establish();
        submit(scenario::Write{first(), 1000, ""});
        advance(milliseconds(10));
        window = 0;
        inject(flag::ack, 1, 1);
    }
    // Answers every segment of the host's with window zero for so long; how many came.
    int answer_for(int ms) {
        int came = 0;
        for (std::size_t seen = sent_since(0).size(); ms > 0; ms -= 4) {
            advance(milliseconds(4));
            if (const std::size_t now = sent_since(0).size(); now > seen) {
                came += static_cast<int>(now - seen);
                inject(flag::ack, 1, 1);
                seen = sent_since(0).size();
            }
        }
        return came;
    }
    std::uint64_t timeouts() const {
        return world.contents()
            .hosts[0]
            .counters.value[static_cast<std::size_t>(trace::Counter::TCPTimeouts)];
    }
};

} // namespace

TEST_CASE("what is sent again into a window taken back is no timeout, and does not end it") {
    Shrinking p("sysctl host tcp_retries2 1\n");
    CHECK(p.answer_for(100'000) >= 4); // of 3, 6, 12, 24, 48 s
    CHECK(p.timeouts() == 0);
    CHECK(p.state() == trace::State::established);
}

TEST_CASE("TCP_USER_TIMEOUT ends a window that stays away") {
    Shrinking p;
    p.submit(scenario::SetOption{first(), "TCP_USER_TIMEOUT", 3000});
    p.answer_for(20'000);
    CHECK(p.timeouts() == 0);
    CHECK(p.pending_error() == trace::Errno::etimedout);
}
