// The laboratory: each host has a network namespace, and its frames are ours.
#include "net/ground.hpp"

#include "net/lab/namespaces.hpp"

#include <fmt/core.h>

#include <array>

namespace net {
namespace {

class NamespaceGround final : public Ground {
public:
    explicit NamespaceGround(std::unique_ptr<lab::Namespaces> namespaces)
        : namespaces_(std::move(namespaces)) {}

    Endpoint address(trace::HostId host) const override {
        return ipv4({10, 0, 0, static_cast<std::uint8_t>(host + 1)}, 0);
    }
    Result<std::vector<SocketRow>> rows(trace::HostId host) override {
        return namespaces_->hosts[host].diag.dump({});
    }
    Result<Descriptor> tcp_socket(trace::HostId host) override {
        return namespaces_->tcp_socket(host);
    }
    void track(trace::HostId, const Pair&) override {}
    void map_port(trace::HostId, std::uint16_t, std::uint16_t) override {}
    std::uint16_t real_port(trace::HostId, std::uint16_t scenario_port) const override {
        return scenario_port;
    }
    std::optional<Failure> add_address(trace::HostId host, const std::string& address) override {
        return namespaces_->add_address(host, address);
    }
    int packets(trace::HostId host) const override {
        return namespaces_->hosts[host].packets.number();
    }

    std::string counters(trace::HostId host) override {
        std::string text;
        for (const Descriptor* file :
             {&namespaces_->hosts[host].snmp, &namespaces_->hosts[host].netstat}) {
            std::array<char, 16 * 1024> part;
            const ssize_t got = ::pread(file->number(), part.data(), part.size(), 0);
            if (got > 0)
                text.append(part.data(), static_cast<std::size_t>(got));
        }
        return text;
    }

    Result<std::string> read_sysctl(trace::HostId host, const std::string& name) override {
        return namespaces_->read_sysctl(host, name);
    }
    Result<std::string> write_sysctl(trace::HostId host, const std::string& name,
                                     const std::string& value) override {
        return namespaces_->write_sysctl(host, name, value);
    }
    std::string congestion_control() const override {
        return namespaces_->hosts.front().congestion_control;
    }
    std::string scope() const override {
        return fmt::format("Real kernel: {} network namespaces, congestion control {}; every "
                           "segment passes through twomsl",
                           namespaces_->hosts.size(),
                           namespaces_->hosts.front().congestion_control);
    }

private:
    std::unique_ptr<lab::Namespaces> namespaces_;
};

} // namespace

Result<std::unique_ptr<Ground>> open_namespaces(unsigned hosts, const std::string& helper) {
    auto started = lab::Namespaces::start(hosts, helper);
    if (!started)
        return started.failure();
    return std::unique_ptr<Ground>(std::make_unique<NamespaceGround>(std::move(*started)));
}

} // namespace net
