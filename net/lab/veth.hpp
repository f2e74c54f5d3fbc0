// Network devices of the calling thread's namespace. Each function returns false (or an errno) when
// refused.
#pragma once

#include <array>
#include <cstdint>

namespace net::lab {

using Ipv4 = std::array<std::uint8_t, 4>;
using HardwareAddress = std::array<std::uint8_t, 6>;

int create_veth(const char* name, const char* peer, const HardwareAddress& address); // 0 or errno

// `control` is any AF_INET datagram socket of the namespace; errno says why not.
// `flags`: beside IFF_UP.
bool bring_up(int control, const char* device, int flags = 0);
// Waits until frames may leave it: the kernel's link watch gives it a queue in its own time
// (dev_activate()), and what is sent before is dropped. Not for ever.
void wait_until_running(const char* device);
bool set_address(int control, const char* device, const Ipv4& address, const Ipv4& mask);
bool add_route(int control, const char* device, const Ipv4& network, const Ipv4& mask);

// So that frames are what a wire would carry: whole checksums and at most one MSS of payload.
bool turn_offloads_off(int control, const char* device);

} // namespace net::lab
