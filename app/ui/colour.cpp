// Mixing colours and measuring their contrast.
#include "ui/colour.hpp"

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

std::uint8_t between(std::uint8_t a, std::uint8_t b, float share) {
    return static_cast<std::uint8_t>(std::lround(
        static_cast<float>(a) + (static_cast<float>(b) - static_cast<float>(a)) * share));
}

double linear(std::uint8_t channel) {
    const double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

} // namespace

Colour mix(Colour a, Colour b, float share) {
    return {between(a.r, b.r, share), between(a.g, b.g, share), between(a.b, b.b, share),
            between(a.a, b.a, share)};
}

double luminance(Colour c) {
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double contrast(Colour a, Colour b) {
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace ui
