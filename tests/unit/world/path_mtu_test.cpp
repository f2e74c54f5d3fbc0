// A router says that a link on the way takes smaller packets only: what then leaves at once.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
using trace::milliseconds;
namespace flag = trace::flag;

namespace {

// From outside, with timestamps.
void inject_stamped(Peer& p, trace::Flags flags, std::uint32_t seq, std::uint32_t ack) {
    trace::Segment s;
    const auto& hosts = p.world.contents().hosts;
    s.source = {hosts[1].address, p.port};
    s.destination = {hosts[0].address, p.host_port};
    s.flags = flags;
    s.seq = {p.isn + seq};
    s.ack = {flags.has(flag::ack) ? p.host_isn + ack : 0};
    s.window = p.window;
    if (flags.has(flag::syn))
        s.mss = 1460;
    s.has_timestamps = true;
    s.ts_value = 1;
    p.inject(s);
}

} // namespace

// Linux does not look at the clock for an ICMP message: tcp_v4_err() leaves tp->tcp_mstamp alone.
TEST_CASE("what leaves for an ICMP message bears the time of what left before it", "[path_mtu]") {
    Peer p;
    p.submit(listen(8));
    inject_stamped(p, flag::syn, 0, 0);
    p.read_isn();
    inject_stamped(p, flag::ack, 1, 1);
    p.submit(scenario::Accept{0, 1, 80});
    p.advance(milliseconds(50));
    p.submit(scenario::Write{first(), 1400, ""});
    const auto whole = p.sent_since(0).back();
    REQUIRE(whole.length == 1400);
    p.advance(milliseconds(20));
    const std::size_t mark = p.mark();
    p.world.submit(
        world::InjectIcmp{static_cast<trace::SegmentId>(mark - 1),
                          {trace::Icmp::unreachable, trace::Icmp::fragmentation_needed, 1000}},
        &p.log);
    p.advance({});
    const auto parts = p.sent_since(mark);
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].length == 948);
    CHECK(parts[1].length == 452);
    for (const trace::Segment& part : parts)
        CHECK(part.ts_value == whole.ts_value);
}
