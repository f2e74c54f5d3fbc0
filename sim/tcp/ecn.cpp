// tcp_input.c and tcp_output.c on ECN.
#include "ecn.hpp"

#include <algorithm>

#include "acknowledging.hpp"
#include "moment.hpp"
#include "policy.hpp"

namespace tcp {

using trace::Rule;
using trace::Segment;
namespace flag = trace::flag;

bool asks_for_ecn(const Stack& stack) {
    return stack[Sysctl::tcp_ecn] == 1;
}

bool grants_ecn(const Stack& stack, const Segment& syn) {
    if (!syn.flags.has(flag::ece | flag::cwr) || stack[Sysctl::tcp_ecn] == 0)
        return false;
    return syn.ecn == trace::Ecn::not_capable || syn.accurate_ecn;
}

trace::Flags flags_of_syn(Connection& c, bool repeated, const Stack& stack) {
    if (!repeated) {
        c.ecn = EcnState{};
        c.ecn.on = asks_for_ecn(stack);
    } else if (stack[Sysctl::tcp_ecn_fallback] != 0) {
        c.ecn.plain_syn = true;
    }
    return c.ecn.on && !c.ecn.plain_syn ? flag::ece | flag::cwr : trace::Flags{};
}

trace::Flags flags_of_crossed_syn_ack(const Connection& c) {
    return c.ecn.on && !c.ecn.plain_syn ? flag::ece : trace::Flags{};
}

namespace {

constexpr unsigned first_count = 5; // TCP_ACCECN_CEP_INIT_OFFSET: a count of 0 is none at all

unsigned ace(const Segment& s) {
    return (s.accurate_ecn ? 4u : 0u) | (s.flags.has(flag::cwr) ? 2u : 0u) |
           (s.flags.has(flag::ece) ? 1u : 0u);
}

void set_ace(Segment& s, unsigned bits) {
    s.accurate_ecn = (bits & 4) != 0;
    s.flags = s.flags | ((bits & 2) != 0 ? flag::cwr : trace::Flags{}) |
              ((bits & 1) != 0 ? flag::ece : trace::Flags{});
}

// RFC 9768 §3.1.1, table 2: how the SYN of who is answered has come.
unsigned reflection(trace::Ecn syn) {
    switch (syn) {
    case trace::Ecn::not_capable: return 0b010;
    case trace::Ecn::capable_1: return 0b011;
    case trace::Ecn::capable: return 0b100;
    case trace::Ecn::congestion: break;
    }
    return 0b110;
}

// tcp_ecn_rcv_synack_accecn(). Our SYN has left unmarked and not to be marked: an answer that is
// marked itself and says otherwise comes through somebody who alters these bits.
void count_from_now_on(Connection& c, const Segment& s, const Stack& stack) {
    c.ecn.accurate = c.ecn.tells = c.ecn.reflects = true;
    c.ecn.syn = s.ecn;
    if (s.ecn != trace::Ecn::congestion)
        return;
    const bool believed =
        stack[Sysctl::tcp_ecn_fallback] == 0 || ace(s) == reflection(trace::Ecn::not_capable);
    c.ecn.mistrusted = !believed;
    if (believed) {
        c.ecn.received = 1;
        c.ecn.untold = 1;
    }
}

} // namespace

void learn_ecn_of_syn_ack(Connection& c, const Segment& s, const Stack& stack) {
    if (!c.ecn.on)
        return;
    const unsigned bits = ace(s);
    const bool classic = s.flags.has(flag::ece) && !s.flags.has(flag::cwr);
    if (classic)
        return;
    c.ecn.on = syn_ack_makes_ecn_accurate(stack) && bits != 0 && bits != 7;
    if (c.ecn.on)
        count_from_now_on(c, s, stack);
}

void learn_ecn_of_syn(Connection& c, const Segment& s) {
    c.ecn.on = c.ecn.on && s.flags.has(flag::ece | flag::cwr);
}

void tell_marks(Connection& c, Segment& s) {
    if (!c.ecn.accurate) {
        s.flags = s.flags | flag::ece;
        return;
    }
    if (!c.ecn.mistrusted)
        s.ecn = trace::Ecn::capable;
    if (c.ecn.reflects) {
        set_ace(s, reflection(c.ecn.syn));
        c.ecn.reflects = false;
        return;
    }
    set_ace(s, (c.ecn.received + first_count) & 7u);
    c.ecn.untold = 0;
}

bool take_mark(Connection& c, const Segment& s, AckNews& news) {
    if (!c.ecn.accurate)
        return s.flags.has(flag::ece) && !s.flags.has(flag::syn);
    news.newer = c.agreed.timestamps && s.has_timestamps && !after(s.seq, c.rcv.wup) &&
                 static_cast<std::int32_t>(s.ts_value - c.ts_recent) > 0;
    if (s.ecn == trace::Ecn::congestion) {
        c.ecn.received = (c.ecn.received + 1) & 7u;
        c.ecn.untold = std::min(c.ecn.untold + 1, 15) & 15u;
    }
    if (c.ecn.last != s.ecn) { // told at once, so that it is clear which segment it is about
        c.ecn.last = s.ecn;
        c.acks.at_once = true;
    }
    return true;
}

void take_count(Connection& c, const Segment& s, std::uint32_t delivered, AckNews& news) {
    constexpr std::uint8_t too_many = 4; // TCP_ACCECN_ACE_MAX_DELTA
    if (!c.ecn.accurate)
        return;
    news.congestion = false;
    if (news.of_syn || (!news.acked && !news.sacked && !news.newer))
        return;
    if (c.ecn.untold >= too_many)
        c.acks.at_once = true;
    const unsigned told = (ace(s) - first_count - c.ecn.delivered) & 7u;
    // Of more than seven segments all may be marked but for what the field tells.
    news.marked = delivered <= 7 ? told : delivered - ((delivered - told) & 7u);
    c.ecn.delivered = (c.ecn.delivered + news.marked) & 7u;
    news.congestion = news.marked > 0;
}

void new_data_is_capable(Connection& c, Segment& s, bool first) {
    if (s.length == 0 || c.ecn.accurate)
        return;
    s.ecn = trace::Ecn::capable;
    if (!first || !c.ecn.owes_cwr)
        return;
    c.ecn.owes_cwr = false;
    s.flags = s.flags | flag::cwr;
}

[[gnu::noinline]] void take_cwr(Connection& c, const Segment& s, Moment& m) {
    if (c.ecn.accurate || !s.flags.has(flag::cwr))
        return;
    c.ecn.tells = false;
    if (seg_len(s) > 0)
        c.acks.at_once = true; // its window may be down to one segment
    else
        m.explain(Rule::cwr_ends_echo);
}

void take_codepoint(Connection& c, trace::Ecn ecn, Moment& m) {
    constexpr std::uint8_t soon = 2; // segments acknowledged at once
    if (c.ecn.accurate) {            // it is counted already: take_mark()
        if (ecn == trace::Ecn::congestion)
            m.explain(Rule::marks_are_counted);
        return;
    }
    switch (ecn) {
    case trace::Ecn::not_capable:
        if (c.ecn.seen) // then it is probably a repetition
            enter_quickack_mode(c, soon);
        return;
    case trace::Ecn::congestion:
        if (!c.ecn.tells) {
            enter_quickack_mode(c, soon);
            c.ecn.tells = true;
        }
        m.explain(Rule::congestion_is_echoed);
        break;
    case trace::Ecn::capable:
    case trace::Ecn::capable_1: break;
    }
    c.ecn.seen = true;
}

void take_echo(Connection& c, Moment& m) {
    c.congestion.old_ssthresh = 0;
    if (c.recovery.phase >= Phase::cwr)
        return;
    c.recovery.can_undo = false;
    begin_reduction(c, m.stack);
    c.recovery.phase = Phase::cwr;
    m.explain(c.ecn.accurate ? Rule::count_reduces_window : Rule::echo_reduces_window);
}

} // namespace tcp
