// RFC 3168 from outside: who agrees on ECN, what is marked, echoed and answered.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
namespace flag = trace::flag;
using trace::Ecn;

namespace {

// A segment of the peer's with these flags and ECN bits.
void inject(Peer& p, trace::Flags flags, std::int64_t seq, std::int64_t ack, std::uint32_t length,
            Ecn ecn, bool accurate = false) {
    trace::Segment s;
    const auto& hosts = p.world.contents().hosts;
    s.source = {hosts[1].address, p.port};
    s.destination = {hosts[0].address, p.host_port};
    s.seq = {static_cast<std::uint32_t>(p.isn + seq)};
    s.flags = flags;
    if (flags.has(flag::ack))
        s.ack = {static_cast<std::uint32_t>(p.host_isn + ack)};
    s.length = length;
    s.window = p.window;
    s.mss = flags.has(flag::syn) ? std::uint16_t{1460} : std::uint16_t{0};
    s.ecn = ecn;
    s.accurate_ecn = accurate;
    p.inject(s);
}

// A handshake with somebody who asks for ECN.
void agree(Peer& p) {
    p.submit(listen(5));
    inject(p, flag::syn | flag::ece | flag::cwr, 0, 0, 0, Ecn::not_capable);
    p.read_isn();
    p.inject(flag::ack, 1, 1);
    p.submit(scenario::Accept{0, 1, 80});
}

bool grants(const std::string& header, trace::Flags flags, Ecn ecn, bool accurate = false) {
    Peer p(header);
    p.submit(listen(5));
    const std::size_t mark = p.mark();
    inject(p, flags, 0, 0, 0, ecn, accurate);
    const auto sent = p.sent_since(mark);
    REQUIRE(sent.size() == 1);
    return sent[0].flags.has(flag::ece);
}

constexpr trace::Flags asking = flag::syn | flag::ece | flag::cwr;

} // namespace

TEST_CASE("ECN is granted to a SYN with ECE and CWR that is not itself marked as capable",
          "[ecn]") {
    CHECK(grants("", asking, Ecn::not_capable));
    CHECK_FALSE(grants("", asking, Ecn::capable));
    CHECK(grants("", asking, Ecn::capable, true)); // AccECN asks for it so
    CHECK_FALSE(grants("", flag::syn | flag::ece, Ecn::not_capable));
    CHECK_FALSE(grants("", flag::syn | flag::cwr, Ecn::not_capable));
    CHECK_FALSE(grants("sysctl host tcp_ecn 0\n", asking, Ecn::not_capable));
}

TEST_CASE("new data may be marked; repetitions and bare ACKs may not", "[ecn]") {
    Peer p;
    agree(p);
    std::size_t mark = p.mark();
    p.submit(scenario::Write{first(), 100, ""});
    REQUIRE(p.sent_since(mark).size() == 1);
    CHECK(p.sent_since(mark)[0].ecn == Ecn::capable);
    mark = p.mark();
    p.advance(trace::seconds(5));
    REQUIRE(!p.sent_since(mark).empty());
    for (const trace::Segment& s : p.sent_since(mark)) {
        CHECK(s.length == 100);
        CHECK(s.ecn == Ecn::not_capable);
    }
    mark = p.mark();
    p.inject(flag::ack, 1, 101, 10);
    REQUIRE(p.sent_since(mark).size() == 1);
    CHECK(p.sent_since(mark)[0].ecn == Ecn::not_capable);
}

TEST_CASE("a mark is echoed by every segment until CWR comes, be it on a bare ACK", "[ecn]") {
    Peer p;
    agree(p);
    std::size_t mark = p.mark();
    inject(p, flag::ack, 1, 1, 10, Ecn::congestion);
    CHECK(p.tell_since(mark) == ".E:1:11");
    mark = p.mark();
    inject(p, flag::ack, 11, 1, 10, Ecn::capable);
    p.advance(trace::milliseconds(100));
    CHECK(p.tell_since(mark) == ".E:1:21");
    mark = p.mark();
    p.submit(scenario::Write{first(), 10, ""});
    CHECK(p.tell_since(mark) == "P.E:1:21:10");
    mark = p.mark();
    inject(p, flag::ack | flag::cwr, 21, 11, 0, Ecn::not_capable);
    inject(p, flag::ack, 21, 11, 10, Ecn::capable);
    p.advance(trace::milliseconds(100));
    CHECK(p.tell_since(mark) == ".:11:31");
}

