// Giving up what the helper was allowed.
#include "net/helper/permitted/serve.hpp"

#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace net::permitted {
namespace {

constexpr unsigned nobody = 65534;

bool set_capabilities(std::uint32_t low) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {{low, low, 0}, {0, 0, 0}};
    return ::syscall(SYS_capset, &header, data) == 0;
}

constexpr std::uint32_t own_architecture =
#if defined(__x86_64__)
    AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
    AUDIT_ARCH_AARCH64;
#else
    0;
#endif

} // namespace

bool drop_privileges(Keep keep) {
    const std::uint32_t kept = keep == Keep::removing_directories ? 1u << CAP_DAC_OVERRIDE : 0u;
    if (::prctl(PR_SET_KEEPCAPS, 1) < 0)
        return false;
    // Started by root: an ordinary user from here on. By a user, with capabilities of the file:
    // that user already.
    const unsigned user = ::getuid() == 0 ? nobody : ::getuid();
    const unsigned group = ::getuid() == 0 ? nobody : ::getgid();
    if (::geteuid() == 0 && ::setgroups(0, nullptr) < 0)
        return false;
    if (::setresgid(group, group, group) < 0 || ::setresuid(user, user, user) < 0)
        return false;
    if (!set_capabilities(kept))
        return false;
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

void allow_only_removing() {
    if (own_architecture == 0)
        return;
    constexpr std::uint32_t allowed[] = {
        SYS_sendmsg,    SYS_recvfrom,     SYS_unlinkat,        SYS_clock_nanosleep,
        SYS_exit_group, SYS_rt_sigreturn, SYS_restart_syscall,
    };
    constexpr std::size_t count = sizeof allowed / sizeof *allowed;
    sock_filter code[count * 2 + 5];
    std::size_t at = 0;
    code[at++] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    code[at++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own_architecture, 1, 0);
    code[at++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    code[at++] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    for (const std::uint32_t number : allowed) {
        code[at++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
        code[at++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    code[at++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    const sock_fprog program{static_cast<unsigned short>(at), code};
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program); // a kernel without it: as before
}

} // namespace net::permitted
