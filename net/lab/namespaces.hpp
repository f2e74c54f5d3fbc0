// The laboratory from the outside: starts twomsl-lab and holds what it hands out. Safe to use from
// several threads.
#pragma once

#include "net/descriptor.hpp"
#include "net/lab/protocol.hpp"
#include "net/result.hpp"
#include "net/sock_diag.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace net::lab {

struct Host {
    Descriptor
        packets; // frames that the host sends come out here; frames written here reach the host
    SockDiag diag;
    Descriptor netstat;
    Descriptor snmp;
    std::string congestion_control;
};

class Namespaces {
public:
    // The calling thread must outlive the laboratory: twomsl-lab dies with it (PR_SET_PDEATHSIG is
    // by thread).
    // `helper`: where twomsl-lab lies; empty: beside this program.
    static Result<std::unique_ptr<Namespaces>> start(unsigned hosts,
                                                     const std::string& helper = "");
    ~Namespaces();

    std::vector<Host> hosts;

    Result<Descriptor> tcp_socket(unsigned host);
    Result<std::string> read_sysctl(unsigned host, const std::string& name);
    Result<std::string> write_sysctl(unsigned host, const std::string& name,
                                     const std::string& value);
    std::optional<Failure> add_address(unsigned host, const std::string& address);
    [[nodiscard]] int helper() const { return helper_; }

private:
    Namespaces() = default;
    Result<Received> ask(const Request& request, Reply& reply);

    std::mutex mutex_; // one question at a time
    Descriptor control_;
    int helper_ = -1;
};

} // namespace net::lab
