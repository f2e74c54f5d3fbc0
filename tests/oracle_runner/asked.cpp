// do_tcp_getsockopt(), sk_getsockopt(), tcp_ioctl().
#include "asked.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "looks.hpp"
#include "tcp/jiffy.hpp"
#include "tcp/limits.hpp"
#include "tcp/policy.hpp"
#include "tcp/urgent.hpp"
#include "tcp/window.hpp"

namespace oracle {
namespace {

using scenario::SocketName;

struct Found {
    const tcp::Connection* connection = nullptr;
    const tcp::Listener* listener = nullptr;
    const tcp::Options* options = nullptr;
    const tcp::Stack* stack = nullptr;
    const world::Socket* socket = nullptr;
};

std::optional<Found> find(const world::World& world, const SocketName& name) {
    const world::Contents& w = world.contents();
    const auto cookie = world.find(name);
    if (!cookie)
        return std::nullopt;
    Found f;
    f.socket = &w.sockets[*cookie];
    f.stack = &w.hosts[f.socket->host].stack;
    if (f.socket->listener != world::no_slot) {
        f.listener = &w.listeners[f.socket->listener];
        f.options = &f.listener->inherited;
    } else if (f.socket->connection != world::no_slot) {
        f.connection = &w.connections[f.socket->connection];
        f.options = &f.connection->options;
    } else {
        return std::nullopt;
    }
    return f;
}

std::optional<std::int64_t> of_socket(const Found& f, const std::string& name) {
    const tcp::Limits& limits = tcp::limits(*f.options);
    const tcp::Options& o = *f.options;
    const bool established = f.connection && f.connection->was_connected;
    if (name == "SO_RCVBUF" || name == "SO_SNDBUF") {
        const bool receive = name == "SO_RCVBUF";
        const std::uint32_t set =
            f.connection ? receive ? f.connection->receive_buffer : f.connection->send_buffer
            : receive    ? f.listener->receive_buffer
                         : f.listener->send_buffer;
        return set != 0  ? set
               : receive ? tcp::default_receive_buffer(*f.stack)
                         : tcp::default_send_buffer(*f.stack);
    }
    if (name == "SO_RCVLOWAT")
        return limits.receive_low_water;
    if (name == "TCP_NOTSENT_LOWAT")
        return static_cast<std::int32_t>(limits.notsent_low_water);
    if (name == "TCP_MAXSEG")
        return established               ? tcp::mss_now(*f.connection)
               : limits.max_segment != 0 ? limits.max_segment
                                         : 536;
    if (name == "TCP_WINDOW_CLAMP")
        return established ? f.connection->memory.clamp : limits.window_clamp;
    if (name == "SO_REUSEADDR")
        return f.socket->reuse_address ? 1 : 0;
    if (name == "SO_REUSEPORT")
        return f.socket->reuse_port ? 1 : 0;
    if (name == "SO_ACCEPTCONN")
        return f.listener ? 1 : 0;
    if (name == "SO_KEEPALIVE")
        return o.keepalive ? 1 : 0;
    if (name == "SO_OOBINLINE")
        return o.oob_inline ? 1 : 0;
    if (name == "TCP_NODELAY")
        return f.connection ? f.connection->queue.nodelay : f.listener->options.nodelay;
    if (name == "TCP_CORK")
        return f.connection ? f.connection->queue.corked : f.listener->options.corked;
    if (name == "TCP_QUICKACK")
        return f.connection && tcp::is_interactive(*f.connection, *f.stack) ? 0 : 1;
    if (name == "TCP_USER_TIMEOUT")
        return o.user_timeout.ns / 1'000'000;
    if (name == "TCP_KEEPIDLE")
        return tcp::keepalive_idle(*f.stack, o).ns / 1'000'000'000;
    if (name == "TCP_KEEPINTVL")
        return tcp::keepalive_interval(*f.stack, o).ns / 1'000'000'000;
    if (name == "TCP_RTO_MAX_MS")
        return tcp::rto_max(*f.stack, limits.timers).ns / 1'000'000;
    if (name == "TCP_RTO_MIN_US")
        return tcp::rto_min(*f.stack, limits.timers).ns / 1'000;
    if (name == "TCP_DELACK_MAX_US")
        return limits.timers.ack_most != 0 ? (tcp::jiffy * limits.timers.ack_most).ns / 1'000 : 200'000;
    if (name == "TCP_THIN_LINEAR_TIMEOUTS")
        return o.thin_linear ? 1 : 0;
    if (name == "TCP_THIN_DUPACK")
        return 0;
    if (name == "IP_MTU_DISCOVER")
        return static_cast<std::int64_t>(o.discovery);
    if (name == "TCP_SYNCNT")
        return o.syn_count != 0 ? o.syn_count : (*f.stack)[trace::Sysctl::tcp_syn_retries];
    if (name == "TCP_FASTOPEN_CONNECT")
        return o.fastopen_connect ? 1 : 0;
    return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, int>, 12> flags = {{
    {"MSG_OOB", MSG_OOB},
    {"MSG_PEEK", MSG_PEEK},
    {"MSG_TRUNC", MSG_TRUNC},
    {"MSG_DONTWAIT", MSG_DONTWAIT},
    {"MSG_EOR", MSG_EOR},
    {"MSG_WAITALL", MSG_WAITALL},
    {"MSG_NOSIGNAL", MSG_NOSIGNAL},
    {"MSG_MORE", MSG_MORE},
    {"MSG_FASTOPEN", MSG_FASTOPEN},
    {"MSG_ERRQUEUE", MSG_ERRQUEUE},
    {"MSG_ZEROCOPY", 0},
    {"MSG_CMSG_CLOEXEC", 0},
}};

int one_flag(std::string_view text) {
    for (const auto& [name, value] : flags)
        if (name == text)
            return value;
    return static_cast<int>(std::strtol(std::string(text).c_str(), nullptr, 0));
}

struct Inert {
    std::string_view sysctl, value; // "": any
};
constexpr std::array<Inert, 11> inert = {{
    {"tcp_congestion_control", "cubic"},
    {"tcp_autocorking", "0"},
    {"tcp_no_metrics_save", ""},
    {"tcp_fack", ""},
    {"tcp_low_latency", ""},
    {"tcp_adv_win_scale", ""},
    {"tcp_fastopen_key", ""},
    {"tcp_challenge_ack_limit", "2147483647"},
    {"tcp_migrate_req", "0"},
    {"ip_forward", ""},
    {"tcp_limit_output_bytes", ""},
}};

constexpr std::array<std::string_view, 10> inert_options = {
    "IP_TOS",       "IP_TTL",      "TCP_THIN_DUPACK", "SO_PRIORITY", "SO_TIMESTAMPING",
    "SO_TIMESTAMP", "SO_ZEROCOPY", "TCP_CONGESTION",  "SO_MARK",     "SO_BUSY_POLL"};

} // namespace

std::optional<std::string> option_value(const world::World& world, const SocketName& name,
                                        const std::string& option) {
    const auto found = find(world, name);
    if (!found)
        return "EBADF";
    const auto value = of_socket(*found, option);
    return value ? std::optional(fmt::format("{}", *value)) : std::nullopt;
}

std::optional<std::string> queue_length(const world::World& world, const SocketName& name,
                                        const std::string& request) {
    const auto found = find(world, name);
    if (!found)
        return "EBADF";
    if (found->listener)
        return "EINVAL";
    const tcp::Connection& c = *found->connection;
    const auto state = c.status.state();
    const bool opening = state == trace::State::syn_sent || state == trace::State::syn_recv;
    const trace::Seq end = c.snd.end + (c.snd.fin ? 1u : 0u);
    if (request == "SIOCINQ" || request == "FIONREAD")
        return fmt::format("{}", tcp::readable_at_once(c));
    if (request == "SIOCATMARK")
        return tcp::is_at_mark(c) ? "1" : "0";
    if (request == "SIOCOUTQ" || request == "TIOCOUTQ")
        return fmt::format("{}", unacknowledged(c));
    if (request == "SIOCOUTQNSD")
        return fmt::format("{}", opening ? 0u : end - c.snd.nxt);
    return std::nullopt;
}

int status_flags(const world::World& world, const SocketName& name) {
    const auto found = find(world, name);
    const bool nonblocking =
        found && (found->listener ? found->listener->nonblocking : found->connection->nonblocking);
    return O_RDWR | (nonblocking ? O_NONBLOCK : 0);
}

int message_flags(const std::vector<std::string>& arguments, std::size_t from) {
    int all = 0;
    for (std::size_t i = from; i < arguments.size(); ++i) {
        std::string_view rest = arguments[i];
        while (!rest.empty()) {
            const auto end = std::min(rest.find_first_of("|,"), rest.size());
            all |= one_flag(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return all;
}

bool makes_no_difference(const std::string& sysctl, const std::string& value) {
    const std::string_view name = std::string_view(sysctl).substr(sysctl.rfind('.') + 1);
    return std::any_of(inert.begin(), inert.end(), [&](const Inert& i) {
        return i.sysctl == name && (i.value.empty() || i.value == value);
    });
}

bool makes_no_difference(const std::string& option) {
    return std::find(inert_options.begin(), inert_options.end(), option) != inert_options.end();
}

} // namespace oracle
