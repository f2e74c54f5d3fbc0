// The palettes. Hue means a TCP state and nothing else; `accent` means "you can act here, now";
// `refused` means refused or failed. Every text colour reaches a contrast of 4.5 on its ground.
#pragma once

#include "trace/state.hpp"
#include "ui/colour.hpp"
#include "view/command.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace ui {

using ThemeName = view::Theme;
inline constexpr std::array all_themes = {ThemeName::dark, ThemeName::light,
                                          ThemeName::high_contrast};
// "dark", "light", "high-contrast": as on the command line and in the settings.
std::string_view name(ThemeName);
std::optional<ThemeName> parse_theme(std::string_view);

struct StateColours {
    Colour lane;   // a solid bar or line
    Colour fill;   // the soft ground of a pill or box
    Colour border; // around that ground
    Colour text;   // upon that ground, a card or a panel
};

struct Theme {
    ThemeName name = ThemeName::dark;
    Colour background, panel, panel_border, card, card_border;
    Colour text, dim; // dim: less important, still readable on every ground
    Colour stroke;    // arrows, axes of lanes
    Colour faint;     // grid lines, edges not walked
    Colour button, button_hover, button_border;
    Colour accent, accent_hover, on_accent;
    Colour accent_soft, accent_border; // a softer "act here": an option, the selected row
    Colour refused, refused_soft, refused_text;
    Colour tag, on_tag; // a small solid label such as FULL
    std::array<StateColours, trace::state_count> states;

    const StateColours& of(trace::State state) const {
        return states[static_cast<std::size_t>(state)];
    }
};

const Theme& theme(ThemeName);

} // namespace ui
