// The policies in the numbers that were measured on Linux 6.18.
#include <vector>

#include "catch.hpp"
#include "tcp/policy.hpp"

using namespace tcp;
using trace::Duration;
using trace::milliseconds;
using trace::seconds;
using trace::State;

namespace {

Stack with(std::initializer_list<std::pair<Sysctl, std::int64_t>> settings) {
    Stack s = make_stack(ProfileId::linux_6_18);
    for (auto [name, value] : settings)
        s.values[static_cast<std::size_t>(name)] = value;
    return s;
}
const Stack kernel = make_stack(ProfileId::linux_6_18);

// When SYNs leave, and when connect() gives up, in seconds.
struct Schedule {
    std::vector<std::int64_t> syns{0};
    std::int64_t end = 0;
};
Schedule syn_schedule(const Stack& stack) {
    Schedule out;
    Duration rto = initial_rto(stack), now = rto;
    for (std::uint32_t expiry = 1;; ++expiry) {
        if (gives_up(stack, {}, State::syn_sent, false, expiry - 1, now, rto)) {
            out.end = now.ns / 1'000'000'000;
            return out;
        }
        out.syns.push_back(now.ns / 1'000'000'000);
        if (backs_off(stack, State::syn_sent, expiry))
            rto = std::min(rto * 2, rto_max(stack));
        now = now + rto;
    }
}

// Seconds from the first retransmission to giving up, when the timeout starts at 224 ms.
double gives_up_after(const Stack& stack, bool orphan) {
    Duration rto = milliseconds(448), since{};
    for (std::uint32_t n = 1;; ++n) {
        since = since + rto;
        if (gives_up(stack, {}, State::established, orphan, n, since, rto))
            return in_seconds(since);
        rto = std::min(rto * 2, rto_max(stack));
    }
}

} // namespace

TEST_CASE("the limit of a listener is the smaller of backlog and somaxconn", "[queues]") {
    CHECK(listen_limit(kernel, 0) == 0);
    CHECK(listen_limit(kernel, 1) == 1);
    CHECK(listen_limit(kernel, 5000) == 4096);
    CHECK(listen_limit(kernel, -1) == 4096);
    CHECK(listen_limit(with({{Sysctl::somaxconn, 3}}), 100) == 3);
}

TEST_CASE("one more than the limit fits into the accept queue", "[queues]") {
    for (std::uint32_t limit : {0u, 1u, 2u, 128u, 4096u})
        CHECK(accept_queue_fits(kernel, limit) == limit + 1);
}

TEST_CASE("half-open requests: limit + 1, and a quarter of tcp_max_syn_backlog stays free",
          "[queues]") {
    const auto held = [](std::int64_t m, std::uint32_t limit) {
        return syn_queue_fits(with({{Sysctl::tcp_max_syn_backlog, m}, {Sysctl::tcp_syncookies, 0}}),
                              limit);
    };
    CHECK(held(4, 128) == 4);
    CHECK(held(16, 8) == 9);
    CHECK(held(32, 64) == 25);
    CHECK(held(50, 128) == 39);
    CHECK(held(64, 64) == 49);
    CHECK(held(128, 256) == 97);
    CHECK(held(512, 1000) == 385);
    CHECK(held(2048, 10) == 11);
    const auto bound_by = [](std::int64_t m, std::uint32_t limit, std::int64_t cookies) {
        return max_syn_backlog_bounds(
            with({{Sysctl::tcp_max_syn_backlog, m}, {Sysctl::tcp_syncookies, cookies}}), limit);
    };
    CHECK(bound_by(16, 100, 0) == 16);
    CHECK(bound_by(16, 100, 1) == 0);
    CHECK(bound_by(2048, 10, 0) == 0);
    // The two ways of asking agree: the first request that the 3/4 rule drops.
    for (std::int64_t m : {4, 16, 50, 128, 512}) {
        const Stack s = with({{Sysctl::tcp_max_syn_backlog, m}, {Sysctl::tcp_syncookies, 0}});
        const std::uint32_t fits = syn_queue_fits(s, 4096);
        CHECK_FALSE(three_quarters_taken(s, fits - 1));
        CHECK(three_quarters_taken(s, fits));
    }
}

TEST_CASE("a SYN that finds more half-open requests than the limit is dropped or gets a cookie",
          "[queues]") {
    using Full = FullSynQueue;
    const auto meets = [](std::int64_t cookies, std::uint32_t limit, std::uint32_t half_open) {
        return full_syn_queue(with({{Sysctl::tcp_syncookies, cookies}}), limit, half_open, 0);
    };
    CHECK(meets(0, 4, 4) == Full::has_room);
    CHECK(meets(0, 4, 5) == Full::drops);
    CHECK(meets(1, 4, 4) == Full::has_room);
    CHECK(meets(1, 4, 5) == Full::answers_with_cookie);
    CHECK(meets(2, 4, 0) == Full::answers_with_cookie);
    CHECK(full_syn_queue(kernel, 0, 1, 0) == Full::answers_with_cookie); // the default is 1
    CHECK(full_syn_queue(make_stack(ProfileId::rfc9293), 0, 9, 0) == Full::has_room);
    // tcp_max_syn_backlog is not looked at unless cookies are off.
    const Stack s = with({{Sysctl::tcp_max_syn_backlog, 4}});
    CHECK(syn_queue_fits(s, 128) == 129);
    CHECK_FALSE(three_quarters_taken(s, 100));
}

TEST_CASE("TCP_DEFER_ACCEPT counts SYN+ACK timeouts: its seconds are rounded up to 1, 3, 7, 15",
          "[queues]") {
    const auto timeouts = [](std::int64_t s) { return int{deferred_timeouts(kernel, s)}; };
    CHECK(timeouts(0) == 0);
    CHECK(timeouts(-3) == 0);
    CHECK(timeouts(1) == 1);
    CHECK(timeouts(2) == 2);
    CHECK(timeouts(3) == 2);
    CHECK(timeouts(4) == 3);
    CHECK(timeouts(7) == 3);
    CHECK(timeouts(8) == 4);
    // 127 s of doubling, then steps of tcp_rto_max_ms.
    CHECK(timeouts(127) == 7);
    CHECK(timeouts(128) == 8);
    CHECK(timeouts(1000000) == 255);
}

TEST_CASE("TCP_SYNCNT of the listener takes the place of tcp_synack_retries", "[queues]") {
    CHECK(synack_retries(kernel, 1, 16, 3, 0) == 1);
    CHECK(synack_retries(kernel, 9, 16, 3, 0) == 9);
    CHECK(synack_retries(kernel, 9, 16, 14, 0) == 2);
}

TEST_CASE("old requests in a crowded queue get two repetitions, young ones five", "[queues]") {
    CHECK(synack_retries(kernel, 0, 16, 3, 0) == 5);
    CHECK(synack_retries(kernel, 0, 16, 14, 0) == 2);
    CHECK(synack_retries(kernel, 0, 16, 14, 14) == 5);
    CHECK(synack_interval(kernel, 0) == seconds(1));
    CHECK(synack_interval(kernel, 4) == seconds(16));
}

TEST_CASE("SYNs leave at 0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 s and connect() fails at 131 s",
          "[syn]") {
    const Schedule s = syn_schedule(kernel);
    CHECK(s.syns == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67});
    CHECK(s.end == 131);
}

