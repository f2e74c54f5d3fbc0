// The options there are: sock_setsockopt(), do_tcp_setsockopt(), do_ip_setsockopt().
#include "options.hpp"

#include <algorithm>
#include <array>

namespace tcp {
namespace {

constexpr std::int64_t int_most = 2147483647, int_least = -2147483647 - 1;

constexpr std::array<OptionText, 34> table = {{
    {"SO_RCVBUF", 1, int_most},
    {"SO_SNDBUF", 1, int_most},
    {"SO_REUSEADDR", int_least, int_most},
    {"SO_REUSEPORT", int_least, int_most, false},
    {"TCP_DEFER_ACCEPT", int_least, int_most},
    {"TCP_FASTOPEN", 0, int_most},
    {"SO_LINGER", -1, int_most}, // -1 stands for l_onoff = 0
    {"SO_KEEPALIVE", int_least, int_most},
    {"TCP_KEEPIDLE", 1, 32767},  // MAX_TCP_KEEPIDLE
    {"TCP_KEEPINTVL", 1, 32767}, // MAX_TCP_KEEPINTVL
    {"TCP_KEEPCNT", 1, 127},     // MAX_TCP_KEEPCNT
    {"TCP_SYNCNT", 1, 127},      // MAX_TCP_SYNCNT
    {"TCP_USER_TIMEOUT", 0, int_most},
    {"TCP_LINGER2", int_least, int_most},
    {"IP_RECVERR", int_least, int_most},
    {"SO_OOBINLINE", int_least, int_most},
    {"TCP_NODELAY", int_least, int_most},
    {"TCP_CORK", int_least, int_most},
    {"TCP_QUICKACK", int_least, int_most},
    {"SO_RCVLOWAT", int_least, int_most},
    {"SO_RCVTIMEO", 0, int_most}, // milliseconds; 0: for ever
    {"SO_SNDTIMEO", 0, int_most},
    {"TCP_NOTSENT_LOWAT", int_least, 4294967295},
    {"TCP_MAXSEG", 0, 32767}, // MAX_TCP_WINDOW
    {"TCP_WINDOW_CLAMP", 0, int_most},
    {"TCP_RTO_MAX_MS", 1000, 120000},    // TCP_RTO_MAX_SEC
    {"TCP_RTO_MIN_US", 4001, 200000},    // TCP_TIMEOUT_MIN is two ticks, TCP_RTO_MIN fifty
    {"TCP_DELACK_MAX_US", 4001, 200000}, // ... and TCP_DELACK_MAX too
    {"TCP_THIN_LINEAR_TIMEOUTS", 0, 1},
    {"TCP_THIN_DUPACK", 0, 1, false}, // changes nothing any more
    {"IP_MTU_DISCOVER", 0, 5},
    {"TCP_FASTOPEN_CONNECT", 0, 1, false}, // before connect(), which a script cannot part
    {"TCP_FASTOPEN_NO_COOKIE", 0, 1, false},
    {"TCP_INQ", 0, 1, false}, // recvmsg() tells how much is left: nothing here asks
}};

constexpr std::int64_t longest_fin_wait_2 = 120; // TCP_FIN_TIMEOUT_MAX

} // namespace

std::span<const OptionText> options() {
    return table;
}

const OptionText* find_option(std::string_view name) {
    const auto at = std::find_if(table.begin(), table.end(),
                                 [&](const OptionText& o) { return o.name == name; });
    return at == table.end() ? nullptr : &*at;
}

bool keep(Options& o, std::string_view name, std::int64_t value) {
    if (name == "SO_LINGER") {
        o.linger = static_cast<std::int32_t>(value);
    } else if (name == "TCP_LINGER2") {
        o.linger2 = static_cast<std::int32_t>(value < 0 ? -1 : std::min(value, longest_fin_wait_2));
    } else if (name == "SO_KEEPALIVE") {
        o.keepalive = value != 0;
    } else if (name == "TCP_KEEPIDLE") {
        o.keep_idle = static_cast<std::uint16_t>(value);
    } else if (name == "TCP_KEEPINTVL") {
        o.keep_interval = static_cast<std::uint16_t>(value);
    } else if (name == "TCP_KEEPCNT") {
        o.keep_count = static_cast<std::uint8_t>(value);
    } else if (name == "TCP_SYNCNT") {
        o.syn_count = static_cast<std::uint8_t>(value);
    } else if (name == "TCP_USER_TIMEOUT") {
        o.user_timeout = trace::milliseconds(value);
    } else if (name == "IP_RECVERR") {
        o.receive_errors = value != 0;
    } else if (name == "SO_OOBINLINE") {
        o.oob_inline = value != 0;
    } else if (name == "TCP_FASTOPEN_CONNECT") {
        o.fastopen_connect = value != 0;
    } else if (name == "TCP_THIN_LINEAR_TIMEOUTS") {
        o.thin_linear = value != 0;
    } else if (name == "IP_MTU_DISCOVER") {
        o.discovery = static_cast<PathDiscovery>(value);
    } else if (name == "TCP_FASTOPEN_NO_COOKIE") {
        o.fastopen_no_cookie = value != 0;
    } else {
        return keep_limit(o, name, value);
    }
    return true;
}

bool takes(const OptionText& o, std::int64_t value, trace::State state) {
    if (value < o.least || value > o.most)
        return false;
    const bool open = state != trace::State::closed && state != trace::State::listen;
    if (o.name == "TCP_MAXSEG")
        return value == 0 || value >= 88; // TCP_MIN_MSS
    if (o.name == "TCP_WINDOW_CLAMP")
        return value != 0 || state == trace::State::closed;
    if (o.name == "TCP_FASTOPEN_CONNECT" || o.name == "TCP_FASTOPEN_NO_COOKIE")
        return !open;
    return true;
}

} // namespace tcp
