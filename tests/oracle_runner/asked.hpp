// What a program asks of a socket in passing: getsockopt() and ioctl().
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/action.hpp"
#include "world/world.hpp"

namespace oracle {

// "2048", "EINVAL"; nullopt: it is not known here. SO_ERROR is not among them: asking takes it.
std::optional<std::string> option_value(const world::World&, const scenario::SocketName&,
                                        const std::string& option);
// SIOCINQ, SIOCOUTQ, SIOCOUTQNSD.
std::optional<std::string> queue_length(const world::World&, const scenario::SocketName&,
                                        const std::string& request);
// What fcntl(F_GETFL) returns.
int status_flags(const world::World&, const scenario::SocketName&);
// MSG_ flags as recordings spell them: 64, "MSG_PEEK|MSG_DONTWAIT"; all that are there, or-ed.
int message_flags(const std::vector<std::string>& arguments, std::size_t from);
// A sysctl that makes no difference to anything that recordings are compared by, at this value.
bool makes_no_difference(const std::string& sysctl, const std::string& value);
// The same of options.
bool makes_no_difference(const std::string& option);

} // namespace oracle
