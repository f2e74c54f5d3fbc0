// ICMP "destination unreachable" about one of our segments: tcp_v4_err().
#pragma once
#include <cstdint>

#include "arrival.hpp"
#include "moment.hpp"

namespace tcp {

// What the program is told of a code: icmp_err_convert.
trace::Errno error_of_unreachable(std::uint8_t code);
// `seq` is the number of the segment that could not be delivered.
void unreachable_arrives(Connection&, std::uint8_t code, Seq seq, Moment&);
// Only "net" and "host" remove a half-open request: tcp_req_err().
Fate unreachable_arrives(Request&, Listener&, std::uint8_t code, Seq seq, Moment&);

} // namespace tcp