TEST_CASE("the SYN schedule with other settings", "[syn]") {
    const auto schedule = [](std::int64_t retries, std::int64_t linear) {
        return syn_schedule(
            with({{Sysctl::tcp_syn_retries, retries}, {Sysctl::tcp_syn_linear_timeouts, linear}}));
    };
    CHECK(schedule(2, 4).syns == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5});
    CHECK(schedule(2, 4).end == 7);
    CHECK(schedule(1, 4).syns == std::vector<std::int64_t>{0, 1, 2});
    CHECK(schedule(1, 4).end == 3);
    CHECK(schedule(6, 0).syns == std::vector<std::int64_t>{0, 1, 3, 7, 15, 31, 63});
    CHECK(schedule(6, 0).end == 127);
}

TEST_CASE("tcp_retries2 is a time, whatever the real timeout is", "[give-up]") {
    const auto after = [](std::int64_t n) {
        return gives_up_after(with({{Sysctl::tcp_retries2, n}}), false);
    };
    CHECK(after(3) >= 3.0);
    CHECK(after(3) < 6.8);
    CHECK(after(5) >= 12.6);
    CHECK(after(8) >= 102.2);
    CHECK(gives_up_after(kernel, false) >= 924.6);
    CHECK(gives_up_after(kernel, false) < 924.6 + 120);
    // An orphan has tcp_orphan_retries, where 0 means 8.
    CHECK(gives_up_after(kernel, true) == after(8));
    CHECK(gives_up_after(with({{Sysctl::tcp_orphan_retries, 3}}), true) == after(3));
}

