// Running something in a network namespace of its own, where nobody else's sockets and packets are.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

inline const std::string no_namespace = "no namespace: ";

// In a child process with loopback up; returns what `work` returns: "" or what went wrong. Begins
// with `no_namespace` where this machine does not allow one. Needs no privilege.
std::string in_own_network(const std::function<std::string()>& work);

// Packets that lo of this network namespace has taken since it is up.
std::uint64_t loopback_packets();
