// The records: kernel/trace/ring_buffer.c, enum ring_buffer_type.
#include "net/permitted/trace_page.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace net::permitted {
namespace {

constexpr std::uint64_t missed_events = 1u << 31, missed_stored = 1u << 30;
constexpr std::uint64_t length_bits = (1u << 27) - 1;
constexpr unsigned padding = 29, time_extend = 30, time_stamp = 31;

template <typename T>
T read(std::span<const std::byte> bytes, std::size_t at) {
    T value{};
    if (at + sizeof value <= bytes.size())
        std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

} // namespace

PageLoss read_page(const PageFormat& format, std::span<const std::byte> page,
                   const std::function<void(std::int64_t, std::span<const std::byte>)>& use) {
    static_assert(std::endian::native == std::endian::little, "bit fields of the ring buffer");
    if (page.size() < format.data)
        return {};
    auto time = read<std::uint64_t>(page, format.timestamp.offset);
    const std::uint64_t commit = format.commit.size == 8
                                     ? read<std::uint64_t>(page, format.commit.offset)
                                     : read<std::uint32_t>(page, format.commit.offset);
    const std::size_t length =
        std::min<std::size_t>(commit & length_bits, page.size() - format.data);
    const auto data = page.subspan(format.data, length);
    PageLoss loss;
    if ((commit & missed_events) != 0) {
        loss.any = true;
        if ((commit & missed_stored) != 0)
            loss.count = format.commit.size == 8 ? read<std::uint64_t>(page, format.data + length)
                                                 : read<std::uint32_t>(page, format.data + length);
    }
    for (std::size_t at = 0; at + 4 <= data.size();) {
        const auto head = read<std::uint32_t>(data, at);
        const unsigned type = head & 31u;
        const std::uint64_t delta = head >> 5;
        const std::uint64_t more = read<std::uint32_t>(data, at + 4);
        at += 4;
        if (type == padding && delta == 0)
            break; // nothing more in this page
        if (type == time_extend || type == time_stamp) {
            constexpr std::uint64_t kept = ~std::uint64_t{0} << 59; // a time stamp has 59 bits
            time = type == time_extend ? time + (more << 27) + delta
                                       : (time & kept) | (more << 27) | delta;
            at += 4;
            continue;
        }
        time += delta;
        if (type == padding) { // a record that was thrown away
            at += more;
            continue;
        }
        // Short ones tell their length in words, long ones in a word of its own that counts itself.
        const std::size_t size = type != 0 ? std::size_t{type} * 4 : more;
        const std::size_t skip = type != 0 ? 0 : 4;
        if (size < skip || size > data.size() - at)
            break;
        use(static_cast<std::int64_t>(time), data.subspan(at + skip, size - skip));
        at += (size + 3) / 4 * 4;
    }
    return loss;
}

} // namespace net::permitted
