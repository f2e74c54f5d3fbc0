// The table of commands.
#include "command_line/command.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>

namespace command_line {

std::span<const Command> commands() {
    static constexpr std::array table = {
        Command{"",
                "[FILE] [--lang en|zh] [--theme dark|light|high-contrast] [--scale PERCENT] "
                "[--probe FILE]",
                "the window, on a lesson or a scenario file", open_window},
        Command{"run",
                "FILE [--on sim|kernel|both [--anyway]] [--format text|json|mermaid|svg|pcapng] "
                "[--profile P] [--lang en|zh] [--width N] [-o FILE]",
                "play a scenario as a ladder in the terminal, as JSON, a picture or a capture; "
                "both: and compare",
                run},
        Command{"check", "PATH... [--on sim|kernel|both [--anyway]] [--profile P]",
                "check all expectations of scenario files and folders; both: and compare", check},
        Command{"lessons", "[--lang en|zh]", "the catalogue: place, title, file", lessons},
        Command{"live",
                "[--listener ADDR | --connection A,B | --pid N | --pair] [--for TIME] [--format "
                "text|json] [--record FILE] [--sampled]",
                "what is wrong with the servers of this machine; one of them, a line for each "
                "change; or a pair of our own",
                live},
        Command{"shot",
                "FILE [--at TIME] [--size WxH] [--theme T] [--lang L] [--scale PERCENT] [--panels "
                "P,...] -o x.png",
                "a picture of the window, for slides and documents", shot},
        Command{"bench",
                "W N [loss=P] [tw=SECONDS] [hold=SECONDS] [trace=none|bin|text] [yardstick=1]",
                "run workload 1 to 5 on N connections and print what it cost", bench},
        Command{"doctor", "", "what this machine offers for the real kernel, tier by tier", doctor},
    };
    return table;
}

int refuse(std::string_view sentence, Exit code) {
    fmt::print(stderr, "twomsl: {}\n", sentence);
    return code;
}

} // namespace command_line
