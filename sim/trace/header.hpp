// The IPv4 and TCP header of a segment, byte for byte, each field with its place, value and
// meaning.
#pragma once

#include "segment.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trace {

struct HeaderField {
    const char* name = "";  // English; translate when shown
    int bit = 0, bits = 0;  // from the first bit of the IPv4 header
    std::string value{};    // "1001", "SYN ACK"
    const char* about = ""; // one sentence; may be empty
    bool is_tcp = false;
    int first_byte() const { return bit / 8; }
    int last_byte() const { return (bit + bits - 1) / 8; }
};

struct Header {
    std::vector<std::uint8_t> bytes; // IPv4 (20), TCP (20 and options)
    std::vector<HeaderField> fields; // in order, without gaps
    // The checksum covers payload bytes that are not kept: its two bytes are unknown then.
    bool checksum_known = true;
};

Header header_of(const trace::Segment&);

} // namespace trace
