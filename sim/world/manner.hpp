// What can be played in more than one way that a kernel shows: ties, how late timers are, and what
// a laboratory may be refused.
#pragma once
#include <optional>

#include "deadlines.hpp"

namespace world {

struct Manner {
    Ties ties = Ties::as_inserted;
    std::optional<Timers> timers; // else as the script has them
    bool reno = false;            // on every host, whatever its profile says
    // Segments reach their hosts through packet sockets: packet_snd() keeps 16 bytes free before
    // the Ethernet header of 14.
    bool by_packet_socket = false;
    trace::Duration phase{}; // how far the kernel's timer wheel had turned at the start
};

} // namespace world
