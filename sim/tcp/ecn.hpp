// Explicit congestion notification, RFC 3168: routers mark segments in place of dropping them, the
// receiver tells the sender so by ECE until the sender answers by CWR. Or, RFC 9768, every segment
// tells how many marks have come, in the three bits AE, CWR, ECE: the ACE field. There is no AccECN
// option here: only a peer that sends it gets it.
#pragma once
#include <cstdint>

#include "trace/segment.hpp"

namespace tcp {

struct Connection;
struct AckNews;
struct Moment;
struct Stack;

// tp->ecn_flags. All zero where the handshake did not agree on it: one test, which is all that the
// segments of other connections pay.
struct EcnState {
    bool on : 1 = false;        // TCP_ECN_OK: agreed on, or asked for by our SYN
    bool plain_syn : 1 = false; // the SYN is repeated without asking
    bool tells : 1 = false; // every segment of ours carries ECE (TCP_ECN_DEMAND_CWR), or the count
    bool owes_cwr : 1 = false;   // TCP_ECN_QUEUE_CWR: the next new data carries CWR
    bool seen : 1 = false;       // TCP_ECN_SEEN: the peer's data has been ECN-capable
    bool accurate : 1 = false;   // TCP_ECN_MODE_ACCECN
    bool mistrusted : 1 = false; // TCP_ACCECN_ACE_FAIL_RECV: nothing of ours may be marked
    bool reflects : 1 = false;   // our next ACK tells how the peer's SYN came, and no count
    trace::Ecn syn : 2 = trace::Ecn::not_capable;  // how it came (syn_ect_rcv)
    trace::Ecn last : 2 = trace::Ecn::not_capable; // and the latest segment (prev_ecnfield)
    std::uint8_t received : 3 = 0;                 // marks that have come, in eights
    std::uint8_t delivered : 3 = 0;                // ... and that the peer has told us of
    std::uint8_t untold : 4 = 0; // received_ce_pending: since anything of ours left, up to 15
    friend bool operator==(const EcnState&, const EcnState&) = default;
};

// Whether a host asks for it, or grants it: net.ipv4.tcp_ecn.
bool asks_for_ecn(const Stack&);
// tcp_ecn_create_request(): ECE and CWR together, in a SYN that is not itself marked as capable.
bool grants_ecn(const Stack&, const trace::Segment& syn);

// The flags of our SYN, and of the SYN+ACK that answers a crossing one: tcp_ecn_send_syn(),
// tcp_ecn_send_synack(). A SYN that goes unanswered is repeated without: a router on the way may
// drop what it does not know (RFC 3168 §6.1.1.1).
trace::Flags flags_of_syn(Connection&, bool repeated, const Stack&);
trace::Flags flags_of_crossed_syn_ack(const Connection&);
// The answer to our SYN: tcp_ecn_rcv_synack(); a SYN that crosses it: tcp_ecn_rcv_syn().
void learn_ecn_of_syn_ack(Connection&, const trace::Segment&, const Stack&);
void learn_ecn_of_syn(Connection&, const trace::Segment&);

// The rest is for connections with `on` only.
// What a departing segment tells, where it tells anything: tcp_accecn_set_ace().
[[gnu::cold]] void tell_marks(Connection&, trace::Segment&);
// A segment has come that is ours: its mark is counted, tcp_ecn_received_counters(). True: what it
// tells may be that some of ours were marked, as ECE does, and take_count() is to find out.
[[gnu::cold]] bool take_mark(Connection&, const trace::Segment&, AckNews&);
// How many marks an acknowledgement tells of that acknowledges so many segments, and whether that
// is news; __tcp_accecn_process().
[[gnu::cold]] void take_count(Connection&, const trace::Segment&, std::uint32_t delivered,
                              AckNews&);
// New payload is on its way out: it may be marked, and says so; tcp_ecn_send(). `first`: of those
// that leave together.
[[gnu::cold]] void new_data_is_capable(Connection&, trace::Segment&, bool first);
// Whether CWR is what this segment is about.
inline bool tells_reduction(const trace::Segment& s) {
    return s.flags.has(trace::flag::cwr) && !s.flags.has(trace::flag::syn);
}
// A segment arrives with CWR; that of a bare ACK counts too: tcp_ecn_accept_cwr().
[[gnu::cold]] void take_cwr(Connection&, const trace::Segment&, Moment&);
// Payload arrives, marked or not: tcp_data_ecn_check().
[[gnu::cold]] void take_codepoint(Connection&, trace::Ecn, Moment&);
// ECE arrives: once per window the sender slows down as after a loss; tcp_enter_cwr().
[[gnu::cold]] void take_echo(Connection&, Moment&);

} // namespace tcp
