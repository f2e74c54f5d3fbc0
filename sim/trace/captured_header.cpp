// Reading a captured header field by field: RFC 791, RFC 8200, RFC 9293 §3.1.
#include "trace/header.hpp"

#include "trace/checksum.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trace {
namespace {

constexpr std::size_t ipv6_header = 40, least_ipv4 = 20, least_tcp = 20;
constexpr std::uint8_t protocol_tcp = 6;

struct Reader {
    std::span<const std::uint8_t> bytes;
    Header header;
    std::size_t bit = 0;

    std::uint32_t number(std::size_t bits) const {
        std::uint32_t value = 0;
        for (std::size_t i = bit; i < bit + bits; ++i)
            value = value << 1 | (bytes[i / 8] >> (7 - i % 8) & 1u);
        return value;
    }
    void put(const char* name, std::size_t bits, std::string value, bool is_tcp,
             const char* about = "") {
        header.fields.push_back(
            {name, static_cast<int>(bit), static_cast<int>(bits), std::move(value), about, is_tcp});
        bit += bits;
    }
    void ip(const char* name, std::size_t bits, const char* about = "") {
        put(name, bits, fmt::format("{}", number(bits)), false, about);
    }
    void tcp(const char* name, std::size_t bits, const char* about = "") {
        put(name, bits, fmt::format("{}", number(bits)), true, about);
    }
    std::size_t at() const { return bit / 8; }
    // A field may be no longer than what is left of its row of 32 bits: the rest continues it.
    void row_by_row(const char* name, std::size_t count, std::string value, bool is_tcp,
                    const char* about = "") {
        while (count > 0) {
            const std::size_t now = std::min(count, 4 - at() % 4);
            put(name, now * 8, value, is_tcp, about);
            count -= now;
            value = "…";
        }
    }
};

std::string hex(std::span<const std::uint8_t> bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes)
        text += fmt::format("{:02x}", byte);
    return text;
}

// RFC 5952: the longest run of zero groups is "::".
std::string ipv6_text(std::span<const std::uint8_t> a) {
    std::uint16_t group[8];
    for (std::size_t i = 0; i < 8; ++i)
        group[i] = static_cast<std::uint16_t>(a[2 * i] << 8 | a[2 * i + 1]);
    std::size_t best = 8, longest = 1;
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t run = 0;
        while (i + run < 8 && group[i + run] == 0)
            ++run;
        if (run > longest) {
            best = i;
            longest = run;
        }
    }
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == best) {
            text += "::";
            i += longest - 1;
            continue;
        }
        text += fmt::format("{}{:x}", text.empty() || text.back() == ':' ? "" : ":", group[i]);
    }
    return text;
}

std::string ipv4_text(std::span<const std::uint8_t> a) {
    return fmt::format("{}.{}.{}.{}", a[0], a[1], a[2], a[3]);
}

void read_ecn(Reader& r) {
    const auto ecn = static_cast<Ecn>(r.number(2));
    r.put("ECN", 2, std::string(name(ecn)), false, about_ecn(ecn));
}

void read_ipv4(Reader& r, std::size_t length) {
    r.ip("version", 4, "IPv4.");
    r.ip("IHL", 4, "The IPv4 header's length in 32-bit words.");
    r.ip("DSCP", 6);
    read_ecn(r);
    r.ip("total length", 16, "Both headers and the payload, in bytes.");
    r.ip("identification", 16, "Of the datagram's fragments, should it be fragmented (RFC 6864).");
    const bool whole = (r.number(3) & 2) != 0;
    r.put("flags", 3, whole ? "DF" : "–", false,
          whole ? "Do not fragment: TCP finds a size that fits." : "");
    r.ip("fragment offset", 13);
    r.ip("time to live", 8, "Routers that it may still pass.");
    r.put("protocol", 8, "6 (TCP)", false);
    r.put("header checksum", 16, "", false, "Over the IPv4 header.");
    r.put("source address", 32, ipv4_text(r.bytes.subspan(12, 4)), false);
    r.put("destination address", 32, ipv4_text(r.bytes.subspan(16, 4)), false);
    r.row_by_row("IPv4 options", length - least_ipv4,
                 hex(r.bytes.subspan(least_ipv4, length - least_ipv4)), false);
}

