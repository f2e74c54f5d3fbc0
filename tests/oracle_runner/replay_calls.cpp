// The calls of a recording, each made as the program made it.
#include "replaying.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "asked.hpp"
#include "matrix.hpp"
#include "not_compared.hpp"

namespace oracle {

using scenario::SocketName;
using trace::CallId;
using trace::HostId;

namespace {

// An address that is no host's name: "192.0.2.9".
std::optional<trace::Address> dotted(const std::string& text) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (std::sscanf(text.c_str(), "%u.%u.%u.%u", &a, &b, &c, &d) != 4)
        return std::nullopt;
    return trace::Address{a << 24 | b << 16 | c << 8 | d};
}

} // namespace

SocketName Replay::name(const Descriptor& d) const {
    SocketName n;
    n.host = d.host;
    n.number = d.number;
    if (!world::listens(bench_.world(), n))
        return n;
    const world::Contents& w = bench_.world().contents();
    const world::Socket& s = w.sockets[w.hosts[d.host].names[d.number - 1u].socket];
    n.port = s.local.port;
    n.number = w.listeners[s.listener].which;
    n.kind = SocketName::Kind::listener;
    return n;
}

SocketName Replay::plain(const Descriptor& d) {
    SocketName n;
    n.host = d.host;
    n.number = d.number;
    return n;
}

Descriptor& Replay::descriptor(const CallRow& c) {
    Descriptor& d = descriptors_[c.fd];
    if (d.number == 0) {
        d.host = Bench::host(c.host);
        d.number = ++numbers_[c.host];
    }
    return d;
}

std::int64_t Replay::number(const CallRow& c, std::size_t i) const {
    return i < c.arguments.size() ? std::atoll(c.arguments[i].c_str()) : 0;
}

void Replay::call(const CallRow& c, std::size_t index) {
    if (c.host == "lab")
        return wire_.set(c);
    calls_[index].at = bench_.world().now();
    if (c.call == "poll") {
        calls_[index].text = Looks::poll(bench_, name(descriptor(c)));
        return;
    }
    if (c.call == "getsockopt") {
        calls_[index].text = get_option(c);
        return;
    }
    if (c.call == "ioctl") {
        const std::string request = c.arguments.empty() ? "" : c.arguments[0];
        if (const auto length = queue_length(bench_.world(), name(descriptor(c)), request))
            calls_[index].text = *length;
        else
            unknown("ioctl " + request);
        return;
    }
    calls_[index].id = submit(c, index);
}

std::string Replay::get_option(const CallRow& c) {
    const std::string option = c.arguments.empty() ? "SO_ERROR" : c.arguments[0];
    const SocketName socket = name(descriptor(c));
    if (option == "SO_ERROR") {
        const auto cookie = bench_.world().find(socket);
        return cookie ? std::string(trace::name(bench_.take_error(*cookie))) : "EBADF";
    }
    if (const auto value = option_value(bench_.world(), socket, option))
        return *value;
    unknown("getsockopt " + option);
    return "?";
}

