// Which packets of an interface concern these TCP ports, as a program that the kernel runs on each
// (classic BPF, for a SOCK_DGRAM packet socket: offset 0 is the IP header).
//
// It answers with the length of the headers, so that payload never leaves the kernel. Of lo each
// packet comes twice, leaving and arriving: the arriving one is taken. Fragments after the first
// have no ports and are not taken.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <vector>

namespace net::permitted {

std::vector<sock_filter> headers_of(std::span<const std::uint16_t> ports, int loopback_index);

} // namespace net::permitted
