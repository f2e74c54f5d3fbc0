// Starting the helper, receiving the hosts, asking for sockets and sysctls.
#include "net/lab/namespaces.hpp"

#include "net/lab/steps.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

extern char** environ;

namespace net::lab {
namespace {

// Beside this program, else where the build put it (for programs elsewhere in the build tree).
std::string helper_path() {
    char own[4096];
    const ssize_t length = ::readlink("/proc/self/exe", own, sizeof own);
    if (length > 0) {
        std::string path(own, static_cast<std::size_t>(length));
        path = path.substr(0, path.rfind('/')) + "/twomsl-lab";
        if (::access(path.c_str(), X_OK) == 0)
            return path;
    }
    return TWOMSL_LAB_BUILT;
}

// 0 or errno.
int spawn(const std::string& path, int control, unsigned hosts, pid_t& child) {
    std::string name = "twomsl-lab";
    std::string count = fmt::format("{}", hosts);
    std::string parent = fmt::format("{}", ::getpid());
    char* arguments[] = {name.data(), count.data(), parent.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, control, control_descriptor);
    const int error = ::posix_spawn(&child, path.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

} // namespace

Result<std::unique_ptr<Namespaces>> Namespaces::start(unsigned hosts, const std::string& helper) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return explain(Step::start_helper, errno);
    std::unique_ptr<Namespaces> made(new Namespaces);
    made->control_ = Descriptor(ends[0]);
    Descriptor theirs(ends[1]);
    const timeval patience{5,
                           0}; // building takes milliseconds; a helper that hangs must not hang us
    ::setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (const int error =
            spawn(helper.empty() ? helper_path() : helper, theirs.number(), hosts, made->helper_))
        return explain(Step::start_helper, error);
    theirs.reset();

    for (unsigned host = 0; host < hosts; ++host) {
        Reply reply;
        auto received = receive_message(made->control_.number(), &reply, sizeof reply);
        if (!received || received->size != sizeof reply)
            return explain(Step::start_helper, received ? ECHILD : errno);
        if (reply.step != Step::nothing)
            return explain(reply.step, reply.error);
        if (received->descriptors.size() != descriptors_per_host)
            return explain(Step::start_helper, EPROTO);
        auto diag = SockDiag::adopt(std::move(received->descriptors[1]));
        if (!diag)
            return diag.failure();
        made->hosts.push_back({std::move(received->descriptors[0]), std::move(*diag),
                               std::move(received->descriptors[2]),
                               std::move(received->descriptors[3]), reply.text});
    }
    return made;
}

Namespaces::~Namespaces() {
    hosts.clear();
    control_.reset(); // the helper reads end of file and leaves
    if (helper_ > 0)
        while (::waitpid(helper_, nullptr, 0) < 0 && errno == EINTR) {
        }
}

Result<Received> Namespaces::ask(const Request& request, Reply& reply) {
    const std::lock_guard guard(mutex_);
    if (!send_message(control_.number(), &request, sizeof request, {}))
        return explain(Step::ask_helper, errno);
    auto received = receive_message(control_.number(), &reply, sizeof reply);
    if (!received || received->size != sizeof reply)
        return explain(Step::ask_helper, ECHILD);
    if (reply.step != Step::nothing)
        return explain(reply.step, reply.error);
    return std::move(*received);
}

Result<Descriptor> Namespaces::tcp_socket(unsigned host) {
    Request request;
    request.host = host;
    Reply reply;
    auto received = ask(request, reply);
    if (!received)
        return received.failure();
    if (received->descriptors.size() != 1)
        return explain(Step::tcp_socket, EPROTO);
    return std::move(received->descriptors[0]);
}

std::optional<Failure> Namespaces::add_address(unsigned host, const std::string& address) {
    Request request;
    request.ask = Ask::add_address;
    request.host = host;
    put_text(request.name, address);
    Reply reply;
    auto received = ask(request, reply);
    return received ? std::nullopt : std::optional(received.failure());
}

Result<std::string> Namespaces::read_sysctl(unsigned host, const std::string& name) {
    Request request;
    request.ask = Ask::read_sysctl;
    request.host = host;
    put_text(request.name, name);
    Reply reply;
    auto received = ask(request, reply);
    if (!received)
        return received.failure();
    return std::string(reply.text);
}

Result<std::string> Namespaces::write_sysctl(unsigned host, const std::string& name,
                                             const std::string& value) {
    Request request;
    request.ask = Ask::write_sysctl;
    request.host = host;
    put_text(request.name, name);
    put_text(request.value, value);
    Reply reply;
    auto received = ask(request, reply);
    if (!received)
        return received.failure();
    return std::string(reply.text);
}

} // namespace net::lab
