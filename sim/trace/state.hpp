// The eleven states of RFC 9293 §3.3.2, with the canonical spellings of the kernel.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace trace {

enum class State : std::uint8_t {
    closed,
    listen,
    syn_sent,
    syn_recv,
    established,
    fin_wait_1,
    fin_wait_2,
    close_wait,
    closing,
    last_ack,
    time_wait,
};
inline constexpr std::size_t state_count = 11;
inline constexpr std::array<State, state_count> all_states = {
    State::closed,      State::listen,     State::syn_sent,   State::syn_recv,
    State::established, State::fin_wait_1, State::fin_wait_2, State::close_wait,
    State::closing,     State::last_ack,   State::time_wait};

// "SYN_RECV": the canonical name, never translated.
std::string_view name(State);
// Canonical names and the other spellings in use (SYN_RCVD, SYN-RECEIVED, FIN-WAIT-1, CLOSE,
// UNCONN…).
std::optional<State> parse_state(std::string_view);

} // namespace trace
