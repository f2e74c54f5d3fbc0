// What can be done by typing its name: the commands that `/` finds beside the lessons.
#pragma once

#include "ui/icons.hpp"
#include "view/frame.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace panels {

struct FoundCommand {
    std::string id, label;
    ui::Icon before;
    view::Commands commands;
};
// Of those that can be given now, the ones whose names match; nothing typed finds none.
std::vector<FoundCommand> find_commands(const view::Frame&, std::string_view typed);

} // namespace panels
