// One step or one submitted action in the making, and the functions that share it.
#pragma once
#include <optional>

#include "contents.hpp"
#include "program.hpp"
#include "tcp/arrival.hpp"
#include "tcp/icmp.hpp"
#include "tcp/moment.hpp"

namespace world {

struct Turn {
    Contents& w;
    tcp::Journal& journal;
    Happened* happened = nullptr;

    tcp::Moment moment(trace::HostId host) {
        Host& h = w.hosts[host];
        return {journal, h.stack, h.counters, w.departures, h.paths};
    }
};

// sockets.cpp: records come, change kind and go
trace::Cookie new_socket(Turn&, const Socket&);
void reindex(Contents&, DueKind, Slot);
// Draws the consequences of whatever was done to a connection: TIME_WAIT, the end, deadlines, readers.
void settle(Turn&, Slot connection);
// The same, by who has them at hand.
void settle(Turn&, Slot, Held<tcp::Connection>&, Socket&);
void remove_request(Turn&, Slot);
// Its listener was closed meanwhile.
[[gnu::cold]] void forget_request(Turn&, Slot);
void remove_time_wait(Turn&, Slot);
void gone_if_nothing_is_left(Turn&, trace::Cookie);
void queue_changed(Turn&, const tcp::Listener&, trace::Queue);
void leave_syn_queue(Turn&, const tcp::Request&);

// which_listener.cpp
// The first that listens at this place: on the address, else on 0.0.0.0.
Slot listener_on(const Contents&, trace::HostId, trace::Endpoint);
// Bound to exactly this address; of several the one with the lowest number.
Slot listener_at(const Contents&, trace::HostId, trace::Endpoint);
// The look-up for a segment that no connection takes: of those that share the port, one.
Slot listener_for(const Contents&, trace::HostId, const trace::Segment&);
// server:80 or server:80#2.
Slot listener_named(const Contents&, trace::HostId, std::uint16_t port, std::uint16_t which);
std::uint16_t free_listener_number(const Contents&, trace::HostId, std::uint16_t port);

// first_numbers.cpp
tcp::Seq isn_for_connect(const Contents&, trace::HostId, std::uint16_t number,
                         trace::Endpoint local, trace::Endpoint remote);
tcp::Seq isn_for_syn(Contents&, trace::HostId, const trace::Segment&);

// binding.cpp: ports are taken and given back
// bind(); port 0: any that is free.
trace::Errno bind_port(Turn&, trace::Cookie, trace::Endpoint);
// Whether nobody excludes a bound socket from listening: inet_csk_listen_start().
bool may_listen(const Contents&, trace::Cookie);
struct PickedPort {
    std::uint16_t port = 0;            // 0: none is free
    std::optional<trace::Cookie> over; // TIME_WAIT that makes way
};
PickedPort pick_port(Contents&, trace::HostId, trace::Address from, trace::Endpoint remote);
// Whether TIME_WAIT makes way for a connect() between the same ends: tcp_twsk_unique().
bool makes_way(const Contents&, trace::Cookie, bool chosen_by_kernel);
void hold_port(Contents&, Socket&, trace::Endpoint, bool by_connect);
bool port_is_bound(const Contents&, const Socket&); // by the program: it outlives the connection
void let_port_go(Contents&, Socket&);
// The small record inherits the hold; `alone`: nobody has a descriptor of the socket any more.
void time_wait_holds_port(Contents&, Socket&, bool alone);
void time_wait_lets_port_go(Contents&, Socket&);
// SO_REUSEADDR, SO_REUSEPORT; false: another option.
bool share(Contents&, trace::Cookie, std::string_view option, bool on);

// arrivals.cpp
void deliver(Turn&, const Flying&);

// knocking.cpp: of a full connection in SYN_RECV, too
[[gnu::cold]] void leaves_syn_recv(Turn&, Slot connection);

// owned.cpp: a thread holds its socket while segments arrive.
// For so long, if fewer come than are expected.
inline constexpr trace::Duration longest_burst = trace::milliseconds(2);
[[gnu::cold]] bool goes_to_backlog(Turn&, trace::Cookie, const trace::Segment&);
[[gnu::cold]] bool is_owned(const Contents&, trace::Cookie);
[[gnu::cold]] void own(Turn&, trace::Cookie, std::uint32_t awaited);
[[gnu::cold]] void give_back(Turn&, trace::Cookie);
// icmp.cpp: an ICMP error reaches the host that sent the segment
[[gnu::cold]] void deliver_icmp(Turn&, trace::HostId, const trace::Segment& about, trace::SegmentId,
                  trace::Icmp, trace::EventId cause);

// wires.cpp
void departures_go(Turn&);
inline void put_on_wires(Turn& t) {
    if (!t.w.departures.empty())
        departures_go(t);
}
[[gnu::cold]] void put_in(Turn&, const trace::Segment&);  // a segment by hand, at the door
void apply(Turn&, const scenario::Raw&);    // one that a host sends by hand
void apply(Turn&, const scenario::Flood&);
[[gnu::cold]] void flood_goes_on(Turn&, Slot);
void apply(Turn&, const scenario::WireRule&);
void apply(Turn&, const scenario::Verdict&);
void segment_is_due(Turn&, Slot);

// calls.cpp, threads.cpp
// What HOST#number is known as; made if there is none.
Named& named(Host&, std::uint16_t number);
trace::Cookie make_connection(Turn&, trace::HostId, std::uint16_t number, trace::Endpoint local,
                              trace::Endpoint remote);
trace::CallId connect_to(Turn&, const scenario::Connect&, trace::Endpoint remote);
void name_local(Turn&, trace::Cookie, trace::Endpoint local);
trace::CallId perform(Turn&, const scenario::Action&);
// The thread that accepts from :PORT, or from :PORT#which.
Thread& acceptor(Host&, std::uint16_t which);
void run_main_thread(Turn&, trace::HostId, std::uint16_t which = 1);
void run_thread(Turn&, trace::HostId, std::uint16_t number);
// Something has changed that the thread of this socket may sleep for. It runs when the host has
// dealt with everything that is due at this instant: segments are taken in before processes run.
void wake(Turn&, trace::Cookie);
[[gnu::cold]] void woken_thread_runs(Turn&, trace::Cookie);
// The thread that makes this call gets a processor so long after it is woken.
void delay_wake(Contents&, trace::CallId, const scenario::Woken&);
void accept_queue_grew(Turn&, trace::Cookie listener);
trace::Call call_of(const scenario::Action&);
trace::CallId enter(Turn&, trace::HostId, trace::Call, trace::Cookie, std::int64_t argument,
                    std::string text);
// What strace prints between the parentheses.
std::string arguments(const scenario::Action&, int fd);
void call_entered(Turn&, trace::HostId, trace::CallId, trace::Cookie, trace::Rule);
void call_returned(Turn&, trace::HostId, trace::CallId, trace::Cookie, std::int64_t value, trace::Rule);

// listening.cpp
int new_descriptor(Host&, trace::Cookie);
void release_descriptor(Contents&, trace::Cookie);
// close() of a descriptor that another process holds as well: true, and one holder less.
bool gives_up_one_of_many(Contents&, trace::Cookie);
trace::CallId fork(Turn&, trace::HostId);
void set_limit(Turn&, tcp::Listener&, std::int64_t backlog);
trace::CallId call_at_once(Turn&, trace::HostId, trace::Call, trace::Cookie, std::int64_t argument,
                           std::string text, std::int64_t result, trace::Rule);
trace::CallId listen(Turn&, const scenario::Listen&);
[[gnu::cold]] void close_listener(Turn&, Slot, trace::Trigger);
trace::Cookie listener_connects(Turn&, Slot listener, trace::Endpoint remote, std::uint16_t number);
// listen() on what socket() made, or on a listener once more.
trace::CallId listen_on(Turn&, trace::Cookie, std::int64_t backlog);
void stop_listening(Turn&, Slot);  // shutdown(): a descriptor that socket() made stays
trace::Cookie accept_from(Turn&, Slot listener, std::uint16_t number);

// find.cpp
std::optional<trace::Cookie> find(const Contents&, const scenario::SocketName&);
std::string name_of(const Contents&, trace::Cookie);
trace::State state_of(const Contents&, trace::Cookie);

}  // namespace world
