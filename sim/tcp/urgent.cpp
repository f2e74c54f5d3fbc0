// The pointer that we send names the byte after the urgent one (RFC 6093 §4).
#include "urgent.hpp"

#include <algorithm>

#include "acknowledging.hpp"
#include "policy.hpp"
#include "receive_memory.hpp"
#include "trace/header.hpp"
#include "window.hpp"

namespace tcp {

using trace::Rule;
using Byte = UrgentMark::Byte;
namespace flag = trace::flag;

namespace {

UrgentMark& mark_of(Connection& c) {
    if (c.urgent.empty())
        c.urgent.push_back({});
    return c.urgent.front();
}

Byte byte_of(const Connection& c) {
    return c.urgent.empty() ? Byte::none : c.urgent.front().byte;
}

void tidy(Connection& c) {
    if (!c.urgent.empty() && !c.urgent.front().sending && c.urgent.front().byte == Byte::none)
        c.urgent.clear();
}

std::int64_t code(trace::Errno e) {
    return -static_cast<std::int64_t>(e);
}

// The reader stands at an urgent byte that is not part of what it reads.
bool at_urgent(const Connection& c) {
    return byte_of(c) != Byte::none && c.urgent.front().at == c.rcv.copied && !c.options.oob_inline;
}

// tcp_check_urg()
void take_pointer(Connection& c, const trace::Segment& s, const Stack& stack) {
    const bool next = s.urgent > 0 && !pointer_names_urgent_byte(stack);
    const Seq at = s.seq + (next ? s.urgent - 1u : s.urgent);
    if (after(c.rcv.copied, at) || before(at, c.rcv.nxt))
        return; // read already, or told already
    if (byte_of(c) != Byte::none && !after(at, c.urgent.front().at))
        return;
    // An earlier urgent byte that everything before was read of must not become ordinary now.
    if (at_urgent(c) && c.rcv.copied != c.rcv.nxt) {
        c.rcv.copied = c.rcv.copied + 1;
        free_what_was_read(c);
    }
    c.memory.predicted = false;
    UrgentMark& mark = mark_of(c);
    mark.byte = Byte::expected;
    mark.at = at;
}

} // namespace

bool urgent_mode(const Connection& c) {
    return !c.urgent.empty() && c.urgent.front().sending;
}

void mark_urgent(Connection& c) {
    UrgentMark& mark = mark_of(c);
    mark.up = c.snd.end;
    mark.sending = true;
}

void urgent_acknowledged(Connection& c) {
    if (urgent_mode(c) && !after(c.urgent.front().up, c.snd.una)) {
        c.urgent.front().sending = false;
        tidy(c);
    }
}

// __tcp_transmit_skb(): while the mark is out of a pointer's reach it is told to be as far as can
// be.
void announce_urgent(const Connection& c, trace::Segment& s) {
    if (!urgent_mode(c) || !before(s.seq, c.urgent.front().up))
        return;
    const std::uint32_t distance = c.urgent.front().up - s.seq;
    if (distance > 0xffff && !after(s.seq + 0xffff, c.snd.nxt))
        return;
    s.urgent = static_cast<std::uint16_t>(std::min(distance, 0xffffu));
    s.flags = s.flags | flag::urg;
}

bool take_urgent(Connection& c, const trace::Segment& s, const Stack& stack) {
    if (s.flags.has(flag::urg))
        take_pointer(c, s, stack);
    if (byte_of(c) != Byte::expected)
        return false;
    // A mark just before the payload lies in the header, which counts: skb->len.
    const Seq begin = s.flags.has(flag::syn) ? s.seq + 1 : s.seq;
    const std::uint32_t header = 20 + trace::options_length(s);
    if (c.urgent.front().at - begin + header >= header + s.length)
        return false;
    c.urgent.front().byte = Byte::here;
    return true;
}

bool is_at_mark(const Connection& c) {
    return byte_of(c) != Byte::none && c.urgent.front().at == c.rcv.copied;
}

Progress read_urgent(Connection& c, std::optional<std::uint32_t> most) {
    const Byte byte = byte_of(c);
    if (c.options.oob_inline || byte == Byte::none || byte == Byte::taken)
        return {true, code(trace::Errno::einval), Rule::no_urgent_byte};
    const bool closed = c.status.state() == trace::State::closed;
    if (closed && !c.done_reading)
        return {true, code(trace::Errno::enotconn), Rule::call_refused};
    if (byte == Byte::here) {
        c.urgent.front().byte = Byte::taken;
        return {true, most ? std::min(*most, 1u) : 1u, Rule::read_returns_urgent};
    }
    if (closed || c.shut_rd)
        return {true, 0, Rule::read_returns_eof};
    return {true, code(trace::Errno::eagain), Rule::urgent_byte_expected};
}

bool pass_over_urgent(Connection& c) {
    if (!at_urgent(c) || unread(c) == 0)
        return false;
    c.rcv.copied = c.rcv.copied + 1;
    forget_urgent(c);
    return true;
}

std::uint32_t up_to_urgent(const Connection& c, std::uint32_t bytes) {
    if (byte_of(c) == Byte::none || !after(c.urgent.front().at, c.rcv.copied))
        return bytes;
    return std::min<std::uint32_t>(bytes, c.urgent.front().at - c.rcv.copied);
}

void forget_urgent(Connection& c) {
    if (byte_of(c) == Byte::none || !after(c.rcv.copied, c.urgent.front().at))
        return;
    c.urgent.front().byte = Byte::none;
    tidy(c);
}

bool has_urgent_byte(const Connection& c) {
    return byte_of(c) == Byte::here;
}

bool expects_urgent(const Connection& c) {
    return byte_of(c) != Byte::none;
}

bool has_ordinary_bytes(const Connection& c) {
    return unread(c) > (at_urgent(c) ? 1u : 0u);
}

std::uint32_t readable_at_once(const Connection& c) {
    if (c.status.state() == trace::State::syn_sent || c.status.state() == trace::State::syn_recv)
        return 0;
    if (byte_of(c) == Byte::none || c.options.oob_inline ||
        before(c.urgent.front().at, c.rcv.copied) || !before(c.urgent.front().at, c.rcv.nxt))
        return unread(c);
    return c.urgent.front().at - c.rcv.copied;
}

} // namespace tcp
