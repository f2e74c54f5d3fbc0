// The table of transitions: RFC 9293 Figure 5 and §3.10 as rows; code establishes facts (triggers),
// this decides.
//
// The same rows are executed by the connection, drawn by the state diagram, printed into the
// README, and driven one by one by the tests. transition(state, trigger, policies) is the only way
// to a next state.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rule.hpp"
#include "state.hpp"

namespace trace {

// Facts and calls that can change a state. "Acceptable" means: it passed the checks of §3.10.7.
enum class Trigger : std::uint8_t {
    listen_call,
    connect_call,
    close_call, // close(), or the last reference goes
    shutdown_wr_call,
    shutdown_rd_call,
    abort,      // RST instead of FIN: unread data, SO_LINGER 0, listener closed over a queued child
    syn,        // acceptable SYN (in SYN_SENT: without ACK)
    syn_again,  // SYN with another ISN inside the window of a half-open request
    syn_ack,    // SYN+ACK that acknowledges our SYN
    ack_of_syn, // our SYN or SYN+ACK is acknowledged
    fin,        // the peer's FIN, in order
    ack_of_fin, // our FIN is acknowledged
    rst,        // acceptable RST
    gave_up,    // retransmission limit reached
    time_wait_over, // 2MSL elapsed
};
inline constexpr std::size_t trigger_count = 15;

// What leaves the host because of the transition (besides data that may ride along).
enum class Emission : std::uint8_t { nothing, syn, syn_ack, ack, fin, rst };

// What comes into being beside the socket that was asked.
enum class Spawn : std::uint8_t { nothing, request, connection };

// Policies under which a row holds. A profile has a set of them; a row without policies always
// holds.
enum class Policy : std::uint8_t {
    listener_spawns_request = 1, // Linux: half-open connections are small request entries
    listener_moves = 2,          // textbook: the socket in LISTEN itself moves to SYN_RECV
    shutdown_aborts_connect = 4, // Linux: shutdown() in SYN_SENT ends the attempt
    connect_from_listen = 8,     // textbook: OPEN (active) or SEND in LISTEN; Linux says EISCONN
    waits_2msl = 16,             // everybody: who closes first goes through TIME_WAIT
    no_time_wait = 32,           // counterfactual: it does not
};
struct Policies {
    std::uint8_t bits = 0;
    friend constexpr bool operator==(Policies, Policies) = default;
    constexpr bool has(Policies p) const { return (bits & p.bits) == p.bits; }
};
constexpr Policies operator|(Policy a, Policy b) {
    return {static_cast<std::uint8_t>(static_cast<unsigned>(a) | static_cast<unsigned>(b))};
}
constexpr Policies operator|(Policies a, Policy b) {
    return {static_cast<std::uint8_t>(a.bits | static_cast<unsigned>(b))};
}
constexpr Policies without(Policies a, Policy b) {
    return {static_cast<std::uint8_t>(a.bits & ~static_cast<unsigned>(b))};
}
constexpr Policies only(Policy p) {
    return {static_cast<std::uint8_t>(p)};
}
inline constexpr Policies linux_policies =
    Policy::listener_spawns_request | Policy::shutdown_aborts_connect | Policy::waits_2msl;
inline constexpr Policies rfc_policies =
    Policy::listener_moves | Policy::connect_from_listen | Policy::waits_2msl;
inline constexpr Policies no_time_wait_policies =
    without(linux_policies, Policy::waits_2msl) | Policy::no_time_wait;

struct Transition {
    State from;
    Trigger trigger;
    State to;
    Emission emission;
    std::string_view section; // "RFC 9293 §3.10.4"
    Rule why;
    Policies needs{};
    Spawn spawn = Spawn::nothing;
    State spawned = State::closed; // first state of what is spawned
};

std::span<const Transition> transitions();

// The row for (state, trigger) under these policies; nullptr: the fact changes nothing here.
const Transition* transition(State, Trigger, Policies);

std::string_view name(Trigger);  // "FIN", "ACK of FIN", "close()", "2MSL": as edge labels say it
std::string_view name(Emission); // "FIN", "–"

// The diagram as text (Mermaid stateDiagram-v2), for the README.
std::string print_diagram(Policies);

} // namespace trace
