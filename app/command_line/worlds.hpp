// Where a scenario plays: `--on sim|kernel|both`.
#pragma once
#include "command_line/arguments.hpp"
#include "command_line/command.hpp"
#include "scenario/scenario.hpp"

namespace command_line {

enum class Worlds : std::uint8_t { sim, kernel, both };
// Nothing: on_takes() says what is wrong.
std::optional<Worlds> parse_worlds(const Arguments&);
std::string on_takes(const Arguments&);

struct Told {
    std::string format; // "text", "json", "mermaid", "svg" or "pcapng"
    std::string language;
    std::size_t width = 100;
    bool anyway = false; // compare, whatever the profile
};
struct Played {
    std::string out;
    std::string why_not; // one sentence, where it was not played, or not to the end
    Exit code = Exit::held;
};
Played play_in(Worlds, const scenario::Scenario&, const Told&);

} // namespace command_line
