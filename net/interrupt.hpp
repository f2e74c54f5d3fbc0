// Interrupting a thread that is blocked in a system call.
#pragma once

#include <pthread.h>

namespace net {

// Gives SIGURG, which does nothing by default, a handler that does nothing but end blocking calls
// with EINTR.
void make_calls_interruptible();
void interrupt_calls_of(pthread_t thread);

} // namespace net
