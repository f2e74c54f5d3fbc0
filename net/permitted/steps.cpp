// One sentence for each step.
#include "net/permitted/steps.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>

namespace net::permitted {
namespace {

const char* attempt(Step step) {
    switch (step) {
    case Step::nothing: return "asking twomsl-helper";
    case Step::start_helper: return "starting twomsl-helper";
    case Step::understand: return "talking to twomsl-helper";
    case Step::packet_socket: return "opening a packet socket";
    case Step::packet_filter: return "filtering a packet socket";
    case Step::packet_ring: return "making the ring of a packet socket";
    case Step::packet_bind: return "binding a packet socket";
    case Step::map_ring: return "mapping the ring of a packet socket";
    case Step::find_tracefs: return "opening /sys/kernel/tracing";
    case Step::mount_tracefs: return "mounting tracefs";
    case Step::instances_in_use: return "making one more instance of the kernel's trace";
    case Step::create_instance: return "making an instance in /sys/kernel/tracing/instances";
    case Step::set_up_instance: return "setting up our instance of the kernel's trace";
    case Step::enable_event: return "enabling sock:inet_sock_set_state in our instance";
    case Step::open_trace: return "opening the trace of our instance";
    case Step::read_format: return "reading how sock:inet_sock_set_state is laid out";
    }
    return "asking twomsl-helper";
}

// What a missing privilege comes to: install the helper; root needs nothing.
std::string install(const std::string& helper) {
    if (helper == installed_helper)
        return fmt::format("The helper lacks its capabilities: sudo setcap "
                           "cap_net_raw,cap_dac_override=ep {}",
                           installed_helper);
    return "Once: " + install_line(helper);
}

} // namespace

std::string install_line(const std::string& built) {
    return fmt::format("sudo install -D -o root -g $(id -gn) -m 0750 {} {} && sudo setcap "
                       "cap_net_raw,cap_dac_override=ep {}",
                       built, installed_helper, installed_helper);
}

Failure explain(Step step, int error, const std::string& helper) {
    Failure failure{attempt(step), error, ""};
    const bool denied = error == EPERM || error == EACCES;
    switch (step) {
    case Step::start_helper:
        failure.remedy = error == EACCES
                             ? "Its group may run it: sudo chgrp $(id -gn) " + helper
                             : "twomsl-helper must lie beside twomsl: build or install both";
        break;
    case Step::understand:
        failure.remedy = "It is of another version: " + install_line("twomsl-helper");
        break;
    case Step::packet_socket:
        failure.remedy = denied                  ? install(helper)
                         : error == EAFNOSUPPORT ? "The kernel needs CONFIG_PACKET (modprobe "
                                                   "af_packet)"
                                                 : "";
        break;
    case Step::find_tracefs:
    case Step::mount_tracefs:
    case Step::create_instance:
    case Step::open_trace:
        if (error == ENOENT)
            failure.remedy = "sudo mount -t tracefs tracefs /sys/kernel/tracing (the kernel needs "
                             "CONFIG_FTRACE)";
        else if (denied && ::geteuid() == 0)
            failure.remedy = "A container, or a kernel locked down to confidentiality, forbids it: "
                             "run twomsl outside of it";
        else if (denied)
            failure.remedy = install(helper);
        else if (error == ENODEV)
            failure.remedy = "The kernel needs CONFIG_FTRACE";
        break;
    case Step::instances_in_use: failure.remedy = "Close other twomsl that watch"; break;
    case Step::enable_event:
    case Step::read_format:
        failure.remedy = error == ENOENT ? "It needs Linux 4.16 or later" : "";
        break;
    case Step::packet_ring:
    case Step::map_ring:
        failure.remedy = error == ENOMEM ? "4 MB of memory are missing" : "";
        break;
    case Step::nothing:
    case Step::packet_filter:
    case Step::packet_bind:
    case Step::set_up_instance: break;
    }
    return failure;
}

} // namespace net::permitted
