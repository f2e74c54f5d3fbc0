// What an observed world stands on: a laboratory of namespaces, or the loopback interface of this
// machine.
#pragma once

#include "net/descriptor.hpp"
#include "net/endpoint.hpp"
#include "net/result.hpp"
#include "net/socket_row.hpp"
#include "trace/event.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace net {

class Ground {
public:
    virtual ~Ground() = default;

    [[nodiscard]] virtual Endpoint address(trace::HostId host) const = 0; // port 0
    // Every socket of the host that belongs to this world.
    virtual Result<std::vector<SocketRow>> rows(trace::HostId host) = 0;
    virtual Result<Descriptor> tcp_socket(trace::HostId host) = 0;
    // A pair of addresses, as this host sees it, that this world now contains.
    virtual void track(trace::HostId host, const Pair& pair) = 0;
    // Where a scenario's port really is.
    virtual void map_port(trace::HostId host, std::uint16_t scenario_port,
                          std::uint16_t real_port) = 0;
    [[nodiscard]] virtual std::uint16_t real_port(trace::HostId host,
                                                  std::uint16_t scenario_port) const = 0;

    // One more address of the host.
    virtual std::optional<Failure> add_address(trace::HostId host, const std::string& address) = 0;

    // -1: no frames pass through us.
    [[nodiscard]] virtual int packets(trace::HostId host) const = 0;
    // The text of /proc/net/snmp and netstat of the host; empty when its counters are not its own.
    virtual std::string counters(trace::HostId host) = 0;
    virtual Result<std::string> read_sysctl(trace::HostId host, const std::string& name) = 0;
    virtual Result<std::string> write_sysctl(trace::HostId host, const std::string& name,
                                             const std::string& value) = 0;
    // Of its hosts; "" when they are not its own.
    [[nodiscard]] virtual std::string congestion_control() const { return {}; }
    // One sentence about what this ground can show and what it cannot.
    [[nodiscard]] virtual std::string scope() const = 0;
};

// REQUIRES: called on a thread that outlives the ground (namespaces).
Result<std::unique_ptr<Ground>> open_namespaces(unsigned hosts, const std::string& helper);
Result<std::unique_ptr<Ground>> open_loopback();

} // namespace net
