// One host: what its processes call, its listeners with both queues, its sockets, its counters and
// settings.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace ui {
struct Screen;
}

namespace panels {

struct HostPanelState {
    std::set<std::string> toggled; // folds that the user changed, by their id
    std::int64_t write_bytes = 100;
    std::int64_t backlog = 2;
    int pointed_step = -1;         // the step whose highlight has been brought into view
    std::set<std::string> editing; // sysctls whose value is being typed
    std::string typed, typed_profile;
};

void host_panel(ui::Screen&, const view::Frame&, view::Commands&, HostPanelState&, std::size_t host,
                ui::Rect area);

} // namespace panels
