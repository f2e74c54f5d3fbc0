// Windows and buffers: what is offered, what is used, when a reader's progress is worth an update.
#pragma once
#include "moment.hpp"
#include "record.hpp"

namespace tcp {

// Payload of the segments that we asked for in our SYN: the MSS less what options take.
std::uint32_t own_mss(const Connection&);
// Payload of a full segment now: never more than half of the largest window that the peer has ever
// offered, or all of it where that is small (tcp_current_mss(), tcp_bound_to_half_wnd()).
std::uint32_t mss_now(const Connection&);
// That bound, of so many bytes.
std::uint32_t bound_to_half_window(const Connection&, std::uint32_t bytes);
// Payload received in order and not yet read.
std::uint32_t unread(const Connection&);
// Room that the peer may still use: what was announced less what came since (tcp_receive_window()).
std::uint32_t receive_window(const Connection&);
// The window that a segment leaving now should offer, never less than promised unless
// tcp_shrink_window allows it:
// __tcp_select_window().
std::uint32_t window_to_offer(Connection&, const Stack&);
// As above, and remembers it as announced. Returns the raw field of the header.
std::uint16_t announce_window(Connection&, Moment&);
// First window, in a SYN or SYN+ACK: whole segments, not scaled (tcp_select_initial_window()).
// `timestamps`: they take room in every segment; `mtu`: of the path.
std::uint32_t first_window(const Stack&, std::uint32_t buffer, const Options&,
                           bool timestamps = false, std::uint16_t mtu = link_mtu);
// ... in segments of this size.
std::uint32_t first_window(const Stack&, std::uint32_t buffer, const Options&, std::uint32_t mss);
// Whether reading has freed enough to tell the peer: tcp_cleanup_rbuf().
bool update_is_due(Connection&, const Stack&);
// Sequence number after the last byte that the peer's window allows.
trace::Seq window_end(const SendSequence&);
// The number of a segment without payload: our next one, unless the peer's window has shrunk below
// it, so that it would be thrown away (tcp_acceptable_seq()).
trace::Seq acceptable_seq(const Connection&);

} // namespace tcp
