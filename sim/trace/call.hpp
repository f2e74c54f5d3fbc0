// The socket calls a process makes, and the errno values they return.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace trace {

enum class Call : std::uint8_t {
    socket,
    bind,
    listen,
    connect,
    accept,
    read,
    write,
    shutdown,
    close,
    setsockopt,
    sysctl, // not a socket call: the administrator's write to /proc/sys
    fork,   // nor this one: a second process holds every descriptor
};
std::string_view name(Call); // "connect"
std::optional<Call> parse_call(std::string_view);

enum class Shutdown : std::uint8_t { rd, wr, rdwr };
std::string_view name(Shutdown); // "RD", "WR", "RDWR"

// Linux errno numbers that calls of this project can return; 0 is success.
enum class Errno : std::int16_t {
    ok = 0,
    eagain = 11,
    einval = 22,
    epipe = 32,
    eaddrinuse = 98,
    eaddrnotavail = 99,
    enetunreach = 101,
    econnaborted = 103,
    econnreset = 104,
    eisconn = 106,
    enotconn = 107,
    etimedout = 110,
    econnrefused = 111,
    ehostunreach = 113,
    emsgsize = 90,
    enonet = 64,
    ehostdown = 112,
    ealready = 114,
    einprogress = 115,
    ebadf = 9,
    eopnotsupp = 95,
    eproto = 71,
    enoprotoopt = 92,
    edestaddrreq = 89,
    ebusy = 16,
};
std::string_view name(Errno); // "ECONNREFUSED"; "0" for ok
std::optional<Errno> parse_errno(std::string_view);

} // namespace trace
