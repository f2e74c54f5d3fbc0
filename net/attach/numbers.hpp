// The sequence numbers of one socket, from the segments that were seen (RFC 9293 §3.3.1).
//
// Who comes after the SYN does not see where the numbers began. When both ends were quiet at the
// last look, tcp_info tells it with one segment: a data segment begins right after the SYN and all
// bytes that the far end has received; an acknowledgment ends there too (bytes_received counts a
// FIN).
#pragma once

#include "net/socket_row.hpp"
#include "trace/segment.hpp"

#include <optional>

namespace net::attach {

class Numbers {
public:
    void sent(const trace::Segment& segment);
    void arrived(const trace::Segment& segment);
    // Of the far end's bytes_received and of our own, before `segment` leaves a quiet connection.
    void derive(const trace::Segment& segment, std::uint64_t far_received,
                std::uint64_t own_received);
    // What the far end has worked out, seen from here.
    void take(const Numbers& far);

    [[nodiscard]] bool known() const { return iss_ && irs_; }
    [[nodiscard]] bool derived() const { return derived_; }
    [[nodiscard]] std::optional<trace::Seq> iss() const { return iss_; }
    [[nodiscard]] std::optional<trace::Seq> irs() const { return irs_; }
    // What this side's numbers are told from: its ISS, else the first that was seen of it.
    [[nodiscard]] std::optional<trace::Seq> base() const { return iss_ ? iss_ : first_; }

    trace::Seq snd_una, snd_nxt, rcv_nxt;
    std::uint32_t snd_wnd = 0, rcv_wnd = 0;

private:
    std::optional<trace::Seq> iss_, irs_, first_;
    bool derived_ = false, sent_any_ = false, arrived_any_ = false;
    std::int8_t snd_scale_ = -1, rcv_scale_ = -1;
    friend void use_scales(Numbers& numbers, const TcpInfo& info);
};

// Where the SYNs were not seen: as tcp_info tells them.
void use_scales(Numbers& numbers, const TcpInfo& info);

} // namespace net::attach
