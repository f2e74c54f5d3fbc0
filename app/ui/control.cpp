// A control's behaviour: ImGui's invisible button for the mouse, our own focus for the keyboard.
#include "ui/control.hpp"

#include "ui/compat.hpp"
#include "ui/screen.hpp"

#include <fmt/format.h>

namespace ui {

namespace {

Rect visible_part(const Screen& screen, const Rect& rect) {
    const ImVec2 low = screen.draw->GetClipRectMin(), high = screen.draw->GetClipRectMax();
    return intersection(rect, {low.x, low.y, high.x - low.x, high.y - low.y});
}

} // namespace

void bring_into_view(Screen& screen, const Rect& rect) {
    if (visible_part(screen, rect).h + 1 < rect.h) {
        ImGui::SetScrollFromPosY(rect.centre().y - ImGui::GetWindowPos().y, 0.5f);
        screen.animating = true;
    }
}

Interaction control(Screen& screen, const Rect& rect, std::string_view own_id,
                    std::string_view label, std::string_view hint, std::string_view refused) {
    const std::string id = screen.ids + std::string(own_id);
    const bool enabled = refused.empty();
    Interaction now;
    ImGui::SetCursorScreenPos({rect.x, rect.y});
    const bool pressed = ImGui::InvisibleButton(fmt::format("###{}", id).c_str(),
                                                {std::max(rect.w, 1.0f), std::max(rect.h, 1.0f)});
    now.hovered = ImGui::IsItemHovered();
    now.held = ImGui::IsItemActive();
    now.right_clicked = enabled && now.hovered && ImGui::IsMouseClicked(1);
    now.clicked = enabled && pressed;
    if (pressed) {
        screen.focused = id;
    }
    // A menu that the keyboard opened has the focus as soon as it is there, on its first item.
    if (screen.layer == 1 && screen.menu_open && screen.focused.empty() && screen.focus_visible &&
        (enabled || !refused.empty())) {
        focus(screen, id);
    }
    const bool has_focus = screen.focused == id && screen.layer == (screen.menu_open ? 1 : 0);
    if (has_focus && enabled && take_key(screen, Key::enter)) {
        now.clicked = true;
    }
    now.focused = has_focus && screen.focus_visible;
    if (has_focus && screen.focus_moved) {
        bring_into_view(screen, rect);
        screen.focus_moved = false;
    }
    const std::string_view about = enabled ? hint : refused;
    if ((now.hovered || now.focused) && !now.held && !about.empty()) {
        screen.tooltip = {std::string(about), rect};
    }

    Control record;
    record.id = id;
    record.label = label;
    record.rect = visible_part(screen, rect);
    record.enabled = enabled;
    record.reason = about;
    record.hovered = now.hovered;
    record.active = now.held;
    record.layer = screen.layer;
    screen.probe.controls.push_back(std::move(record));
    return now;
}

Interaction hotspot(Screen& screen, const Rect& rect, std::string_view id, std::string_view label,
                    std::string_view hint, std::string_view refused) {
    return control(screen, rect, id, label, hint, refused);
}

bool hovering(Screen& screen, const Rect& rect) {
    return ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
           visible_part(screen, rect).contains(screen.mouse);
}

} // namespace ui
