// The translation of keys.
#include "window/glfw_keys.hpp"

#include <GLFW/glfw3.h>

#include <utility>

namespace window {

namespace {

using ui::Key;

Key nth(Key first, int n) {
    return static_cast<Key>(static_cast<int>(first) + n);
}

constexpr std::pair<int, Key> named[] = {
    {GLFW_KEY_TAB, Key::tab},
    {GLFW_KEY_ENTER, Key::enter},
    {GLFW_KEY_KP_ENTER, Key::enter},
    {GLFW_KEY_ESCAPE, Key::escape},
    {GLFW_KEY_SPACE, Key::space},
    {GLFW_KEY_BACKSPACE, Key::backspace},
    {GLFW_KEY_DELETE, Key::del},
    {GLFW_KEY_LEFT, Key::left},
    {GLFW_KEY_RIGHT, Key::right},
    {GLFW_KEY_UP, Key::up},
    {GLFW_KEY_DOWN, Key::down},
    {GLFW_KEY_HOME, Key::home},
    {GLFW_KEY_END, Key::end},
    {GLFW_KEY_PAGE_UP, Key::page_up},
    {GLFW_KEY_PAGE_DOWN, Key::page_down},
    {GLFW_KEY_KP_ADD, Key::plus},
    {GLFW_KEY_KP_SUBTRACT, Key::minus},
    {GLFW_KEY_KP_DECIMAL, Key::period},
    {GLFW_KEY_KP_DIVIDE, Key::slash},
};

std::optional<Key> printed(char character) {
    if (character >= 'a' && character <= 'z') {
        return nth(Key::a, character - 'a');
    }
    if (character >= '0' && character <= '9') {
        return nth(Key::digit_0, character - '0');
    }
    switch (character) {
    case '/': return Key::slash;
    case '.': return Key::period;
    case ',': return Key::comma;
    case '+':
    case '=': return Key::plus; // Ctrl + on a US keyboard is typed without Shift
    case '-': return Key::minus;
    default: return std::nullopt;
    }
}

std::optional<Key> translate(int key, int scancode) {
    for (const auto& [native, ours] : named) {
        if (native == key) {
            return ours;
        }
    }
    if (key >= GLFW_KEY_F1 && key <= GLFW_KEY_F12) {
        return nth(Key::f1, key - GLFW_KEY_F1);
    }
    if (key >= GLFW_KEY_KP_0 && key <= GLFW_KEY_KP_9) {
        return nth(Key::digit_0, key - GLFW_KEY_KP_0);
    }
    // The digit row keeps its digits even where it prints others without Shift (French).
    if (key >= GLFW_KEY_0 && key <= GLFW_KEY_9) {
        return nth(Key::digit_0, key - GLFW_KEY_0);
    }
    if (const char* name = glfwGetKeyName(key, scancode); name != nullptr && name[1] == '\0') {
        return printed(name[0]);
    }
    return key >= GLFW_KEY_A && key <= GLFW_KEY_Z ? std::optional(nth(Key::a, key - GLFW_KEY_A))
                                                  : std::nullopt;
}

} // namespace

std::optional<ui::KeyPress> key_press(int key, int scancode, int modifiers) {
    const auto ours = translate(key, scancode);
    if (!ours) {
        return std::nullopt;
    }
    ui::Modifiers with{(modifiers & GLFW_MOD_CONTROL) != 0, (modifiers & GLFW_MOD_SHIFT) != 0,
                       (modifiers & GLFW_MOD_ALT) != 0};
    if (*ours == Key::plus) {
        with.shift = false; // '+' may need Shift, that is not part of the wish
    }
    return ui::KeyPress{*ours, with};
}

} // namespace window
