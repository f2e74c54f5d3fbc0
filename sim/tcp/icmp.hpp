// ICMP about one of our segments, "destination unreachable" or "time exceeded": tcp_v4_err().
#pragma once
#include <cstdint>

#include "arrival.hpp"
#include "moment.hpp"

namespace tcp {

struct IcmpMessage {
    static constexpr std::uint8_t unreachable = 3, time_exceeded = 11, fragmentation_needed = 4;
    std::uint8_t type = unreachable, code = 0;
};

// What the program is told of a code: icmp_err_convert.
trace::Errno error_of_unreachable(std::uint8_t code);
// `seq` is the number of the segment that could not be delivered.
void icmp_arrives(Connection&, IcmpMessage, Seq seq, Moment&);
// Only "net", "host" and "time exceeded" remove a half-open request: tcp_req_err().
Fate icmp_arrives(Request&, Listener&, IcmpMessage, Seq seq, Moment&);

} // namespace tcp
