// "What is wrong with my server?": verdicts, worst first; the list of listeners; one of them beside
// it.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ui {
struct Screen;
}

namespace panels {

struct AttachState {
    std::string filter;
};

void attach(ui::Screen&, const view::Frame&, view::Commands&, AttachState&, ui::Rect area);

// Its parts.
void attach_verdicts(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect area);
float attach_verdicts_height(ui::Screen&, const view::Frame&, float width);
void attach_list(ui::Screen&, const view::Frame&, view::Commands&, AttachState&, ui::Rect area);
void attach_detail(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect area);

// The order in which the list shows its rows: those that match what was typed (a port, a name, a
// pid) first. `matching` of them do.
struct FilteredList {
    std::vector<std::size_t> order;
    std::size_t matching = 0;
};
FilteredList filter_listeners(const std::vector<view::ListenerRow>&, std::string_view typed);

} // namespace panels