TEST_CASE("an orphan waits tcp_fin_timeout in FIN_WAIT_2, and for values above 60 s less",
          "[closing]") {
    const auto total = [](std::int64_t t) {
        const OrphanWait w =
            orphan_fin_wait_2(with({{Sysctl::tcp_fin_timeout, t}}), {}, milliseconds(224));
        return (w.waits + w.lingers).ns / 1'000'000'000;
    };
    CHECK(total(60) == 60);
    CHECK(total(10) == 10);
    CHECK(total(90) == 60);
    CHECK(total(100) == 80);
    CHECK(time_wait_length(kernel) == seconds(60));
    CHECK(time_wait_length(with({{Sysctl::tcp_fin_timeout, 5}})) == seconds(60));
}

TEST_CASE("a delayed ACK is never as late as a retransmission could be", "[acknowledging]") {
    CHECK(ack_delay(kernel).most == milliseconds(196)); // 200 ms less a jiffy
    CHECK(ack_delay(with({{Sysctl::tcp_rto_min_us, 10000}})).most == milliseconds(8));
    CHECK(ack_delay(with({{Sysctl::tcp_rto_min_us, 1000000}})).most == milliseconds(200));
}

TEST_CASE("what a program sets bounds the timers of its socket, and not the sysctl", "[rto]") {
    Options o;
    keep(o, "TCP_RTO_MIN_US", 10000);
    keep(o, "TCP_RTO_MAX_MS", 1001);
    keep(o, "TCP_DELACK_MAX_US", 9000);
    const TimerBounds& set = limits(o).timers;
    CHECK(rto_min(kernel, set) == milliseconds(12)); // whole ticks of 4 ms
    CHECK(rto_max(kernel, set) == milliseconds(1004));
    CHECK(ack_delay(kernel, set).most == milliseconds(8)); // a tick less than the least timeout
    keep(o, "TCP_RTO_MIN_US", 200000);
    CHECK(ack_delay(kernel, set).most == milliseconds(12));
    CHECK(rto_min(with({{Sysctl::tcp_rto_min_us, 9000}})) == milliseconds(12));
    CHECK(rto_min(with({{Sysctl::tcp_rto_min_us, 1}})) == milliseconds(4));
}

TEST_CASE("a stream of fewer than four segments waits evenly six times, if asked to", "[rto]") {
    Options o;
    CHECK_FALSE(waits_evenly(kernel, o, State::established, 1, 1));
    CHECK(waits_evenly(with({{Sysctl::tcp_thin_linear_timeouts, 1}}), o, State::established, 1, 1));
    keep(o, "TCP_THIN_LINEAR_TIMEOUTS", 1);
    CHECK(waits_evenly(kernel, o, State::established, 3, 6));
    CHECK_FALSE(waits_evenly(kernel, o, State::established, 4, 1));
    CHECK_FALSE(waits_evenly(kernel, o, State::established, 3, 7));
    CHECK_FALSE(waits_evenly(kernel, o, State::fin_wait_1, 3, 1));
}

TEST_CASE("a segment costs the memory of its whole buffer", "[buffers]") {
    // As measured by what fits into a receive buffer: IP and TCP headers with timestamps are 52
    // bytes.
    CHECK(memory_of_received(kernel, 1448, 52).memory == 2304);
    CHECK(memory_of_received(kernel, 1000, 52).memory == 2304);
    CHECK(memory_of_received(kernel, 552, 52).memory == 1280);
    CHECK(memory_of_received(kernel, 100, 52).memory == 832);
    CHECK(memory_of_received(kernel, 1448, 52).room == 164);
    CHECK(memory_of_received(kernel, 100, 52).room == 40);
    CHECK(send_buffer_overhead(kernel) == 832);
}

