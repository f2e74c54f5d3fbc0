// Names of calls and errno values.
#include "call.hpp"

#include <array>
#include <utility>

namespace trace {
namespace {

constexpr std::array<std::pair<Call, std::string_view>, 12> calls = {{
    {Call::socket, "socket"},
    {Call::bind, "bind"},
    {Call::listen, "listen"},
    {Call::connect, "connect"},
    {Call::accept, "accept"},
    {Call::read, "read"},
    {Call::write, "write"},
    {Call::shutdown, "shutdown"},
    {Call::close, "close"},
    {Call::setsockopt, "setsockopt"},
    {Call::sysctl, "sysctl"},
    {Call::fork, "fork"},
}};

constexpr std::array<std::pair<Errno, std::string_view>, 25> errnos = {{
    {Errno::ok, "0"},
    {Errno::eagain, "EAGAIN"},
    {Errno::einval, "EINVAL"},
    {Errno::epipe, "EPIPE"},
    {Errno::eaddrinuse, "EADDRINUSE"},
    {Errno::eaddrnotavail, "EADDRNOTAVAIL"},
    {Errno::enetunreach, "ENETUNREACH"},
    {Errno::econnaborted, "ECONNABORTED"},
    {Errno::econnreset, "ECONNRESET"},
    {Errno::eisconn, "EISCONN"},
    {Errno::enotconn, "ENOTCONN"},
    {Errno::etimedout, "ETIMEDOUT"},
    {Errno::econnrefused, "ECONNREFUSED"},
    {Errno::ehostunreach, "EHOSTUNREACH"},
    {Errno::ealready, "EALREADY"},
    {Errno::einprogress, "EINPROGRESS"},
    {Errno::ebadf, "EBADF"},
    {Errno::emsgsize, "EMSGSIZE"},
    {Errno::enonet, "ENONET"},
    {Errno::ehostdown, "EHOSTDOWN"},
    {Errno::eopnotsupp, "EOPNOTSUPP"},
    {Errno::eproto, "EPROTO"},
    {Errno::enoprotoopt, "ENOPROTOOPT"},
    {Errno::edestaddrreq, "EDESTADDRREQ"},
    {Errno::ebusy, "EBUSY"},
}};

template <class Table, class Key>
std::string_view find_name(const Table& table, Key key) {
    for (const auto& [k, v] : table)
        if (k == key)
            return v;
    return "?";
}

} // namespace

std::string_view name(Call call) {
    return find_name(calls, call);
}

std::optional<Call> parse_call(std::string_view text) {
    for (const auto& [call, word] : calls)
        if (word == text)
            return call;
    return std::nullopt;
}

std::string_view name(Shutdown how) {
    switch (how) {
    case Shutdown::rd: return "RD";
    case Shutdown::wr: return "WR";
    case Shutdown::rdwr: return "RDWR";
    }
    return "?";
}

std::string_view name(Errno error) {
    return find_name(errnos, error);
}

std::optional<Errno> parse_errno(std::string_view text) {
    if (text == "0")
        return std::nullopt;
    if (text == "EWOULDBLOCK")
        return Errno::eagain;
    for (const auto& [error, word] : errnos)
        if (word == text)
            return error;
    return std::nullopt;
}

} // namespace trace
