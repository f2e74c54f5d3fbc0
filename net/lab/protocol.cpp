// Messages with descriptors (SCM_RIGHTS).
#include "net/lab/protocol.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

namespace net::lab {
namespace {

constexpr std::size_t descriptors_at_most = 8;

union ControlBuffer {
    cmsghdr alignment;
    char bytes[CMSG_SPACE(descriptors_at_most * sizeof(int))];
};

} // namespace

bool send_message(int control, const void* message, std::size_t size,
                  const std::vector<int>& descriptors) {
    if (descriptors.size() > descriptors_at_most)
        return false;
    iovec part{const_cast<void*>(message), size};
    msghdr envelope{};
    envelope.msg_iov = &part;
    envelope.msg_iovlen = 1;
    ControlBuffer beside{};
    if (!descriptors.empty()) {
        envelope.msg_control = beside.bytes;
        envelope.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
        cmsghdr* rights = CMSG_FIRSTHDR(&envelope);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
        std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size() * sizeof(int));
    }
    ssize_t sent = -1;
    do
        sent = ::sendmsg(control, &envelope, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == static_cast<ssize_t>(size);
}

std::optional<Received> receive_message(int control, void* message, std::size_t size) {
    iovec part{message, size};
    msghdr envelope{};
    envelope.msg_iov = &part;
    envelope.msg_iovlen = 1;
    ControlBuffer beside{};
    envelope.msg_control = beside.bytes;
    envelope.msg_controllen = sizeof beside.bytes;
    ssize_t got = -1;
    do
        got = ::recvmsg(control, &envelope, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return std::nullopt;
    Received received;
    received.size = static_cast<std::size_t>(got);
    for (cmsghdr* part_beside = CMSG_FIRSTHDR(&envelope); part_beside;
         part_beside = CMSG_NXTHDR(&envelope, part_beside)) {
        if (part_beside->cmsg_level != SOL_SOCKET || part_beside->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (part_beside->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(part_beside) + i * sizeof(int), sizeof number);
            received.descriptors.emplace_back(number);
        }
    }
    return received;
}

} // namespace net::lab
