// Builds the hosts, presents each with its descriptors, then answers requests until twomsl is gone.
#include "net/lab/serve.hpp"

#include "net/lab/host_namespace.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

namespace net::lab {
namespace {

bool reply(const Reply& message, const std::vector<int>& descriptors = {}) {
    return send_message(control_descriptor, &message, sizeof message, descriptors);
}

bool fail(const Refusal& refusal, unsigned host) {
    Reply message;
    message.step = refusal.step;
    message.error = refusal.error;
    message.host = host;
    return reply(message);
}

void stand_alone(pid_t twomsl) {
    ::close_range(control_descriptor + 1, ~0u, 0);
    if (const int null = ::open("/dev/null", O_RDWR);
        null >= 0) // a pipe that twomsl writes to must not outlive it
        for (int number = 0; number <= 2; ++number)
            ::dup2(null, number);
    ::fcntl(control_descriptor, F_SETFD, FD_CLOEXEC);
    ::signal(SIGINT, SIG_IGN); // Ctrl-C belongs to twomsl; the control socket says when it is gone
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != twomsl)
        ::_exit(0);
}

// "net.ipv4.tcp_syncookies" lies in /proc/sys/net/ipv4/tcp_syncookies. Only names below net., none
// that climbs.
std::string sysctl_path(std::string sysctl) {
    const bool plain = std::all_of(sysctl.begin(), sysctl.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
    if (!plain || sysctl.rfind("net.", 0) != 0 || sysctl.find("..") != std::string::npos)
        return "";
    std::replace(sysctl.begin(), sysctl.end(), '.', '/');
    return "/proc/sys/" + sysctl;
}

bool answer(const Request& request, const std::vector<HostNamespace>& hosts) {
    if (request.host >= hosts.size())
        return fail({Step::tcp_socket, EINVAL}, request.host);
    if (::setns(hosts[request.host].name_space.number(), CLONE_NEWNET) < 0)
        return fail({Step::network_namespace, errno}, request.host);
    switch (request.ask) {
    case Ask::tcp_socket: {
        Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!made.is_open())
            return fail({Step::tcp_socket, errno}, request.host);
        Reply message;
        message.host = request.host;
        return reply(message, {made.number()});
    }
    case Ask::add_address: {
        const int error = add_address(request.name);
        return error == 0 ? reply({}) : fail({Step::configure_veth, error}, request.host);
    }
    case Ask::read_sysctl:
    case Ask::write_sysctl: {
        const std::string path = sysctl_path(request.name);
        if (path.empty())
            return fail({Step::sysctl, EINVAL}, request.host);
        if (request.ask == Ask::write_sysctl && !write_file(path.c_str(), request.value))
            return fail({Step::sysctl, errno}, request.host);
        if (::access(path.c_str(), R_OK) < 0)
            return fail({Step::sysctl, errno}, request.host);
        Reply message;
        message.host = request.host;
        put_text(message.text, read_line(path.c_str()));
        return reply(message);
    }
    }
    return fail({Step::sysctl, EINVAL}, request.host);
}

bool build(unsigned hosts, pid_t twomsl, std::vector<HostNamespace>& made) {
    if (const auto refusal = enter_user_namespace(); refusal.happened())
        return fail(refusal, 0), false;
    // Gaining capabilities cleared what the death of twomsl was to send (commit_creds): ask again.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != twomsl)
        return false;
    for (unsigned host = 0; host < hosts; ++host) {
        HostNamespace& one = made.emplace_back();
        if (const auto refusal = build_host(host, one); refusal.happened())
            return fail(refusal, host), false;
        Reply message;
        message.host = host;
        put_text(message.text, one.congestion_control);
        const std::vector<int> descriptors{one.packets.number(), one.diag.number(),
                                           one.netstat.number(), one.snmp.number()};
        if (!reply(message, descriptors))
            return false;
        one.packets.reset(); // twomsl holds them now
        one.diag.reset();
        one.netstat.reset();
        one.snmp.reset();
    }
    return true;
}

} // namespace

int serve(int argc, char** argv) {
    const long hosts = argc == 3 ? std::strtol(argv[1], nullptr, 10) : 0;
    const auto twomsl = static_cast<pid_t>(argc == 3 ? std::strtol(argv[2], nullptr, 10) : 0);
    if (hosts < 1 || hosts > static_cast<long>(hosts_at_most) ||
        ::fcntl(control_descriptor, F_GETFD) < 0) {
        fmt::print(
            stderr,
            "twomsl-lab is started by twomsl for its laboratory; it does nothing by itself\n");
        return 2;
    }
    stand_alone(twomsl);
    std::vector<HostNamespace> made;
    if (!build(static_cast<unsigned>(hosts), twomsl, made))
        return 3;
    while (true) {
        Request request;
        const auto received = receive_message(control_descriptor, &request, sizeof request);
        if (!received || received->size != sizeof request)
            return 0; // twomsl is gone
        request.name[sizeof request.name - 1] = request.value[sizeof request.value - 1] = '\0';
        if (!answer(request, made))
            return 0;
    }
}

} // namespace net::lab
