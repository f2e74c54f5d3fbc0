// Reading text back from what ImGui is about to render.
#pragma once

#include "stage.hpp"

namespace gui {

// After ImGui::Render: every string in the draw lists, joined from its glyphs.
std::vector<DrawnText> drawn_text();

} // namespace gui
