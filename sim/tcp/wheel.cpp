// kernel/time/timer.c: the wheel's levels have 64 slots, each eight times as wide as those below.
#include "wheel.hpp"

#include "jiffy.hpp"
#include "record.hpp"

namespace tcp {

trace::Instant on_wheel(trace::Instant due, trace::Instant armed) {
    // Whole jiffies from the tick that was last: timers are set in jiffies.
    const std::int64_t away = jiffies_in(due - armed), at = armed.ns / jiffy.ns + away;
    unsigned shift = 0;
    while (shift < 24 && away >= (std::int64_t{63} << shift))
        shift += 3;
    return {(((at >> shift) + 1) << shift) * jiffy.ns};
}

trace::Duration Wheel::between(trace::Instant from, trace::Instant to) const {
    if (!turns)
        return to - from;
    return jiffy * ((to + phase).ns / jiffy.ns - (from + phase).ns / jiffy.ns);
}

trace::Instant Wheel::fires(trace::Instant due, trace::Instant armed) const {
    if (!turns || due == trace::never)
        return due;
    return on_wheel(due + phase, armed + phase) - phase;
}

trace::Instant Wheel::fires(const Clock& clock) const {
    return fires(clock.due, clock.armed);
}

trace::Instant Wheel::acknowledges(const Connection& c) const {
    return c.acks.compressed > 0 ? c.acknowledge.due : fires(c.acknowledge);
}

} // namespace tcp