CallId Replay::submit(const CallRow& c, std::size_t index) {
    Descriptor& d = descriptor(c);
    const auto argument = [&](std::size_t i) {
        return i < c.arguments.size() ? c.arguments[i] : std::string();
    };
    if (c.call == "sysctl")
        return bench_.submit(scenario::SetSysctl{Bench::host(c.host), argument(0),
                                                 sysctl_value(argument(0), argument(1))});
    if (c.call == "socket") {
        calls_[index].text = "0"; // recordings do not tell descriptor numbers
        looks_.name(c.fd, plain(d));
        return bench_.submit(world::MakeSocket{d.host, d.number});
    }
    if (c.call == "listen" && !listens_on_chosen_port(c))
        suggest(d.host, port_of_new_listener(c));
    if (c.call == "listen")
        return bench_.submit(world::ListenOn{plain(d), number(c, 0)});
    if (c.call == "fcntl") {
        const auto says = [&](const char* word) {
            return std::any_of(c.arguments.begin(), c.arguments.end(),
                               [&](const auto& a) { return a.find(word) != std::string::npos; });
        };
        if (says("F_GETFL")) {
            calls_[index].text = fmt::format("{}", status_flags(bench_.world(), name(d)));
            return trace::none;
        }
        if (says("O_NONBLOCK"))
            return bench_.submit(scenario::NonBlocking{name(d)});
        return bench_.submit(world::Blocking{name(d)});
    }
    if (c.call == "bind") {
        const auto port = static_cast<std::uint16_t>(number(c, 1));
        if (port == 0)
            suggest(d.host, port_of_next_connect(c, index));
        return bench_.submit(
            world::Bind{name(d),
                        {argument(0) == "self" ? bench_.address(c.host)
                                               : dotted(argument(0)).value_or(trace::Address{}),
                         port}});
    }
    if (c.call == "connect")
        return connect(c, index, d);
    if (c.call == "accept") {
        const std::uint16_t made = ++numbers_[c.host];
        const SocketName listener = name(d);
        if (listener.kind != SocketName::Kind::listener)
            return bench_.submit(world::Refusable{listener, trace::Call::accept});
        calls_[index].accepted = made;
        if (c.result.starts_with("fd:")) {
            Descriptor& child = descriptors_[c.result.substr(3)];
            child.host = d.host;
            child.number = made;
            looks_.name(c.result.substr(3), plain(child));
        }
        return bench_.submit(scenario::Accept{d.host, made, listener.port, listener.number});
    }
    if (c.call == "send" || c.call == "write" || c.call == "sendmsg")
        return send(c, d);
    if (c.call == "sendto")
        return send_to(c, index, d);
    if (c.call == "recv" || c.call == "read" || c.call == "recvmsg")
        return receive(c, d);
    if (c.call == "shutdown") {
        const auto how = argument(0) == "SHUT_WR"   ? trace::Shutdown::wr
                         : argument(0) == "SHUT_RD" ? trace::Shutdown::rd
                                                    : trace::Shutdown::rdwr;
        return bench_.submit(scenario::ShutDown{name(d), how});
    }
    if (c.call == "close")
        return bench_.submit(scenario::Close{name(d)});
    if (c.call == "setsockopt")
        return set_option(c, index, d);
    unknown(c.call);
    return trace::none;
}

bool Replay::did_not_wait(const CallRow& c, int flags) {
    return (flags & MSG_DONTWAIT) != 0 || (c.result == "EAGAIN" && c.lasted == trace::Duration{});
}

CallId Replay::send(const CallRow& c, const Descriptor& d) {
    const int flags = message_flags(c.arguments, 1);
    return bench_.submit(scenario::Write{name(d), static_cast<std::uint32_t>(number(c, 0)), "",
                                         (flags & MSG_OOB) != 0, (flags & MSG_MORE) != 0,
                                         (flags & MSG_EOR) != 0, did_not_wait(c, flags)});
}

CallId Replay::receive(const CallRow& c, const Descriptor& d) {
    const int flags = message_flags(c.arguments, 1);
    if (paced_)
        bench_.submit(world::Scheduled{name(d), reader(c)});
    if (reads_.size() < grips_.size())
        bench_.submit(world::Gripped{name(d), grips_[reads_.size()]});
    reads_.push_back(bench_.submit(scenario::Read{
        name(d), static_cast<std::uint32_t>(number(c, 0)), (flags & MSG_OOB) != 0,
        (flags & MSG_PEEK) != 0, (flags & MSG_WAITALL) != 0, did_not_wait(c, flags)}));
    return reads_.back();
}

CallId Replay::send_to(const CallRow& c, std::size_t index, const Descriptor& d) {
    if (c.arguments.size() < 4 || (message_flags({c.arguments[1]}, 0) & MSG_FASTOPEN) == 0)
        return send(c, d);
    suggest(d.host, ports_[index]);
    const HostId to = Bench::host(c.arguments[2]);
    const trace::Address address = to == trace::no_host ? dotted(c.arguments[2]).value_or(raw_peer)
                                                        : bench_.address(c.arguments[2]);
    return bench_.submit(world::ConnectTo{name(d),
                                          {address, static_cast<std::uint16_t>(number(c, 3))},
                                          static_cast<std::uint32_t>(number(c, 0))});
}

