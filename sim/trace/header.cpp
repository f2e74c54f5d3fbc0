// Writing the header as Linux does: RFC 791, RFC 9293 §3.1, options in tcp_options_write()'s order.
#include "trace/header.hpp"

#include "trace/checksum.hpp"

#include <fmt/format.h>

namespace trace {

namespace {

struct Writer {
    Header header;
    int bit = 0;
    std::uint8_t open = 0; // the byte being filled

    void put(const char* name, int bits, std::uint32_t value, std::string shown, bool is_tcp,
             const char* about = "") {
        header.fields.push_back({name, bit, bits, std::move(shown), about, is_tcp});
        for (int i = bits - 1; i >= 0; --i) {
            open = static_cast<std::uint8_t>(open << 1 | (value >> i & 1u));
            if (++bit % 8 == 0) {
                header.bytes.push_back(open);
                open = 0;
            }
        }
    }
    void ip(const char* name, int bits, std::uint32_t value, const char* about = "") {
        put(name, bits, value, fmt::format("{}", value), false, about);
    }
    void tcp(const char* name, int bits, std::uint32_t value, const char* about = "") {
        put(name, bits, value, fmt::format("{}", value), true, about);
    }
    void option(const char* name, std::uint32_t value, int bits, std::string shown,
                const char* about) {
        put(name, bits, value, std::move(shown), true, about);
    }
};

void set_checksum(Header& header, const char* name, bool is_tcp, std::uint16_t value) {
    for (HeaderField& field : header.fields) {
        if (std::string_view(field.name) == name && field.is_tcp == is_tcp) {
            const auto at = static_cast<std::size_t>(field.first_byte());
            header.bytes[at] = static_cast<std::uint8_t>(value >> 8);
            header.bytes[at + 1] = static_cast<std::uint8_t>(value & 0xff);
            field.value = fmt::format("0x{:04x}", value);
        }
    }
}

void write_options(Writer& w, const trace::Segment& s) {
    if (s.mss != 0) {
        w.option("maximum segment size", 0x02040000u | s.mss, 32, fmt::format("{}", s.mss),
                 "The most payload bytes that this end takes in one segment.");
    }
    if (s.sack_permitted) { // in the place of the two NOPs before a timestamp
        if (!s.has_timestamps) {
            w.option("NOP NOP", 0x0101, 16, "", "Padding to a multiple of four bytes.");
        }
        w.option("SACK permitted", 0x0402, 16, "",
                 "This end understands selective acknowledgements.");
    } else if (s.has_timestamps) {
        w.option("NOP NOP", 0x0101, 16, "", "Padding to a multiple of four bytes.");
    }
    if (s.has_timestamps) {
        w.option("timestamps", 0x080a, 16, "",
                 "RFC 7323: the sender's clock, and the peer's echoed.");
        w.option("timestamp value", s.ts_value, 32, fmt::format("{}", s.ts_value), "");
        w.option("timestamp echo", s.ts_echo, 32, fmt::format("{}", s.ts_echo), "");
    }
    if (s.window_scale >= 0) {
        w.option("NOP", 0x01, 8, "", "Padding to a multiple of four bytes.");
        w.option("window scale", 0x030300u | static_cast<std::uint32_t>(s.window_scale), 24,
                 fmt::format("{}", s.window_scale),
                 "Later windows of this end count in units of 2 to this power.");
    }
    if (s.sack_blocks > 0) {
        w.option("NOP NOP", 0x0101, 16, "", "Padding to a multiple of four bytes.");
        w.option("SACK", 0x0500u + 2u + 8u * s.sack_blocks, 16, "",
                 "RFC 2018: what arrived beyond the acknowledgement number; a block below it came "
                 "twice (RFC 2883).");
        for (std::size_t i = 0; i < s.sack_blocks && i < s.sack.size(); ++i) {
            w.option("block from", s.sack[i].first.raw, 32, fmt::format("{}", s.sack[i].first.raw),
                     "");
            w.option("block to", s.sack[i].last.raw, 32, fmt::format("{}", s.sack[i].last.raw),
                     "The first number after it.");
        }
    }
    if (s.fastopen >= 0) {
        w.option("NOP NOP", 0x0101, 16, "", "Padding to a multiple of four bytes.");
        w.option("Fast Open", 0x2202u + (s.fastopen > 0 ? 8u : 0u), 16, "",
                 "RFC 7413: asks for a cookie, or shows or gives one.");
    }
    if (s.fastopen > 0) {
        w.option("cookie", static_cast<std::uint32_t>(s.fastopen_cookie >> 32), 32,
                 fmt::format("{:08x}", s.fastopen_cookie >> 32), "");
        w.option("cookie", static_cast<std::uint32_t>(s.fastopen_cookie), 32,
                 fmt::format("{:08x}", s.fastopen_cookie & 0xffffffffu), "");
    }
}

} // namespace

std::string control_bit_names(std::uint32_t bits) {
    // AE: RFC 9768
    constexpr const char* names[] = {"AE", "CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"};
    std::string text;
    for (int i = 0; i < 9; ++i)
        if ((bits >> (8 - i) & 1) != 0)
            text.append(text.empty() ? "" : " ").append(names[i]);
    return text;
}

std::uint32_t options_length(const trace::Segment& s) {
    return (s.mss != 0 ? 4u : 0u) + (s.has_timestamps ? 12u : 0u) +
           (s.sack_permitted && !s.has_timestamps ? 4u : 0u) + (s.window_scale >= 0 ? 4u : 0u) +
           (s.sack_blocks > 0 ? 4u + 8u * s.sack_blocks : 0u) +
           (s.fastopen > 0    ? 12u
            : s.fastopen == 0 ? 4u
                              : 0u);
}

std::uint32_t packet_length(const trace::Segment& s) {
    return 40 + options_length(s) + s.length;
}

const char* about_ecn(Ecn e) {
    switch (e) {
    case Ecn::not_capable: return "A congested router may only drop it.";
    case Ecn::capable_1:
    case Ecn::capable: return "A congested router may mark it in place of dropping it (RFC 3168).";
    case Ecn::congestion: return "A router on the way was congested and has marked it (RFC 3168).";
    }
    return "";
}

Header header_of(const trace::Segment& s) {
    const std::uint32_t tcp_length = 20 + options_length(s);
    Writer w;
    w.ip("version", 4, 4, "IPv4.");
    w.ip("IHL", 4, 5, "The IPv4 header's length in 32-bit words.");
    w.ip("DSCP", 6, 0);
    w.put("ECN", 2, static_cast<std::uint32_t>(s.ecn), std::string(trace::name(s.ecn)), false,
          about_ecn(s.ecn));
    w.ip("total length", 16, 20 + tcp_length + s.length, "Both headers and the payload, in bytes.");
    w.ip("identification", 16, 0, "Free to choose: the datagram may not be fragmented (RFC 6864).");
    w.put("flags", 3, s.fragmentable ? 0 : 2, s.fragmentable ? "–" : "DF", false,
          s.fragmentable ? "" : "Do not fragment: TCP finds a size that fits.");
    w.ip("fragment offset", 13, 0);
    w.ip("time to live", 8, 64, "Routers that it may still pass.");
    w.put("protocol", 8, 6, "6 (TCP)", false);
    w.put("header checksum", 16, 0, "", false, "Over the IPv4 header.");
    w.put("source address", 32, s.source.address.raw, trace::format(s.source.address), false);
    w.put("destination address", 32, s.destination.address.raw,
          trace::format(s.destination.address), false);

    w.tcp("source port", 16, s.source.port);
    w.tcp("destination port", 16, s.destination.port);
    w.tcp("sequence number", 32, s.seq.raw, "Of the first byte; SYN and FIN use up one number.");
    const bool acks = s.flags.has(trace::flag::ack);
    w.tcp("acknowledgement number", 32, acks ? s.ack.raw : 0,
          acks ? "The next number that this end expects." : "Means nothing without the ACK flag.");
    w.tcp("data offset", 4, tcp_length / 4, "The TCP header's length in 32-bit words.");
    w.tcp("reserved", 3, 0);
    const std::uint32_t control = (s.accurate_ecn ? 0x100u : 0u) | s.flags.bits;
    w.put("control bits", 9, control, control_bit_names(control), true);
    w.tcp("window", 16, s.window, "How many bytes this end takes now, before scaling.");
    w.put("checksum", 16, 0, "", true,
          "Over a pseudo-header with the addresses, the TCP header and the payload.");
    const bool urgent = s.flags.has(trace::flag::urg);
    w.tcp("urgent pointer", 16, urgent ? s.urgent : 0,
          urgent ? "As many bytes from the sequence number on are urgent, by Linux's reading the "
                   "last of them alone."
                 : "Means nothing without the URG flag.");
    write_options(w, s);

    Header header = std::move(w.header);
    header.source = trace::format(s.source);
    header.destination = trace::format(s.destination);
    const std::span<const std::uint8_t> bytes = header.bytes;
    set_checksum(header, "header checksum", false, checksum(sum_of_words(bytes.first(20))));
    if (s.length == 0) {
        std::uint32_t total = sum_of_words(bytes.subspan(12, 8)); // both addresses
        total += 6 + tcp_length;
        total += sum_of_words(bytes.subspan(20));
        set_checksum(header, "checksum", true, checksum(total));
    } else {
        header.checksum_known = false;
        for (HeaderField& field : header.fields) {
            if (field.is_tcp && std::string_view(field.name) == "checksum") {
                field.value = "…";
                field.about = "Covers the payload, whose bytes are not kept here.";
            }
        }
    }
    return header;
}

} // namespace trace
