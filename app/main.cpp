// The program: finds the command that the arguments name and runs it.
#include "command_line/command.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace {

using command_line::Command;

int print_help() {
    fmt::print(
        "twomsl: see both ends of a TCP connection, and the kernel's queues between them.\n\n");
    for (const Command& command : command_line::commands()) {
        fmt::print("  twomsl {}{}{}\n      {}\n", command.name, command.name.empty() ? "" : " ",
                   command.usage, command.help);
    }
    fmt::print("  twomsl --help\n  twomsl --version\n\n"
               "Exit codes: 0 all held, 1 an expectation failed, 2 bad input or usage, "
               "3 this machine cannot do it.\n");
    return command_line::held;
}

const Command* find(std::string_view name) {
    for (const Command& command : command_line::commands()) {
        if (command.name == name)
            return &command;
    }
    return nullptr;
}

} // namespace

int main(int count, char** values) {
    const std::vector<std::string> arguments(values + (count > 0 ? 1 : 0), values + count);
    if (!arguments.empty()) {
        const std::string& first = arguments[0];
        if (first == "--help" || first == "-h" || first == "help")
            return print_help();
        if (first == "--version") {
            fmt::print("twomsl {}\n", TWOMSL_VERSION);
            return command_line::held;
        }
        if (const Command* command = find(first); command && !first.empty()) {
            return command->run(std::span(arguments).subspan(1));
        }
    }
    // The row without a name takes whatever names no command: a file to open, flags of the window.
    if (const Command* window = find(""))
        return window->run(arguments);
    if (arguments.empty())
        return command_line::refuse("no command was given; see twomsl --help");
    return command_line::refuse(
        fmt::format("there is no command '{}'; see twomsl --help", arguments[0]));
}
