// Where a segment goes that has reached its host: arrivals.cpp looks up whose it is, knocking.cpp
// has what becomes of it at a listener.
#pragma once
#include <optional>

#include "turn.hpp"

namespace world {

// Most segments are for a connection, and what is not is apart from their way.
// `after_time_wait`: our first number, where a TIME_WAIT makes room for a new connection.
void to_listener(Turn&, Slot listener, const trace::Segment&,
                 std::optional<tcp::Seq> after_time_wait);
[[gnu::noinline]] void to_request(Turn&, Slot request, const trace::Segment&);
// No socket has these ends: a listener on the address, then one on 0.0.0.0; else RST.
void find_listener(Turn&, trace::HostId, const trace::Segment&);

} // namespace world