void read_ipv6(Reader& r) {
    r.ip("version", 4, "IPv6.");
    r.ip("DSCP", 6);
    read_ecn(r);
    r.put("flow label", 20, fmt::format("0x{:05x}", r.number(20)), false,
          "The same for all packets of a flow (RFC 6437).");
    r.ip("payload length", 16, "TCP header and payload, in bytes.");
    r.put("next header", 8, "6 (TCP)", false);
    r.ip("hop limit", 8, "Routers that it may still pass.");
    for (const char* name : {"source address", "destination address"})
        for (int row = 0; row < 4; ++row)
            r.put(name, 32, fmt::format("{:x}:{:x}", r.number(32) >> 16, r.number(32) & 0xffff),
                  false);
}

const char* option_name(std::uint8_t kind) {
    switch (kind) {
    case 19: return "MD5 signature";
    case 28: return "user timeout";
    case 29: return "TCP-AO";
    case 30: return "Multipath TCP";
    case 253:
    case 254: return "experiment";
    default: return "option";
    }
}

void read_option(Reader& r, std::uint8_t kind, std::size_t length) {
    const auto body = r.bytes.subspan(r.at() + 2, length - 2);
    const auto value = [&](std::size_t from, std::size_t count) {
        std::uint32_t number = 0;
        for (std::size_t i = from; i < from + count; ++i)
            number = number << 8 | body[i];
        return fmt::format("{}", number);
    };
    if (kind == 2 && length == 4)
        return r.row_by_row("maximum segment size", 4, value(0, 2), true,
                            "The most payload bytes that this end takes in one segment.");
    if (kind == 3 && length == 3)
        return r.row_by_row("window scale", 3, value(0, 1), true,
                            "Later windows of this end count in units of 2 to this power.");
    if (kind == 4 && length == 2)
        return r.row_by_row("SACK permitted", 2, "", true,
                            "This end understands selective acknowledgements.");
    if (kind == 5 && length > 2 && length % 8 == 2) {
        r.row_by_row("SACK", 2, "", true,
                     "RFC 2018: what arrived beyond the acknowledgement number; a block below it "
                     "came twice (RFC 2883).");
        for (std::size_t i = 0; i < length - 2; i += 8) {
            r.row_by_row("block from", 4, value(i, 4), true);
            r.row_by_row("block to", 4, value(i + 4, 4), true, "The first number after it.");
        }
        return;
    }
    if (kind == 8 && length == 10) {
        r.row_by_row("timestamps", 2, "", true,
                     "RFC 7323: the sender's clock, and the peer's echoed.");
        r.row_by_row("timestamp value", 4, value(0, 4), true);
        return r.row_by_row("timestamp echo", 4, value(4, 4), true);
    }
    if (kind == 34) {
        r.row_by_row("Fast Open", 2, "", true,
                     "RFC 7413: asks for a cookie, or shows or gives one.");
        return r.row_by_row("cookie", length - 2, hex(body), true);
    }
    r.row_by_row(option_name(kind), 2, fmt::format("kind {}", kind), true);
    r.row_by_row("its value", length - 2, hex(body), true);
}

void read_options(Reader& r) {
    while (r.at() < r.bytes.size()) {
        const std::size_t left = r.bytes.size() - r.at();
        const std::uint8_t kind = r.bytes[r.at()];
        if (kind == 0)
            return r.row_by_row("end of options", left, "", true, "The rest is padding.");
        if (kind == 1) {
            const bool two = left > 1 && r.bytes[r.at() + 1] == 1 && r.at() % 4 != 3;
            r.put(two ? "NOP NOP" : "NOP", two ? 16 : 8, "", true,
                  "Padding to a multiple of four bytes.");
            continue;
        }
        const std::size_t length = left > 1 ? r.bytes[r.at() + 1] : 0;
        if (length < 2 || length > left)
            return r.row_by_row("not an option", left, hex(r.bytes.subspan(r.at())), true);
        read_option(r, kind, length);
    }
}

