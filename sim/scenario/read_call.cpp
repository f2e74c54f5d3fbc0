// Lines that make a call: `client connect :80`, `client#1 write 10 -> EPIPE`.
#include <fmt/format.h>

#include <limits>

#include "reader.hpp"

namespace scenario {
namespace {

constexpr std::int64_t most_bytes = 0x7ffff000; // MAX_RW_COUNT of the kernel

std::optional<Action> read_listen(Reader& reader, Words& words, trace::HostId host) {
    const auto word_of_place = words.peek();
    const auto place = read_place(words);
    if (!place)
        return std::nullopt;
    if (place->address.raw != 0 && host_with(reader.scenario, place->address) != host) {
        words.fail(*word_of_place, "an address of this host (see the header line 'address')");
        return std::nullopt;
    }
    if (const auto word = words.peek(); !words.accept("backlog")) {
        word ? words.fail(*word, "backlog N") : words.fail_missing("backlog N");
        return std::nullopt;
    }
    const auto backlog = read_number(words, "a backlog", std::numeric_limits<std::int32_t>::min(),
                                     std::numeric_limits<std::int32_t>::max());
    if (!backlog)
        return std::nullopt;
    const bool reuse_port = words.accept("reuseport");
    auto& made = reader.listeners[{host, place->port}];
    if (place->which != 0) {
        const SocketName again{SocketName::Kind::listener, host, place->which, trace::no_host,
                               place->port};
        reader.mentions.push_back({again, words.location(word_of_place->at), Reader::Use::named});
    } else if (made == 0 || reuse_port || place->address.raw != 0) {
        ++made;
    }
    return Listen{host, place->port, *backlog, place->address, place->which, reuse_port};
}

// The number of the socket that this line makes; 0 after telling that there are too many.
std::uint16_t make_socket(Reader& reader, Words& words, trace::HostId host, Reader::Made made) {
    auto& sockets = reader.made[host];
    if (sockets.size() == 65535) {
        words.fail_at(0, "found one more connect or accept line, expected at most 65535 of a host");
        return 0;
    }
    sockets.push_back(made);
    return static_cast<std::uint16_t>(sockets.size());
}

// `:PORT` or `HOST:PORT`: where to connect.
std::optional<Connect> read_target(Reader& reader, Words& words, trace::HostId host) {
    const auto& hosts = reader.scenario.hosts;
    const auto word = words.peek();
    Connect connect{host, 0, trace::no_host, 0, std::nullopt};
    if (word && word->text.starts_with(':')) {
        const auto port = read_port(words);
        if (!port)
            return std::nullopt;
        if (hosts.size() != 2) {
            words.fail(*word, fmt::format("HOST:PORT, because there {} {} host{}",
                                          hosts.size() == 1 ? "is" : "are", hosts.size(),
                                          hosts.size() == 1 ? "" : "s"));
            return std::nullopt;
        }
        connect.to = host == 0 ? 1 : 0;
        connect.port = *port;
    } else {
        if (!word || word->text.find(':') == std::string_view::npos) {
            constexpr auto expected = ":PORT or HOST:PORT";
            word ? words.fail(*word, expected) : words.fail_missing(expected);
            return std::nullopt;
        }
        const auto target = read_end(reader, words, trace::no_host);
        if (!target)
            return std::nullopt;
        const auto to = host_with(reader.scenario, target->address);
        if (!to) {
            words.fail(*word, "an address that a host has");
            return std::nullopt;
        }
        connect.to = *to;
        connect.port = target->port;
        if (!(target->address == address_of(*to)))
            connect.address = target->address;
    }
    return connect;
}

std::optional<Action> read_connect(Reader& reader, Words& words, trace::HostId host) {
    auto connect = read_target(reader, words, host);
    if (!connect)
        return std::nullopt;
    if (words.accept("from")) {
        connect->from_port = read_port(words);
        if (!connect->from_port)
            return std::nullopt;
    }
    if (words.accept("fastopen")) {
        const auto bytes = read_number(words, "a number of bytes", 0, most_bytes);
        if (!bytes)
            return std::nullopt;
        connect->fastopen = static_cast<std::uint32_t>(*bytes);
    }
    connect->nonblocking = words.accept("nonblock");
    connect->number = make_socket(reader, words, host, {false, connect->to, words.number()});
    return connect;
}

// connect() once more on a socket that is there.
std::optional<Action> read_connect_again(Reader& reader, Words& words, const SocketName& socket) {
    auto connect = read_target(reader, words, socket.host);
    if (connect)
        connect->number = socket.number;
    return connect;
}

std::optional<Action> read_accept(Reader& reader, Words& words, trace::HostId host) {
    const auto word = words.peek();
    const auto place = read_place(words);
    if (!place)
        return std::nullopt;
    reader.mentions.push_back(
        {{SocketName::Kind::listener, host, place->which, trace::no_host, place->port},
         words.location(word->at),
         Reader::Use::named});
    const auto number = make_socket(reader, words, host, {true, trace::no_host, words.number()});
    return Accept{host, number, place->port, place->which};
}

std::optional<Action> read_set_sysctl(Reader& reader, Words& words, trace::HostId host) {
    const auto name = words.next();
    if (!name) {
        words.fail_missing("the name of a sysctl such as somaxconn");
        return std::nullopt;
    }
    const auto value = read_sysctl_value(words, name->text);
    if (!value)
        return std::nullopt;
    if (reader.machine.sysctl) {
        const auto& profile = reader.scenario.hosts[host].profile;
        if (auto wrong = reader.machine.sysctl(profile, name->text, *value); !wrong.empty()) {
            words.fail_at(name->at, std::move(wrong));
            return std::nullopt;
        }
    }
    return SetSysctl{host, std::string(name->text), *value};
}

std::optional<Action> read_option(const Reader& reader, Words& words, const SocketName& socket) {
    const auto option = words.next();
    if (!option) {
        words.fail_missing("the name of a socket option such as SO_RCVBUF");
        return std::nullopt;
    }
    const auto value = read_number(words, "a number", INT32_MIN, INT32_MAX);
    if (!value)
        return std::nullopt;
    if (reader.machine.option) {
        if (auto wrong = reader.machine.option(option->text, *value); !wrong.empty()) {
            words.fail_at(option->at, std::move(wrong));
            return std::nullopt;
        }
    }
    return SetOption{socket, std::string(option->text), *value};
}

// A call on a listener, by its port: the host's name stands before it.
std::optional<SocketName> read_listener(Reader& reader, Words& words, trace::HostId host) {
    const auto word = words.peek();
    const auto place = read_place(words);
    if (!place)
        return std::nullopt;
    const SocketName listener{SocketName::Kind::listener, host, place->which, trace::no_host,
                              place->port};
    reader.mentions.push_back({listener, words.location(word->at), Reader::Use::named});
    return listener;
}

std::optional<Action> read_host_call(Reader& reader, Words& words, trace::HostId host) {
    const auto verb = words.next();
    if (verb && !verb->quoted) {
        if (verb->text == "listen")
            return read_listen(reader, words, host);
        if (verb->text == "connect")
            return read_connect(reader, words, host);
        if (verb->text == "accept")
            return read_accept(reader, words, host);
        if (verb->text == "sysctl")
            return read_set_sysctl(reader, words, host);
        if (verb->text == "fork")
            return Fork{host};
        if (verb->text == "raw")
            return read_raw(reader, words, host);
        if (verb->text == "flood")
            return read_flood(reader, words, host);
        if (verb->text == "close" || verb->text == "setsockopt" || verb->text == "nonblock") {
            const auto listener = read_listener(reader, words, host);
            if (!listener)
                return std::nullopt;
            if (verb->text == "setsockopt")
                return read_option(reader, words, *listener);
            return verb->text == "close" ? Action{Close{*listener}} : NonBlocking{*listener};
        }
    }
    constexpr auto expected = "listen, connect, accept, close, setsockopt, nonblock, sysctl, fork, "
                              "raw or flood";
    verb ? words.fail(*verb, expected) : words.fail_missing(expected);
    return std::nullopt;
}

void read_flags(Words& words, Write& w) {
    while (true) {
        if (words.accept("oob"))
            w.urgent = true;
        else if (words.accept("more"))
            w.more = true;
        else if (words.accept("eor"))
            w.end_of_record = true;
        else if (words.accept("dontwait"))
            w.dont_wait = true;
        else
            return;
    }
}

void read_flags(Words& words, Read& r) {
    while (true) {
        if (words.accept("oob"))
            r.urgent = true;
        else if (words.accept("peek"))
            r.peek = true;
        else if (words.accept("waitall"))
            r.wait_all = true;
        else if (words.accept("dontwait"))
            r.dont_wait = true;
        else
            return;
    }
}

std::optional<Action> read_write(Words& words, const SocketName& socket) {
    Write made{socket, 0, {}};
    const auto word = words.peek();
    if (word && word->quoted) {
        words.next();
        made.bytes = static_cast<std::uint32_t>(word->text.size());
        made.text = std::string(word->text);
    } else {
        const auto bytes = read_number(words, "a number of bytes or a \"text\"", 0, most_bytes);
        if (!bytes)
            return std::nullopt;
        made.bytes = static_cast<std::uint32_t>(*bytes);
    }
    read_flags(words, made);
    return made;
}

std::optional<Action> read_read(Words& words, const SocketName& socket) {
    Read made{socket, std::nullopt};
    read_flags(words, made);
    const bool flags_first = made.urgent || made.peek || made.wait_all || made.dont_wait;
    const auto word = words.peek();
    if (flags_first || !word || word->text == "->")
        return made;
    const auto most = read_number(words, "a number of bytes", 0, most_bytes);
    if (!most)
        return std::nullopt;
    made.most = static_cast<std::uint32_t>(*most);
    read_flags(words, made);
    return made;
}

std::optional<Action> read_shutdown(Words& words, const SocketName& socket) {
    const auto how = words.next();
    if (how && !how->quoted) {
        using enum trace::Shutdown;
        for (const auto value : {rd, wr, rdwr}) {
            if (how->text == name(value))
                return ShutDown{socket, value};
        }
    }
    how ? words.fail(*how, "WR, RD or RDWR") : words.fail_missing("WR, RD or RDWR");
    return std::nullopt;
}

std::optional<Action> read_connection_call(Reader& reader, Words& words, const Word& who) {
    const auto socket = parse_socket(reader, words, who);
    if (!socket)
        return std::nullopt;
    if (socket->kind == SocketName::Kind::listener) {
        words.fail(who, fmt::format("a connection; a listener's lines begin with its host: '{} "
                                    "accept :{}'",
                                    reader.scenario.hosts[socket->host].name, socket->port));
        return std::nullopt;
    }
    reader.mentions.push_back({*socket, words.location(who.at), Reader::Use::called});
    const auto verb = words.next();
    if (verb && !verb->quoted) {
        if (verb->text == "write")
            return read_write(words, *socket);
        if (verb->text == "read")
            return read_read(words, *socket);
        if (verb->text == "shutdown")
            return read_shutdown(words, *socket);
        if (verb->text == "close")
            return Close{*socket};
        if (verb->text == "setsockopt")
            return read_option(reader, words, *socket);
        if (verb->text == "nonblock")
            return NonBlocking{*socket};
        if (verb->text == "connect" && socket->kind == SocketName::Kind::connection)
            return read_connect_again(reader, words, *socket);
    }
    constexpr auto expected = "write, read, shutdown, close, setsockopt, nonblock or connect";
    verb ? words.fail(*verb, expected) : words.fail_missing(expected);
    return std::nullopt;
}

} // namespace

std::optional<Act> read_call(Reader& reader, Words& words, const Word& who) {
    const bool of_connection = !who.quoted && who.text.find_first_of("#:~") != who.text.npos;
    std::optional<Action> action;
    if (of_connection) {
        action = read_connection_call(reader, words, who);
    } else if (const auto host = find_host(reader.scenario, who.text); host && !who.quoted) {
        action = read_host_call(reader, words, *host);
    } else {
        std::string expected = "a host";
        for (std::size_t i = 0; i < reader.scenario.hosts.size() && i < 8; ++i) {
            expected += fmt::format("{}{}", i == 0 ? " (" : ", ", reader.scenario.hosts[i].name);
        }
        if (!reader.scenario.hosts.empty())
            expected += ')';
        words.fail(who, expected + ", a socket such as client#1, wire, note, predict or expect");
    }
    if (!action)
        return std::nullopt;
    Act act{std::move(*action), std::nullopt};
    if (words.accept("->")) {
        const auto value = words.next();
        constexpr auto expected = "the value it returns, a number or an errno such as EPIPE";
        if (!value) {
            words.fail_missing(expected);
            return std::nullopt;
        }
        act.returns = value->quoted ? std::nullopt : parse_result(value->text);
        if (!act.returns) {
            words.fail(*value, expected);
            return std::nullopt;
        }
    }
    return act;
}

} // namespace scenario
