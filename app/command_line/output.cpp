// Where what a command made goes.
#include "command_line/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "command_line/command.hpp"
#include "record/file.hpp"

namespace command_line {

int put_out(std::string_view bytes, const std::optional<std::string>& path, bool is_text) {
    if (path) {
        const auto wrong = record::replace_file(*path, bytes);
        return wrong.empty() ? Exit::held : refuse(wrong);
    }
    if (!is_text && isatty(STDOUT_FILENO))
        return refuse("this is not text for a terminal; give it a file with -o FILE");
    const bool good = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
                      std::fflush(stdout) == 0;
    return good ? Exit::held : refuse(fmt::format("cannot write: {}", std::strerror(errno)));
}

} // namespace command_line
