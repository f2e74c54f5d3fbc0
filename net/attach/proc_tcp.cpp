// The lines of /proc/net/tcp (tcp_seq_show): hexadecimal, addresses as the machine's own words.
//
// Of a listener rx_queue is the length of the accept queue; its limit is not told. Timers are in
// clock ticks of 10 ms (USER_HZ). The states are numbered as everywhere in the kernel, but a
// half-open request is shown as SYN_RECV with inode 0.
#include "net/attach/reader.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace net::attach {
namespace {

// "0100007F" or 32 digits: words of 32 bits, each in the byte order of this machine.
bool parse_address(const char* hex, std::uint8_t family, Endpoint& endpoint) {
    const std::size_t words = family == AF_INET6 ? 4 : 1;
    if (std::strlen(hex) != words * 8)
        return false;
    for (std::size_t i = 0; i < words; ++i) {
        unsigned word = 0;
        if (std::sscanf(hex + i * 8, "%8x", &word) != 1)
            return false;
        const std::uint32_t raw = word;
        std::memcpy(endpoint.address.data() + i * 4, &raw, 4);
    }
    endpoint.family = family;
    return true;
}

} // namespace

std::vector<SocketRow> parse_proc_tcp(std::string_view text, std::uint8_t family) {
    static const long ticks = ::sysconf(_SC_CLK_TCK);
    std::vector<SocketRow> rows;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line(text.substr(at, end - at));
        at = end + 1;
        char local[33] = {}, remote[33] = {};
        unsigned local_port = 0, remote_port = 0, state = 0, sent = 0, received = 0, timer = 0;
        unsigned long due = 0, inode = 0;
        unsigned retransmissions = 0, uid = 0;
        const int fields = std::sscanf(
            line.c_str(),
            " %*u: %32[0-9A-Fa-f]:%4x %32[0-9A-Fa-f]:%4x %2x %8x:%8x %2x:%8lx %8x %u %*u %lu",
            local, &local_port, remote, &remote_port, &state, &sent, &received, &timer, &due,
            &retransmissions, &uid, &inode);
        if (fields != 12 || state < 1 || state > 11)
            continue; // the heading, or a line that is none
        SocketRow row;
        if (!parse_address(local, family, row.pair.local) ||
            !parse_address(remote, family, row.pair.remote))
            continue;
        row.pair.local.port = static_cast<std::uint16_t>(local_port);
        row.pair.remote.port = static_cast<std::uint16_t>(remote_port);
        row.state = static_cast<KernelState>(state);
        row.send_queue = sent;
        row.recv_queue = received;
        row.timer = timer <= 4 ? static_cast<KernelTimer>(timer) : KernelTimer::off;
        row.expires_ms = static_cast<std::uint32_t>(due * 1000 / static_cast<unsigned long>(ticks));
        row.retransmissions = static_cast<std::uint8_t>(retransmissions);
        row.uid = uid;
        row.inode = static_cast<std::uint32_t>(inode);
        // The same from connection to TIME_WAIT only while the addresses are: no cookie is told.
        row.cookie = PairHash{}(row.pair) | 1u;
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace net::attach
