// The table of commands.
#include "command_line/command.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>

namespace command_line {

std::span<const Command> commands() {
    static constexpr std::array table = {
        Command{"run", "FILE [--format text|json] [--profile P] [--lang en|zh] [--width N]",
                "play a scenario as a ladder in the terminal, or as JSON", run},
        Command{"check", "PATH... [--profile P]",
                "check all expectations of scenario files and folders", check},
        Command{"lessons", "[--lang en|zh]", "the catalogue: place, title, file", lessons},
    };
    return table;
}

int refuse(std::string_view sentence, Exit code) {
    fmt::print(stderr, "twomsl: {}\n", sentence);
    return code;
}

} // namespace command_line