TEST_CASE("ECE shrinks the window once per window of data, and new data tells so by CWR", "[ecn]") {
    Peer p;
    agree(p);
    p.submit(scenario::Write{first(), 60000, ""});
    std::size_t mark = p.mark();
    const auto answered = [&] {
        std::size_t cwr = 0;
        for (const trace::Segment& s : p.sent_since(mark))
            cwr += s.flags.has(flag::cwr) ? 1 : 0;
        const std::size_t count = p.sent_since(mark).size();
        mark = p.mark();
        return std::pair(count, cwr);
    };
    inject(p, flag::ack | flag::ece, 1, 1 + 2 * 1460, 0, Ecn::not_capable);
    CHECK(answered() == std::pair<std::size_t, std::size_t>(2, 1));
    inject(p, flag::ack | flag::ece, 1, 1 + 4 * 1460, 0, Ecn::not_capable);
    const auto again = answered();
    CHECK(again.first <= 2); // the window goes on shrinking to 7, in proportion
    CHECK(again.second == 0);
    inject(p, flag::ack, 1, 1 + 10 * 1460, 0, Ecn::not_capable);
    answered();
    const std::size_t repeated = p.log.segments.size();
    for (std::size_t i = 0; i < repeated; ++i)
        CHECK(p.log.segments[i].transmission == 1);
}

TEST_CASE("a SYN that asked in vain is repeated without asking, unless tcp_ecn_fallback is off",
          "[ecn]") {
    for (const bool fallback : {true, false}) {
        Peer p(std::string("sysctl host tcp_ecn 1\n") +
               (fallback ? "" : "sysctl host tcp_ecn_fallback 0\n"));
        const std::size_t mark = p.mark();
        p.submit(scenario::Connect{0, 1, 1, p.port, {}});
        p.advance(trace::milliseconds(1500));
        const auto sent = p.sent_since(mark);
        REQUIRE(sent.size() == 2);
        CHECK(sent[0].flags == asking);
        CHECK(sent[1].flags == (fallback ? flag::syn : asking));
    }
}

TEST_CASE("a cookie remembers ECN where there are timestamps", "[ecn]") {
    for (const bool timestamps : {true, false}) {
        Peer p("sysctl host tcp_syncookies 2\n");
        p.submit(listen(5));
        trace::Segment s;
        const auto& hosts = p.world.contents().hosts;
        s.source = {hosts[1].address, p.port};
        s.destination = {hosts[0].address, p.host_port};
        s.seq = {p.isn};
        s.flags = asking;
        s.window = p.window;
        s.mss = 1460;
        s.has_timestamps = timestamps;
        s.ts_value = 77;
        std::size_t mark = p.mark();
        p.inject(s);
        p.read_isn();
        const trace::Segment answer = p.sent_since(mark).at(0);
        CHECK(answer.flags.has(flag::ece) == timestamps);
        s.seq = {p.isn + 1};
        s.ack = {p.host_isn + 1};
        s.flags = flag::ack;
        s.mss = 0;
        s.ts_echo = answer.ts_value;
        p.inject(s);
        p.submit(scenario::Accept{0, 1, 80});
        mark = p.mark();
        p.submit(scenario::Write{first(), 10, ""});
        REQUIRE(p.sent_since(mark).size() == 1);
        CHECK(p.sent_since(mark)[0].ecn == (timestamps ? Ecn::capable : Ecn::not_capable));
    }
}

// RFC 9768 §3.1.2, table 2, and what Linux 6.18 makes of answers that nobody asked for.
TEST_CASE("AE, CWR and ECE of a SYN+ACK, from 000 to 111, decide which ECN there is", "[ecn]") {
    const auto kinds = [](const std::string& header) {
        std::string all;
        for (unsigned ace = 0; ace < 8; ++ace) {
            Peer p(header);
            std::size_t mark = p.mark();
            p.submit(scenario::Connect{0, 1, 1, p.port, {}});
            p.host_port = p.sent_since(mark).at(0).source.port;
            p.read_isn();
            const trace::Flags bits{static_cast<std::uint8_t>((ace & 3) << 6)};
            inject(p, flag::syn | flag::ack | bits, 0, 1, 0, Ecn::not_capable, (ace & 4) != 0);
            mark = p.mark();
            p.submit(scenario::Write{first(), 100, ""});
            const trace::Segment s = p.sent_since(mark).at(0);
            const bool counts = s.accurate_ecn && s.flags.has(flag::ece);
            all += s.ecn != Ecn::capable ? '-' : counts ? 'A' : 'E';
        }
        return all;
    };
    CHECK(kinds("sysctl host tcp_ecn 1\n") == "-EAAAEA-");
    CHECK(kinds("") == "--------");
    CHECK(kinds("profile linux-6.12\nsysctl host tcp_ecn 1\n") == "-E---E--");
}
