// Single words of a scenario file: numbers, times, hosts, sockets; and whether what is named is
// made.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>

#include "reader.hpp"
#include "trace/sysctl.hpp"

namespace scenario {

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end)
        return std::nullopt;
    return value;
}

std::optional<std::int64_t> parse_result(std::string_view text) {
    if (const auto number = parse_integer(text); number && *number >= 0)
        return number;
    if (text.empty() || text[0] != 'E')
        return std::nullopt;
    if (const auto error = trace::parse_errno(text))
        return -static_cast<std::int64_t>(*error);
    return std::nullopt;
}

std::optional<std::int64_t> read_number(Words& words, std::string_view what, std::int64_t least,
                                        std::int64_t most) {
    const auto word = words.next();
    if (!word) {
        words.fail_missing(what);
        return std::nullopt;
    }
    const auto value = word->quoted ? std::nullopt : parse_integer(word->text);
    if (!value || *value < least || *value > most) {
        words.fail(*word, fmt::format("{} from {} to {}", what, least, most));
        return std::nullopt;
    }
    return value;
}

namespace {

std::optional<std::int64_t> read_power_of_two(Words& words, std::int64_t most) {
    const auto word = words.next();
    if (!word) {
        words.fail_missing("a first number");
        return std::nullopt;
    }
    const auto value = word->quoted ? std::nullopt : parse_integer(word->text);
    if (!value || *value < 1 || *value > most || !std::has_single_bit(std::uint64_t(*value))) {
        words.fail(*word, fmt::format("a first number that is a power of two, up to {}", most));
        return std::nullopt;
    }
    return value;
}

} // namespace

std::optional<std::int64_t> read_sysctl_value(Words& words, std::string_view name) {
    const auto sysctl = trace::find_sysctl(name);
    if (sysctl && trace::is_triple(*sysctl)) {
        const auto least = read_power_of_two(words, trace::triple_most);
        const auto standard =
            least ? read_number(words, "a second number", 1, trace::triple_most) : least;
        const auto third =
            standard ? read_number(words, "a third number", 1, trace::triple_most) : standard;
        return third ? std::optional(trace::pack({*least, *standard, *third})) : std::nullopt;
    }
    if (!sysctl || !trace::is_pair(*sysctl))
        return read_number(words, "a number", INT64_MIN, INT64_MAX);
    const auto low = read_number(words, "a first number", 0, 65535);
    const auto high = low ? read_number(words, "a second number", 0, 65535) : low;
    return high ? std::optional(trace::pack(*low, *high)) : std::nullopt;
}

std::optional<trace::Duration> read_duration(Words& words, std::string_view what) {
    const auto expected = fmt::format("{} such as 50ms or 1.5s", what);
    const auto word = words.next();
    if (!word) {
        words.fail_missing(expected);
        return std::nullopt;
    }
    const auto time = word->quoted ? std::nullopt : trace::parse_duration(word->text);
    if (!time || *time > longest) {
        words.fail(*word, time ? std::string("a time below 73 years") : expected);
        return std::nullopt;
    }
    return time;
}

std::optional<double> read_probability(Words& words) {
    constexpr auto expected = "a probability such as 0.1 or 10%, from 0 to 1";
    const auto word = words.next();
    if (!word) {
        words.fail_missing(expected);
        return std::nullopt;
    }
    auto text = word->text;
    const bool percent = text.ends_with('%');
    if (percent)
        text.remove_suffix(1);
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (percent)
        value /= 100;
    if (error != std::errc{} || stop != end || !(value >= 0 && value <= 1)) {
        words.fail(*word, expected);
        return std::nullopt;
    }
    return value;
}

std::optional<trace::HostId> find_host(const Scenario& scenario, std::string_view name) {
    for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
        if (scenario.hosts[i].name == name)
            return static_cast<trace::HostId>(i);
    }
    return std::nullopt;
}

