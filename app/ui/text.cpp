// Text through ImGui's fonts.
#include "ui/text.hpp"

#include "ui/compat.hpp"
#include "ui/screen.hpp"
#include "ui/sheet.hpp"
#include "ui/utf8.hpp"

#include <cfloat>
#include <cmath>

namespace ui {

namespace {

const Font& font(const Screen& screen, TextStyle style) {
    return screen.fonts.get(style.face, style.size);
}

} // namespace

float text_width(Screen& screen, std::string_view text, TextStyle style) {
    screen.fonts.need(text, style.face, style.size);
    const Font& with = font(screen, style);
    return with.imgui
        ->CalcTextSizeA(with.pixels, FLT_MAX, 0, text.data(), text.data() + text.size())
        .x;
}

float line_height(const Screen& screen, TextStyle style) {
    return font(screen, style).advance;
}

Rect text(Screen& screen, Vec at, std::string_view what, TextStyle style, Colour colour,
          Align align) {
    const Font& with = font(screen, style);
    const float width = text_width(screen, what, style);
    switch (align) {
    case Align::left: break;
    case Align::centre: at.x -= width / 2; break;
    case Align::right: at.x -= width; break;
    }
    // Half-way up the capitals is at at.y; whole pixels keep the glyphs sharp.
    const float top = std::round(at.y + with.cap / 2 - with.ascent), left = std::round(at.x);
    if (!what.empty()) {
        screen.draw->AddText(with.imgui, with.pixels, {left, top},
                             IM_COL32(colour.r, colour.g, colour.b, colour.a), what.data(),
                             what.data() + what.size());
        if (screen.sheet)
            screen.sheet->text({left, top + with.ascent}, what, style.face, with.em, colour, width);
    }
    return {left, at.y - with.advance / 2, width, with.advance};
}

Rect text_in(Screen& screen, const Rect& rect, std::string_view what, TextStyle style,
             Colour colour, Align align) {
    const std::string shown = elide(screen, what, rect.w, style);
    const float x = align == Align::left     ? rect.x
                    : align == Align::centre ? rect.centre().x
                                             : rect.right();
    return text(screen, {x, rect.centre().y}, shown, style, colour, align);
}

float paragraph(Screen& screen, const Rect& rect, std::string_view what, TextStyle style,
                Colour colour, Align align) {
    const float step = line_height(screen, style);
    const auto lines =
        wrap(what, rect.w, [&](std::string_view part) { return text_width(screen, part, style); });
    float y = rect.y;
    for (const std::string& part : lines) {
        const float x = align == Align::left     ? rect.x
                        : align == Align::centre ? rect.centre().x
                                                 : rect.right();
        text(screen, {x, y + step / 2}, part, style, colour, align);
        y += step;
    }
    return y - rect.y;
}

float paragraph_height(Screen& screen, float width, std::string_view what, TextStyle style) {
    const auto lines =
        wrap(what, width, [&](std::string_view part) { return text_width(screen, part, style); });
    return static_cast<float>(lines.size()) * line_height(screen, style);
}

std::string elide(Screen& screen, std::string_view what, float width, TextStyle style) {
    // Half a pixel of grace: a box made to measure must hold its text.
    if (text_width(screen, what, style) <= width + 0.5f) {
        return std::string(what);
    }
    std::string shown(what);
    while (!shown.empty()) {
        std::size_t last = shown.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(shown[last]) & 0xc0) == 0x80) {
            --last;
        }
        shown.erase(last);
        while (!shown.empty() && shown.back() == ' ') {
            shown.pop_back();
        }
        if (text_width(screen, shown + "…", style) <= width) {
            break;
        }
    }
    return shown + "…";
}

} // namespace ui
