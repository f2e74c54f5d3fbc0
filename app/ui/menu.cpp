// Popups on ImGui's, with our own keyboard.
#include "ui/menu.hpp"

#include "ui/canvas.hpp"
#include "ui/compat.hpp"
#include "ui/screen.hpp"

#include <fmt/format.h>

namespace ui {

namespace {

ImVec4 im(Colour c) {
    const auto unit = [](std::uint8_t channel) { return static_cast<float>(channel) / 255; };
    return {unit(c.r), unit(c.g), unit(c.b), unit(c.a)};
}

} // namespace

void open_popup(Screen& screen, std::string_view id) {
    screen.open_menu = id;
    screen.menu_fresh = true;
    screen.menu_seen = true;
    screen.focus_before_menu = screen.focused;
    screen.focused.clear();
}

void close_popup(Screen& screen) {
    screen.open_menu.clear();
    screen.focused = screen.focus_before_menu;
}

std::optional<Rect> begin_popup(Screen& screen, std::string_view id, const Rect& anchor,
                                float width, float height) {
    if (screen.open_menu != id) {
        return std::nullopt;
    }
    screen.menu_seen = true;
    const std::string imgui_id = fmt::format("###popup.{}", id);
    if (screen.menu_fresh) {
        ImGui::OpenPopup(imgui_id.c_str());
        screen.menu_fresh = false;
    }
    const float border = screen.dp(5), gap = screen.dp(4);
    const float wanted = height + 2 * border;
    const float below = screen.area.bottom() - anchor.bottom() - 2 * gap;
    const float above = anchor.y - 2 * gap;
    const bool downwards = wanted <= below || below >= above;
    const float room = std::max(downwards ? below : above, screen.dp(60));
    const bool scrolls = wanted > room;
    const float bar = scrolls ? screen.dp(10) : 0;
    Rect at{anchor.x, 0, width + 2 * border + bar, std::min(wanted, room)};
    at.x = std::clamp(at.x, 0.0f, std::max(0.0f, screen.area.right() - at.w));
    at.y = downwards ? anchor.bottom() + gap : anchor.y - gap - at.h;

    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {border, border});
    ImGui::PushStyleVar(ImGuiStyleVar_PopupRounding, screen.dp(6));
    ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, 1);
    ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarSize, screen.dp(10));
    ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarRounding, screen.dp(5));
    ImGui::PushStyleColor(ImGuiCol_ScrollbarBg, im(with_alpha(screen.theme.card, 0)));
    ImGui::PushStyleColor(ImGuiCol_ScrollbarGrab, im(screen.theme.faint));
    ImGui::PushStyleColor(ImGuiCol_ScrollbarGrabHovered, im(screen.theme.dim));
    ImGui::PushStyleColor(ImGuiCol_ScrollbarGrabActive, im(screen.theme.dim));
    ImGui::PushStyleColor(ImGuiCol_PopupBg, im(screen.theme.card));
    ImGui::PushStyleColor(ImGuiCol_Border, im(screen.theme.button_border));
    ImGui::SetNextWindowPos({at.x, at.y});
    ImGui::SetNextWindowSize({at.w, at.h});
    ImGui::SetNextWindowContentSize({width, height});
    const bool open =
        ImGui::BeginPopup(imgui_id.c_str(), ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoNav |
                                                ImGuiWindowFlags_NoSavedSettings);
    ImGui::PopStyleColor(6);
    ImGui::PopStyleVar(5);
    if (!open) {
        close_popup(screen); // a click elsewhere
        return std::nullopt;
    }
    if (take_key(screen, Key::escape)) {
        close_popup(screen);
        ImGui::CloseCurrentPopup();
    }
    // Its first frame is not shown and not hit: a click that came now would close it. What it holds
    // is there from the next frame on.
    if (ImGui::GetCurrentWindow()->Hidden) {
        ImGui::EndPopup();
        screen.animating = true;
        return std::nullopt;
    }
    screen.outer.push_back(screen.draw);
    screen.draw = ImGui::GetWindowDrawList();
    screen.layer = 1;
    return Rect{at.x + border, at.y + border - ImGui::GetScrollY(), width, height};
}

void end_popup(Screen& screen) {
    if (screen.open_menu.empty()) {
        ImGui::CloseCurrentPopup();
    }
    ImGui::EndPopup();
    screen.draw = screen.outer.back();
    screen.outer.pop_back();
    screen.layer = 0;
}

float menu_item_height(const Screen& screen) {
    return line_height(screen, body) + screen.dp(7);
}

bool menu_item(Screen& screen, const Rect& rect, const Button& what) {
    Button row = what;
    row.look = Look::quiet;
    row.align = Align::left;
    row.style.face = row.style.face == Face::bold ? Face::text : row.style.face;
    const bool chosen = button(screen, rect, row);
    if (chosen) {
        close_popup(screen);
    }
    return chosen;
}

std::optional<std::size_t> combo(Screen& screen, const Rect& rect, std::string_view id,
                                 std::span<const Choice> choices, std::size_t current,
                                 std::string_view prefix, std::string_view refused) {
    const std::string label = current < choices.size() ? choices[current].label : std::string();
    const std::string shown = prefix.empty() ? label : fmt::format("{} {}", prefix, label);
    if (button(screen, rect,
               {.id = id,
                .label = shown,
                .after = Icon::chevron_down,
                .refused = refused,
                .style = body,
                .align = Align::left})) {
        open_popup(screen, id);
    }
    float width = rect.w;
    for (const Choice& choice : choices) {
        width = std::max(width, text_width(screen, choice.label, body) + screen.dp(44));
    }
    const float row = menu_item_height(screen);
    auto inside = begin_popup(screen, id, rect, std::min(width, screen.area.w - screen.dp(20)),
                              row * static_cast<float>(choices.size()));
    if (!inside) {
        return std::nullopt;
    }
    std::optional<std::size_t> chosen;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const std::string item = fmt::format("{}.{}", id, choices[i].id);
        if (menu_item(screen, cut_top(*inside, row),
                      {.id = item, .label = choices[i].label, .selected = i == current})) {
            chosen = i;
        }
    }
    end_popup(screen);
    return chosen;
}

} // namespace ui
