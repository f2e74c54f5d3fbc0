// twomsl-helper: opens for twomsl what takes a privilege, hands the descriptors over, drops the
// privilege.
//
// It is run by twomsl, with one end of a socket pair as descriptor 3; one request, then it either
// leaves (segments) or waits for twomsl's end to remove what it made (events). It forks first, so
// that nobody has to wait for its end.
#include "net/helper/permitted/serve.hpp"

#include "net/lab/protocol.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace net::permitted {

bool reply(Reply message, const std::vector<int>& descriptors) {
    return lab::send_message(control_descriptor, &message, sizeof message, descriptors);
}

bool refuse(Step step, int error) {
    Reply message;
    message.step = step;
    message.error = error;
    return reply(message);
}

namespace {

bool is_asked_by_twomsl() {
    int type = 0;
    socklen_t size = sizeof type;
    return ::getsockopt(control_descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
           type == SOCK_SEQPACKET;
}

void stand_alone() {
    ::close_range(control_descriptor + 1, ~0u, 0);
    if (const int null = ::open("/dev/null", O_RDWR); null >= 0) {
        for (int number = 0; number <= 2; ++number)
            ::dup2(null, number);
        ::close(null);
    }
    ::fcntl(control_descriptor, F_SETFD, FD_CLOEXEC);
    ::setsid(); // Ctrl-C and a closed terminal belong to twomsl; the socket says when it is gone
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
        ::signal(signal, SIG_IGN);
    if (::chdir("/") < 0)
        return;
}

int serve() {
    Request request;
    const auto received = lab::receive_message(control_descriptor, &request, sizeof request);
    const bool understood = received && received->size == sizeof request &&
                            request.version == protocol_version && request.ports > 0 &&
                            request.ports <= ports_at_most;
    if (!understood)
        return refuse(Step::understand, EINVAL), 2;
    switch (request.ask) {
    case Ask::segments: return serve_segments(request);
    case Ask::events: return serve_events(request);
    }
    return refuse(Step::understand, EINVAL), 2;
}

} // namespace
} // namespace net::permitted

int main() {
    if (!net::permitted::is_asked_by_twomsl()) {
        std::fputs("twomsl-helper is started by twomsl; it does nothing by itself\n", stderr);
        return 2;
    }
    if (const pid_t child = ::fork(); child != 0)
        return child > 0 ? 0 : 3;
    net::permitted::stand_alone();
    return net::permitted::serve();
}