namespace {

std::string host_list(const Scenario& scenario) {
    if (scenario.hosts.empty())
        return "a line 'hosts NAME…' above";
    std::string list = "one of the hosts";
    std::size_t count = 0;
    for (const auto& host : scenario.hosts) {
        if (++count > 8)
            return list + " …";
        list += ' ' + host.name;
    }
    return list;
}

// "A>B" or "A~B#2": a name and what stands around the sign.
struct Split {
    std::string_view left, right;
};
std::optional<Split> split(std::string_view text, char sign) {
    const auto at = text.find(sign);
    if (at == std::string_view::npos)
        return std::nullopt;
    return Split{text.substr(0, at), text.substr(at + 1)};
}

std::optional<trace::HostId> known_host(const Reader& reader, Words& words, const Word& word,
                                        std::string_view name) {
    const auto host = word.quoted ? std::nullopt : find_host(reader.scenario, name);
    if (!host) {
        const auto offset = static_cast<std::size_t>(name.data() - words.line().data());
        words.fail({name, name.empty() ? word.at : offset, false}, host_list(reader.scenario));
    }
    return host;
}

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

std::optional<trace::HostId> read_host(const Reader& reader, Words& words) {
    const auto word = words.next();
    if (!word) {
        words.fail_missing(host_list(reader.scenario));
        return std::nullopt;
    }
    return known_host(reader, words, *word, word->text);
}

std::optional<Pair> read_pair(const Reader& reader, Words& words) {
    const auto word = words.next();
    if (!word) {
        words.fail_missing("a direction such as client>server");
        return std::nullopt;
    }
    const auto parts = word->quoted ? std::nullopt : split(word->text, '>');
    if (!parts) {
        words.fail(*word, "a direction such as client>server");
        return std::nullopt;
    }
    const auto from = known_host(reader, words, *word, parts->left);
    if (!from)
        return std::nullopt;
    const auto to = known_host(reader, words, *word, parts->right);
    if (!to)
        return std::nullopt;
    if (*from == *to) {
        words.fail(*word, "two different hosts");
        return std::nullopt;
    }
    return Pair{*from, *to};
}

namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto port = parse_integer(text);
    if (!port || *port < 1 || *port > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(*port);
}

std::optional<std::uint16_t> parse_ordinal(std::string_view text) {
    return parse_port(text);
}

} // namespace

std::optional<std::uint16_t> read_port(Words& words) {
    const auto word = words.next();
    if (!word) {
        words.fail_missing("a port such as :80");
        return std::nullopt;
    }
    if (!word->quoted && word->text.starts_with(':')) {
        if (const auto port = parse_port(word->text.substr(1)))
            return port;
    }
    words.fail(*word, "a port such as :80, from 1 to 65535");
    return std::nullopt;
}

std::optional<trace::Address> parse_address(std::string_view text) {
    std::uint32_t raw = 0;
    for (int i = 0; i < 4; ++i) {
        const auto dot = text.find('.');
        if ((i < 3) == (dot == std::string_view::npos))
            return std::nullopt;
        const auto part = parse_integer(text.substr(0, dot));
        if (!part || *part < 0 || *part > 255)
            return std::nullopt;
        raw = raw << 8 | static_cast<std::uint32_t>(*part);
        text.remove_prefix(i < 3 ? dot + 1 : text.size());
    }
    return trace::Address{raw};
}

trace::Address address_of(trace::HostId host) {
    return {0x0a000001u + host};
}

std::optional<trace::HostId> host_with(const Scenario& s, trace::Address address) {
    for (std::size_t i = 0; i < s.hosts.size(); ++i) {
        const auto host = static_cast<trace::HostId>(i);
        const auto& others = s.hosts[i].others;
        if (address == address_of(host) ||
            std::find(others.begin(), others.end(), address) != others.end())
            return host;
    }
    return std::nullopt;
}

std::optional<Place> read_place(Words& words) {
    constexpr auto expected = "a port such as :80, 10.0.0.9:80 or :80#2, from 1 to 65535";
    const auto word = words.next();
    if (!word) {
        words.fail_missing(expected);
        return std::nullopt;
    }
    const auto parts = word->quoted ? std::nullopt : split(word->text, ':');
    if (!parts) {
        words.fail(*word, expected);
        return std::nullopt;
    }
    Place place;
    std::string_view port_text = parts->right;
    if (const auto which = split(parts->right, '#')) {
        const auto number = parse_ordinal(which->right);
        if (!number) {
            words.fail(*word, expected);
            return std::nullopt;
        }
        place.which = *number;
        port_text = which->left;
    }
    const auto port = parse_port(port_text);
    const auto address =
        parts->left.empty() ? std::optional(trace::Address{}) : parse_address(parts->left);
    if (!port || !address) {
        words.fail(*word, expected);
        return std::nullopt;
    }
    place.port = *port;
    place.address = *address;
    return place;
}

std::optional<trace::Endpoint> read_end(const Reader& reader, Words& words, trace::HostId alone) {
    constexpr auto expected = "an end such as server:80 or 10.0.0.9:80";
    const auto word = words.next();
    if (!word) {
        words.fail_missing(expected);
        return std::nullopt;
    }
    const auto parts = word->quoted ? std::nullopt : split(word->text, ':');
    const auto port = parts ? parse_port(parts->right) : std::nullopt;
    if (!port) {
        words.fail(*word, expected);
        return std::nullopt;
    }
    if (const auto address = parse_address(parts->left))
        return trace::Endpoint{*address, *port};
    if (parts->left.empty() && alone != trace::no_host)
        return trace::Endpoint{address_of(alone), *port};
    const auto host = known_host(reader, words, *word, parts->left);
    if (!host)
        return std::nullopt;
    return trace::Endpoint{address_of(*host), *port};
}

std::optional<trace::SegmentKind> read_kind(Words& words) {
    using enum trace::SegmentKind;
    return one_of<trace::SegmentKind>(words, {syn, syn_ack, ack, data, fin, rst, any},
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
            const auto number = parse_ordinal(which->right);
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
        const auto number = parse_ordinal(numbered->right);
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
