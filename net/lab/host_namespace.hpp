// Inside the helper: one network namespace that is one host of the laboratory.
//
// A veth pair v0–v1 lies wholly inside it: v0 has the host's address, and what v0 sends comes out
// of the packet socket on v1, in the hands of twomsl. No frame goes from host to host unless twomsl
// writes it to the other's packet socket.
#pragma once

#include "net/descriptor.hpp"
#include "net/lab/protocol.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace net::lab {

struct Refusal {
    Step step = Step::nothing;
    int error = 0;
    [[nodiscard]] bool happened() const { return step != Step::nothing; }
};

struct HostNamespace {
    Descriptor name_space; // its netns, for setns
    Descriptor packets;    // AF_PACKET on v1
    Descriptor diag;
    Descriptor netstat; // /proc/net/netstat and snmp, which keep showing this namespace wherever
                        // they are read
    Descriptor snmp;
    std::string congestion_control;
};

// Moves the calling process into a new user namespace in which it has every capability.
Refusal enter_user_namespace();

// Moves the calling process into a new network namespace and makes it host number `host`.
Refusal build_host(unsigned host, HostNamespace& made);

// One more address of the host whose namespace this is; 0 or errno.
int add_address(const char* address);

bool write_file(const char* path, const std::string& text); // errno says why not
std::string read_line(const char* path);

} // namespace net::lab
