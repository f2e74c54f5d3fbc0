// The rows of Figure 5 and §3.10, and their compile-time checks: unique, reachable, cited.
#include "transition.hpp"

#include <array>

#include <fmt/format.h>

namespace trace {
namespace {

using S = State;
using T = Trigger;
using E = Emission;

constexpr Policies always{};

constexpr std::array rows = {
    // CLOSED and LISTEN
    Transition{S::closed, T::listen_call, S::listen, E::nothing, "RFC 9293 §3.10.1", Rule::passive_open},
    Transition{S::closed, T::connect_call, S::syn_sent, E::syn, "RFC 9293 §3.10.1", Rule::active_open},
    Transition{S::listen, T::syn, S::syn_recv, E::syn_ack, "RFC 9293 §3.10.7.2", Rule::syn_moves_listener,
               only(Policy::listener_moves), Spawn::connection, S::listen},
    // Linux: tcp_conn_request() leaves the listener alone and makes a request_sock.
    Transition{S::listen, T::syn, S::listen, E::syn_ack, "RFC 9293 §3.10.7.2", Rule::syn_spawns_request,
               only(Policy::listener_spawns_request), Spawn::request, S::syn_recv},
    Transition{S::listen, T::connect_call, S::syn_sent, E::syn, "RFC 9293 §3.10.1", Rule::active_open,
               only(Policy::connect_from_listen)},
    Transition{S::listen, T::close_call, S::closed, E::nothing, "RFC 9293 §3.10.4", Rule::close_of_listener},
    // Linux: shutdown(SHUT_RD) of a listener stops it, as tcp_disconnect() does (inet_shutdown()).
    Transition{S::listen, T::shutdown_rd_call, S::closed, E::nothing, "RFC 9293 §3.10.4", Rule::close_of_listener,
               only(Policy::shutdown_aborts_connect)},

    // SYN_SENT
    Transition{S::syn_sent, T::syn_ack, S::established, E::ack, "RFC 9293 §3.10.7.3", Rule::syn_ack_establishes},
    Transition{S::syn_sent, T::syn, S::syn_recv, E::syn_ack, "RFC 9293 §3.10.7.3", Rule::simultaneous_open},
    Transition{S::syn_sent, T::rst, S::closed, E::nothing, "RFC 9293 §3.10.7.3", Rule::rst_refuses_connect},
    Transition{S::syn_sent, T::close_call, S::closed, E::nothing, "RFC 9293 §3.10.4", Rule::close_before_connected},
    Transition{S::syn_sent, T::shutdown_wr_call, S::closed, E::nothing, "inet_shutdown()", Rule::shutdown_aborts_connect,
               only(Policy::shutdown_aborts_connect)},
    Transition{S::syn_sent, T::shutdown_rd_call, S::closed, E::nothing, "inet_shutdown()", Rule::shutdown_aborts_connect,
               only(Policy::shutdown_aborts_connect)},
    Transition{S::syn_sent, T::gave_up, S::closed, E::nothing, "RFC 9293 §3.8.3", Rule::syn_gave_up},

    // SYN_RECV: a request under Linux, a connection under the textbook or after a simultaneous open
    Transition{S::syn_recv, T::ack_of_syn, S::established, E::nothing, "RFC 9293 §3.10.7.4", Rule::ack_establishes},
    Transition{S::syn_recv, T::close_call, S::fin_wait_1, E::fin, "RFC 9293 §3.10.4", Rule::close_sends_fin},
    Transition{S::syn_recv, T::abort, S::closed, E::rst, "RFC 9293 §3.10.5", Rule::linger_zero},
    Transition{S::syn_recv, T::rst, S::closed, E::nothing, "RFC 9293 §3.10.7.4", Rule::rst_removes_request},
    Transition{S::syn_recv, T::syn_again, S::closed, E::rst, "tcp_check_req()", Rule::other_syn_resets_request},
    Transition{S::syn_recv, T::gave_up, S::closed, E::nothing, "RFC 9293 §3.8.3", Rule::synack_gave_up},

    // ESTABLISHED
    Transition{S::established, T::close_call, S::fin_wait_1, E::fin, "RFC 9293 §3.10.4", Rule::close_sends_fin},
    Transition{S::established, T::shutdown_wr_call, S::fin_wait_1, E::fin, "RFC 9293 §3.10.4", Rule::shutdown_sends_fin},
    Transition{S::established, T::fin, S::close_wait, E::ack, "RFC 9293 §3.10.7.4", Rule::fin_arrived},
    Transition{S::established, T::rst, S::closed, E::nothing, "RFC 9293 §3.10.7.4", Rule::rst_exact},
    Transition{S::established, T::abort, S::closed, E::rst, "RFC 9293 §3.10.5", Rule::close_with_unread_data},
    Transition{S::established, T::gave_up, S::closed, E::nothing, "RFC 9293 §3.8.3", Rule::retransmission_gave_up},

    // closing first
    Transition{S::fin_wait_1, T::ack_of_fin, S::fin_wait_2, E::nothing, "RFC 9293 §3.10.7.4", Rule::fin_acknowledged},
    Transition{S::fin_wait_1, T::fin, S::closing, E::ack, "RFC 9293 §3.10.7.4", Rule::simultaneous_close},
    Transition{S::fin_wait_1, T::rst, S::closed, E::nothing, "RFC 9293 §3.10.7.4", Rule::rst_exact},
    Transition{S::fin_wait_1, T::abort, S::closed, E::rst, "RFC 9293 §3.10.5", Rule::close_with_unread_data},
    Transition{S::fin_wait_1, T::gave_up, S::closed, E::nothing, "RFC 9293 §3.8.3", Rule::retransmission_gave_up},
    Transition{S::fin_wait_2, T::fin, S::time_wait, E::ack, "RFC 9293 §3.10.7.4", Rule::fin_ends_fin_wait_2,
               only(Policy::waits_2msl)},
    Transition{S::fin_wait_2, T::fin, S::closed, E::ack, "counterfactual", Rule::no_time_wait, only(Policy::no_time_wait)},
    Transition{S::fin_wait_2, T::rst, S::closed, E::nothing, "RFC 9293 §3.10.7.4", Rule::rst_exact},
    Transition{S::fin_wait_2, T::abort, S::closed, E::rst, "RFC 9293 §3.10.5", Rule::close_with_unread_data},
    Transition{S::fin_wait_2, T::gave_up, S::closed, E::nothing, "tcp_time_wait(), tcp_fin_timeout", Rule::fin_wait_2_over},
    Transition{S::closing, T::ack_of_fin, S::time_wait, E::nothing, "RFC 9293 §3.10.7.4", Rule::fin_acknowledged,
               only(Policy::waits_2msl)},
    Transition{S::closing, T::ack_of_fin, S::closed, E::nothing, "counterfactual", Rule::no_time_wait,
               only(Policy::no_time_wait)},
    Transition{S::closing, T::rst, S::closed, E::nothing, "RFC 9293 §3.10.7.4", Rule::rst_exact},
    Transition{S::closing, T::abort, S::closed, E::nothing, "RFC 9293 §3.10.5", Rule::linger_zero},
    Transition{S::closing, T::gave_up, S::closed, E::nothing, "RFC 9293 §3.8.3", Rule::retransmission_gave_up},

    // closing second
    Transition{S::close_wait, T::close_call, S::last_ack, E::fin, "RFC 9293 §3.10.4", Rule::close_sends_fin},
    Transition{S::close_wait, T::shutdown_wr_call, S::last_ack, E::fin, "RFC 9293 §3.10.4", Rule::shutdown_sends_fin},
    Transition{S::close_wait, T::rst, S::closed, E::nothing, "RFC 9293 §3.10.7.4", Rule::rst_exact},
    Transition{S::close_wait, T::abort, S::closed, E::rst, "RFC 9293 §3.10.5", Rule::close_with_unread_data},
    Transition{S::close_wait, T::gave_up, S::closed, E::nothing, "RFC 9293 §3.8.3", Rule::retransmission_gave_up},
    Transition{S::last_ack, T::ack_of_fin, S::closed, E::nothing, "RFC 9293 §3.10.7.4", Rule::fin_acknowledged},
    Transition{S::last_ack, T::rst, S::closed, E::nothing, "RFC 9293 §3.10.7.4", Rule::rst_exact},
    Transition{S::last_ack, T::abort, S::closed, E::nothing, "RFC 9293 §3.10.5", Rule::linger_zero},
    Transition{S::last_ack, T::gave_up, S::closed, E::nothing, "RFC 9293 §3.8.3", Rule::retransmission_gave_up},

    // the 2MSL wait
    Transition{S::time_wait, T::fin, S::time_wait, E::ack, "RFC 9293 §3.10.7.4", Rule::fin_again_in_time_wait},
    Transition{S::time_wait, T::syn, S::closed, E::nothing, "RFC 9293 §3.10.7.4, RFC 6191", Rule::syn_ends_time_wait},
    Transition{S::time_wait, T::rst, S::closed, E::nothing, "RFC 9293 §3.10.7.4", Rule::rst_ends_time_wait},
    Transition{S::time_wait, T::time_wait_over, S::closed, E::nothing, "RFC 9293 §3.10.8", Rule::time_wait_over},
};

// Profiles are checked as the sets that exist, so that two rows of one cell may differ by policy.
constexpr std::array profiles = {linux_policies, rfc_policies};

constexpr const Transition* find(S from, T trigger, Policies policies) {
    for (const Transition& row : rows)
        if (row.from == from && row.trigger == trigger && policies.has(row.needs)) return &row;
    return nullptr;
}

constexpr bool unique() {
    for (Policies p : {linux_policies, rfc_policies, no_time_wait_policies})
        for (const Transition& row : rows)
            if (p.has(row.needs) && find(row.from, row.trigger, p) != &row) return false;
    return true;
}

constexpr bool reachable() {
    for (Policies p : profiles) {
        std::array<bool, state_count> seen{};
        seen[0] = true;
        for (std::size_t round = 0; round < state_count; ++round)
            for (const Transition& row : rows)
                if (p.has(row.needs) && seen[static_cast<std::size_t>(row.from)]) {
                    seen[static_cast<std::size_t>(row.to)] = true;
                    if (row.spawn != Spawn::nothing) seen[static_cast<std::size_t>(row.spawned)] = true;
                }
        for (bool s : seen)
            if (!s) return false;
    }
    return true;
}

constexpr bool cited() {
    for (const Transition& row : rows)
        if (row.section.empty() || row.why == Rule::none) return false;
    return true;
}

// The rows of one state and trigger, chained in their order: asked for every fact.
constexpr std::uint8_t no_row = 0xff;
constexpr std::size_t cell(S from, T trigger) {
    return static_cast<std::size_t>(from) * trigger_count + static_cast<std::size_t>(trigger);
}
struct Index {
    std::array<std::uint8_t, state_count * trigger_count> first{};
    std::array<std::uint8_t, rows.size()> next{};
};
constexpr Index make_index() {
    Index made;
    made.first.fill(no_row);
    made.next.fill(no_row);
    for (std::size_t i = rows.size(); i-- > 0;) {
        std::uint8_t& first = made.first[cell(rows[i].from, rows[i].trigger)];
        made.next[i] = first;
        first = static_cast<std::uint8_t>(i);
    }
    return made;
}
constexpr Index index = make_index();
static_assert(rows.size() < no_row);

static_assert(unique(), "two rows answer the same state and trigger under one profile");
static_assert(reachable(), "a state cannot be reached under some profile");
static_assert(cited(), "a row without its section or reason");

}  // namespace

std::span<const Transition> transitions() { return rows; }

const Transition* transition(State from, Trigger trigger, Policies policies) {
    for (std::uint8_t row = index.first[cell(from, trigger)]; row != no_row; row = index.next[row])
        if (rows[row].needs == always || policies.has(rows[row].needs)) return &rows[row];
    return nullptr;
}

std::string_view name(Trigger t) {
    switch (t) {
        case T::listen_call: return "listen()";
        case T::connect_call: return "connect()";
        case T::close_call: return "close()";
        case T::shutdown_wr_call: return "shutdown(WR)";
        case T::shutdown_rd_call: return "shutdown(RD)";
        case T::abort: return "abort";
        case T::syn: return "SYN";
        case T::syn_again: return "another SYN";
        case T::syn_ack: return "SYN+ACK";
        case T::ack_of_syn: return "ACK";
        case T::fin: return "FIN";
        case T::ack_of_fin: return "ACK of FIN";
        case T::rst: return "RST";
        case T::gave_up: return "timeout";
        case T::time_wait_over: return "2MSL";
    }
    return "?";
}

std::string_view name(Emission e) {
    switch (e) {
        case E::nothing: return "–";
        case E::syn: return "SYN";
        case E::syn_ack: return "SYN+ACK";
        case E::ack: return "ACK";
        case E::fin: return "FIN";
        case E::rst: return "RST";
    }
    return "?";
}

std::string print_diagram(Policies policies) {
    std::string out = "stateDiagram-v2\n    [*] --> CLOSED\n";
    for (const Transition& row : rows) {
        if (!policies.has(row.needs)) continue;
        const auto edge = [&](S from, S to) {
            out += fmt::format("    {} --> {}: {} / {}\n", name(from), name(to), name(row.trigger), name(row.emission));
        };
        // A spawned record begins a life of its own: drawn from the state that made it.
        if (row.spawn == Spawn::request) edge(row.from, row.spawned);
        else edge(row.from, row.to);
    }
    return out;
}

}  // namespace trace
