// rtnetlink for the pair itself, the older ioctls for the rest.
#include "net/lab/veth.hpp"

#include "net/descriptor.hpp"

#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>

namespace net::lab {
namespace {

ifreq named(const char* device) {
    ifreq request{};
    std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
    return request;
}

void put_ipv4(sockaddr& field, const Ipv4& address) {
    sockaddr_in made{};
    made.sin_family = AF_INET;
    std::memcpy(&made.sin_addr, address.data(), address.size());
    std::memcpy(&field, &made, sizeof field);
}

} // namespace

int create_veth(const char* device, const char* peer, const HardwareAddress& address) {
    alignas(nlmsghdr) char buffer[1024] = {};
    nlmsghdr* message = mnl_nlmsg_put_header(buffer);
    message->nlmsg_type = RTM_NEWLINK;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
    message->nlmsg_seq = 1;
    mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg));
    mnl_attr_put_strz(message, IFLA_IFNAME, device);
    mnl_attr_put(message, IFLA_ADDRESS, address.size(), address.data());
    nlattr* link_info = mnl_attr_nest_start(message, IFLA_LINKINFO);
    mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
    nlattr* data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
    nlattr* other = mnl_attr_nest_start(message, VETH_INFO_PEER);
    mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg));
    mnl_attr_put_strz(message, IFLA_IFNAME, peer);
    mnl_attr_nest_end(message, other);
    mnl_attr_nest_end(message, data);
    mnl_attr_nest_end(message, link_info);

    Descriptor netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!netlink.is_open())
        return errno;
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (::sendto(netlink.number(), message, message->nlmsg_len, 0,
                 reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0)
        return errno;
    const ssize_t got = ::recv(netlink.number(), buffer, sizeof buffer, 0);
    if (got < 0)
        return errno;
    const auto* answer = reinterpret_cast<const nlmsghdr*>(buffer);
    if (!mnl_nlmsg_ok(answer, static_cast<int>(got)) || answer->nlmsg_type != NLMSG_ERROR)
        return EPROTO;
    return -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(answer))->error;
}

bool bring_up(int control, const char* device, int flags) {
    ifreq request = named(device);
    if (::ioctl(control, SIOCGIFFLAGS, &request) < 0)
        return false;
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | flags);
    return ::ioctl(control, SIOCSIFFLAGS, &request) == 0;
}

namespace {

// The queue through which frames leave it: "noop" drops them all. "" when it cannot be asked.
std::string queue_of(const Descriptor& netlink, const char* device) {
    alignas(nlmsghdr) std::array<char, 8192> buffer{};
    nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
    message->nlmsg_type = RTM_GETLINK;
    message->nlmsg_flags = NLM_F_REQUEST;
    mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg));
    mnl_attr_put_strz(message, IFLA_IFNAME, device);
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (::sendto(netlink.number(), message, message->nlmsg_len, 0,
                 reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0)
        return "";
    const ssize_t got = ::recv(netlink.number(), buffer.data(), buffer.size(), 0);
    const auto* answer = reinterpret_cast<const nlmsghdr*>(buffer.data());
    if (got < 0 || !mnl_nlmsg_ok(answer, static_cast<int>(got)) ||
        answer->nlmsg_type != RTM_NEWLINK)
        return "";
    std::string queue;
    mnl_attr_parse(
        answer, sizeof(ifinfomsg),
        [](const nlattr* attribute, void* found) {
            if (mnl_attr_get_type(attribute) == IFLA_QDISC)
                *static_cast<std::string*>(found) = mnl_attr_get_str(attribute);
            return MNL_CB_OK;
        },
        &queue);
    return queue;
}

} // namespace

void wait_until_running(const char* device) {
    constexpr int tries = 5000;
    constexpr timespec a_little{0, 100'000};
    const Descriptor netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    for (int n = 0; n < tries && netlink.is_open() && queue_of(netlink, device) == "noop"; ++n)
        ::nanosleep(&a_little, nullptr);
}

bool set_address(int control, const char* device, const Ipv4& address, const Ipv4& mask) {
    ifreq request = named(device);
    put_ipv4(request.ifr_addr, address);
    if (::ioctl(control, SIOCSIFADDR, &request) < 0)
        return false;
    request = named(device);
    put_ipv4(request.ifr_netmask, mask);
    return ::ioctl(control, SIOCSIFNETMASK, &request) == 0;
}

bool add_route(int control, const char* device, const Ipv4& network, const Ipv4& mask) {
    rtentry route{};
    put_ipv4(route.rt_dst, network);
    put_ipv4(route.rt_genmask, mask);
    route.rt_flags = RTF_UP;
    std::string name = device;
    route.rt_dev = name.data();
    return ::ioctl(control, SIOCADDRT, &route) == 0;
}

bool turn_offloads_off(int control, const char* device) {
    bool transmit_checksum_off = false;
    for (const std::uint32_t command :
         {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM}) {
        ethtool_value value{command, 0};
        ifreq request = named(device);
        request.ifr_data = reinterpret_cast<char*>(&value);
        const bool done = ::ioctl(control, SIOCETHTOOL, &request) == 0;
        if (command == ETHTOOL_STXCSUM)
            transmit_checksum_off = done; // the one that frames cannot do without
    }
    return transmit_checksum_off;
}

} // namespace net::lab
