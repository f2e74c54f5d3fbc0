// SYN cookies (net/ipv4/syncookies.c): an initial sequence number that remembers the SYN, so that
// the host need not. Options live on in the low bits of the timestamp, if there is one.
#pragma once
#include <cstdint>

#include "trace/segment.hpp"
#include "trace/seq.hpp"
#include "trace/time.hpp"

namespace tcp {

struct Agreed;

// Of a listener: when it sent its last cookie, to the second; without one in two minutes no ACK is
// looked at (tcp_synq_no_recent_overflow()).
struct SynCookies {
    trace::Instant sent = trace::never; // never: not yet
    std::uint32_t count = 0;            // how many, for who looks on
    friend bool operator==(const SynCookies&, const SynCookies&) = default;
};
void note_cookie(SynCookies&, trace::Instant now);
bool cookies_are_about(const SynCookies&, trace::Instant now);

// The number for this SYN, and the MSS that it can remember: one of four.
trace::Seq make_cookie(std::uint64_t secret, const trace::Segment& syn, trace::Instant now);
std::uint16_t mss_in_cookie(std::uint16_t announced);
// The MSS that the acknowledged cookie remembers; 0: it is none of ours, or too old.
std::uint16_t check_cookie(std::uint64_t secret, const trace::Segment& ack, trace::Instant now);

// The timestamp that goes with a cookie: its low six bits say window scale, SACK and ECN
// (cookie_init_timestamp()).
std::uint32_t timestamp_of_cookie(trace::Instant now, const Agreed&, bool ecn);
// What the echo says of them; false: not something that this host would have offered
// (cookie_timestamp_decode()).
bool read_timestamp_of_cookie(const trace::Segment& ack, bool timestamps_on, bool sack_on,
                              bool scaling_on, Agreed&);
bool ecn_in_cookie(const trace::Segment& ack, const Agreed&);

} // namespace tcp
