// What all controls share: behaviour and the record in the probe, without any looks.
#pragma once

#include "ui/widgets.hpp"

namespace ui {

Interaction control(Screen&, const Rect&, std::string_view id, std::string_view label,
                    std::string_view hint, std::string_view refused);

} // namespace ui
