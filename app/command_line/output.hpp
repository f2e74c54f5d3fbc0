// Where what a command made goes: a file by -o, else standard output.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace command_line {

// Returns held, or bad_input after one sentence: the file cannot be written; or bytes that are not
// text were to go to a terminal.
int put_out(std::string_view bytes, const std::optional<std::string>& path, bool is_text);

} // namespace command_line
