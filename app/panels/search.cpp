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
    const auto add = [&](std::string id, std::string label, view::Command command) {
        if (matches(label, typed))
            all.push_back({"found." + id, std::move(label), {std::move(command)}});
    };
    const bool world = frame.mode != view::Mode::home && !frame.snapshot->hosts.empty();
    if (world)
        for (const ViewName& v : view_names())
            if (offered(frame, v.panel))
                add(v.id, v.label, cmd::Show{v.panel, !frame.open(v.panel)});
    if (can_present(frame))
        add("present", tr("Present"), cmd::Present{view::Presenting::ladder});
    add("free_play", tr("Free play"), cmd::OpenFreePlay{false});
    add("lab", tr("Real kernel"), cmd::OpenLab{});
    add("attach", tr("My server"), cmd::OpenAttach{});
    if (frame.mode == view::Mode::lesson || frame.mode == view::Mode::free_play)
        add("compare", tr("Compare with the real kernel"), cmd::OpenCompare{});
    add("home", tr("Home"), cmd::OpenHome{});
    add("keys", tr("Keys"), cmd::ShowKeys{true});
    return all;
}

} // namespace panels
