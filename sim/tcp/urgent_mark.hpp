// What a connection remembers of urgent data in either direction; most never have any.
#pragma once
#include <cstdint>

#include "trace/seq.hpp"

namespace tcp {

struct UrgentMark {
    // The urgent byte that has been announced to us (urg_data): on its way, here, or taken by
    // recv(MSG_OOB).
    enum class Byte : std::uint8_t { none, expected, here, taken };
    trace::Seq up;        // one past our own urgent byte (snd_up), while `sending`
    trace::Seq at;        // the peer's (urg_seq), unless `byte` is none
    bool sending = false; // not all before `up` is acknowledged
    Byte byte = Byte::none;
    friend bool operator==(const UrgentMark&, const UrgentMark&) = default;
};

} // namespace tcp
