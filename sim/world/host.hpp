// A host: its stack, its one process with threads and descriptors, and the names a script gave.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "descriptors.hpp"
#include "ports.hpp"
#include "scenario/action.hpp"
#include "scheduling.hpp"
#include "slots.hpp"
#include "tcp/moment.hpp"

namespace world {

// A call that waits for its turn, or sleeps.
struct PendingCall {
    trace::CallId id = trace::none;
    scenario::Action action;
    trace::EventId entered = trace::none;
    trace::Instant since;
    std::uint32_t written = 0;
    trace::Duration patience{}; // of accept(): SO_RCVTIMEO; 0: for ever
    Scheduling scheduling{}; // of its thread, once it is woken from this call
    Grip grip{};
    std::uint8_t looks = 0;                    // at the backlog, so far
    trace::Instant burst_over = trace::never; // it waits no longer for more of it
    friend bool operator==(const PendingCall&, const PendingCall&) = default;
};

// Calls of one thread, in order; the first one runs.
struct Thread {
    std::vector<PendingCall> calls;
    bool asleep = false; // the first call has been entered
    bool woken = false;  // it runs as soon as nothing else is due
    trace::EventId woken_by = trace::none;
    Scheduling scheduling;
    std::vector<Grip> grips; // of its next reads, in order
    friend bool operator==(const Thread&, const Thread&) = default;
};

// HOST#n: what the n-th connect or accept line made, and the thread that serves it.
struct Named {
    trace::Cookie socket = trace::none;
    trace::Endpoint local, remote;
    Thread thread;
    bool known = false;  // a line with this number has run
    bool made = false;   // by socket(), not by accept()
    bool coming = false; // an accept that has not returned
    bool closed = false; // the program has closed its descriptor
    std::optional<trace::Call> last_call;
    std::int64_t last_result = 0;
    friend bool operator==(const Named&, const Named&) = default;
};

struct Made {
    trace::CallId call = trace::none;
    bool returned = false;
    std::int64_t result = 0;
    friend bool operator==(const Made&, const Made&) = default;
};

// A Fast Open cookie that a server gave: tcp_fastopen_cache_set().
struct KnownCookie {
    trace::Address server;
    std::uint64_t cookie = 0;
    bool has_cookie = false;
    std::uint16_t mss = 0; // that it announced
    friend bool operator==(const KnownCookie&, const KnownCookie&) = default;
};

struct Host {
    std::string name;
    trace::Address address;
    std::vector<trace::Address> others; // more addresses of its own
    tcp::Stack stack;
    tcp::Counters counters;
    Descriptors descriptors;
    std::vector<Slot> listeners;
    Thread main;
    std::vector<Thread> workers; // that accept from the second and later listeners of a port
    std::vector<Named> names;    // by number
    std::vector<Made> calls;
    std::vector<KnownCookie> fastopen_cookies;
    tcp::Paths paths; // that are narrower than the first link
    Ports ports;
    std::uint16_t next_port = 40002; // where the next search for a free one begins
    std::uint32_t waiting = 0;       // small records: TIME_WAIT, orphans' FIN_WAIT_2
    std::uint32_t children = 0;      // processes that fork() made
    std::uint32_t passive = 0;       // requests admitted, for `isn`
    bool has(trace::Address a) const {
        return a == address || std::find(others.begin(), others.end(), a) != others.end();
    }
    friend bool operator==(const Host&, const Host&) = default;
};

} // namespace world
