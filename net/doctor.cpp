// One function per tier: try it, say what came of it.
#include "net/doctor.hpp"

#include "net/clock.hpp"
#include "net/lab/namespaces.hpp"
#include "net/permitted/permit.hpp"
#include "net/sock_diag.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace net {
namespace {

struct Finding {
    bool works = false;
    std::string text; // what it gives, or which step was refused and what to do
};

Finding cannot(const Failure& failure) {
    return {false, describe(failure)};
}
Finding cannot(const char* attempt, const char* remedy) {
    return cannot(Failure{attempt, errno, remedy});
}

Finding try_loopback_pair() {
    auto diag = SockDiag::open();
    if (!diag)
        return cannot(diag.failure());
    Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* where = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener.number(), where, size) < 0 || ::listen(listener.number(), 1) < 0 ||
        ::getsockname(listener.number(), where, &size) < 0 ||
        ::connect(client.number(), where, size) < 0)
        return cannot("connecting a pair of our own on 127.0.0.1",
                      "Is lo up? sudo ip link set lo up");
    DumpRequest ends;
    ends.states = only(KernelState::established);
    ends.local_port = ntohs(address.sin_port);
    const auto began = monotonic_ns();
    const auto rows = diag->dump(ends);
    if (!rows)
        return cannot(rows.failure());
    if (rows->empty())
        return {false, "NETLINK_SOCK_DIAG does not show our own connection"};
    const auto row = diag->find(reversed(rows->front().pair));
    if (!row)
        return cannot(row.failure());
    if (!*row)
        return {false, "NETLINK_SOCK_DIAG does not find our own connection by its addresses"};
    return {true, fmt::format("both ends by sock_diag, {} us for a dump and an exact query; "
                              "sampled, without segments",
                              (monotonic_ns() - began) / 1000)};
}

Finding try_laboratory() {
    const auto began = monotonic_ns();
    const auto namespaces = lab::Namespaces::start(2);
    if (!namespaces)
        return cannot(namespaces.failure());
    const auto took = static_cast<double>(monotonic_ns() - began) / 1e6;
    return {true, fmt::format("two hosts in namespaces of their own, ready in {:.1f} ms, "
                              "congestion control {}; every "
                              "segment seen, hold, drop, delay, step",
                              took, (*namespaces)->hosts.front().congestion_control)};
}

Finding try_attach() {
    auto diag = SockDiag::open();
    if (!diag)
        return cannot(diag.failure());
    std::size_t count = 0;
    for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
        DumpRequest everything;
        everything.family = family;
        const auto rows = diag->dump(everything);
        if (!rows && family == AF_INET)
            return cannot(rows.failure());
        if (rows)
            count += rows->size();
    }
    Descriptor destroyed(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    sockaddr_nl group{};
    group.nl_family = AF_NETLINK;
    group.nl_groups = 1u << (SKNLGRP_INET_TCP_DESTROY - 1);
    const bool told =
        ::bind(destroyed.number(), reinterpret_cast<const sockaddr*>(&group), sizeof group) == 0;
    return {true,
            fmt::format(
                "{} TCP sockets of this network namespace visible; the end of connections is {}",
                count, told ? "announced" : "only noticed")};
}

// Asked for as Attach asks for it, of a port where nothing is; given back at once.
Finding try_permit(permitted::Ask ask, const char* gives) {
    permitted::Request request;
    request.ask = ask;
    request.ports = 1;
    request.port[0] = 1;
    const auto began = monotonic_ns();
    auto permit = permitted::Permit::ask(request);
    if (!permit)
        return cannot(permit.failure());
    constexpr int patience_ms = 5000;
    switch (permit->wait(patience_ms)) {
    case permitted::Permit::State::granted:
        return {true, fmt::format("{}, opened by twomsl-helper in {:.0f} ms", gives,
                                  static_cast<double>(monotonic_ns() - began) / 1e6)};
    case permitted::Permit::State::refused: return cannot(permit->failure());
    case permitted::Permit::State::waiting: break;
    }
    return {false, "twomsl-helper does not answer"};
}

} // namespace

int doctor(std::FILE* out) {
    utsname system{};
    ::uname(&system);
    fmt::print(out, "{} {} {}, user {}\n", system.sysname, system.release, system.machine,
               ::geteuid());
    const auto say = [&](const char* tier, const Finding& finding) {
        fmt::print(out, "{}  {:<34} {}.\n", finding.works ? "yes" : "no ", tier, finding.text);
    };
    say("simulator", {true, "needs nothing of this machine"});
    say("pair on 127.0.0.1, sampled", try_loopback_pair());
    say("laboratory, stepped", try_laboratory());
    fmt::print(out, "Other programs' connections (twomsl live):\n");
    say("sockets of others, sampled", try_attach());
    say("their segments",
        try_permit(permitted::Ask::segments, "headers by a filtered packet socket"));
    say("their every transition",
        try_permit(permitted::Ask::events, "sock:inet_sock_set_state in an instance of our own"));
    return 0;
}

} // namespace net
