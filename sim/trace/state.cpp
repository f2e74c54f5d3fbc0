// Names of the states, and the other spellings that people write.
#include "state.hpp"

#include <string>

namespace trace {

std::string_view name(State s) {
    switch (s) {
    case State::closed: return "CLOSED";
    case State::listen: return "LISTEN";
    case State::syn_sent: return "SYN_SENT";
    case State::syn_recv: return "SYN_RECV";
    case State::established: return "ESTABLISHED";
    case State::fin_wait_1: return "FIN_WAIT_1";
    case State::fin_wait_2: return "FIN_WAIT_2";
    case State::close_wait: return "CLOSE_WAIT";
    case State::closing: return "CLOSING";
    case State::last_ack: return "LAST_ACK";
    case State::time_wait: return "TIME_WAIT";
    }
    return "?";
}

std::optional<State> parse_state(std::string_view text) {
    // Fold case and separators: FIN-WAIT-1, FIN_WAIT1 and FIN_WAIT_1 are one.
    std::string key;
    for (char c : text) {
        if (c == '_' || c == '-')
            continue;
        key += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    }
    if (key == "SYNRCVD" || key == "SYNRECEIVED")
        return State::syn_recv;
    if (key == "SYNSEND")
        return State::syn_sent;
    if (key == "CLOSE" || key == "UNCONN")
        return State::closed;
    if (key == "ESTAB")
        return State::established;
    for (State s : all_states) {
        std::string canonical;
        for (char c : name(s))
            if (c != '_')
                canonical += c;
        if (key == canonical)
            return s;
    }
    return std::nullopt;
}

} // namespace trace
