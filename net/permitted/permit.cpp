// Starting the helper and listening to it.
#include "net/permitted/permit.hpp"

#include "net/lab/protocol.hpp"
#include "net/permitted/steps.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace net::permitted {
namespace {

std::string beside_us() {
    char own[4096];
    const ssize_t length = ::readlink("/proc/self/exe", own, sizeof own);
    if (length > 0) {
        std::string path(own, static_cast<std::size_t>(length));
        path = path.substr(0, path.rfind('/')) + "/twomsl-helper";
        if (::access(path.c_str(), X_OK) == 0)
            return path;
    }
    return TWOMSL_HELPER_BUILT;
}

// Root needs no capabilities of a file; everybody else does, if there is an installed one.
std::string find_helper() {
    if (::geteuid() != 0 && ::access(installed_helper, X_OK) == 0)
        return installed_helper;
    return beside_us();
}

// 0 or errno. No environment: the helper has no use for ours.
int start(const std::string& path, int control) {
    std::string name = "twomsl-helper";
    char* arguments[] = {name.data(), nullptr};
    char* environment[] = {nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, control, control_descriptor);
    pid_t child = -1;
    const int error =
        ::posix_spawn(&child, path.c_str(), &actions, nullptr, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return error;
    int status = 0; // it forks at once: its child belongs to nobody
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : ECHILD;
}

} // namespace

Result<Permit> Permit::ask(const Request& request, const std::string& helper) {
    Permit made;
    made.helper_ = helper.empty() ? find_helper() : helper;
    const auto fail = [&](Step step, int error) { return explain(step, error, made.helper_); };
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return fail(Step::start_helper, errno);
    made.control_ = Descriptor(ends[0]);
    Descriptor theirs(ends[1]);
    if (!lab::send_message(ends[0], &request, sizeof request, {}))
        return fail(Step::start_helper, errno);
    if (theirs.number() == control_descriptor) { // dup2 onto itself would keep close-on-exec
        theirs = Descriptor(::fcntl(theirs.number(), F_DUPFD_CLOEXEC, control_descriptor + 1));
        if (!theirs.is_open())
            return fail(Step::start_helper, errno);
    }
    if (const int error = start(made.helper_, theirs.number()); error != 0)
        return fail(Step::start_helper, error);
    return made;
}

Permit::State Permit::look() {
    while (state_ == State::waiting) {
        pollfd news{control_.number(), POLLIN, 0};
        if (::poll(&news, 1, 0) <= 0)
            break;
        Reply reply;
        auto received = lab::receive_message(control_.number(), &reply, sizeof reply);
        reply.text[sizeof reply.text - 1] = '\0';
        if (!received || received->size != sizeof reply) {
            failure_ = explain(Step::understand, received ? ECHILD : errno, helper_);
            state_ = State::refused;
        } else if (reply.step != Step::nothing) {
            failure_ = explain(reply.step, reply.error, helper_);
            state_ = State::refused;
        } else {
            handed_.push_back(
                {reply.part, reply.number, reply.text, std::move(received->descriptors)});
            if (reply.part == Part::whole)
                state_ = State::granted;
        }
    }
    if (state_ == State::refused)
        handed_.clear();
    return state_;
}

Permit::State Permit::wait(int milliseconds) {
    while (look() == State::waiting) {
        pollfd news{control_.number(), POLLIN, 0};
        if (::poll(&news, 1, milliseconds) <= 0)
            break;
    }
    return state_;
}

bool Permit::janitor_lives() const {
    if (!control_.is_open())
        return false;
    pollfd end{control_.number(), 0, 0};
    return ::poll(&end, 1, 0) == 0; // POLLHUP comes unasked
}

} // namespace net::permitted