TEST_CASE("the send buffer starts with 16 KiB and grows to two initial windows", "[buffers]") {
    CHECK(default_send_buffer(kernel) == 16384);
    CHECK(send_buffer_for_window(kernel, 10, 1460) == 46080);
    CHECK(send_buffer_for_window(kernel, 4, 1460) == 46080);
    CHECK(send_buffer_for_window(kernel, 20, 1460) == 92160);
    CHECK(send_buffer_for_window(kernel, 100000, 1460) == 4194304);
}

TEST_CASE("sysctls are found by short and by full name, and only where the profile has them",
          "[profile]") {
    CHECK(find_sysctl(ProfileId::linux_6_18, "somaxconn") == Sysctl::somaxconn);
    CHECK(find_sysctl(ProfileId::linux_6_18, "net.core.somaxconn") == Sysctl::somaxconn);
    CHECK(find_sysctl(ProfileId::linux_6_18, "maxconn") == std::nullopt);
    CHECK(find_sysctl(ProfileId::linux_6_18, "tcp_tw_recycle") == std::nullopt);
    CHECK(find_sysctl(ProfileId::rfc9293, "somaxconn") == std::nullopt);
    CHECK(find_profile("linux-6.18") == ProfileId::linux_6_18);
    CHECK(find_profile("linux-9") == std::nullopt);
    for (std::size_t i = 0; i < sysctl_count; ++i) {
        const SysctlText& t = text(static_cast<Sysctl>(i));
        INFO(t.name);
        CHECK(trace::refuse_value(t.id, kernel.values[i]).empty());
        CHECK_FALSE(t.en.empty());
        CHECK_FALSE(t.zh.empty());
    }
}

TEST_CASE("what SO_RCVBUF and SO_SNDBUF may ask for is bounded by two sysctls", "[policy]") {
    CHECK(receive_buffer_for(kernel, 1'000'000) == 2'000'000);
    CHECK(receive_buffer_for(kernel, 5'000'000) == 2 * 4194304);
    CHECK(send_buffer_for(kernel, -1) == 2 * 4194304); // taken as unsigned
    const Stack older = make_stack(*find_profile("linux-6.12"));
    CHECK(receive_buffer_for(older, 1'000'000) == 2 * 212992);
    const Stack set = with({{Sysctl::rmem_max, 30000}, {Sysctl::wmem_max, 5000}});
    CHECK(receive_buffer_for(set, 1'000'000) == 60000);
    CHECK(send_buffer_for(set, 1'000'000) == 10000);
    CHECK(send_buffer_for(set, 1) == 4608);
}

TEST_CASE("what may leave waits for a near ACK while it is less than a third of the window",
          "[policy]") {
    CHECK(too_little_to_leave(kernel, 30'000, 1448) == 10'000);
    CHECK(too_little_to_leave(with({{Sysctl::tcp_tso_win_divisor, 1}}), 30'000, 1448) == 30'000);
    // More than three segments, whatever the window: tcp_max_tso_deferred_mss().
    CHECK(too_little_to_leave(with({{Sysctl::tcp_tso_win_divisor, 0}}), 30'000, 1448) == 4345);
}

TEST_CASE("a sysctl that is more than 0 or 1 counts as not 0", "[policy]") {
    const auto cookies = [](std::int64_t value) {
        return full_syn_queue(with({{Sysctl::tcp_syncookies, value}}), 4, 5, 0);
    };
    CHECK(cookies(3) == FullSynQueue::answers_with_cookie);
    CHECK(full_syn_queue(with({{Sysctl::tcp_syncookies, 255}}), 4, 4, 0) == FullSynQueue::has_room);
    CHECK(syn_queue_fits(with({{Sysctl::tcp_syncookies, 3}}), 8) == 9);
    CHECK(window_scale(with({{Sysctl::tcp_window_scaling, 7}}), 131072, false, 0) > 0);
    // In ticks, rounded up.
    CHECK(answer_interval(with({{Sysctl::tcp_invalid_ratelimit, 1}})) == milliseconds(4));
}
