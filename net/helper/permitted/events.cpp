// An instance of the kernel's tracing of our own: made, opened, handed over, and removed when
// twomsl is gone, however it went.
//
// Nothing outside of the instance is read or changed. Where tracefs is not mounted, root mounts it
// in a mount namespace of the helper's own, which ends with it.
#include "net/helper/permitted/serve.hpp"

#include "net/lab/protocol.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <string>

namespace net::permitted {
namespace {

constexpr const char* tracefs = "/sys/kernel/tracing";
constexpr const char* name_begins = "twomsl-";
constexpr int instances_at_most = 16;
constexpr unsigned usual_buffer_kb = 1408, all_buffers_kb = 64 * 1024;

struct Wanted {
    const char* name;
    bool has_ports; // fields sport and dport, to be filtered by
    bool needed, tie;
};
constexpr Wanted events[] = {
    {"sock/inet_sock_set_state", true, true, false},
    {"tcp/tcp_retransmit_skb", true, false, false},
    {"tcp/tcp_retransmit_synack", true, false, false},
    {"tcp/tcp_send_reset", false, false, false},
    {"tcp/tcp_receive_reset", true, false, false},
    {"tcp/tcp_destroy_sock", true, false, false},
    {"tcp/tcp_probe", true, false, true},
};

// Not by access(): that asks for the user who started us, without the capabilities of our file.
bool exists(int folder, const std::string& path) {
    struct stat what {};
    return ::fstatat(folder, path.c_str(), &what, 0) == 0;
}

bool write_to(int folder, const std::string& path, const std::string& text) {
    const int file = ::openat(folder, path.c_str(), O_WRONLY | O_CLOEXEC | O_TRUNC);
    if (file < 0)
        return false;
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int error = errno;
    ::close(file);
    errno = error;
    return written;
}

std::string first_line(const std::string& path) {
    char buffer[256];
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t got = file < 0 ? -1 : ::read(file, buffer, sizeof buffer);
    if (file >= 0)
        ::close(file);
    std::string line(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
    return line.substr(0, line.find('\n'));
}

bool is_tracefs(const char* path) {
    struct statfs what {};
    return ::statfs(path, &what) == 0 && what.f_type == TRACEFS_MAGIC;
}

// Pids mean something only in one pid namespace: "4026531836".
std::string pid_namespace() {
    struct stat what {};
    return ::stat("/proc/self/ns/pid", &what) == 0 ? std::to_string(what.st_ino) : "0";
}

// "twomsl-4711-4026531836": of the helper with this pid, in this pid namespace.
bool is_of_the_dead(const std::string& name) {
    char* end = nullptr;
    const long pid = std::strtol(name.c_str() + std::strlen(name_begins), &end, 10);
    if (pid <= 0 || *end != '-' || std::string(end + 1) != pid_namespace())
        return false;
    if (::kill(static_cast<pid_t>(pid), 0) < 0 && errno == ESRCH)
        return true;
    // "4711 (twomsl-helper) S ...": the number may have been given out again, or nobody has buried
    // it.
    const std::string stat = first_line("/proc/" + std::to_string(pid) + "/stat");
    const auto program = stat.find(" (twomsl-helper) ");
    if (stat.empty())
        return false; // hidden from us
    return program == stat.npos || stat[program + 17] == 'Z' || stat[program + 17] == 'X';
}

// Removes what helpers left that were killed; how many instances of living ones there are.
int clean_up(int instances) {
    const int again = ::openat(instances, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* folder = again < 0 ? nullptr : ::fdopendir(again);
    if (!folder)
        return 0;
    int alive = 0;
    while (const dirent* entry = ::readdir(folder)) {
        const std::string name = entry->d_name;
        if (name.rfind(name_begins, 0) != 0)
            continue; // of others
        if (!is_of_the_dead(name) || ::unlinkat(instances, name.c_str(), AT_REMOVEDIR) < 0)
            ++alive;
    }
    ::closedir(folder);
    return alive;
}

// false: refused, and said so.
bool find_tracefs() {
    if (is_tracefs(tracefs) || ::access(tracefs, F_OK) < 0)
        return true; // what is missing is told when it is opened
    if (::unshare(CLONE_NEWNS) < 0)
        return refuse(Step::find_tracefs, ENOENT), false;
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 ||
        ::mount("tracefs", tracefs, "tracefs", MS_NOSUID | MS_NOEXEC | MS_NODEV, nullptr) < 0)
        return refuse(Step::mount_tracefs, errno), false;
    return true;
}

std::string filter(const Request& request, bool with_protocol) {
    std::string ports;
    for (std::uint32_t i = 0; i < request.ports; ++i) {
        const std::string port = std::to_string(request.port[i]);
        ports += (ports.empty() ? "" : "||") + ("sport==" + port + "||dport==" + port);
    }
    return with_protocol ? "(" + ports + ")&&protocol==6" : ports;
}

bool enable(int instance, const Request& request, const Wanted& event) {
    const std::string folder = "events/" + std::string(event.name) + "/";
    if (!exists(instance, folder + "enable"))
        return !event.needed; // an older kernel has fewer
    if (event.has_ports && !write_to(instance, folder + "filter", filter(request, event.needed)))
        return false;
    return write_to(instance, folder + "enable", "1");
}

bool hand_over(Part part, std::uint32_t number, const char* text, int folder,
               std::initializer_list<std::string> paths) {
    std::vector<int> descriptors;
    for (const std::string& path : paths)
        descriptors.push_back(::openat(folder, path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    bool open = true;
    for (const int descriptor : descriptors)
        open = open && descriptor >= 0;
    Reply message;
    message.part = part;
    message.number = number;
    lab::put_text(message.text, text);
    const bool sent = open ? reply(message, descriptors) : refuse(Step::open_trace, errno);
    for (const int descriptor : descriptors)
        ::close(descriptor); // twomsl holds them now
    return open && sent;
}

unsigned buffer_kb(const Request& request) {
    const long cpus = std::max(1l, ::sysconf(_SC_NPROCESSORS_CONF));
    const unsigned most = std::max(128u, all_buffers_kb / static_cast<unsigned>(cpus));
    const unsigned wanted = request.buffer_kb != 0 ? request.buffer_kb : usual_buffer_kb;
    return std::clamp(wanted, 16u, std::max(most, 16u));
}

// false: refused, and said so.
bool set_up(int instance, const Request& request) {
    const bool done = write_to(instance, "buffer_size_kb", std::to_string(buffer_kb(request))) &&
                      write_to(instance, "trace_clock", "mono");
    if (!done)
        return refuse(Step::set_up_instance, errno), false;
    write_to(instance, "buffer_percent", "0"); // since 5.0; we do not wait, we look
    for (const Wanted& event : events)
        if ((!event.tie || request.ties != 0) && !enable(instance, request, event))
            return refuse(Step::enable_event, errno), false;
    const long cpus = ::sysconf(_SC_NPROCESSORS_CONF);
    for (long cpu = 0; cpu < cpus; ++cpu) {
        const std::string folder = "per_cpu/cpu" + std::to_string(cpu) + "/";
        if (exists(instance, folder) &&
            !hand_over(Part::cpu, static_cast<std::uint32_t>(cpu), "", instance,
                       {folder + "trace_pipe_raw", folder + "stats"}))
            return false;
    }
    return true;
}

bool describe_events(int root, const Request& request) {
    for (const Wanted& event : events) {
        const std::string path = "events/" + std::string(event.name) + "/format";
        if ((!event.tie || request.ties != 0) && exists(root, path) &&
            !hand_over(Part::format, 0, event.name, root, {path}))
            return false;
    }
    return hand_over(Part::header_page, 0, "", root, {"events/header_page"});
}

// Until the other end of the control socket is closed, by whatever death. What else comes is not
// looked at.
void wait_for_the_end() {
    char more = 0;
    ssize_t got = 0;
    do
        got = ::recv(control_descriptor, &more, sizeof more, 0);
    while (got > 0 || (got < 0 && errno == EINTR));
}

// EBUSY as long as somebody has a file of it open: a dying process closes them one by one, a
// suspended one never.
void remove_instance(int instances, const std::string& name) {
    timespec pause{0, 2'000'000};
    for (int tries = 0; ::unlinkat(instances, name.c_str(), AT_REMOVEDIR) < 0 && errno == EBUSY;
         ++tries) {
        ::clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
        if (tries > 500)
            pause = {1, 0};
        if (tries > 500 + 3600)
            return; // the next helper will
    }
}

} // namespace

int serve_events(const Request& request) {
    if (!find_tracefs())
        return 3;
    const int root = ::open(tracefs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return refuse(Step::find_tracefs, errno), 3;
    const int instances = ::openat(root, "instances", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (instances < 0)
        return refuse(Step::find_tracefs, errno), 3;
    if (clean_up(instances) >= instances_at_most)
        return refuse(Step::instances_in_use, EUSERS), 3;
    const std::string name = name_begins + std::to_string(::getpid()) + "-" + pid_namespace();
    if (::mkdirat(instances, name.c_str(), 0750) < 0)
        return refuse(Step::create_instance, errno), 3;
    const int instance = ::openat(instances, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    Reply whole;
    lab::put_text(whole.text, name);
    bool served = instance >= 0;
    if (!served)
        refuse(Step::create_instance, errno);
    served = served && describe_events(root, request) && set_up(instance, request);
    ::close(instance);
    ::close(root);
    if (!drop_privileges(Keep::removing_directories)) {
        remove_instance(instances, name);
        return refuse(Step::create_instance, errno), 3;
    }
    allow_only_removing();
    if (served && reply(whole))
        wait_for_the_end();
    remove_instance(instances, name);
    ::_exit(served ? 0 : 3); // nothing but waiting and removing is allowed any more
}

} // namespace net::permitted
