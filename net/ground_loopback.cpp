// A pair of our own on 127.0.0.1: host 0 connects, host 1 listens, both in the namespace of this
// machine.
//
// No segments are seen, and connect() completes its handshake inside one system call: what lies
// between two samples is inferred. Only sockets of ours are asked about, one by one; nothing else
// on the machine is looked at.
#include "net/ground.hpp"

#include "net/sock_diag.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <map>

namespace net {
namespace {

std::string sysctl_file(std::string name) {
    std::replace(name.begin(), name.end(), '.', '/');
    return "/proc/sys/" + name;
}

class LoopbackGround final : public Ground {
public:
    explicit LoopbackGround(SockDiag diag) : diag_(std::move(diag)) {}

    Endpoint address(trace::HostId) const override { return ipv4({127, 0, 0, 1}, 0); }

    Result<std::vector<SocketRow>> rows(trace::HostId host) override {
        std::vector<SocketRow> rows;
        for (const auto& [key, port] : ports_) {
            if (key.first != host)
                continue;
            DumpRequest listeners;
            listeners.states = only(KernelState::listen);
            listeners.local_port = port;
            auto found = diag_.dump(listeners);
            if (!found)
                return found.failure();
            for (SocketRow& row : *found)
                if (row.pair.local.address == address(host).address)
                    rows.push_back(std::move(row));
        }
        for (const auto& [owner, pair] : tracked_) {
            if (owner != host)
                continue;
            auto found = diag_.find(pair);
            if (!found)
                return found.failure();
            if (*found)
                rows.push_back(std::move(**found));
        }
        return rows;
    }

    Result<Descriptor> tcp_socket(trace::HostId) override {
        Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!made.is_open())
            return Failure{"creating a TCP socket", errno, ""};
        return made;
    }

    void track(trace::HostId host, const Pair& pair) override {
        const auto entry = std::pair(host, pair);
        if (std::find(tracked_.begin(), tracked_.end(), entry) == tracked_.end())
            tracked_.push_back(entry);
    }
    // The port is the machine's choice: the scenario's may be in use or privileged.
    void map_port(trace::HostId host, std::uint16_t scenario_port,
                  std::uint16_t real_port) override {
        ports_[{host, scenario_port}] = real_port;
    }
    std::uint16_t real_port(trace::HostId host, std::uint16_t scenario_port) const override {
        const auto at = ports_.find({host, scenario_port});
        return at == ports_.end() ? 0 : at->second;
    }
    std::optional<Failure> add_address(trace::HostId, const std::string& address) override {
        return Failure{"adding the address " + address + " to the loopback interface", 0, ""};
    }
    int packets(trace::HostId) const override { return -1; }
    std::string counters(trace::HostId) override {
        return "";
    } // those of the whole machine would not be ours

    Result<std::string> read_sysctl(trace::HostId, const std::string& name) override {
        Descriptor file(::open(sysctl_file(name).c_str(), O_RDONLY | O_CLOEXEC));
        char text[96];
        const ssize_t got = file.is_open() ? ::read(file.number(), text, sizeof text) : -1;
        if (got < 0)
            return Failure{"reading " + name, errno, ""};
        std::string value(text, static_cast<std::size_t>(got));
        return value.substr(0, value.find('\n'));
    }
    Result<std::string> write_sysctl(trace::HostId, const std::string& name,
                                     const std::string&) override {
        return Failure{
            "setting " + name, EPERM,
            "The loopback pair lives in this machine's own namespace, which twomsl never alters"};
    }
    std::string scope() const override {
        return "Real kernel, sampled: a pair of our own on 127.0.0.1. A loopback handshake "
               "finishes inside connect(), so SYN_SENT, "
               "SYN_RECV and LAST_ACK pass between two samples and are inferred; segments are not "
               "seen";
    }

private:
    SockDiag diag_;
    std::map<std::pair<trace::HostId, std::uint16_t>, std::uint16_t> ports_;
    std::vector<std::pair<trace::HostId, Pair>> tracked_;
};

} // namespace

Result<std::unique_ptr<Ground>> open_loopback() {
    auto diag = SockDiag::open();
    if (!diag)
        return diag.failure();
    return std::unique_ptr<Ground>(std::make_unique<LoopbackGround>(std::move(*diag)));
}

} // namespace net
