// The header of a scenario file: hosts, their stacks, the wires between them, first sequence
// numbers.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reader.hpp"

namespace scenario {
namespace {

constexpr std::size_t most_hosts = 64;

// Words that mean something else where a host's name may stand.
constexpr std::array reserved = {"wire",    "note",   "expect", "predict", "never", "sent",
                                 "segment", "sender", "nobody", "nothing", "panel", "blocked"};

bool is_name(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !text.empty() && text.size() <= 32 && letter(text[0]) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

WireLine& wire(Scenario& scenario, Pair pair) {
    return *std::find_if(scenario.wires.begin(), scenario.wires.end(),
                         [&](const WireLine& w) { return w.from == pair.from && w.to == pair.to; });
}

void read_hosts(Reader& reader, Words& words, const Word& keyword) {
    auto& hosts = reader.scenario.hosts;
    if (!hosts.empty()) {
        words.fail_at(keyword.at, "found a second line 'hosts', expected one for the whole file");
        return;
    }
    std::vector<HostLine> found;
    while (const auto word = words.next()) {
        if (word->quoted || !is_name(word->text)) {
            words.fail(*word, "a name of letters, digits, '_' and '-' that begins with a letter");
            return;
        }
        if (std::find(reserved.begin(), reserved.end(), word->text) != reserved.end()) {
            words.fail(*word, "a name that is not a word of the format itself");
            return;
        }
        const auto same = [&](const HostLine& h) { return h.name == word->text; };
        if (std::any_of(found.begin(), found.end(), same)) {
            words.fail(*word, "a name that no other host has");
            return;
        }
        if (found.size() == most_hosts) {
            words.fail(*word, fmt::format("at most {} hosts", most_hosts));
            return;
        }
        found.push_back({std::string(word->text), {}});
    }
    if (words.failed())
        return;
    if (found.empty())
        return words.fail_missing("the names of the hosts");
    hosts = std::move(found);
    reader.made.resize(hosts.size());
    for (std::size_t a = 0; a < hosts.size(); ++a) {
        for (std::size_t b = 0; b < hosts.size(); ++b) {
            if (a == b)
                continue;
            reader.scenario.wires.push_back(
                {static_cast<trace::HostId>(a), static_cast<trace::HostId>(b)});
        }
    }
}

void read_profile(Reader& reader, Words& words) {
    const auto name = words.next();
    if (!name)
        return words.fail_missing("the name of a profile such as linux-6.18");
    if (reader.machine.profile) {
        if (auto wrong = reader.machine.profile(name->text); !wrong.empty()) {
            return words.fail_at(name->at, std::move(wrong));
        }
    }
    auto host = trace::no_host;
    const auto which = words.peek();
    if (which) {
        const auto found = read_host(reader, words);
        if (!found)
            return;
        host = *found;
    }
    for (const auto& line : reader.profiles) {
        if (line.host == host) {
            return words.fail_at(which ? which->at : name->at,
                                 which ? "found a second profile of this host, expected one"
                                       : "found a second profile of all hosts, expected one");
        }
    }
    reader.profiles.push_back({std::string(name->text), host});
}

void read_wire_line(Reader& reader, Words& words) {
    std::vector<Pair> pairs;
    const auto first = words.peek();
    if (first && first->text.find('>') != std::string_view::npos) {
        const auto pair = read_pair(reader, words);
        if (!pair)
            return;
        pairs = {*pair};
    } else {
        const auto a = read_host(reader, words);
        if (!a)
            return;
        const auto second = words.peek();
        const auto b = read_host(reader, words);
        if (!b)
            return;
        if (*a == *b)
            return words.fail(*second, "two different hosts");
        pairs = {{*a, *b}, {*b, *a}};
    }
    std::optional<trace::Duration> delay;
    std::optional<double> loss;
    std::optional<std::uint64_t> seed;
    while (const auto word = words.next()) {
        if (word->text == "delay" && !delay) {
            delay = read_duration(words, "a time");
            if (!delay)
                return;
        } else if (word->text == "loss" && !loss) {
            loss = read_probability(words);
            if (!loss)
                return;
        } else if (word->text == "seed" && !seed) {
            const auto value = read_number(words, "a number", 0, INT64_MAX);
            if (!value)
                return;
            seed = static_cast<std::uint64_t>(*value);
        } else {
            return words.fail(*word, "delay T, loss P or seed N, each at most once");
        }
    }
    if (words.failed())
        return;
    for (const auto pair : pairs) {
        WireLine& line = wire(reader.scenario, pair);
        line.delay = delay.value_or(line.delay);
        line.loss = loss.value_or(line.loss);
        line.seed = seed.value_or(line.seed);
    }
}

void read_sysctl(Reader& reader, Words& words) {
    const auto host = read_host(reader, words);
    if (!host)
        return;
    const auto name = words.next();
    if (!name)
        return words.fail_missing("the name of a sysctl such as somaxconn");
    const auto value = read_sysctl_value(words, name->text);
    if (!value)
        return;
    reader.scenario.sysctls.push_back({*host, std::string(name->text), *value});
    reader.sysctl_places.push_back(words.location(name->at));
}

// `address server 10.0.1.2`: one more.
void read_address(Reader& reader, Words& words) {
    const auto host = read_host(reader, words);
    if (!host)
        return;
    constexpr auto expected = "an address such as 10.0.1.2";
    const auto word = words.next();
    const auto address = word && !word->quoted ? parse_address(word->text) : std::nullopt;
    if (!address || address->raw == 0)
        return word ? words.fail(*word, expected) : words.fail_missing(expected);
    if (host_with(reader.scenario, *address))
        return words.fail(*word, "an address that no host has yet (host n has 10.0.0.n)");
    reader.scenario.hosts[*host].others.push_back(*address);
}

// `timers exact` or `timers wheel HZ`.
void read_timers(Reader& reader, Words& words) {
    const auto how = words.next();
    if (how && how->text == "exact") {
        reader.scenario.timers_by_wheel = false;
        return;
    }
    if (!how || how->text != "wheel") {
        constexpr auto expected = "exact, or wheel 250";
        return how ? words.fail(*how, expected) : words.fail_missing(expected);
    }
    if (read_number(words, "the ticks in a second, which are", 250, 250))
        reader.scenario.timers_by_wheel = true;
}

void read_isn(Reader& reader, Words& words) {
    const auto word = words.peek();
    const auto socket = read_socket(reader, words, Reader::Use::isn);
    if (!socket)
        return;
    if (socket->kind == SocketName::Kind::listener) {
        return words.fail(*word, "a connection such as client#1 or server~client#1");
    }
    for (const auto& line : reader.scenario.isns) {
        if (line.socket == *socket) {
            return words.fail(*word, "one line 'isn' for each socket");
        }
    }
    const auto number = read_number(words, "a sequence number", 0, UINT32_MAX);
    if (number)
        reader.scenario.isns.push_back({*socket, static_cast<std::uint32_t>(*number)});
}

} // namespace

bool read_header(Reader& reader, Words& words, const Word& keyword) {
    if (keyword.text == "hosts") {
        read_hosts(reader, words, keyword);
    } else if (keyword.text == "profile") {
        read_profile(reader, words);
    } else if (keyword.text == "wire") {
        read_wire_line(reader, words);
    } else if (keyword.text == "sysctl") {
        read_sysctl(reader, words);
    } else if (keyword.text == "timers") {
        read_timers(reader, words);
    } else if (keyword.text == "isn") {
        read_isn(reader, words);
    } else if (keyword.text == "address") {
        read_address(reader, words);
    } else {
        return false;
    }
    if (reader.first_timed != 0) {
        words.fail_at(keyword.at,
                      fmt::format("found the header line '{}' below line {}, expected it "
                                  "before the first line with a TIME",
                                  keyword.text, reader.first_timed));
    }
    expect_end(words);
    return true;
}

std::optional<ParseError> finish_header(Reader& reader) {
    auto& scenario = reader.scenario;
    std::string common = "linux-6.18";
    for (const auto& line : reader.profiles) {
        if (line.host == trace::no_host)
            common = line.name;
    }
    for (auto& host : scenario.hosts)
        host.profile = common;
    for (const auto& line : reader.profiles) {
        if (line.host != trace::no_host)
            scenario.hosts[line.host].profile = line.name;
    }
    for (std::size_t i = 0; reader.machine.sysctl && i < reader.sysctl_places.size(); ++i) {
        const auto& [host, name, value] = scenario.sysctls[i];
        auto wrong = reader.machine.sysctl(scenario.hosts[host].profile, name, value);
        if (!wrong.empty()) {
            return ParseError{scenario.file, reader.sysctl_places[i], std::move(wrong)};
        }
    }
    return std::nullopt;
}

} // namespace scenario
