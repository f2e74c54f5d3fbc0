// When a timer fires: at its deadline, or when the kernel's timer wheel comes by.
#pragma once
#include "trace/time.hpp"

namespace tcp {

struct Clock;
struct Connection;

// Never early, one slot of the wheel late at most (kernel/time/timer.c, calc_index(), HZ=250): the
// instant at which a timer that is due at `due`, set at `armed`, fires.
trace::Instant on_wheel(trace::Instant due, trace::Instant armed);

struct Wheel {
    bool turns = false;    // else timers fire when they are due
    trace::Duration phase; // how far it had turned when the world began
    // What tcp_jiffies32 has counted meanwhile: whole ticks. Else the time itself.
    trace::Duration between(trace::Instant from, trace::Instant to) const;
    trace::Instant fires(trace::Instant due, trace::Instant armed) const;
    trace::Instant fires(const Clock&) const;
    // The ACK that stands for several has a timer that needs no wheel (an hrtimer).
    trace::Instant acknowledges(const Connection&) const;
    friend bool operator==(const Wheel&, const Wheel&) = default;
};

} // namespace tcp
