// Every text can be read on every ground that it is drawn on, in every theme.
#include "catch.hpp"
#include "ui/theme.hpp"

#include <string>

namespace {

void readable(ui::Colour ink, ui::Colour ground, const std::string& what) {
    INFO(what);
    CHECK(ui::contrast(ink, ground) >= 4.5);
}

} // namespace

TEST_CASE("contrast is 21 for black on white and 1 for equal colours") {
    CHECK(ui::contrast(ui::rgb(0x000000), ui::rgb(0xffffff)) == Approx(21));
    CHECK(ui::contrast(ui::rgb(0x3a4350), ui::rgb(0x3a4350)) == Approx(1));
    CHECK(ui::contrast(ui::rgb(0x767676), ui::rgb(0xffffff)) == Approx(4.54).margin(0.01));
}

TEST_CASE("text has a contrast of at least 4.5 on all grounds, dim text too") {
    for (const ui::ThemeName name : ui::all_themes) {
        const ui::Theme& theme = ui::theme(name);
        INFO(std::string(ui::name(name)));
        for (const ui::Colour ground :
             {theme.background, theme.panel, theme.card, theme.button, theme.button_hover}) {
            readable(theme.text, ground, "text");
            readable(theme.dim, ground, "dim");
        }
        for (const ui::Colour ground : {theme.panel, theme.card, theme.refused_soft}) {
            readable(theme.refused_text, ground, "refused");
        }
        readable(theme.text, theme.refused_soft, "text on refused");
        readable(theme.text, theme.accent_soft, "text on a soft accent");
        readable(theme.dim, theme.accent_soft, "dim on a soft accent");
        readable(theme.on_accent, theme.accent, "on accent");
        readable(theme.on_accent, theme.accent_hover, "on lit accent");
        readable(theme.on_tag, theme.tag, "on tag");
        for (const trace::State state : trace::all_states) {
            INFO(std::to_string(static_cast<int>(state)));
            const ui::StateColours& colours = theme.of(state);
            readable(colours.text, colours.fill, "state on its fill");
            readable(colours.text, theme.card, "state on a card");
            readable(colours.text, theme.panel, "state on a panel");
            // Shapes need 3 (WCAG 1.4.11).
            CHECK(ui::contrast(colours.lane, theme.panel) >= 3);
        }
        CHECK(ui::contrast(theme.stroke, theme.panel) >= 4.5);
        CHECK(ui::contrast(theme.refused, theme.panel) >= 3);
    }
}

TEST_CASE("theme names are read as they are written") {
    for (const ui::ThemeName name : ui::all_themes) {
        CHECK(ui::parse_theme(ui::name(name)) == name);
    }
    CHECK_FALSE(ui::parse_theme("purple"));
}
