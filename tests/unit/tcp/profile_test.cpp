// Profiles: which release goes which way, what its sysctls are, and what tells two stacks apart.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "tcp/policy.hpp"

using namespace tcp;
using trace::milliseconds;
using trace::seconds;

namespace {

Stack stack(std::string_view name) {
    const auto id = find_profile(name);
    REQUIRE(id);
    return make_stack(*id);
}

std::int64_t value(std::string_view profile, Sysctl s) {
    return stack(profile)[s];
}

std::vector<std::string> keys(const Stack& one, const Stack& other) {
    std::vector<std::string> all;
    for (const StackDifference& d : differences(one, other))
        all.emplace_back(d.key);
    return all;
}

bool has(const std::vector<std::string>& all, std::string_view key) {
    return std::find(all.begin(), all.end(), key) != all.end();
}

trace::Instant at(trace::Duration d) {
    return trace::Instant{} + d;
}

} // namespace

TEST_CASE("profiles are found by name, and any Linux from 4.19 on by its release", "[profile]") {
    for (const ProfileText& p : profiles()) {
        INFO(p.name);
        REQUIRE(find_profile(p.name) == p.id);
        CHECK(name(p.id) == p.name);
        CHECK_FALSE(p.en.empty());
        CHECK_FALSE(p.zh.empty());
    }
    CHECK(name(*find_profile("linux-5.10")) == "linux-5.10");
    CHECK(name(*find_profile("linux-6.6.70")) == "linux-6.6.70");
    for (const char* unknown : {"linux-4.4", "linux-3.10", "linux-9.99", "linux-6", "linux-06.1",
                                "linux-6.1x", "linux", "running"})
        CHECK_FALSE(find_profile(unknown));
}

TEST_CASE("the kernel underneath is told by its release, Debian's by its version", "[profile]") {
    const auto of = [](std::string_view release, std::string_view version) {
        const auto id = profile_of_release(release, version);
        return id ? name(*id) : "unknown";
    };
    CHECK(of("6.18.44-fc", "#1 SMP") == "linux-6.18.44");
    CHECK(of("6.1.0-25-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.106-3 (2024-08-26)") ==
          "linux-6.1.106");
    CHECK(of("5.15.0-91-generic", "#101-Ubuntu SMP") == "linux-5.15.0");
    CHECK(of("3.10.0-1160.el7", "#1 SMP") == "unknown");
    CHECK(of("garbage", "") == "unknown");
}

TEST_CASE("half-open requests: a power of two up to 4.3, the backlog from 4.4, one more since "
          "January 2025",
          "[profile]") {
    const auto held = [](std::string_view profile, std::uint32_t limit) {
        Stack s = stack(profile);
        s.values[static_cast<std::size_t>(Sysctl::tcp_syncookies)] = 0;
        std::uint32_t n = 0;
        while (full_syn_queue(s, limit, n, 0) == FullSynQueue::has_room)
            ++n;
        return n;
    };
    CHECK(held("linux-6.18", 10) == 11);
    CHECK(held("linux-6.1", 10) == 11);
    CHECK(held("linux-6.1.124", 10) == 11);
    CHECK(held("linux-6.1.123", 10) == 10);
    CHECK(held("linux-6.6.70", 10) == 10);
    CHECK(held("linux-6.6.71", 10) == 11);
    CHECK(held("linux-6.12.8", 10) == 10);
    CHECK(held("linux-6.13.0", 10) == 11);
    CHECK(held("linux-5.10", 10) == 10);
    CHECK(held("linux-6.1.123", 0) == 0); // listen(fd, 0) refused everybody
    CHECK(held("linux-4.3", 1) == 16);
    CHECK(held("linux-4.3", 10) == 16);
    CHECK(held("linux-4.3", 16) == 32);
    CHECK(held("linux-4.3", 128) == 256);
}

TEST_CASE("Linux 2.0 counts half-open and finished connections together, up to the backlog",
          "[profile]") {
    const Stack old = stack("linux-2.0");
    const auto full = [&](std::uint32_t half_open, std::uint32_t finished) {
        return full_syn_queue(old, 5, half_open, finished) == FullSynQueue::drops_uncounted;
    };
    CHECK_FALSE(full(4, 0));
    CHECK(full(5, 0));
    CHECK(full(2, 3));
    CHECK_FALSE(full(2, 2));
    CHECK(listen_limit(old, 0) == 1);
    CHECK(listen_limit(old, 1000) == 128);
    CHECK_FALSE(accept_queue_refuses_ack(old, 5, 5)); // its place was taken when the SYN came
    CHECK(initial_rto(old) == seconds(3));
}

TEST_CASE("a full accept queue drops every SYN since 4.10, before only with two young requests",
          "[profile]") {
    CHECK(accept_queue_refuses_syn(stack("linux-6.18"), 2, 3, 0));
    CHECK_FALSE(accept_queue_refuses_syn(stack("linux-6.18"), 2, 2, 5));
    CHECK_FALSE(accept_queue_refuses_syn(stack("linux-4.3"), 2, 3, 1));
    CHECK(accept_queue_refuses_syn(stack("linux-4.3"), 2, 3, 2));
    CHECK(accept_queue_refuses_ack(stack("linux-4.3"), 2, 3));
}

