// Following both directions.
#include "net/attach/numbers.hpp"

namespace net::attach {
namespace {

trace::Seq later(trace::Seq a, trace::Seq b) {
    return trace::before(a, b) ? b : a;
}

// RFC 7323 §2.2: the window of a SYN is never scaled, and scaling needs the option from both sides.
std::uint32_t scaled(const trace::Segment& segment, std::int8_t scale, std::int8_t other) {
    if (segment.flags.has(trace::flag::syn) || scale < 0 || other < 0)
        return segment.window;
    return static_cast<std::uint32_t>(segment.window) << scale;
}

} // namespace

void Numbers::sent(const trace::Segment& segment) {
    if (segment.flags.has(trace::flag::rst))
        return;
    const auto end = segment.seq + trace::seg_len(segment);
    if (!first_)
        first_ = segment.seq;
    if (segment.flags.has(trace::flag::syn)) {
        iss_ = segment.seq;
        rcv_scale_ = segment.window_scale;
        if (!sent_any_)
            snd_una = segment.seq;
    }
    snd_nxt = sent_any_ ? later(snd_nxt, end) : end;
    if (!sent_any_ && !segment.flags.has(trace::flag::syn))
        snd_una = segment.seq;
    sent_any_ = true;
    if (segment.flags.has(trace::flag::ack)) {
        rcv_wnd = scaled(segment, rcv_scale_, snd_scale_);
        rcv_nxt = arrived_any_ ? later(rcv_nxt, segment.ack) : segment.ack;
        arrived_any_ = true;
    }
}

void Numbers::arrived(const trace::Segment& segment) {
    if (segment.flags.has(trace::flag::rst))
        return;
    const auto end = segment.seq + trace::seg_len(segment);
    if (segment.flags.has(trace::flag::syn)) {
        irs_ = segment.seq;
        snd_scale_ = segment.window_scale;
    }
    if (!arrived_any_)
        rcv_nxt = end;
    else if (!trace::after(segment.seq, rcv_nxt))
        rcv_nxt = later(rcv_nxt, end);
    arrived_any_ = true;
    if (segment.flags.has(trace::flag::ack)) {
        snd_una = sent_any_ ? later(snd_una, segment.ack) : segment.ack;
        if (!sent_any_)
            snd_nxt = segment.ack;
        sent_any_ = true;
        snd_wnd = scaled(segment, snd_scale_, rcv_scale_);
    }
}

void Numbers::derive(const trace::Segment& segment, std::uint64_t far_received,
                     std::uint64_t own_received) {
    if (segment.length == 0 || iss_)
        return; // a probe has the number before; with a SYN there is nothing to work out
    iss_ = trace::Seq{segment.seq.raw - 1 - static_cast<std::uint32_t>(far_received)};
    if (!irs_ && segment.flags.has(trace::flag::ack))
        irs_ = trace::Seq{segment.ack.raw - 1 - static_cast<std::uint32_t>(own_received)};
    derived_ = true;
}

void Numbers::take(const Numbers& far) {
    if (!far.derived_ || known())
        return;
    iss_ = iss_ ? iss_ : far.irs_;
    irs_ = irs_ ? irs_ : far.iss_;
    derived_ = true;
}

void use_scales(Numbers& numbers, const TcpInfo& info) {
    if (!info.has_wscale || numbers.snd_scale_ >= 0 || numbers.rcv_scale_ >= 0)
        return;
    numbers.snd_scale_ = static_cast<std::int8_t>(info.send_wscale);
    numbers.rcv_scale_ = static_cast<std::int8_t>(info.receive_wscale);
}

} // namespace net::attach
