// Numbers in words.
#include "catch.hpp"

#include "panels/wording.hpp"

using namespace panels;

TEST_CASE("ages are rounded to what a reader can use") {
    CHECK(rounded(trace::milliseconds(170)) == "170 ms");
    CHECK(rounded(trace::microseconds(1214567)) == "1.21 s");
    CHECK(rounded(trace::milliseconds(1000)) == "1 s");
    CHECK(rounded(trace::microseconds(20500)) == "20.5 ms");
    CHECK(rounded(trace::microseconds(999999)) == "1 s");
    CHECK(rounded(trace::seconds(60)) == "60 s");
    CHECK(rounded(trace::seconds(760)) == "12 min 40 s");
    CHECK(rounded(trace::seconds(7260)) == "2 h 1 min");
    CHECK(rounded(trace::nanoseconds(7)) == "7 ns");
    CHECK(rounded({}) == "0 ms");
}

TEST_CASE("a queue's header is never a bare 2 of 1") {
    CHECK(queue_text(2, 1, 2) == "2 · limit 1 (+1 fits)");
    CHECK(queue_text(0, 2, 2) == "0 · limit 2");
    trace::ListenerView l;
    l.backlog = 1;
    l.somaxconn = 4096;
    l.limit = 1;
    l.accept_fits = 2;
    l.syn_fits = 2;
    CHECK(limit_text(l) == "limit = min(backlog 1, somaxconn 4096)");
    l.accept_queue.resize(1);
    CHECK_FALSE(accept_queue_full(l));
    l.accept_queue.resize(2);
    CHECK(accept_queue_full(l));
    CHECK(syn_queue_limit(l) == 1);
    CHECK(syn_limit_text(l).empty());
}

TEST_CASE("a SYN queue that tcp_max_syn_backlog bounds says so instead of a limit out of reach") {
    trace::ListenerView l;
    l.limit = 100;
    l.syn_fits = 13;
    l.max_syn_backlog = 16;
    CHECK(syn_queue_limit(l) == 13);
    CHECK(syn_limit_text(l) == "limit 13 = 3/4 of tcp_max_syn_backlog 16, + 1");
    l.syn_queue.resize(13);
    CHECK(syn_queue_full(l));
}

TEST_CASE("a call is shown as strace begins its line, its result as value or errno") {
    trace::CallRecord c;
    c.call = trace::Call::connect;
    c.text = "3, 10.0.0.2:80";
    CHECK(call_text(c) == "connect(3, 10.0.0.2:80)");
    CHECK(result_text(3) == "3");
    CHECK(result_text(-111) == "ECONNREFUSED");
}

TEST_CASE("a queue of bytes says when a FIN is one of them") {
    CHECK(bytes_text({100, 8192, false, 768}) == "100 B · 9 % full");
    CHECK(bytes_text({0, 8192, false, 0}) == "0 B");
    CHECK(bytes_text({1, 0, true}) == "1 B, FIN included");
}