TEST_CASE("sysctls appear, and their defaults change, with the releases", "[profile]") {
    CHECK(value("linux-6.18", Sysctl::somaxconn) == 4096);
    CHECK(value("linux-4.19", Sysctl::somaxconn) == 128);
    CHECK(value("linux-5.4", Sysctl::somaxconn) == 4096);
    CHECK(value("linux-6.1", Sysctl::tcp_syn_linear_timeouts) == 0);
    CHECK_FALSE(find_sysctl(*find_profile("linux-6.1"), "tcp_syn_linear_timeouts"));
    CHECK(value("linux-6.6", Sysctl::tcp_syn_linear_timeouts) == 4);
    CHECK(value("linux-4.3", Sysctl::tcp_tw_reuse) == 0);
    CHECK(value("linux-6.1", Sysctl::tcp_tw_reuse) == 2);
    CHECK_FALSE(find_sysctl(*find_profile("linux-6.12"), "tcp_tw_reuse_delay"));
    CHECK(find_sysctl(*find_profile("linux-6.14"), "tcp_tw_reuse_delay"));
    CHECK(value("linux-2.0", Sysctl::tcp_timestamps) == 0);
}

TEST_CASE("ip_local_port_range is two numbers, the first not above the second", "[profile]") {
    const auto range = Sysctl::ip_local_port_range;
    CHECK(trace::parse_value(range, "40000\t40009\n") == trace::pack(40000, 40009));
    CHECK(trace::format_value(range, trace::pack(40000, 40009)) == "40000 40009");
    CHECK_FALSE(trace::parse_value(range, "40000"));
    CHECK_FALSE(trace::parse_value(range, "40000 x"));
    CHECK_FALSE(trace::parse_value(range, "40000 70000"));
    CHECK(trace::refuse_value(range, trace::pack(5, 5)).empty());
    CHECK_FALSE(trace::refuse_value(range, trace::pack(6, 5)).empty());
    CHECK(trace::parse_value(Sysctl::tcp_fin_timeout, " 30\n") == 30);
    CHECK_FALSE(trace::parse_value(Sysctl::tcp_fin_timeout, "30 31"));
}

TEST_CASE("TIME_WAIT makes way after tcp_tw_reuse_delay, before 6.14 at the second full second",
          "[profile]") {
    Stack s = stack("linux-6.18");
    const auto set = [&](Sysctl which, std::int64_t to) {
        s.values[static_cast<std::size_t>(which)] = to;
    };
    const auto entered = at(milliseconds(300));
    CHECK_FALSE(reuses_time_wait(s, false, entered, at(seconds(50)))); // 2: loopback only
    CHECK(reuses_time_wait(s, true, entered, at(seconds(50))));
    set(Sysctl::tcp_tw_reuse, 1);
    CHECK_FALSE(reuses_time_wait(s, false, entered, at(milliseconds(1300))));
    CHECK(reuses_time_wait(s, false, entered, at(milliseconds(1301))));
    set(Sysctl::tcp_tw_reuse_delay, 250);
    CHECK_FALSE(reuses_time_wait(s, false, entered, at(milliseconds(550))));
    CHECK(reuses_time_wait(s, false, entered, at(milliseconds(551))));
    set(Sysctl::tcp_tw_reuse, 0);
    CHECK_FALSE(reuses_time_wait(s, true, entered, at(seconds(50))));
    s = stack("linux-6.1");
    set(Sysctl::tcp_tw_reuse, 1);
    CHECK_FALSE(reuses_time_wait(s, false, entered, at(milliseconds(1999))));
    CHECK(reuses_time_wait(s, false, entered, at(seconds(2))));
}

TEST_CASE("two stacks differ by the ways they go, and by sysctls that one of them lacks",
          "[profile]") {
    const Stack here = stack("linux-6.18");
    CHECK(keys(here, here).empty());
    const auto old = keys(stack("linux-4.3"), here);
    CHECK(has(old, "syn_queue_follows_backlog"));
    CHECK(has(old, "full_queue_drops_every_syn"));
    CHECK_FALSE(has(old, "net.core.somaxconn")); // it can be set to 128 there
    const auto counterfactual = keys(stack("two-way-handshake"), here);
    CHECK(counterfactual == std::vector<std::string>{"syn_is_enough"});
    CHECK(keys(stack("no-time-wait"), here) == std::vector<std::string>{"no_time_wait"});
    // SYNs cannot be repeated linearly by a kernel without that sysctl, but the reverse can be set.
    CHECK(has(keys(here, stack("linux-6.1")), "net.ipv4.tcp_syn_linear_timeouts"));
    CHECK_FALSE(has(keys(stack("linux-6.1"), here), "net.ipv4.tcp_syn_linear_timeouts"));
    CHECK(keys(stack("linux-6.1"), stack("linux-6.1.123")) ==
          std::vector<std::string>{"one_more_half_open"});
    for (const WayText& w : all_ways()) {
        INFO(w.key);
        CHECK_FALSE(w.en.empty());
        CHECK_FALSE(w.zh.empty());
        CHECK_FALSE(w.source.empty());
    }
}
