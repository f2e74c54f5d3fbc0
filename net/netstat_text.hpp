// Reading /proc/net/netstat and /proc/net/snmp.
#pragma once

#include "net/whole_file.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace net {

inline constexpr const char* netstat_path = "/proc/self/net/netstat"; // of our own namespace
inline constexpr const char* snmp_path = "/proc/self/net/snmp";

// Lines come in pairs: "Tcp: RtoAlgorithm RtoMin …" and "Tcp: 1 200 …".
template <typename Use>
void for_each_counter(std::string_view text, Use use) {
    const auto next_line = [&]() {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        return line;
    };
    const auto next_word = [](std::string_view& line) {
        line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
        const auto word = line.substr(0, line.find(' '));
        line.remove_prefix(word.size());
        return word;
    };
    while (!text.empty()) {
        auto names = next_line();
        auto values = next_line();
        if (next_word(names) != next_word(values))
            return;
        while (true) {
            const auto name = next_word(names);
            const auto value = next_word(values);
            if (name.empty() || value.empty())
                break;
            use(name, std::strtoull(std::string(value).c_str(), nullptr, 10));
        }
    }
}

// One counter of this network namespace, 0: there is none.
inline std::uint64_t read_counter(std::string_view wanted) {
    const std::string text = whole_file(netstat_path).value_or("");
    std::uint64_t found = 0;
    for_each_counter(text, [&](std::string_view name, std::uint64_t value) {
        if (name == wanted)
            found = value;
    });
    return found;
}

} // namespace net
