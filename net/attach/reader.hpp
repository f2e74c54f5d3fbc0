// Reads sockets of the network namespace of the calling thread, by sock_diag or, where the kernel
// has none, from /proc/net/tcp and tcp6 (no tcp_info, no cookies, no limits of accept queues).
//
// Nothing here sends, changes or even locks longer than a moment what it looks at.
#pragma once

#include "net/attach/table.hpp"
#include "net/result.hpp"
#include "net/sock_diag.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace net::attach {

class Reader {
public:
    enum class Way : std::uint8_t { best, proc }; // proc: as if there were no sock_diag
    static Result<Reader> open(Way way = Way::best);

    [[nodiscard]] bool uses_proc() const { return !diag_; }
    [[nodiscard]] const std::string& why_proc() const { return why_proc_; }

    // Everything: walks the whole hash table of the machine (0.2 ms and more).
    Result<Table> everything();
    // Listeners alone: a short walk (11 us), whatever else there is.
    Result<std::vector<SocketRow>> listeners();
    // What has this port at its near or far end, both families. A walk costs the same whether it
    // meets anything: where nothing was (usually IPv6), only every fourth call looks again.
    Result<std::vector<SocketRow>> around(std::uint16_t port);
    Result<std::vector<SocketRow>> requests(std::uint16_t port); // half-open ones
    // The life with this cookie, if it still is.
    Result<std::optional<SocketRow>> exactly(const SocketRow& known);
    // Whatever life has these addresses now.
    Result<std::optional<SocketRow>> whoever(const Pair& pair);

    // Addresses of this machine's interfaces, read anew now and then.
    const std::vector<Endpoint>& own_addresses();

private:
    Reader(std::optional<SockDiag> diag, std::string why)
        : diag_(std::move(diag)), why_proc_(std::move(why)) {}
    Result<std::vector<SocketRow>> dump(const DumpRequest& request);

    std::optional<SockDiag> diag_;
    std::string why_proc_;
    // Calls that may still pass over a walk that met nothing the last time.
    struct Empty {
        std::uint16_t port = 0;
        std::uint8_t calls_left[2] = {}; // by family
    };
    bool passes_over(std::uint8_t& calls_left) { return calls_left > 0 && calls_left-- > 0; }
    Empty around_, listening_;
    std::vector<Endpoint> own_;
    std::int64_t own_read_ns_ = 0;
};

// The text of /proc/net/tcp (family AF_INET) or tcp6. The kernel gives no cookie there: one is made
// of inode and addresses, so that a reused pair of addresses is another life where it can be told.
std::vector<SocketRow> parse_proc_tcp(std::string_view text, std::uint8_t family);

} // namespace net::attach
