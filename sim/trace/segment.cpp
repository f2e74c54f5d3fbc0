// Segments as people read them.
#include "segment.hpp"

#include <string_view>

#include <fmt/format.h>

namespace trace {

bool is_kind(const Segment& s, SegmentKind kind) {
    switch (kind) {
        case SegmentKind::any: return true;
        case SegmentKind::syn: return s.flags.has(flag::syn) && !s.flags.has(flag::ack);
        case SegmentKind::syn_ack: return s.flags.has(flag::syn | flag::ack);
        case SegmentKind::ack:
            return s.flags.has(flag::ack) && !s.flags.has(flag::syn) && !s.flags.has(flag::fin) && !s.flags.has(flag::rst) && s.length == 0;
        case SegmentKind::data: return s.length > 0;
        case SegmentKind::fin: return s.flags.has(flag::fin);
        case SegmentKind::rst: return s.flags.has(flag::rst);
        case SegmentKind::ece: return s.flags.has(flag::ece);
        case SegmentKind::cwr: return s.flags.has(flag::cwr);
    }
    return false;
}

std::string_view name(SegmentKind kind) {
    switch (kind) {
        case SegmentKind::any: return "*";
        case SegmentKind::syn: return "SYN";
        case SegmentKind::syn_ack: return "SYN+ACK";
        case SegmentKind::ack: return "ACK";
        case SegmentKind::data: return "DATA";
        case SegmentKind::fin: return "FIN";
        case SegmentKind::rst: return "RST";
        case SegmentKind::ece: return "ECE";
        case SegmentKind::cwr: return "CWR";
    }
    return "?";
}

std::string_view name(Ecn e) {
    switch (e) {
        case Ecn::not_capable: return "Not-ECT";
        case Ecn::capable_1: return "ECT(1)";
        case Ecn::capable: return "ECT(0)";
        case Ecn::congestion: return "CE";
    }
    return "?";
}

std::string describe(Flags flags) {
    std::string out;
    const auto add = [&](Flags f, std::string_view word) {
        if (!flags.has(f)) return;
        if (!out.empty()) out += '+';
        out += word;
    };
    add(flag::syn, "SYN");
    add(flag::fin, "FIN");
    add(flag::rst, "RST");
    add(flag::psh, "PSH");
    add(flag::urg, "URG");
    add(flag::ack, "ACK");
    add(flag::ece, "ECE");
    add(flag::cwr, "CWR");
    return out.empty() ? "-" : out;
}

std::string packetdrill(Flags flags) {
    std::string out;
    if (flags.has(flag::syn)) out += 'S';
    if (flags.has(flag::fin)) out += 'F';
    if (flags.has(flag::rst)) out += 'R';
    if (flags.has(flag::psh)) out += 'P';
    if (flags.has(flag::ack)) out += '.';
    if (flags.has(flag::urg)) out += 'U';
    if (flags.has(flag::ece)) out += 'E';
    if (flags.has(flag::cwr)) out += 'W';
    return out.empty() ? "-" : out;
}

std::string describe(const Segment& s) {
    return s.accurate_ecn ? describe(s.flags) + "+AE" : describe(s.flags);
}

std::string packetdrill(const Segment& s) {
    return s.accurate_ecn ? packetdrill(s.flags) + "A" : packetdrill(s.flags);
}

std::string format(Address a) {
    if (stands_for_ipv6(a)) return "[IPv6]";
    return fmt::format("{}.{}.{}.{}", a.raw >> 24, (a.raw >> 16) & 255, (a.raw >> 8) & 255, a.raw & 255);
}

std::string format(Endpoint e) { return fmt::format("{}:{}", format(e.address), e.port); }

}  // namespace trace
