// Text fields (ImGui's editing in our looks) and scrolling regions.
#include "ui/canvas.hpp"
#include "ui/compat.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <fmt/format.h>

namespace ui {

namespace {

ImVec4 im(Colour c) {
    const auto unit = [](std::uint8_t channel) { return static_cast<float>(channel) / 255; };
    return {unit(c.r), unit(c.g), unit(c.b), unit(c.a)};
}

// ImGui edits a char buffer and asks for more through this.
int grow(ImGuiInputTextCallbackData* data) {
    if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
        auto& text = *static_cast<std::string*>(data->UserData);
        text.resize(static_cast<std::size_t>(data->BufTextLen));
        data->Buf = text.data();
    }
    return 0;
}

FieldResult edit(Screen& screen, const Rect& rect, std::string_view own_id, std::string_view label,
                 std::string& text, TextStyle style, bool several_lines) {
    const Theme& theme = screen.theme;
    const Font& font = screen.fonts.get(style.face, style.size);
    const std::string id = screen.ids + std::string(own_id);
    const bool wants_focus = screen.focused == id && screen.focus_moved;
    const std::string imgui_id = fmt::format("###{}", id);
    screen.fonts.need(text, style.face, style.size);

    const float side = screen.dp(10);
    const float above = several_lines ? side : (rect.h - font.pixels) / 2;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {side, above});
    ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, screen.dp(5));
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 0);
    ImGui::PushStyleColor(ImGuiCol_FrameBg, im(theme.card));
    ImGui::PushStyleColor(ImGuiCol_Text, im(theme.text));
    ImGui::PushStyleColor(ImGuiCol_TextSelectedBg, im(with_alpha(theme.accent, 110)));
    compat::push_font(font.imgui, font.pixels);
    compat::push_no_tab_stop(); // Tab is ours
    if (wants_focus) {
        ImGui::SetKeyboardFocusHere();
        screen.focus_moved = false;
    }
    ImGui::SetCursorScreenPos({rect.x, rect.y});
    constexpr ImGuiInputTextFlags flags = ImGuiInputTextFlags_CallbackResize;
    FieldResult result;
    if (several_lines) {
        result.changed =
            ImGui::InputTextMultiline(imgui_id.c_str(), text.data(), text.capacity() + 1,
                                      {rect.w, rect.h}, flags, grow, &text);
    } else {
        const std::string before = text;
        ImGui::SetNextItemWidth(rect.w);
        result.submitted = ImGui::InputText(imgui_id.c_str(), text.data(), text.capacity() + 1,
                                            flags | ImGuiInputTextFlags_EnterReturnsTrue |
                                                ImGuiInputTextFlags_AutoSelectAll,
                                            grow, &text);
        result.changed = text != before;
    }
    compat::pop_no_tab_stop();
    ImGui::PopFont();
    ImGui::PopStyleColor(3);
    ImGui::PopStyleVar(3);

    const bool active = ImGui::IsItemActive();
    if (active && !wants_focus && screen.focused != id) {
        if (ImGui::IsItemActivated()) {
            screen.focused = id; // by the mouse
        } else {
            ImGui::ClearActiveID(); // Tab has gone on
        }
    }
    outline(screen, rect, active ? theme.accent_border : theme.button_border, 5, active ? 2 : 1);
    Control record;
    record.id = id;
    record.label = text.empty() ? std::string(label) : text;
    record.rect = rect;
    record.hovered = ImGui::IsItemHovered();
    record.active = active;
    record.layer = screen.layer;
    screen.probe.controls.push_back(std::move(record));
    return result;
}

} // namespace

FieldResult text_field(Screen& screen, const Rect& rect, std::string_view id,
                       std::string_view placeholder, std::string& content, TextStyle style) {
    const FieldResult result = edit(screen, rect, id, placeholder, content, style, false);
    if (content.empty()) {
        text_in(screen, rect.inset(screen.dp(11), 0), placeholder, style, screen.theme.dim);
    }
    return result;
}

FieldResult text_area(Screen& screen, const Rect& rect, std::string_view id, std::string_view label,
                      std::string& content, TextStyle style) {
    return edit(screen, rect, id, label, content, style, true);
}

Rect begin_scroll(Screen& screen, const Rect& rect, std::string_view id, float content_height) {
    const Theme& theme = screen.theme;
    const float bar = screen.dp(10);
    const bool scrolls = content_height > rect.h + 0.5f;
    ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarSize, bar);
    ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarRounding, bar / 2);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::PushStyleColor(ImGuiCol_ScrollbarBg, im(with_alpha(theme.panel, 0)));
    ImGui::PushStyleColor(ImGuiCol_ScrollbarGrab, im(theme.faint));
    ImGui::PushStyleColor(ImGuiCol_ScrollbarGrabHovered, im(theme.dim));
    ImGui::PushStyleColor(ImGuiCol_ScrollbarGrabActive, im(theme.dim));
    ImGui::SetCursorScreenPos({rect.x, rect.y});
    ImGui::SetNextWindowContentSize({0, content_height});
    ImGui::BeginChild(fmt::format("###{}{}", screen.ids, id).c_str(),
                      {std::max(rect.w, 1.0f), std::max(rect.h, 1.0f)}, false,
                      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav |
                          (scrolls ? ImGuiWindowFlags_None : ImGuiWindowFlags_NoScrollbar));
    ImGui::PopStyleColor(4);
    ImGui::PopStyleVar(3);
    screen.outer.push_back(screen.draw);
    screen.draw = ImGui::GetWindowDrawList();
    return {rect.x, rect.y - ImGui::GetScrollY(), rect.w - (scrolls ? bar + screen.dp(4) : 0),
            std::max(content_height, rect.h)};
}

void end_scroll(Screen& screen) {
    ImGui::EndChild();
    screen.draw = screen.outer.back();
    screen.outer.pop_back();
}

} // namespace ui
