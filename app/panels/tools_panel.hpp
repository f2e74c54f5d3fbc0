// What ss, netstat, tcpdump and strace would print now, on a host of the user's choice.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"
#include "view/tools.hpp"

#include <string>
#include <vector>

namespace ui {
struct Screen;
}

namespace panels {

struct ToolsState {
    view::Tool tool = view::Tool::ss;
    std::size_t host = 1; // the usual server
    // The text and what it was made of: it is made anew when that has changed.
    struct Made {
        const trace::Trace* trace = nullptr;
        std::size_t events = 0;
        std::uint32_t visible = 0;
        trace::Instant now;
        view::Tool tool = view::Tool::ss;
        std::size_t host = 0;
        view::Language language = view::Language::en;
        std::size_t cells = 0;
        friend bool operator==(const Made&, const Made&) = default;
    } made;
    view::ToolText text;
    std::vector<std::string> rows; // its lines, broken as a terminal of this width does
    bool to_the_end = false;       // new lines have come: they are shown
};

void tools_panel(ui::Screen&, const view::Frame&, view::Commands&, ToolsState&, ui::Rect area);

// A line as a terminal of so many cells shows it.
std::vector<std::string> terminal_rows(const std::string& line, std::size_t cells);

} // namespace panels
