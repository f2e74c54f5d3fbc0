// The list of commands by name.
#include "panels/search.hpp"

#include "panels/menus.hpp"
#include "view/words.hpp"

namespace panels {

using view::tr;
namespace cmd = view::command;

std::vector<FoundCommand> find_commands(const view::Frame& frame, std::string_view typed) {
    std::vector<FoundCommand> all;
    if (typed.empty())
        return all;
    const auto add = [&](const MenuRow& row) {
        if (row.button.refused.empty() && matches(row.button.label, typed))
            all.push_back({"found." + std::string(row.button.id), std::string(row.button.label),
                           row.button.before, row.commands});
    };
    const auto add_all = [&](const std::vector<MenuRow>& rows) {
        for (const MenuRow& row : rows)
            add(row);
    };
    add_all(view_rows(frame));
    add({{.id = "free_play", .label = tr("Free play")}, {cmd::OpenFreePlay{false}}});
    add_all(mode_rows(frame));
    add({{.id = "home", .label = tr("Home")}, {cmd::OpenHome{}}});
    add_all(setting_rows(frame));
    add_all(language_rows(frame));
    return all;
}

} // namespace panels
