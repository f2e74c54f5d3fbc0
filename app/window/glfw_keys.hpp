// GLFW's keys as ours.
#pragma once

#include "ui/keys.hpp"

#include <optional>

namespace window {

// By what is printed on the key in the user's layout where GLFW knows it, else by its place.
std::optional<ui::KeyPress> key_press(int key, int scancode, int modifiers);

} // namespace window
