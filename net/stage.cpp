// A script's thread lives through the time between its lines as the observer does.
#include "net/stage.hpp"

#include "net/prompt.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace net {
namespace {

constexpr auto between_looks = trace::milliseconds(4); // the kernel's tick
constexpr auto between_pictures = trace::milliseconds(16);

std::vector<std::string> names(const scenario::Scenario& script) {
    std::vector<std::string> hosts;
    for (const scenario::HostLine& host : script.hosts)
        hosts.push_back(host.name);
    return hosts;
}

// What a real kernel does out of our sight.
struct Obstacle {
    std::string operator()(const scenario::Connect& a) const {
        return a.to == a.host ? "connects a host to itself, past the wire" : "";
    }
    template <typename Other>
    std::string operator()(const Other&) const {
        return "";
    }
};

// A kernel's own first numbers of one pair of addresses and ports only grow (secure_tcp_seq(),
// RFC 6528): none will come that is lower than that of the connection before.
std::string lower_first_number(const scenario::Scenario& script) {
    const auto wanted = [&](const scenario::Connect& c) -> std::optional<std::uint32_t> {
        for (const scenario::IsnLine& line : script.isns)
            if (line.socket.kind == scenario::SocketName::Kind::connection &&
                line.socket.host == c.host && line.socket.number == c.number)
                return line.isn;
        return std::nullopt;
    };
    std::vector<scenario::Connect> earlier;
    for (const scenario::Line& line : script.lines) {
        const auto* act = std::get_if<scenario::Act>(&line.what);
        const auto* connect = act ? std::get_if<scenario::Connect>(&act->action) : nullptr;
        if (!connect || !connect->from_port || !wanted(*connect))
            continue;
        for (const scenario::Connect& before : earlier)
            if (before.host == connect->host && before.to == connect->to &&
                before.port == connect->port && before.from_port == connect->from_port &&
                trace::before({*wanted(*connect)}, {*wanted(before)}))
                return fmt::format("{}:{}: this connection begins with a lower number than the one "
                                   "before it from the same port; those of a real kernel only grow",
                                   script.file, line.where.line);
        earlier.push_back(*connect);
    }
    return "";
}

} // namespace

std::string not_for_the_kernel(const scenario::Scenario& script) {
    constexpr std::size_t hosts_at_most = 6;
    if (script.hosts.size() > hosts_at_most)
        return fmt::format("{} has {} hosts, and the laboratory has room for {}", script.file,
                           script.hosts.size(), hosts_at_most);
    for (const scenario::Line& line : script.lines)
        if (const auto* act = std::get_if<scenario::Act>(&line.what))
            if (const auto why = std::visit(Obstacle{}, act->action); !why.empty())
                return fmt::format("{}:{}: this line {}, where no frame of a kernel can be seen",
                                   script.file, line.where.line, why);
    return lower_first_number(script);
}

KernelStage::KernelStage(const scenario::Scenario& script, StageOptions options)
    : options_(std::move(options)), recorder_(names(script), nullptr) {
    trace_.hosts = names(script);
    failure_ = not_for_the_kernel(script);
    if (!failure_.empty())
        return;
    become_prompt();
    auto ground = open_namespaces(static_cast<unsigned>(script.hosts.size()), options_.helper);
    if (!ground) {
        failure_ = describe(ground.failure());
        return;
    }
    scope_ = (*ground)->scope();
    congestion_control_ = (*ground)->congestion_control();
    observer_ = std::make_unique<Observer>(names(script), recorder_, inbox_, std::move(*ground),
                                           [this](const std::string& why) { notice_ = why; });
    observer_->follow(options_.model);
    if (const auto refused = observer_->add_addresses(script.hosts))
        failure_ = describe(*refused);
    if (const auto refused = observer_->set_up(script.wires, options_.defaults, script.sysctls))
        failure_ = describe(*refused);
}

KernelStage::~KernelStage() = default;

void KernelStage::collect() const {
    recorder_.collect(trace_, snapshot_);
}

void KernelStage::show_progress() {
    if (!options_.on_progress || now() - shown_ < between_pictures)
        return;
    shown_ = now();
    collect();
    options_.on_progress(trace_, snapshot_);
}

void KernelStage::advance(trace::Instant t) {
    if (!begun_)
        observer_->begin();
    begun_ = true;
    observer_->run(
        [this] {
            show_progress();
            return stopped_.load();
        },
        [] { return Observer::Commands{}; }, t);
    if (t.ns > 0)
        lateness_ = std::max(lateness_, now() - t);
    observer_->catch_up();
    collect();
}

trace::CallId KernelStage::submit(const scenario::Action& action) {
    const trace::CallId call = observer_->perform(action);
    if (call != trace::none)
        observer_->settle(call);
    observer_->catch_up();
    collect();
    return call;
}

trace::Snapshot KernelStage::snapshot() const {
    observer_->catch_up();
    collect();
    return snapshot_;
}

std::optional<trace::Instant> KernelStage::next_due() const {
    return now() + between_looks;
}

std::string KernelStage::stopped() const {
    return stopped_ ? "the play was stopped" : "";
}

void KernelStage::stop() {
    stopped_ = true;
    inbox_.ring();
}

trace::Duration KernelStage::lateness() const {
    return std::max(lateness_, observer_->lateness());
}

std::optional<trace::Cookie> KernelStage::find(const scenario::SocketName& name) const {
    using Kind = scenario::SocketName::Kind;
    // The newest of the host that fits and of which something is left.
    const auto newest = [&](trace::HostId host, const auto& fits) -> std::optional<trace::Cookie> {
        for (std::size_t i = trace_.sockets.size(); i-- > 0;) {
            const auto cookie = static_cast<trace::Cookie>(i);
            const trace::SocketRecord& socket = trace_.sockets[i];
            if (socket.host != host || !fits(socket))
                continue;
            if (find_socket(snapshot_, cookie) || find_listener(snapshot_, cookie))
                return cookie;
        }
        return std::nullopt;
    };
    switch (name.kind) {
    case Kind::listener:
        return newest(name.host, [&](const trace::SocketRecord& socket) {
            return socket.is_listener && socket.local.port == name.port &&
                   socket.which == std::max<std::uint16_t>(name.number, 1);
        });
    case Kind::connection:
        return newest(name.host, [&](const trace::SocketRecord& socket) {
            return socket.number == name.number;
        });
    case Kind::other_end: {
        for (std::size_t i = trace_.sockets.size(); i-- > 0;) {
            const trace::SocketRecord& peer = trace_.sockets[i];
            if (peer.host != name.peer || peer.number != name.number)
                continue;
            return newest(name.host, [&](const trace::SocketRecord& socket) {
                return !socket.is_listener && socket.local == peer.remote &&
                       socket.remote == peer.local;
            });
        }
        return std::nullopt;
    }
    }
    return std::nullopt;
}

} // namespace net
