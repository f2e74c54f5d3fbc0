// The steps from nothing to a host with an address, in order; the first that is refused ends it.
#include "net/lab/host_namespace.hpp"

#include "net/lab/veth.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace net::lab {
namespace {

Refusal refused(Step step) {
    return {step, errno};
}

// The namespaces that are made from this one get a hash table of this size for their sockets
// (Linux 6.1): a walk over all of them then takes 20 us instead of 450. Older kernels lack it and
// are only slower.
void make_children_small() {
    write_file("/proc/sys/net/ipv4/tcp_child_ehash_entries", "512");
}

// What the recordings of this project were made with; none of them is essential, so a refusal is
// not fatal.
std::string apply_settings() {
    make_children_small(); // the next host is made from this one
    // Segments by hand come from whatever address they claim.
    write_file("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
    write_file("/proc/sys/net/ipv4/conf/default/rp_filter", "0");
    write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
    write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    write_file("/proc/sys/net/ipv4/tcp_autocorking", "0");
    write_file("/proc/sys/net/ipv4/tcp_no_metrics_save", "1");
    write_file("/proc/sys/net/ipv4/ip_unprivileged_port_start",
               "0"); // twomsl itself stays outside, without privilege
    // Never bbr, which paces. An unprivileged namespace may be refused cubic.
    const char* congestion = "/proc/sys/net/ipv4/tcp_congestion_control";
    if (!write_file(congestion, "cubic"))
        write_file(congestion, "reno");
    return read_line(congestion);
}

Descriptor open_packet_socket(int interface) {
    Descriptor made(
        ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); // no frames before bind
    if (!made.is_open())
        return made;
    const int on = 1;
    const int room = 4 * 1024 * 1024;
    ::setsockopt(made.number(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
    ::setsockopt(made.number(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    ::setsockopt(made.number(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(ETH_P_ALL);
    where.sll_ifindex = interface;
    if (::bind(made.number(), reinterpret_cast<const sockaddr*>(&where), sizeof where) < 0)
        made.reset();
    return made;
}

Descriptor open_to_read(const char* path) {
    return Descriptor(::open(path, O_RDONLY | O_CLOEXEC));
}

} // namespace

bool write_file(const char* path, const std::string& text) {
    Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
    return file.is_open() &&
           ::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::string read_line(const char* path) {
    Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    char text[256];
    const ssize_t got = file.is_open() ? ::read(file.number(), text, sizeof text) : -1;
    if (got <= 0)
        return "";
    std::string line(text, static_cast<std::size_t>(got));
    return line.substr(0, line.find('\n'));
}

Refusal enter_user_namespace() {
    const auto uid = ::geteuid();
    const auto gid = ::getegid();
    if (::unshare(CLONE_NEWUSER) < 0)
        return refused(Step::user_namespace);
    // user_namespaces(7): an unprivileged process must give up setgroups() before it may map its
    // group.
    write_file("/proc/self/setgroups", "deny");
    if (!write_file("/proc/self/uid_map", fmt::format("0 {} 1", uid)))
        return refused(Step::map_user);
    if (!write_file("/proc/self/gid_map", fmt::format("0 {} 1", gid)))
        return refused(Step::map_user);
    if (::unshare(CLONE_NEWNET) < 0)
        return refused(Step::network_namespace);
    make_children_small();
    return {};
}

int add_address(const char* address) {
    Ipv4 wanted{};
    if (::inet_pton(AF_INET, address, wanted.data()) != 1)
        return EINVAL;
    const Descriptor control(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // One label for each: SIOCSIFADDR replaces the address of a label that there is.
    const std::string label = fmt::format("v0:{}.{}", wanted[2], wanted[3]);
    return set_address(control.number(), label.c_str(), wanted, {255, 255, 255, 255}) ? 0 : errno;
}

Refusal build_host(unsigned host, HostNamespace& made) {
    if (::unshare(CLONE_NEWNET) < 0)
        return refused(Step::network_namespace);
    made.name_space = open_to_read("/proc/thread-self/ns/net");
    if (!made.name_space.is_open())
        return refused(Step::network_namespace);
    Descriptor control(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!control.is_open() || !bring_up(control.number(), "lo"))
        return refused(Step::loopback_up);
    made.congestion_control = apply_settings();

    const auto own = hardware_address(host);
    if (const int error = create_veth("v0", "v1", own))
        return {Step::create_veth, error};
    if (!turn_offloads_off(control.number(), "v0") || !turn_offloads_off(control.number(), "v1"))
        return refused(Step::turn_offloads_off);
    if (!set_address(control.number(), "v0", {10, 0, 0, static_cast<std::uint8_t>(host + 1)},
                     {255, 0, 0, 0}) ||
        !bring_up(control.number(), "v1") || !bring_up(control.number(), "v0", IFF_NOARP))
        return refused(Step::configure_veth);
    wait_until_running("v0");
    wait_until_running("v1");
    // Addresses that no host has: whoever is asked for an answer sends it there (RFC 2544).
    if (!add_route(control.number(), "v0", {198, 18, 0, 0}, {255, 254, 0, 0}))
        return refused(Step::routes);
    made.packets = open_packet_socket(static_cast<int>(if_nametoindex("v1")));
    if (!made.packets.is_open())
        return refused(Step::packet_socket);
    made.diag = Descriptor(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!made.diag.is_open())
        return refused(Step::diag_socket);
    made.netstat = open_to_read("/proc/thread-self/net/netstat");
    made.snmp = open_to_read("/proc/thread-self/net/snmp");
    if (!made.netstat.is_open() || !made.snmp.is_open())
        return refused(Step::counter_files);
    return {};
}

} // namespace net::lab
