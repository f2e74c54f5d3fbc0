// The IP and TCP header of a segment, byte for byte, each field with its place, value and meaning.
#pragma once

#include "event.hpp"
#include "segment.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trace {

struct HeaderField {
    const char* name = "";  // English; translate when shown
    int bit = 0, bits = 0;  // from the first bit of the IP header
    std::string value{};    // "1001", "SYN ACK"
    const char* about = ""; // one sentence; may be empty
    bool is_tcp = false;
    int first_byte() const { return bit / 8; }
    int last_byte() const { return (bit + bits - 1) / 8; }
};

struct Header {
    std::vector<std::uint8_t> bytes; // IPv4 (20) or IPv6 (40), TCP (20 and options)
    std::vector<HeaderField> fields; // in order, without gaps
    // The checksum covers payload bytes that are not kept: its two bytes are unknown then.
    bool checksum_known = true;
    std::string source{}, destination{}; // with ports: "10.0.0.1:80", "[::1]:80"
};

std::string control_bit_names(std::uint32_t bits); // "SYN ACK"
// Of the TCP header, in bytes, padded to whole words as Linux pads them.
std::uint32_t options_length(const trace::Segment&);
// The whole packet, IPv4 header and payload included: what a link must take.
std::uint32_t packet_length(const Segment&);
// One sentence on the ECN bits of an IP header.
const char* about_ecn(Ecn);

// As Linux would write it over IPv4.
Header header_of(const trace::Segment&);
// As it was captured, its checksums filled in where the kernel had left that to the hardware; else
// as above.
Header header_of(const trace::Trace&, trace::SegmentId);
// An IPv4 or IPv6 header and a TCP header behind it. Nothing: they are not.
std::optional<Header> read_header(std::span<const std::uint8_t> bytes, std::uint32_t payload);

} // namespace trace
