// The frame around all panels: one bare ImGui window over the whole display, Tab's walk through the
// controls, the tooltip on top.
#include "ui/screen.hpp"

#include "ui/canvas.hpp"
#include "ui/compat.hpp"
#include "ui/text.hpp"

#include <algorithm>
#include <utility>

namespace ui {

namespace {

// Controls reachable now: those of the topmost layer; disabled ones only if they can say why.
std::vector<const Control*> reachable(const Probe& probe) {
    int top = 0;
    for (const Control& control : probe.controls) {
        top = std::max(top, control.layer);
    }
    std::vector<const Control*> result;
    for (const Control& control : probe.controls) {
        if (control.layer == top && control.focusable &&
            (control.enabled || !control.reason.empty())) {
            result.push_back(&control);
        }
    }
    return result;
}

void walk(Screen& screen, int step) {
    const auto controls = reachable(screen.drawn);
    if (controls.empty() || (screen.menu_open && controls.front()->layer == 0)) {
        return; // nothing, or a menu that is not there yet
    }
    const auto count = static_cast<int>(controls.size());
    int at = step > 0 ? -1 : count;
    for (int i = 0; i < count; ++i) {
        if (controls[static_cast<std::size_t>(i)]->id == screen.focused) {
            at = i;
        }
    }
    const int next = (at + step + count) % count;
    focus(screen, controls[static_cast<std::size_t>(next)]->id);
}

void draw_tooltip(Screen& screen) {
    if (screen.tooltip.text.empty()) {
        return;
    }
    ImDrawList* const below = std::exchange(screen.draw, ImGui::GetForegroundDrawList());
    const float padding = screen.dp(10), gap = screen.dp(6);
    const float width = std::min(text_width(screen, screen.tooltip.text, small), screen.dp(340));
    Rect at{0, 0, width + 2 * padding,
            paragraph_height(screen, width + 1, screen.tooltip.text, small) + padding};
    const Rect& beside = screen.tooltip.beside;
    at.x = std::clamp(beside.x, 0.0f, std::max(0.0f, screen.area.right() - at.w));
    at.y = beside.bottom() + gap;
    if (at.bottom() > screen.area.bottom()) {
        at.y = std::max(0.0f, beside.y - gap - at.h);
    }
    box(screen, at, screen.theme.card, screen.theme.button_border, 6);
    paragraph(screen, {at.x + padding, at.y + padding / 2, width + 1, at.h}, screen.tooltip.text,
              small, screen.theme.text);
    mark(screen, "tooltip", screen.tooltip.text, at);
    screen.draw = below;
}

} // namespace

void begin_frame(Screen& screen, std::vector<KeyPress> keys) {
    const ImGuiIO& io = ImGui::GetIO();
    screen.area = {0, 0, io.DisplaySize.x, io.DisplaySize.y};
    screen.mouse = {io.MousePos.x, io.MousePos.y};
    screen.seconds += io.DeltaTime;
    screen.keys = std::move(keys);
    screen.typed.clear();
    for (const ImWchar character : io.InputQueueCharacters) {
        screen.typed += static_cast<char32_t>(character);
    }
    screen.drawn = std::exchange(screen.probe, {});
    screen.animating = false;
    screen.tooltip = {};
    screen.layer = 0;
    // A menu whose owner is gone from the screen is closed.
    if (!screen.open_menu.empty() && !std::exchange(screen.menu_seen, false)) {
        screen.open_menu.clear();
    }
    screen.menu_open = !screen.open_menu.empty();
    if (io.MouseClicked[0] || io.MouseClicked[1]) {
        screen.focus_visible = false;
    }

    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(io.DisplaySize);
    ImGui::Begin("###screen", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoNav);
    ImGui::PopStyleVar(3);
    screen.draw = ImGui::GetWindowDrawList();
    fill(screen, screen.area, screen.theme.background);

    if (take_key(screen, Key::tab)) {
        walk(screen, 1);
    } else if (take_key(screen, Key::tab, with_shift)) {
        walk(screen, -1);
    } else if (screen.menu_open && take_key(screen, Key::down)) {
        walk(screen, 1);
    } else if (screen.menu_open && take_key(screen, Key::up)) {
        walk(screen, -1);
    }
}

void end_frame(Screen& screen) {
    draw_tooltip(screen);
    ImGui::End();
    screen.typing = ImGui::GetIO().WantTextInput;
}

bool take_key(Screen& screen, Key key, Modifiers modifiers) {
    // A field in a menu has one line: Up and Down are the menu's.
    const bool always = key == Key::tab || key == Key::escape ||
                        (key >= Key::f1 && key <= Key::f12) || modifiers.ctrl || modifiers.alt ||
                        (screen.menu_open && (key == Key::up || key == Key::down));
    if (screen.typing && !always) {
        return false;
    }
    const auto found = std::find(screen.keys.begin(), screen.keys.end(), KeyPress{key, modifiers});
    if (found == screen.keys.end()) {
        return false;
    }
    screen.keys.erase(found);
    return true;
}

bool take_typed(Screen& screen, char32_t character) {
    const auto found = screen.typed.find(character);
    if (screen.typing || found == screen.typed.npos) {
        return false;
    }
    screen.typed.erase(found, 1);
    return true;
}

void focus(Screen& screen, std::string_view id) {
    screen.focused = id;
    screen.focus_visible = true;
    screen.focus_moved = true;
}

void mark(Screen& screen, std::string_view id, std::string_view label, const Rect& rect) {
    const ImVec2 low = screen.draw->GetClipRectMin(), high = screen.draw->GetClipRectMax();
    Control control;
    control.id = screen.ids + std::string(id);
    control.label = label;
    control.rect = intersection(rect, {low.x, low.y, high.x - low.x, high.y - low.y});
    control.focusable = false;
    control.layer = screen.layer;
    screen.probe.controls.push_back(std::move(control));
}

} // namespace ui
