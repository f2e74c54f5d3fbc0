// SYNs from invented addresses.
#include "flood.hpp"

namespace scenario {

trace::Segment nth_syn(trace::Endpoint to, std::uint32_t i) {
    trace::Segment s;
    s.source = {{0xc6120001u + i}, static_cast<std::uint16_t>(20000 + i % 40000)};
    s.destination = to;
    s.seq = {1000 + 100000 * i};
    s.flags = trace::flag::syn;
    s.window = 64240;
    s.mss = 1460;
    s.sack_permitted = true;
    s.window_scale = 7;
    s.has_timestamps = true;
    s.ts_value = 1000;
    return s;
}

} // namespace scenario
