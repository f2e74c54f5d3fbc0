// Urgent data: how far a sender's pointer reaches, and the one byte that a receiver keeps out of
// the stream. RFC 9293 §3.8.5, RFC 6093; tcp_mark_urg(), tcp_urg(), tcp_recv_urg().
#pragma once
#include <cstdint>
#include <optional>

#include "calls.hpp"
#include "trace/segment.hpp"

namespace tcp {

struct Stack;

// Not all up to our urgent byte is acknowledged: Nagle does not hold, segments leave one by one.
bool urgent_mode(const Connection&);
// send(MSG_OOB): the last byte that was written is urgent.
[[gnu::cold]] void mark_urgent(Connection&);
// The peer has acknowledged: beyond the mark the pointer means nothing.
[[gnu::cold]] void urgent_acknowledged(Connection&);
// URG and the pointer of a departing segment.
[[gnu::cold]] void announce_urgent(const Connection&, trace::Segment&);

// A segment's pointer. True: the urgent byte came with this segment.
[[gnu::cold]] bool take_urgent(Connection&, const trace::Segment&, const Stack&);
// recv(MSG_OOB), which never sleeps.
[[gnu::cold]] Progress read_urgent(Connection&, std::optional<std::uint32_t> most);
// The reader has come to the urgent byte: it is passed over. True: a byte was.
[[gnu::cold]] bool pass_over_urgent(Connection&);
// A read ends before the urgent byte: of `bytes`, how many it gets.
[[gnu::cold]] std::uint32_t up_to_urgent(const Connection&, std::uint32_t bytes);
// The reader is past the urgent byte.
[[gnu::cold]] void forget_urgent(Connection&);
// What poll() says of it: PRI, and whether there is anything else to read.
bool has_urgent_byte(const Connection&);
// The reader stands at the urgent byte, read or not: SIOCATMARK.
bool is_at_mark(const Connection&);
// The peer has announced one, which is to come, or is here, or was read but not passed (urg_data).
bool expects_urgent(const Connection&);
bool has_ordinary_bytes(const Connection&);
// FIONREAD: bytes up to the urgent one (tcp_inq()).
std::uint32_t readable_at_once(const Connection&);

} // namespace tcp
