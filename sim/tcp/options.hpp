// What a program sets on a socket with setsockopt(); children inherit their listener's.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "limits.hpp"
#include "row.hpp"
#include "trace/state.hpp"
#include "trace/time.hpp"

namespace tcp {

// Whether routers may fragment what leaves, and whether we believe them when they tell of a
// narrower path: IP_PMTUDISC_*, in the kernel's order.
enum class PathDiscovery : std::uint8_t { dont, want, always, probe, interface, omit };

struct Options {
    // SO_LINGER: seconds that close() waits; 0: close() aborts; -1: off.
    std::int32_t linger = -1;
    // TCP_LINGER2: seconds of an orphan's FIN_WAIT_2; 0: tcp_fin_timeout; -1: none at all.
    std::int32_t linger2 = 0;
    // SO_KEEPALIVE with TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT; 0: the sysctl's value.
    std::uint16_t keep_idle = 0, keep_interval = 0;
    std::uint8_t keep_count = 0;
    bool keepalive = false;
    bool receive_errors : 1 = false;   // IP_RECVERR
    bool oob_inline : 1 = false;       // SO_OOBINLINE: the urgent byte stays in the stream
    bool fastopen_connect : 1 = false; // TCP_FASTOPEN_CONNECT: connect() leaves the SYN to write()
    bool fastopen_no_cookie : 1 = false;           // TCP_FASTOPEN_NO_COOKIE
    bool thin_linear : 1 = false;                  // TCP_THIN_LINEAR_TIMEOUTS
    PathDiscovery discovery = PathDiscovery::want; // IP_MTU_DISCOVER
    std::uint8_t syn_count = 0;     // TCP_SYNCNT; 0: tcp_syn_retries, tcp_synack_retries
    trace::Duration user_timeout{}; // TCP_USER_TIMEOUT; 0: none
    Row<Limits> limits;             // none set: empty
    friend bool operator==(const Options&, const Options&) = default;
};

// An option by name, with the values that the kernel takes.
struct OptionText {
    std::string_view name;
    std::int64_t least, most;
    bool scripted = true; // scenario files may set it; the others every socket of theirs has
};
std::span<const OptionText> options();
const OptionText* find_option(std::string_view name);

// Whether setsockopt() takes it from a socket in this state; else EINVAL.
bool takes(const OptionText&, std::int64_t value, trace::State);

// Writes an option that is nothing but a value. False: it is another.
bool keep(Options&, std::string_view name, std::int64_t value);

} // namespace tcp
