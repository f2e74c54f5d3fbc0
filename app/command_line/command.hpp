// The commands of the program: one row each; main looks the first argument up here.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace command_line {

// What every command returns to the shell.
enum Exit : int {
    held = 0,       // it did what was asked; every expectation held
    failed = 1,     // an expectation failed
    bad_input = 2,  // of the user: a wrong argument, an unreadable file
    impossible = 3, // this machine cannot do it
};

struct Command {
    std::string_view name;
    std::string_view usage;                             // what follows the name
    std::string_view help;                              // one line
    int (*run)(std::span<const std::string> arguments); // without the name
};
// In the order of --help. To add a command, add a row in commands.cpp.
std::span<const Command> commands();

int run(std::span<const std::string> arguments);
int check(std::span<const std::string> arguments);
int lessons(std::span<const std::string> arguments);
int open_window(std::span<const std::string> arguments);
int live(std::span<const std::string> arguments);
int shot(std::span<const std::string> arguments);
int bench(std::span<const std::string> arguments);
int doctor(std::span<const std::string> arguments);

// One sentence to stderr, beginning with "twomsl: "; returns the code.
int refuse(std::string_view sentence, Exit = bad_input);

} // namespace command_line
