// What a scenario file names: kinds of segments, timers, counters, sockets; and whether what is
// named is made.
#include "reader.hpp"

#include <fmt/format.h>

namespace scenario {

namespace {

template <typename Enum>
std::optional<Enum> one_of(Words& words, const std::vector<Enum>& values, std::string_view what) {
    const auto word = words.next();
    std::string list;
    for (const Enum value : values) {
        if (word && !word->quoted && word->text == name(value))
            return value;
        list += fmt::format("{}{}", list.empty() ? "" : ", ", name(value));
    }
    const auto expected = fmt::format("{}: {}", what, list);
    word ? words.fail(*word, expected) : words.fail_missing(expected);
    return std::nullopt;
}

} // namespace

std::optional<trace::SegmentKind> read_kind(Words& words) {
    using enum trace::SegmentKind;
    return one_of<trace::SegmentKind>(words, {syn, syn_ack, ack, data, fin, rst, ece, cwr, any},
                                      "a kind of segment");
}

std::optional<trace::Timer> read_timer(const Reader& reader, Words& words) {
    using enum trace::Timer;
    const auto before = words.peek();
    const auto timer = one_of<trace::Timer>(
        words, {retransmit, persist, keepalive, delayed_ack, time_wait, fin_wait_2}, "a timer");
    if (timer && reader.machine.timer) {
        if (auto wrong = reader.machine.timer(*timer); !wrong.empty()) {
            words.fail_at(before->at, std::move(wrong));
            return std::nullopt;
        }
    }
    return timer;
}

std::optional<trace::Counter> read_counter(const Reader& reader, Words& words) {
    const auto word = words.next();
    if (!word) {
        words.fail_missing("the name of a counter such as ListenOverflows");
        return std::nullopt;
    }
    const auto counter = word->quoted ? std::nullopt : trace::parse_counter(word->text);
    if (!counter) {
        words.fail(*word, "the name of a counter such as ListenOverflows (see `netstat -s`)");
        return std::nullopt;
    }
    if (reader.machine.counter) {
        if (auto wrong = reader.machine.counter(*counter); !wrong.empty()) {
            words.fail_at(word->at, std::move(wrong));
            return std::nullopt;
        }
    }
    return counter;
}

std::optional<SocketName> parse_socket(const Reader& reader, Words& words, const Word& word) {
    constexpr std::string_view expected = "a socket such as client#1, server~client#1 or server:80";
    SocketName socket;
    std::string_view owner = word.text;
    if (const auto listener = split(word.text, ':'); listener && !word.quoted) {
        auto port_text = listener->right;
        if (const auto which = split(port_text, '#')) {
            const auto number = parse_port(which->right);
            if (!number) {
                words.fail(word, expected);
                return std::nullopt;
            }
            socket.number = *number;
            port_text = which->left;
        }
        const auto port = parse_port(port_text);
        if (!port) {
            words.fail(word, "HOST:PORT with a port from 1 to 65535");
            return std::nullopt;
        }
        socket.kind = SocketName::Kind::listener;
        socket.port = *port;
        owner = listener->left;
    } else if (const auto numbered = split(word.text, '#'); numbered && !word.quoted) {
        const auto number = parse_port(numbered->right);
        if (!number) {
            words.fail(word, expected);
            return std::nullopt;
        }
        socket.number = *number;
        owner = numbered->left;
        if (const auto ends = split(owner, '~')) {
            socket.kind = SocketName::Kind::other_end;
            owner = ends->left;
            const auto peer = known_host(reader, words, word, ends->right);
            if (!peer)
                return std::nullopt;
            socket.peer = *peer;
        }
    } else {
        words.fail(word, expected);
        return std::nullopt;
    }
    const auto host = known_host(reader, words, word, owner);
    if (!host)
        return std::nullopt;
    socket.host = *host;
    if (socket.kind == SocketName::Kind::other_end && socket.host == socket.peer) {
        words.fail(word, "two different hosts: the other end is on the other host");
        return std::nullopt;
    }
    return socket;
}

std::optional<SocketName> read_socket(Reader& reader, Words& words, Reader::Use use) {
    const auto word = words.next();
    if (!word) {
        words.fail_missing("a socket such as client#1, server~client#1 or server:80");
        return std::nullopt;
    }
    const auto socket = parse_socket(reader, words, *word);
    if (socket)
        reader.mentions.push_back({*socket, words.location(word->at), use});
    return socket;
}

std::optional<ParseError> check_names(const Reader& reader) {
    const auto& hosts = reader.scenario.hosts;
    const auto wrong = [&](const Reader::Mention& mention, std::string message) {
        return ParseError{reader.scenario.file, mention.where, std::move(message)};
    };
    for (const auto& mention : reader.mentions) {
        const SocketName& socket = mention.name;
        if (socket.kind == SocketName::Kind::listener) {
            const auto made = reader.listeners.find({socket.host, socket.port});
            const auto& host = hosts[socket.host].name;
            if (made != reader.listeners.end() && socket.number <= made->second)
                continue;
            if (made != reader.listeners.end())
                return wrong(mention,
                             fmt::format("found {0}:{1}#{2}, expected one of the listeners "
                                         "that lines make: {0}:{1} has {3}",
                                         host, socket.port, socket.number, made->second));
            return wrong(mention,
                         fmt::format("found {0}:{1}, expected a listener that a line makes: "
                                     "'{0} listen :{1} backlog N'",
                                     host, socket.port));
        }
        const bool other = socket.kind == SocketName::Kind::other_end;
        const auto maker = other ? socket.peer : socket.host;
        const auto& made = reader.made[maker];
        const auto& host = hosts[maker].name;
        if (socket.number > made.size()) {
            return wrong(
                mention,
                fmt::format("found {0}#{1}, expected a socket that a line makes: {0} has {2} "
                            "connect or accept line{3}",
                            host, socket.number, made.size(), made.size() == 1 ? "" : "s"));
        }
        const auto& maker_line = made[socket.number - 1u];
        if (other && !maker_line.by_accept && maker_line.to != socket.host) {
            return wrong(mention,
                         fmt::format("found {0}~{1}#{2}, but {1}#{2} connects to {3}: expected "
                                     "{3}~{1}#{2}",
                                     hosts[socket.host].name, host, socket.number,
                                     hosts[maker_line.to].name));
        }
        if (mention.use == Reader::Use::isn && maker_line.by_accept) {
            return wrong(mention,
                         fmt::format("found {0}#{1}, which line {2} accepts: expected the name "
                                     "by its connect line, such as {0}~client#1",
                                     host, socket.number, maker_line.line));
        }
        if (mention.use == Reader::Use::called && maker_line.line > mention.where.line) {
            return wrong(mention, fmt::format("found a call on {0}#{1}, which only line {2} makes: "
                                              "expected it below that line",
                                              host, socket.number, maker_line.line));
        }
    }
    return std::nullopt;
}

bool expect_end(Words& words) {
    if (words.failed())
        return false;
    if (const auto extra = words.next())
        words.fail(*extra, "the end of the line");
    return !words.failed();
}

} // namespace scenario
