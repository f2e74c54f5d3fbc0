// The largest packet that a path carries, as far as routers have told, and segments that fit: RFC
// 1191; tcp_v4_mtu_reduced(), tcp_sync_mss(), __ip_rt_update_pmtu().
#pragma once
#include <cstdint>

#include "mtu_search.hpp"
#include "row.hpp"
#include "trace/rule.hpp"
#include "trace/segment.hpp"
#include "trace/time.hpp"

namespace tcp {

struct Connection;
struct Moment;
struct Stack;
enum class PathDiscovery : std::uint8_t;

inline constexpr std::uint16_t link_mtu = 1500; // of the link that every host is on

// A path that is narrower than its first link (struct fib_nh_exception). Who tells of less than 552
// bytes is not believed: fragments are allowed from then on, and nothing more is learnt.
struct KnownPath {
    trace::Address to;
    std::uint16_t mtu = link_mtu;
    bool locked = false;
    trace::Instant until;
    friend bool operator==(const KnownPath&, const KnownPath&) = default;
};
// Of a host: every connection to the same place goes by them.
using Paths = Row<KnownPath>;

struct Path {
    std::uint16_t mtu = link_mtu;
    bool locked = false;
};
struct Options;
// What a new socket begins with: inet_create().
PathDiscovery path_discovery(const Stack&);
// Whether its packets may be fragmented on the way: ip_dont_fragment().
bool may_be_fragmented(const Options&, Path);
// IP_MTU_DISCOVER was set.
void discovery_was_set(Connection&, const Moment&);
Path path_to(const Paths&, trace::Address, trace::Instant now);

// Of a connection.
struct PathMtu {
    std::uint16_t mtu = link_mtu;    // that its segments are made for (icsk_pmtu_cookie)
    std::uint16_t peer_takes = 536;  // payload, options not taken off (mss_clamp)
    std::uint16_t advertised = 1460; // what we take: the MSS of our SYN (advmss)
    bool fragments = false;          // its packets may be fragmented: no DF
    bool stale = false;    // another connection has learnt more, since this one last sent anything
    bool owned = false;    // by write(): what it learns of the path it learns at its end
    bool refused = false;  // its own host threw something away
    Row<MtuSearch> search; // tcp_mtu_probing: none, or one
    friend bool operator==(const PathMtu&, const PathMtu&) = default;
};

// The connection begins, or its peer has told what it takes: agreed.mss fits the path.
void begin_path(Connection&, const Moment&);
void peer_is_known(Connection&, const Moment&);
// Payload of a segment in packets of this size: tcp_mtu_to_mss().
std::uint32_t mss_for(const Connection&, std::uint16_t mtu, const Moment&);
// agreed.mss for a path of this size; the half of a small window is taken where it is asked for
// (mss_now()): tcp_sync_mss().
void fit_segments(Connection&, std::uint16_t mtu, const Moment&);
// What no longer fits is lost, though not by congestion, and leaves again: tcp_simple_retransmit().
void repeat_too_large(Connection&, Moment&, trace::Rule why, trace::Instant stamp);
// Before anything is made to be sent: what another connection has learnt of the path, and what has
// grown old (tcp_current_mss()).
void look_at_path(Connection&, const Moment&);
// Whether the host itself throws away what is about to leave, for it looks at the way only then
// (ip_fragment()).
bool does_not_get_out(Connection&, std::uint32_t length, Moment&);
// ... and afterwards: tcp_release_cb().
void owns_path(Connection&, bool, Moment&);
// "Fragmentation needed" about something under way. Returns what became of it.
trace::Rule fragmentation_is_needed(Connection&, std::uint16_t mtu, Moment&);

} // namespace tcp
