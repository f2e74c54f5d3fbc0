// Every length is checked before it is believed.
#include "net/tcp_header.hpp"

namespace net {
namespace {

void read_options(std::span<const std::byte> options, trace::Segment& segment) {
    enum : std::uint8_t {
        end = 0,
        no_operation = 1,
        mss = 2,
        window_scale = 3,
        sack_permitted = 4,
        sack = 5,
        timestamps = 8
    };
    std::size_t at = 0;
    while (at < options.size()) {
        const auto kind = byte_at(options, at);
        if (kind == end)
            return;
        if (kind == no_operation) {
            ++at;
            continue;
        }
        if (at + 1 >= options.size())
            return;
        const std::size_t length = byte_at(options, at + 1);
        if (length < 2 || at + length > options.size())
            return;
        if (kind == mss && length == 4)
            segment.mss = be16(options, at + 2);
        if (kind == window_scale && length == 3)
            segment.window_scale = static_cast<std::int8_t>(byte_at(options, at + 2) & 0x7f);
        if (kind == sack_permitted && length == 2)
            segment.sack_permitted = true;
        if (kind == sack && length > 2 && (length - 2) % 8 == 0 &&
            (length - 2) / 8 <= segment.sack.size()) {
            segment.sack_blocks = static_cast<std::uint8_t>((length - 2) / 8);
            for (std::size_t i = 0; i < segment.sack_blocks; ++i)
                segment.sack[i] = {{be32(options, at + 2 + 8 * i)},
                                   {be32(options, at + 6 + 8 * i)}};
        }
        if (kind == timestamps && length == 10) {
            segment.has_timestamps = true;
            segment.ts_value = be32(options, at + 2);
            segment.ts_echo = be32(options, at + 6);
        }
        at += length;
    }
}

} // namespace

std::optional<std::size_t> read_tcp_header(std::span<const std::byte> tcp,
                                           trace::Segment& segment) {
    if (tcp.size() < 20)
        return std::nullopt;
    const std::size_t length = std::size_t{byte_at(tcp, 12)} / 16 * 4;
    if (length < 20 || length > tcp.size())
        return std::nullopt;
    segment.source.port = be16(tcp, 0);
    segment.destination.port = be16(tcp, 2);
    segment.seq = {be32(tcp, 4)};
    segment.ack = {be32(tcp, 8)};
    segment.flags = {static_cast<std::uint8_t>(byte_at(tcp, 13))};
    segment.accurate_ecn = (byte_at(tcp, 12) & 1) != 0;
    segment.window = be16(tcp, 14);
    segment.urgent = segment.flags.has(trace::flag::urg) ? be16(tcp, 18) : std::uint16_t{0};
    read_options(tcp.subspan(20, length - 20), segment);
    return length;
}

} // namespace net
