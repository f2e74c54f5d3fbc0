// One dump per family: AF_UNSPEC is refused, and IPv4 alone would miss mapped ends.
#include "net/attach/reader.hpp"

#include "net/clock.hpp"
#include "net/whole_file.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <iterator>

namespace net::attach {
namespace {

constexpr std::int64_t addresses_stay_ns = 10'000'000'000;
constexpr std::uint8_t empty_walks_passed_over = 3;
constexpr std::uint8_t families[] = {AF_INET, AF_INET6};

bool wanted(const SocketRow& row, const DumpRequest& request) {
    return row.pair.local.family == request.family && (request.states & only(row.state)) != 0 &&
           (request.local_port == 0 || request.local_port == row.pair.local.port) &&
           (request.remote_port == 0 || request.remote_port == row.pair.remote.port) &&
           (request.either_port == 0 || request.either_port == row.pair.local.port ||
            request.either_port == row.pair.remote.port);
}

} // namespace

Result<Reader> Reader::open(Way way) {
    std::string why;
    if (way == Way::best) {
        auto diag = SockDiag::open();
        if (diag) {
            DumpRequest listeners;
            listeners.states = only(KernelState::listen);
            const auto tried = diag->dump(listeners); // inet_diag may be a module that is missing
            if (tried)
                return Reader(std::move(*diag), "");
            why = describe(tried.failure());
        } else {
            why = describe(diag.failure());
        }
    }
    if (!whole_file("/proc/net/tcp"))
        return Failure{"reading /proc/net/tcp" + (why.empty() ? "" : " (" + why + ")"), errno,
                       "The list of sockets needs NETLINK_SOCK_DIAG (modprobe tcp_diag) or /proc"};
    return Reader(std::nullopt, why.empty() ? "asked for" : why);
}

Result<std::vector<SocketRow>> Reader::dump(const DumpRequest& request) {
    if (diag_) {
        auto rows = diag_->dump(request);
        // Without IPv6 in the kernel there are no IPv6 sockets.
        if (!rows && request.family == AF_INET6)
            return std::vector<SocketRow>{};
        return rows;
    }
    const char* path = request.family == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6";
    const auto text = whole_file(path);
    if (!text) {
        if (request.family == AF_INET6)
            return std::vector<SocketRow>{};
        return Failure{std::string("reading ") + path, errno, ""};
    }
    auto rows = parse_proc_tcp(*text, request.family);
    std::erase_if(rows, [&](const SocketRow& row) { return !wanted(row, request); });
    return rows;
}

Result<Table> Reader::everything() {
    const auto began = monotonic_ns(), cost = thread_cpu_ns();
    std::vector<SocketRow> all;
    for (const std::uint8_t family : families) {
        DumpRequest request;
        request.family = family;
        auto rows = dump(request);
        if (!rows)
            return rows.failure();
        if (all.empty())
            all = std::move(*rows);
        else
            all.insert(all.end(), rows->begin(), rows->end());
    }
    Table table = relate(std::move(all), own_addresses());
    table.at_ns = began;
    table.took_ns = thread_cpu_ns() - cost;
    return table;
}

Result<std::vector<SocketRow>> Reader::listeners() {
    std::vector<SocketRow> all;
    std::uint8_t* calls_left = listening_.calls_left;
    for (const std::uint8_t family : families) {
        std::uint8_t& left = *calls_left++;
        if (passes_over(left))
            continue;
        DumpRequest request;
        request.family = family;
        request.states = only(KernelState::listen);
        auto rows = dump(request);
        if (!rows)
            return rows.failure();
        left = rows->empty() ? empty_walks_passed_over : 0;
        all.insert(all.end(), rows->begin(), rows->end());
    }
    return all;
}

Result<std::vector<SocketRow>> Reader::around(std::uint16_t port) {
    std::vector<SocketRow> all;
    if (around_.port != port)
        around_ = {port, {}};
    std::uint8_t* calls_left = around_.calls_left;
    for (const std::uint8_t family : families) {
        std::uint8_t& left = *calls_left++;
        if (passes_over(left))
            continue;
        DumpRequest request;
        request.family = family;
        request.either_port = port;
        auto rows = dump(request);
        if (!rows)
            return rows.failure();
        left = rows->empty() && family == AF_INET6 ? empty_walks_passed_over : 0;
        all.insert(all.end(), std::make_move_iterator(rows->begin()),
                   std::make_move_iterator(rows->end()));
    }
    return all;
}

Result<std::vector<SocketRow>> Reader::requests(std::uint16_t port) {
    std::vector<SocketRow> all;
    for (const std::uint8_t family : families) {
        DumpRequest request;
        request.family = family;
        request.states = only(KernelState::syn_recv);
        request.local_port = port;
        request.details = false;
        auto rows = dump(request);
        if (!rows)
            return rows.failure();
        all.insert(all.end(), rows->begin(), rows->end());
    }
    return all;
}

Result<std::optional<SocketRow>> Reader::exactly(const SocketRow& known) {
    if (diag_)
        return diag_->find(known.pair, known.cookie);
    auto row = whoever(known.pair);
    if (row && *row && (*row)->cookie != known.cookie)
        row->reset();
    return row;
}

Result<std::optional<SocketRow>> Reader::whoever(const Pair& pair) {
    if (diag_)
        return diag_->find(pair);
    DumpRequest request;
    request.family = pair.local.family;
    request.local_port = pair.local.port;
    request.remote_port = pair.remote.port;
    const auto rows = dump(request);
    if (!rows)
        return rows.failure();
    for (const SocketRow& row : *rows)
        if (row.pair == pair)
            return std::optional(row);
    return std::optional<SocketRow>{};
}

const std::vector<Endpoint>& Reader::own_addresses() {
    const auto now = monotonic_ns();
    if (own_read_ns_ != 0 && now - own_read_ns_ < addresses_stay_ns)
        return own_;
    own_read_ns_ = now;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) < 0)
        return own_; // the old ones are better than none
    own_.clear();
    for (const ifaddrs* at = list; at; at = at->ifa_next) {
        if (!at->ifa_addr)
            continue;
        Endpoint made;
        made.family = static_cast<std::uint8_t>(at->ifa_addr->sa_family);
        if (made.family == AF_INET) {
            sockaddr_in ip{};
            std::memcpy(&ip, at->ifa_addr, sizeof ip);
            std::memcpy(made.address.data(), &ip.sin_addr, 4);
        } else if (made.family == AF_INET6) {
            sockaddr_in6 ip{};
            std::memcpy(&ip, at->ifa_addr, sizeof ip);
            std::memcpy(made.address.data(), &ip.sin6_addr, 16);
        } else {
            continue;
        }
        own_.push_back(made);
    }
    ::freeifaddrs(list);
    return own_;
}

} // namespace net::attach
