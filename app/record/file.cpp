// Reading and atomically replacing files.
#include "file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace record {

FileText read_file(const std::string& path, std::size_t most) {
    const auto fail = [&](const char* why) {
        return FileText{{}, fmt::format("cannot read {}: {}", path, why)};
    };
    std::FILE* file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr)
        return fail(std::strerror(errno));
    FileText result;
    char block[65536];
    std::size_t got = 0;
    while (result.text.size() <= most && (got = std::fread(block, 1, sizeof block, file)) > 0)
        result.text.append(block, got);
    const int error = std::ferror(file) != 0 ? errno : 0; // a folder opens, but cannot be read
    std::fclose(file);
    if (error != 0)
        return fail(std::strerror(error));
    if (result.text.size() > most)
        return fail("it is too large");
    return result;
}

std::string replace_file(const std::string& path, std::string_view text) {
    std::error_code ignored;
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    if (!folder.empty()) {
        std::filesystem::create_directories(folder, ignored);
    }
    const std::string beside = fmt::format("{}.{}.new", path, ::getpid());
    std::FILE* file = std::fopen(beside.c_str(), "wbe");
    if (file == nullptr) {
        return fmt::format("cannot write {}: {}", path, std::strerror(errno));
    }
    const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    const bool closed = std::fclose(file) == 0;
    if (!written || !closed || std::rename(beside.c_str(), path.c_str()) != 0) {
        const int error = errno;
        std::remove(beside.c_str());
        return fmt::format("cannot write {}: {}", path, std::strerror(error));
    }
    return "";
}

} // namespace record
