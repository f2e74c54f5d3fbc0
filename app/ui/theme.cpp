// The three palettes, colour by colour.
#include "ui/theme.hpp"

namespace ui {

namespace {

// Families of states that share a hue; a sign and a pattern tell their members apart.
struct Hues {
    StateColours closed, listen, opening, established, active_close, passive_close, time_wait;
};

constexpr std::array<StateColours, trace::state_count> spread(const Hues& hues) {
    return {hues.closed,       hues.listen,        hues.opening,      hues.opening,
            hues.established,  hues.active_close,  hues.active_close, hues.passive_close,
            hues.active_close, hues.passive_close, hues.time_wait};
}

constexpr StateColours hue(std::uint32_t lane, std::uint32_t fill, std::uint32_t text) {
    return {rgb(lane), rgb(fill), rgb(lane), rgb(text)};
}

constexpr Theme dark{
    .name = ThemeName::dark,
    .background = rgb(0x12151a),
    .panel = rgb(0x1a1e25),
    .panel_border = rgb(0x3a4350),
    .card = rgb(0x232932),
    .card_border = rgb(0x3a4350),
    .text = rgb(0xe8edf4),
    .dim = rgb(0xa3aebc),
    .stroke = rgb(0xe8edf4),
    .faint = rgb(0x4e5764),
    .button = rgb(0x2b323d),
    .button_hover = rgb(0x363f4c),
    .button_border = rgb(0x4e5764),
    .accent = rgb(0xf0e442),
    .accent_hover = rgb(0xf7ee7a),
    .on_accent = rgb(0x15171a),
    .accent_soft = rgb(0x33331f),
    .accent_border = rgb(0xf0e442),
    .refused = rgb(0xf0575d),
    .refused_soft = rgb(0x3a2126),
    .refused_text = rgb(0xff7a7e),
    .tag = rgb(0xe8edf4),
    .on_tag = rgb(0x15171a),
    .states = spread({.closed = hue(0x8d97a3, 0x333941, 0xb4bcc6),
                      .listen = hue(0x56b4e9, 0x273f50, 0x6cc0ef),
                      .opening = hue(0xe69f00, 0x473a1d, 0xf0ad1e),
                      .established = hue(0x1fb58f, 0x1b3f3c, 0x4cc9a8),
                      .active_close = hue(0xcc79a7, 0x413242, 0xdc9dc0),
                      .passive_close = hue(0xe0703a, 0x46302a, 0xec9a72),
                      .time_wait = hue(0x8690e8, 0x2f3550, 0xa4adf2)}),
};

constexpr Theme light{
    .name = ThemeName::light,
    .background = rgb(0xe9edf2),
    .panel = rgb(0xffffff),
    .panel_border = rgb(0xc9d1db),
    .card = rgb(0xf3f6f9),
    .card_border = rgb(0xc9d1db),
    .text = rgb(0x171c24),
    .dim = rgb(0x525d6b),
    .stroke = rgb(0x171c24),
    .faint = rgb(0xb4bec9),
    .button = rgb(0xffffff),
    .button_hover = rgb(0xf0f3f7),
    .button_border = rgb(0x87919c),
    .accent = rgb(0xffd22e),
    .accent_hover = rgb(0xffdd63),
    .on_accent = rgb(0x171c24),
    .accent_soft = rgb(0xfff7d6),
    .accent_border = rgb(0x6b5300),
    .refused = rgb(0xc3212b),
    .refused_soft = rgb(0xfbe3e4),
    .refused_text = rgb(0xb01c26),
    .tag = rgb(0x171c24),
    .on_tag = rgb(0xffffff),
    .states = spread({.closed = hue(0x87919c, 0xedeef0, 0x525a63),
                      .listen = hue(0x4897c4, 0xe4f3fb, 0x23607f),
                      .opening = hue(0xc18600, 0xfbf0d6, 0x805800),
                      .established = hue(0x1ca381, 0xdbf3ed, 0x0f6a53),
                      .active_close = hue(0xb5588c, 0xf8e6ef, 0x8a3a67),
                      .passive_close = hue(0xcf5f24, 0xfbe9e0, 0x983f12),
                      .time_wait = hue(0x6570cc, 0xe8eafb, 0x434da3)}),
};

constexpr Theme high_contrast{
    .name = ThemeName::high_contrast,
    .background = rgb(0x000000),
    .panel = rgb(0x000000),
    .panel_border = rgb(0xffffff),
    .card = rgb(0x000000),
    .card_border = rgb(0xd0d0d0),
    .text = rgb(0xffffff),
    .dim = rgb(0xe0e0e0),
    .stroke = rgb(0xffffff),
    .faint = rgb(0x9a9a9a),
    .button = rgb(0x000000),
    .button_hover = rgb(0x333333),
    .button_border = rgb(0xffffff),
    .accent = rgb(0xffff00),
    .accent_hover = rgb(0xffff99),
    .on_accent = rgb(0x000000),
    .accent_soft = rgb(0x2a2a00),
    .accent_border = rgb(0xffff00),
    .refused = rgb(0xff5050),
    .refused_soft = rgb(0x300000),
    .refused_text = rgb(0xff9a9a),
    .tag = rgb(0xffffff),
    .on_tag = rgb(0x000000),
    .states = spread({.closed = hue(0xc0c0c0, 0x1c1c1c, 0xffffff),
                      .listen = hue(0x5cc8ff, 0x00202e, 0x9bdcff),
                      .opening = hue(0xffb000, 0x2e2000, 0xffd27a),
                      .established = hue(0x00e0a4, 0x002a1f, 0x7df5d2),
                      .active_close = hue(0xff8ccb, 0x30101f, 0xffbfe2),
                      .passive_close = hue(0xff8040, 0x301200, 0xffb894),
                      .time_wait = hue(0xa0a8ff, 0x14183a, 0xc9ceff)}),
};

} // namespace

std::string_view name(ThemeName theme) {
    switch (theme) {
    case ThemeName::dark: return "dark";
    case ThemeName::light: return "light";
    case ThemeName::high_contrast: return "high-contrast";
    }
    return "";
}

std::optional<ThemeName> parse_theme(std::string_view text) {
    for (const ThemeName candidate : all_themes) {
        if (name(candidate) == text) {
            return candidate;
        }
    }
    return std::nullopt;
}

const Theme& theme(ThemeName name) {
    switch (name) {
    case ThemeName::dark: return dark;
    case ThemeName::light: return light;
    case ThemeName::high_contrast: return high_contrast;
    }
    return dark;
}

} // namespace ui
