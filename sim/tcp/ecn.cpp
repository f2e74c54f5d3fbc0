// tcp_input.c and tcp_output.c on ECN.
#include "ecn.hpp"

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
        c.ecn = {};
        c.ecn.on = asks_for_ecn(stack);
    } else if (stack[Sysctl::tcp_ecn_fallback] != 0) {
        c.ecn.plain_syn = true;
    }
    return c.ecn.on && !c.ecn.plain_syn ? flag::ece | flag::cwr : trace::Flags{};
}

trace::Flags flags_of_crossed_syn_ack(const Connection& c) {
    return c.ecn.on && !c.ecn.plain_syn ? flag::ece : trace::Flags{};
}

void learn_ecn_of_syn_ack(Connection& c, const Segment& s) {
    c.ecn.on = c.ecn.on && s.flags.has(flag::ece) && !s.flags.has(flag::cwr);
}

void learn_ecn_of_syn(Connection& c, const Segment& s) {
    c.ecn.on = c.ecn.on && s.flags.has(flag::ece | flag::cwr);
}

void new_data_is_capable(Connection& c, Segment& s, bool first) {
    if (s.length == 0)
        return;
    s.ecn = trace::Ecn::capable;
    if (!first || !c.ecn.owes_cwr)
        return;
    c.ecn.owes_cwr = false;
    s.flags = s.flags | flag::cwr;
}

[[gnu::noinline]] void take_cwr(Connection& c, const Segment& s, Moment& m) {
    if (!s.flags.has(flag::cwr))
        return;
    c.ecn.tells_echo = false;
    if (seg_len(s) > 0)
        c.acks.at_once = true; // its window may be down to one segment
    else
        m.explain(Rule::cwr_ends_echo);
}

void take_codepoint(Connection& c, trace::Ecn ecn, Moment& m) {
    constexpr std::uint8_t soon = 2; // segments acknowledged at once
    switch (ecn) {
    case trace::Ecn::not_capable:
        if (c.ecn.seen) // then it is probably a repetition
            enter_quickack_mode(c, soon);
        return;
    case trace::Ecn::congestion:
        if (!c.ecn.tells_echo) {
            enter_quickack_mode(c, soon);
            c.ecn.tells_echo = true;
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
    m.explain(Rule::echo_reduces_window);
}

} // namespace tcp
