// A host brought into a state, named as in the recordings.
#pragma once
#include "raw_peer.hpp"

namespace raw {

struct Prepared {
    Peer peer;
    std::int64_t rcv_nxt = 1, snd_nxt = 1; // of the host, relative
};

// Without timestamps. _ORPHAN: the program has called close(); otherwise shutdown(SHUT_WR) was used
// and the descriptor is open. _SIMOPEN: SYN_RECV reached from SYN_SENT. _DATA: 10 bytes unread.
Prepared prepare(const std::string& state);
trace::Flags parse_flags(const std::string& packetdrill);
std::string kernel_name(trace::State); // FIN_WAIT1, as the kernel writes it

} // namespace raw
