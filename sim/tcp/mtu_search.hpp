// Finding out by probes how large a packet may be where no router tells: RFC 4821; tcp_mtu_probe(),
// tcp_mtu_probing().
#pragma once
#include <cstdint>

#include "trace/event.hpp"
#include "trace/seq.hpp"
#include "trace/time.hpp"

namespace tcp {

struct Connection;
struct Moment;

// The search between a size that gets through and one that may not (icsk_mtup); all sizes are those
// of packets.
struct MtuSearch {
    bool enabled = false;
    std::uint16_t high = 0, low = 0;
    std::uint16_t probe = 0; // under way; 0: none is
    trace::Seq begin, end;   // ... and its bytes
    trace::Instant since;    // when the search began
    friend bool operator==(const MtuSearch&, const MtuSearch&) = default;
};

// The handshake is over: tcp_mtup_init().
void begin_search(Connection&, const Moment&);
// What segments may hold as far as has been found out; no more than `payload`.
std::uint32_t found_to_pass(const Connection&, std::uint32_t payload, const Moment&);

// A segment of new data that is larger than the others, if it is time for one: tcp_mtu_probe().
enum class Probing : std::uint8_t { no, waits, sent };
struct Probed {
    Probing what = Probing::no;
    trace::EventId event = trace::none; // its departure
};
Probed probe_path(Connection&, Moment&);
// An acknowledgement has come: tcp_mtup_probe_success().
void probe_may_have_passed(Connection&, Moment&);
// Something is lost: whether it was the probe, which is no congestion (tcp_mtup_probe_failed()).
bool probe_is_lost(Connection&, Moment&);
// Something is sent again: what becomes of the probe tells nothing (__tcp_retransmit_skb()).
void probe_tells_nothing(Connection&);
// The retransmission timer has fired again and again: perhaps what is large never gets through
// (tcp_write_timeout()). True: segments are smaller from now on.
bool suspect_black_hole(Connection&, Moment&);

} // namespace tcp
