// SIGURG without SA_RESTART.
#include "net/interrupt.hpp"

#include <signal.h>

namespace net {

void make_calls_interruptible() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGURG, &action, nullptr);
}

void interrupt_calls_of(pthread_t thread) {
    ::pthread_kill(thread, SIGURG);
}

} // namespace net
