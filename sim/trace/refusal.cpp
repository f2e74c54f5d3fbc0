// Refused calls: measured on Linux 6.18 for every state; the first matching row decides.
#include "refusal.hpp"

#include <array>

namespace trace {
namespace {

using S = State;
using C = Call;
using W = Condition;
using E = Errno;
constexpr Rule R = Rule::call_refused;
constexpr Rule P = Rule::error_reported;

constexpr std::array rows = {
    // A pending error is taken by the next call that moves data (sock_error() in tcp_recvmsg(), sk_stream_error()).
    Refusal{S::closed, C::read, W::error_pending, E::ok, P},
    Refusal{S::closed, C::write, W::error_pending, E::ok, P},
    // CLOSED: new, or what is left of a connection. Data calls on the latter succeed with 0 or fail with EPIPE.
    Refusal{S::closed, C::read, W::never_connected, E::enotconn, R},
    Refusal{S::closed, C::write, W::always, E::epipe, R},
    Refusal{S::closed, C::shutdown, W::always, E::enotconn, R},
    Refusal{S::closed, C::accept, W::always, E::einval, R},
    Refusal{S::closed, C::connect, W::disconnecting, E::einval, R},
    Refusal{S::closed, C::connect, W::was_connected, E::eisconn, R},
    Refusal{S::closed, C::listen, W::disconnecting, E::einval, R},
    Refusal{S::closed, C::listen, W::was_connected, E::einval, R},
    // LISTEN
    Refusal{S::listen, C::read, W::always, E::enotconn, R},
    Refusal{S::listen, C::write, W::always, E::epipe, R},
    Refusal{S::listen, C::connect, W::always, E::eisconn, R},
    Refusal{S::listen, C::bind, W::always, E::einval, R},
    Refusal{S::listen, C::accept, W::nothing_to_do, E::eagain, R},
    // SYN_SENT
    Refusal{S::syn_sent, C::connect, W::always, E::ealready, R},
    Refusal{S::syn_sent, C::read, W::nothing_to_do, E::eagain, R},
    Refusal{S::syn_sent, C::write, W::nothing_to_do, E::eagain, R},
    Refusal{S::syn_sent, C::bind, W::always, E::einval, R},
    Refusal{S::syn_sent, C::listen, W::always, E::einval, R},
    Refusal{S::syn_sent, C::accept, W::always, E::einval, R},
    // SYN_RECV after a simultaneous open
    Refusal{S::syn_recv, C::connect, W::disconnecting, E::einval, R},
    Refusal{S::syn_recv, C::connect, W::always, E::ealready, R},
    Refusal{S::syn_recv, C::read, W::nothing_to_do, E::eagain, R},
    Refusal{S::syn_recv, C::write, W::nothing_to_do, E::eagain, R},
    Refusal{S::syn_recv, C::bind, W::always, E::einval, R},
    Refusal{S::syn_recv, C::listen, W::always, E::einval, R},
    Refusal{S::syn_recv, C::accept, W::always, E::einval, R},
};

// The synchronized states answer alike: connected already, bound already, not a listener.
constexpr std::array synchronized = {S::established, S::fin_wait_1, S::fin_wait_2, S::close_wait,
                                     S::closing,     S::last_ack,   S::time_wait};
constexpr std::array connected_rows = {
    Refusal{S::established, C::write, W::error_pending, E::ok, P},
    Refusal{S::established, C::write, W::shut_wr, E::epipe, R},
    Refusal{S::established, C::write, W::nothing_to_do, E::eagain, R},
    Refusal{S::established, C::read, W::nothing_to_do, E::eagain, R},
    Refusal{S::established, C::connect, W::disconnecting, E::einval, R},
    Refusal{S::established, C::connect, W::always, E::eisconn, R},
    Refusal{S::established, C::bind, W::always, E::einval, R},
    Refusal{S::established, C::listen, W::always, E::einval, R},
    Refusal{S::established, C::accept, W::always, E::einval, R},
};

constexpr auto all_rows() {
    std::array<Refusal, rows.size() + synchronized.size() * connected_rows.size() + 1> all{};
    std::size_t n = 0;
    for (const Refusal& row : rows) all[n++] = row;
    for (State s : synchronized)
        for (Refusal row : connected_rows) {
            row.state = s;
            all[n++] = row;
        }
    // A descriptor whose connection went on to TIME_WAIT is CLOSED to its program.
    all[n++] = {S::time_wait, C::shutdown, W::always, E::enotconn, R};
    return all;
}
constexpr auto table = all_rows();

// The rows of one state and call, chained in their order: asked with every call.
constexpr std::uint8_t no_row = 0xff;
constexpr std::size_t calls = 32;
constexpr std::size_t cell(S state, C call) {
    return static_cast<std::size_t>(state) * calls + static_cast<std::size_t>(call);
}
constexpr std::uint8_t bit(Condition c, bool set = true) {
    return static_cast<std::uint8_t>((set ? 1u : 0u) << static_cast<unsigned>(c));
}
struct Index {
    std::array<std::uint8_t, state_count * calls> first{};
    std::array<std::uint8_t, state_count * calls> conditions{}; // one bit each: of any of the rows
    std::array<std::uint8_t, table.size()> next{};
};
constexpr Index make_index() {
    Index made;
    made.first.fill(no_row);
    made.next.fill(no_row);
    for (std::size_t i = table.size(); i-- > 0;) {
        std::uint8_t& first = made.first[cell(table[i].state, table[i].call)];
        made.next[i] = first;
        first = static_cast<std::uint8_t>(i);
        made.conditions[cell(table[i].state, table[i].call)] |= bit(table[i].condition);
    }
    return made;
}
constexpr Index index = make_index();
static_assert(table.size() < no_row);

// Those that hold.
std::uint8_t holding(const CallContext& c) {
    return static_cast<std::uint8_t>(
        bit(Condition::always) | bit(Condition::error_pending, c.error_pending) |
        bit(Condition::never_connected, !c.was_connected) |
        bit(Condition::was_connected, c.was_connected) | bit(Condition::shut_wr, c.shut_wr) |
        bit(Condition::nothing_to_do, c.would_block && c.nonblocking) |
        bit(Condition::disconnecting, c.disconnecting));
}

}  // namespace

std::span<const Refusal> refusals() { return table; }

std::optional<Refusal> refused(State state, Call call, const CallContext& context) {
    const std::uint8_t held = holding(context);
    const std::size_t asked = cell(state, call);
    if ((index.conditions[asked] & held) == 0) return std::nullopt; // as mostly
    for (std::uint8_t i = index.first[asked]; i != no_row; i = index.next[i]) {
        if ((bit(table[i].condition) & held) == 0) continue;
        Refusal row = table[i];
        if (row.condition == Condition::error_pending) row.error = context.pending_error;
        return row;
    }
    return std::nullopt;
}

}  // namespace trace
