// Reading a file of /proc whole: its size is not known before.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

namespace net {

// nullopt: it cannot be opened (errno says why).
inline std::optional<std::string> whole_file(const char* path) {
    std::FILE* file = std::fopen(path, "re");
    if (!file)
        return std::nullopt;
    std::string text;
    char buffer[1 << 16];
    for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
        text.append(buffer, got);
    std::fclose(file);
    return text;
}

} // namespace net