world::Scheduling Replay::reader(const CallRow& c) {
    world::Scheduling how;
    if (c.result == "?")
        how.latency = trace::microseconds(300); // as most do
    if (c.lasted.ns > 0) {
        how.until = c.at + c.lasted;
        how.most = trace::milliseconds(2);
        how.enough = static_cast<std::uint32_t>(std::max(0, std::atoi(c.result.c_str())));
    }
    return how;
}

CallId Replay::connect(const CallRow& c, std::size_t index, Descriptor& d) {
    const std::string target = c.arguments.empty() ? "" : c.arguments[0];
    if (world::listens(bench_.world(), plain(d)))
        return bench_.submit(world::Refusable{name(d), trace::Call::connect});
    const HostId to = Bench::host(target);
    if (to == trace::no_host)
        suggest(d.host, ports_[index]);
    if (const auto address = dotted(target))
        return bench_.submit(
            world::ConnectTo{name(d), {*address, static_cast<std::uint16_t>(number(c, 1))}});
    if (target == "x")
        return bench_.submit(
            world::ConnectTo{name(d), {raw_peer, static_cast<std::uint16_t>(number(c, 1))}});
    if (to == trace::no_host) {
        unknown("connect to " + target);
        return trace::none;
    }
    suggest(d.host, ports_[index]);
    return bench_.submit(scenario::Connect{d.host, d.number, to,
                                           static_cast<std::uint16_t>(number(c, 1)), std::nullopt});
}

void Replay::suggest(HostId host, std::optional<std::uint16_t> port) {
    if (port)
        bench_.submit(world::SuggestPort{host, *port});
}

bool Replay::listens_on_chosen_port(const CallRow& listen) const {
    return std::any_of(r_.calls.begin(), r_.calls.end(), [&](const CallRow& c) {
        return c.call == "bind" && c.fd == listen.fd && c.host == listen.host && c.result == "0" &&
               number(c, 1) != 0;
    });
}

std::optional<std::uint16_t> Replay::port_of_new_listener(const CallRow& listen) const {
    for (const TableRow& t : r_.tables) {
        if (t.host != listen.host || t.at < listen.at)
            continue;
        for (const std::string& s : t.sockets) {
            if (!s.starts_with("LISTEN "))
                continue;
            const auto port = std::atoll(s.c_str() + 7);
            const bool named = std::any_of(r_.calls.begin(), r_.calls.end(), [&](const CallRow& c) {
                return c.call == "bind" && number(c, 1) == port;
            });
            if (!named)
                return static_cast<std::uint16_t>(port);
        }
    }
    return std::nullopt;
}

std::optional<std::uint16_t> Replay::port_of_next_connect(const CallRow& bind,
                                                          std::size_t index) const {
    for (std::size_t i = index + 1; i < r_.calls.size(); ++i)
        if (r_.calls[i].fd == bind.fd && r_.calls[i].host == bind.host &&
            r_.calls[i].call == "connect")
            return ports_[i];
    return std::nullopt;
}

std::int64_t Replay::milliseconds_of(const std::string& text) {
    const auto comma = text.find(',');
    if (comma != std::string::npos)
        return std::atoll(text.c_str()) * 1000 + std::atoll(text.c_str() + comma + 1) / 1000;
    return static_cast<std::int64_t>(std::strtod(text.c_str(), nullptr) * 1000 + 0.5);
}

CallId Replay::set_option(const CallRow& c, std::size_t index, const Descriptor& d) {
    const std::string option = c.arguments.empty() ? "" : c.arguments[0];
    std::int64_t value = number(c, 1);
    if (option == "SO_LINGER") { // "1,0": on, seconds
        const std::string& pair = c.arguments[1];
        const bool on = pair.starts_with("1");
        value = on ? std::atoll(pair.substr(pair.find(',') + 1).c_str()) : -1;
    }
    if (option == "SO_RCVTIMEO" || option == "SO_SNDTIMEO")
        value = milliseconds_of(c.arguments.size() > 1 ? c.arguments[1] : "0");
    if (makes_no_difference(option)) {
        calls_[index].text = "0";
        return trace::none;
    }
    return bench_.submit(scenario::SetOption{name(d), option, value});
}

} // namespace oracle
