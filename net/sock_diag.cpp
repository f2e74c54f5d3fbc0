// The two kinds of question, their answers, and the traps between them.
#include "net/sock_diag.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace net {
namespace {

constexpr std::size_t buffer_size = 64 * 1024;
constexpr int answers_at_most = 4096; // messages read for one question
constexpr std::uint8_t extensions =
    1u << (INET_DIAG_INFO - 1) | 1u << (INET_DIAG_SKMEMINFO - 1) | 1u << (INET_DIAG_CONG - 1);

struct Question {
    nlmsghdr header;
    inet_diag_req_v2 body;
};

Question question(std::uint16_t flags, std::uint8_t family, std::uint32_t states,
                  std::uint32_t sequence) {
    Question made{};
    made.header.nlmsg_len = sizeof made;
    made.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    made.header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    made.header.nlmsg_seq = sequence;
    made.body.sdiag_family = family;
    made.body.sdiag_protocol = IPPROTO_TCP;
    made.body.idiag_ext = extensions;
    made.body.idiag_states = states;
    made.body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    made.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    return made;
}

// A program for inet_diag_bc_run(): this port at the near end, or at the far one. (Equality has an
// operation of its own only since Linux 5.2.) Where it goes on, by what it compared, is told in
// bytes from each operation; beyond the end of the program is "no".
struct EitherPort {
    nlattr header;
    inet_diag_bc_op code[9];
};

EitherPort either_port(std::uint16_t port) {
    EitherPort made{};
    made.header.nla_len = sizeof made;
    made.header.nla_type = INET_DIAG_REQ_BYTECODE;
    constexpr std::uint8_t compared = 8, jumped = 4; // bytes: a comparison is followed by its port
    const inet_diag_bc_op number{0, 0, port};
    const inet_diag_bc_op code[] = {
        {INET_DIAG_BC_S_GE, compared, 20}, number, // no: to the far end
        {INET_DIAG_BC_S_LE, compared, 12}, number, // no: to the far end
        {INET_DIAG_BC_JMP, jumped, 20},            // "no" is where it jumps to: the end
        {INET_DIAG_BC_D_GE, compared, 20}, number, // no: beyond the end
        {INET_DIAG_BC_D_LE, compared, 12}, number, // no: beyond the end
    };
    static_assert(sizeof code == sizeof made.code);
    std::memcpy(made.code, code, sizeof code);
    return made;
}

std::span<const std::byte> payload_of(const nlmsghdr* message) {
    return {static_cast<const std::byte*>(mnl_nlmsg_get_payload(message)),
            mnl_nlmsg_get_payload_len(message)};
}

int error_of(const nlmsghdr* message) {
    return -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
}

Failure refused(const char* attempt, int error) {
    return {attempt, error, ""};
}

// Reads the answers to question `sequence`, calling row(message) for each, until done(type) or an
// error.
template <typename Row>
int read_answers(int netlink, std::uint32_t sequence, bool is_dump, Row row) {
    alignas(nlmsghdr) static thread_local std::array<char, buffer_size> buffer;
    bool interrupted = false;
    for (int reads = 0; reads < answers_at_most; ++reads) {
        const ssize_t got = ::recv(netlink, buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        int left = static_cast<int>(got);
        const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            if (message->nlmsg_seq != sequence)
                continue; // left over from a question that was given up
            if (message->nlmsg_flags & NLM_F_DUMP_INTR)
                interrupted = true;
            if (message->nlmsg_type == NLMSG_DONE)
                return interrupted ? EAGAIN : 0;
            if (message->nlmsg_type == NLMSG_ERROR)
                return error_of(message);
            if (message->nlmsg_type == SOCK_DIAG_BY_FAMILY)
                row(message);
            if (!is_dump)
                return 0;
        }
    }
    return EMSGSIZE;
}

} // namespace

Result<SockDiag> SockDiag::open() {
    return adopt(Descriptor(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)));
}

Result<SockDiag> SockDiag::adopt(Descriptor made) {
    if (!made.is_open())
        return Failure{"opening a NETLINK_SOCK_DIAG socket", errno,
                       "The kernel needs CONFIG_INET_DIAG"};
    const timeval patience{1, 0}; // the kernel answers at once or never
    ::setsockopt(made.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return SockDiag(std::move(made));
}

bool SockDiag::send(const void* request, std::size_t size) {
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    return ::sendto(netlink_.number(), request, size, 0, reinterpret_cast<const sockaddr*>(&kernel),
                    sizeof kernel) == static_cast<ssize_t>(size);
}

Result<std::optional<SocketRow>> SockDiag::find(const Pair& pair, std::uint64_t cookie) {
    auto ask = question(0, pair.local.family, 0xfff, ++sequence_);
    ask.body.id.idiag_sport = htons(pair.local.port);
    ask.body.id.idiag_dport = htons(pair.remote.port);
    std::memcpy(ask.body.id.idiag_src, pair.local.address.data(), sizeof ask.body.id.idiag_src);
    std::memcpy(ask.body.id.idiag_dst, pair.remote.address.data(), sizeof ask.body.id.idiag_dst);
    ask.body.id.idiag_cookie[0] = static_cast<std::uint32_t>(cookie);
    ask.body.id.idiag_cookie[1] = static_cast<std::uint32_t>(cookie >> 32);
    if (!send(&ask, sizeof ask))
        return refused("asking about one connection", errno);

    std::optional<SocketRow> found;
    const int error =
        read_answers(netlink_.number(), sequence_, false,
                     [&](const nlmsghdr* message) { found = decode_row(payload_of(message)); });
    if (error == ENOENT)
        return std::optional<SocketRow>{};
    if (error == ESTALE)
        return std::optional<SocketRow>{}; // sock_diag_check_cookie: another life of this pair
    if (error != 0)
        return refused("reading about one connection", error);
    if (found && found->state == KernelState::listen)
        found.reset();
    if (found && found->pair.remote.port != pair.remote.port)
        found.reset();
    if (found && cookie != any_cookie && found->cookie != cookie)
        found.reset();
    return found;
}

Result<std::vector<SocketRow>> SockDiag::dump(const DumpRequest& request) {
    int error = 0;
    for (int attempts = 0; attempts < 3; ++attempts) { // EAGAIN: the table changed under the walk
        auto ask = question(NLM_F_DUMP, request.family, request.states, ++sequence_);
        if (!request.details)
            ask.body.idiag_ext = 0;
        ask.body.id.idiag_sport = htons(request.local_port);
        ask.body.id.idiag_dport = htons(request.remote_port);
        struct {
            Question question;
            EitherPort filter;
        } filtered{ask, either_port(request.either_port)};
        static_assert(sizeof filtered == sizeof filtered.question + sizeof filtered.filter);
        filtered.question.header.nlmsg_len = sizeof filtered;
        if (request.either_port != 0 ? !send(&filtered, sizeof filtered) : !send(&ask, sizeof ask))
            return refused("asking for the list of sockets", errno);
        std::vector<SocketRow> rows;
        error = read_answers(netlink_.number(), sequence_, true, [&](const nlmsghdr* message) {
            if (auto row = decode_row(payload_of(message)))
                rows.push_back(std::move(*row));
        });
        if (error == 0)
            return rows;
        if (error != EAGAIN)
            break;
    }
    return refused("reading the list of sockets", error);
}

} // namespace net
