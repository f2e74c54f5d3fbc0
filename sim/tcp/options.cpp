// The options there are: sock_setsockopt(), do_tcp_setsockopt(), do_ip_setsockopt().
#include "options.hpp"

#include <algorithm>
#include <array>

namespace tcp {
namespace {

constexpr std::int64_t int_most = 2147483647, int_least = -2147483647 - 1;

constexpr std::array<OptionText, 19> table = {{
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
    } else {
        return false;
    }
    return true;
}

} // namespace tcp
