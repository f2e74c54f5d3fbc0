// Hosts, ports, addresses and directions in a scenario file.
#include "reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scenario {

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

} // namespace

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

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto port = parse_integer(text);
    if (!port || *port < 1 || *port > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(*port);
}

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
        const auto number = parse_port(which->right);
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

} // namespace scenario
