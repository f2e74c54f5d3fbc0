// What is known of segments under way, and what is done about lost ones: RFC 6675, RFC 8985 (RACK),
// RFC 6582 (NewReno), RFC 5682 (F-RTO), RFC 4015; the state machine of tcp_fastretrans_alert().
#pragma once
#include <cstdint>

#include "trace/seq.hpp"
#include "trace/time.hpp"

namespace trace {
struct Segment;
}

namespace tcp {

struct Connection;
struct Moment;
struct Sent;

// tcp_ca_state
enum class Phase : std::uint8_t {
    open,     // nothing suspicious
    disorder, // duplicate ACKs or SACKs
    cwr,      // the window shrinks, nothing is to be repeated
    recovery, // fast retransmit
    loss,     // after a timeout
};

// RACK: time of the latest sent segment known to have arrived.
struct Rack {
    trace::Instant sent;
    std::uint32_t order = 0; // the kernel's clock is fine enough to tell them apart
    trace::Duration round_trip;
    bool advanced = false;       // since the last look for lost ones
    bool duplicate_seen = false; // a D-SACK may widen the window for late arrivals
    std::uint8_t steps = 1;      // of a quarter of the shortest round trip
    std::uint8_t keep = 0;       // recoveries that the wider window still lasts
    trace::Seq widened_at;       // snd.nxt then: once per round trip
    friend bool operator==(const Rack&, const Rack&) = default;
};

struct Recovery {
    Phase phase = Phase::open;
    trace::Seq high; // snd.nxt when the phase began: it ends when that is acknowledged
    // To undo a reduction that was not needed.
    bool can_undo = false;          // undo_marker is set ...
    trace::Seq undo_from;           // ... to this
    std::int32_t undo_repeats = -1; // repetitions not yet reported as duplicates; -1: none was made
    bool frto = false;              // RFC 5682: was the timeout spurious?
    // Marks in Connection::sent, counted. Without SACK `sacked` counts duplicate ACKs.
    std::uint32_t sacked = 0, lost = 0, resent = 0;
    std::uint32_t delivered = 0;     // segments, in all
    std::uint32_t losses = 0;        // marks as lost, in all
    std::uint32_t repeats = 0;       // repetitions, in all
    std::uint32_t transmissions = 0; // in all
    std::uint32_t duplicates = 0;    // segments told by D-SACK
    std::uint32_t reordering = 3;    // duplicate ACKs that mean a loss
    bool reordering_seen = false;
    trace::Duration shortest; // round trip
    Rack rack;
    // The tail-loss probe.
    bool probed = false;        // one is out and no later ACK has told what became of it
    bool probe_repeats = false; // it was no new data
    trace::Seq probe_high;      // snd.nxt then
    friend bool operator==(const Recovery&, const Recovery&) = default;
};
// To begin anew with (as new_departure).
extern const Recovery nothing_lost;

// What an acknowledgement says, gathered on its way through the chapters (the FLAG_* of tcp_ack()).
struct AckNews {
    bool advanced = false; // snd.una moved
    bool has_data = false;
    bool of_syn = false; // the SYN was outstanding until now
    bool window_changed = false;
    bool acked = false;              // some segment is acknowledged as a whole
    bool repeat_acked = false;       // ... one of them had been sent again
    bool first_copy_arrived = false; // one that was sent only once, below `high`
    bool sacked = false;
    bool duplicate_told = false; // D-SACK
    bool congestion = false;     // ECE, or the count of marks has grown
    bool newer = false;          // its timestamp is
    bool probe_was_duplicate = false;
    bool repeat_lost = false;
    bool set_timer = false;  // it starts over, unless something else sets it
    bool echo_known = false; // timestamps option
    std::uint32_t echo = 0;
    std::uint32_t marked = 0; // by the count
    trace::Instant first_sacked = trace::never, last_sacked = trace::never;
    trace::Seq lowest_late; // of what filled a hole without having been repeated
    bool late = false;
};

// The whole of it, after the window was updated: marks, round trip, phase, window, timer; repeats
// what is to be repeated.
void acknowledge(Connection&, const trace::Segment&, trace::Seq una_before, AckNews&, Moment&);
// Nothing was outstanding: only what a D-SACK may still tell.
void acknowledge_nothing(Connection&, const trace::Segment&, trace::Seq una_before, AckNews&,
                         Moment&);
// An acknowledgement older than snd.una may still bring SACK.
void acknowledge_late(Connection&, const trace::Segment&, AckNews&, Moment&);

// The retransmission timer is due: everything outstanding that was not just sent counts as lost.
void enter_loss(Connection&, Moment&);
// The time for late arrivals is over: tcp_rack_reo_timeout().
void late_arrivals_are_lost(Connection&, Moment&);

} // namespace tcp
