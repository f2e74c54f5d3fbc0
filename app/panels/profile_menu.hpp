// The kernel of a host: its name, and the list of those that it can be given instead.
#pragma once

#include "panels/host_panel.hpp"

#include <string>

namespace panels {

// As wide as it would like to be; 0 where this host cannot be given another kernel.
float profile_button_width(ui::Screen&, const view::Frame&, const trace::HostView&);
void profile_button(ui::Screen&, const view::Frame&, view::Commands&, HostPanelState&,
                    const trace::HostView&, const ui::Rect&, const std::string& id);

} // namespace panels