void set_checksum(Header& header, std::size_t at, std::uint32_t total, bool is_tcp) {
    const std::uint16_t value = checksum(total);
    header.bytes[at] = static_cast<std::uint8_t>(value >> 8);
    header.bytes[at + 1] = static_cast<std::uint8_t>(value & 0xff);
    for (HeaderField& field : header.fields)
        if (field.is_tcp == is_tcp && field.first_byte() == static_cast<int>(at))
            field.value = fmt::format("0x{:04x}", value);
}

void clear(Header& header, std::size_t at) {
    header.bytes[at] = header.bytes[at + 1] = 0;
}

} // namespace

std::optional<Header> read_header(std::span<const std::uint8_t> bytes, std::uint32_t payload) {
    if (bytes.empty())
        return std::nullopt;
    const bool is_ipv4 = bytes[0] >> 4 == 4;
    const std::size_t ip = is_ipv4 ? std::size_t{bytes[0] & 0x0fu} * 4 : ipv6_header;
    if ((!is_ipv4 && bytes[0] >> 4 != 6) || ip < least_ipv4 || bytes.size() < ip + least_tcp ||
        bytes[is_ipv4 ? 9 : 6] != protocol_tcp ||
        std::size_t{bytes[ip + 12]} / 16 * 4 != bytes.size() - ip)
        return std::nullopt;
    Reader r{bytes, {}, 0};
    r.header.bytes.assign(bytes.begin(), bytes.end());
    is_ipv4 ? read_ipv4(r, ip) : read_ipv6(r);

    const std::size_t source = is_ipv4 ? 12 : 8, size = is_ipv4 ? 4 : 16;
    const auto end = [&](std::size_t at) {
        const auto address = bytes.subspan(at, size);
        return is_ipv4 ? ipv4_text(address) : "[" + ipv6_text(address) + "]";
    };
    r.header.source = fmt::format("{}:{}", end(source), r.number(16));
    r.tcp("source port", 16);
    r.header.destination = fmt::format("{}:{}", end(source + size), r.number(16));
    r.tcp("destination port", 16);
    r.tcp("sequence number", 32, "Of the first byte; SYN and FIN use up one number.");
    const bool acks = (bytes[ip + 13] & flag::ack.bits) != 0,
               urgent = (bytes[ip + 13] & flag::urg.bits) != 0;
    r.tcp("acknowledgement number", 32,
          acks ? "The next number that this end expects." : "Means nothing without the ACK flag.");
    r.tcp("data offset", 4, "The TCP header's length in 32-bit words.");
    r.tcp("reserved", 3);
    r.put("control bits", 9, control_bit_names(r.number(9)), true);
    r.tcp("window", 16, "How many bytes this end takes now, before scaling.");
    r.put("checksum", 16, "…", true,
          payload == 0 ? "Over a pseudo-header with the addresses, the TCP header and the payload; "
                         "within one machine Linux leaves it out, here it is filled in."
                       : "Covers the payload, whose bytes are not kept here.");
    r.tcp("urgent pointer", 16,
          urgent ? "As many bytes from the sequence number on are urgent, by Linux's reading the "
                   "last of them alone."
                 : "Means nothing without the URG flag.");
    read_options(r);

    Header header = std::move(r.header);
    const std::span<const std::uint8_t> written = header.bytes;
    if (is_ipv4) {
        clear(header, 10);
        set_checksum(header, 10, sum_of_words(written.first(ip)), false);
    }
    clear(header, ip + 16);
    header.checksum_known = payload == 0;
    if (header.checksum_known)
        set_checksum(header, ip + 16,
                     sum_of_words(written.subspan(source, 2 * size)) + protocol_tcp +
                         static_cast<std::uint32_t>(bytes.size() - ip) +
                         sum_of_words(written.subspan(ip)),
                     true);
    return header;
}

Header header_of(const Trace& trace, SegmentId id) {
    const Segment& segment = trace.segments[id].segment;
    const auto at = std::lower_bound(
        trace.headers.begin(), trace.headers.end(), id,
        [](const CapturedHeader& header, SegmentId wanted) { return header.segment < wanted; });
    if (at != trace.headers.end() && at->segment == id)
        if (auto header = read_header(at->bytes, segment.length))
            return std::move(*header);
    return header_of(segment);
}

} // namespace trace
