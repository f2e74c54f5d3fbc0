// Refusals in words. Namespaces are refused in several ways, at different steps; each has its own
// remedy.
#include "net/lab/steps.hpp"

#include <cerrno>
#include <cstdio>
#include <string>

namespace net::lab {
namespace {

const char* attempt(Step step) {
    switch (step) {
    case Step::nothing: return "building the laboratory";
    case Step::start_helper: return "starting twomsl-lab";
    case Step::ask_helper: return "asking twomsl-lab";
    case Step::user_namespace: return "creating a user namespace";
    case Step::map_user: return "mapping this user into the new user namespace";
    case Step::network_namespace: return "creating a network namespace for a host";
    case Step::loopback_up: return "bringing up lo inside the laboratory";
    case Step::settings: return "setting the sysctls of the laboratory";
    case Step::create_veth: return "creating the laboratory's veth pair";
    case Step::configure_veth: return "giving a laboratory host its address";
    case Step::turn_offloads_off:
        return "turning checksum and segmentation offload off inside the laboratory";
    case Step::routes: return "entering a route inside the laboratory";
    case Step::packet_socket: return "opening a packet socket inside the laboratory";
    case Step::diag_socket: return "opening NETLINK_SOCK_DIAG inside the laboratory";
    case Step::counter_files: return "opening /proc/net/netstat inside the laboratory";
    case Step::tcp_socket: return "creating a TCP socket inside the laboratory";
    case Step::sysctl: return "reading or writing a sysctl inside the laboratory";
    }
    return "building the laboratory";
}

// The number in a file below /proc/sys, or -1.
int setting(const char* path) {
    int value = -1;
    if (FILE* file = std::fopen(path, "re")) {
        if (std::fscanf(file, "%d", &value) != 1)
            value = -1;
        std::fclose(file);
    }
    return value;
}

std::string remedy_for_namespaces(int error) {
    if (setting("/proc/sys/kernel/unprivileged_userns_clone") == 0)
        return "This system forbids it to ordinary users: sudo sysctl "
               "kernel.unprivileged_userns_clone=1";
    if (setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
        return "AppArmor forbids it: give twomsl-lab a profile with the rule `userns,`, or sudo "
               "sysctl "
               "kernel.apparmor_restrict_unprivileged_userns=0";
    if (setting("/proc/sys/user/max_user_namespaces") == 0)
        return "User namespaces are limited to none: sudo sysctl user.max_user_namespaces=1000";
    if (setting("/proc/sys/user/max_net_namespaces") == 0)
        return "Network namespaces are limited to none: sudo sysctl user.max_net_namespaces=1000";
    if (error == ENOSPC)
        return "All namespaces that this user may have are in use: close other laboratories or "
               "containers";
    if (error == EINVAL || error == ENOSYS)
        return "The kernel needs CONFIG_USER_NS and CONFIG_NET_NS";
    return "A container or sandbox forbids it: run twomsl outside of it, or allow unshare() in its "
           "seccomp profile";
}

} // namespace

Failure explain(Step step, int error) {
    Failure failure{attempt(step), error, ""};
    switch (step) {
    case Step::user_namespace:
    case Step::map_user:
    case Step::network_namespace:
    case Step::loopback_up: failure.remedy = remedy_for_namespaces(error); break;
    case Step::create_veth:
        failure.remedy = error == EOPNOTSUPP ? "The kernel needs CONFIG_VETH (modprobe veth)"
                                             : remedy_for_namespaces(error);
        break;
    case Step::packet_socket:
        failure.remedy = error == EAFNOSUPPORT
                             ? "The kernel needs CONFIG_PACKET (modprobe af_packet)"
                             : remedy_for_namespaces(error);
        break;
    case Step::diag_socket:
        failure.remedy = "The kernel needs CONFIG_INET_DIAG (modprobe tcp_diag)";
        break;
    case Step::start_helper:
        failure.remedy = "twomsl-lab must lie beside twomsl: build or install both";
        break;
    case Step::ask_helper:
        failure.remedy = "It has ended, and with it new sockets of this laboratory: open a new one";
        break;
    case Step::nothing:
    case Step::settings:
    case Step::configure_veth:
    case Step::turn_offloads_off:
    case Step::routes:
    case Step::counter_files:
    case Step::tcp_socket:
    case Step::sysctl: break;
    }
    return failure;
}

} // namespace net::lab
