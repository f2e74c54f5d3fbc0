// A short slice (sched_setattr(2), for ordinary threads since Linux 6.12) means an early turn after
// waking; a lower nice value, which only root may choose, means more of it.
#include "net/prompt.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace net {
namespace {

struct Attributes { // struct sched_attr, which libc does not declare
    std::uint32_t size = 48;
    std::uint32_t policy = SCHED_OTHER;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 100'000; // the slice in ns, the least that is taken
    std::uint64_t deadline = 0, period = 0;
};

} // namespace

void become_prompt() {
    ::prctl(PR_SET_TIMERSLACK, 1);
    const int now = ::getpriority(PRIO_PROCESS, 0);
    const int wanted_nice = now > 0 ? now : std::min(now, -10); // whoever is nice stays so
    for (const int nice : {wanted_nice, now}) {
        Attributes wanted;
        wanted.nice = nice;
        if (::syscall(SYS_sched_setattr, 0, &wanted, 0) == 0)
            return;
    }
}

} // namespace net
