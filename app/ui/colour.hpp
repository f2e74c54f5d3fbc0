// A colour, and the contrast of two by WCAG 2.1 (relative luminance).
#pragma once

#include <cstdint>

namespace ui {

struct Colour {
    std::uint8_t r = 0, g = 0, b = 0, a = 255;
    friend bool operator==(Colour, Colour) = default;
};

// rgb(0xffd22e)
constexpr Colour rgb(std::uint32_t hex) {
    return {static_cast<std::uint8_t>(hex >> 16 & 255), static_cast<std::uint8_t>(hex >> 8 & 255),
            static_cast<std::uint8_t>(hex & 255), 255};
}
constexpr Colour with_alpha(Colour colour, std::uint8_t alpha) {
    colour.a = alpha;
    return colour;
}
// `share` 0 gives a, 1 gives b.
Colour mix(Colour a, Colour b, float share);

double luminance(Colour);
// 1 (equal) to 21 (black on white).
double contrast(Colour, Colour);

} // namespace ui
