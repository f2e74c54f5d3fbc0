// What the options of SYN and SYN+ACK agree on, and the connection that grows from a request.
#pragma once
#include "moment.hpp"

namespace tcp {

// What a SYN of ours offers.
Agreed offer(const Stack&, std::uint32_t receive_buffer, bool buffer_was_set, const Options&);
// What remains when the peer's SYN or SYN+ACK offers this; `most`: TCP_MAXSEG (tcp_parse_options()).
Agreed agree(const Agreed& ours, const trace::Segment& theirs, std::uint16_t most);
// Payload of a full segment, given what the peer's MSS option says and what options take.
std::uint16_t effective_mss(std::uint16_t announced, bool timestamps);
// The connection that a finished handshake makes: its acknowledgement takes it from SYN_RECV on.
void become_child(Connection& fresh, const Request&, const Listener&, const Moment&);
// Round trip and windows at the end of our side of the handshake.
void handshake_done(Connection&, const trace::Segment&, trace::Duration sample, Moment&);
// A child that goes on waiting for that end: what its request has measured.
[[gnu::cold]] void handshake_waits(Connection&, trace::Duration sample, const Moment&);

} // namespace tcp
