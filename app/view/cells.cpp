// Text in terminal cells.
#include "cells.hpp"

#include <algorithm>
#include <array>

namespace view {
namespace {

struct Range {
    char32_t first, last;
};
// East Asian Wide and Fullwidth (Unicode 15), as far as texts of this program can reach.
constexpr std::array wide = {
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0x33ff},
    Range{0x3400, 0x4dbf},   Range{0x4e00, 0x9fff},   Range{0xa000, 0xa4cf},
    Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},
    Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f},
    Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd},
};
constexpr std::array no_width = {Range{0x0300, 0x036f}, Range{0x200b, 0x200f},
                                 Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f},
                                 Range{0xfeff, 0xfeff}};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [c](Range r) { return c >= r.first && c <= r.last; });
}

std::size_t width_of(char32_t c) {
    if (c < 0x300)
        return 1;
    return in(no_width, c) ? 0 : in(wide, c) ? 2 : 1;
}

// One character; a broken sequence is one byte wide and long.
struct Character {
    char32_t code;
    std::size_t bytes;
};
Character first(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t bytes = lead < 0x80    ? 1
                              : lead >= 0xf0 ? 4
                              : lead >= 0xe0 ? 3
                              : lead >= 0xc0 ? 2
                                             : 0;
    if (bytes == 0 || bytes > text.size())
        return {0xfffd, 1};
    char32_t code = bytes == 1 ? lead : lead & (0xffu >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3fu);
    }
    return {code, bytes};
}

bool closes(char32_t c) {
    constexpr std::u32string_view closing = U"，。、；：？！）》」』】”’…";
    return closing.find(c) != closing.npos;
}

bool opens(char32_t c) {
    constexpr std::u32string_view opening = U"（《「『【“‘";
    return opening.find(c) != opening.npos;
}

} // namespace

std::size_t cells(std::string_view text) {
    std::size_t sum = 0;
    while (!text.empty()) {
        const auto [code, bytes] = first(text);
        sum += width_of(code);
        text.remove_prefix(bytes);
    }
    return sum;
}

std::string cut(std::string_view text, std::size_t width) {
    if (cells(text) <= width)
        return std::string(text);
    std::string out;
    std::size_t used = 0;
    while (!text.empty()) {
        const auto [code, bytes] = first(text);
        if (used + width_of(code) + 1 > width)
            break;
        used += width_of(code);
        out += text.substr(0, bytes);
        text.remove_prefix(bytes);
    }
    return width == 0 ? out : out + "…";
}

std::string pad(std::string_view text, std::size_t width) {
    auto out = cut(text, width);
    out.append(width - std::min(width, cells(out)), ' ');
    return out;
}

std::string pad_left(std::string_view text, std::size_t width) {
    auto out = cut(text, width);
    out.insert(0, width - std::min(width, cells(out)), ' ');
    return out;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
    width = std::max<std::size_t>(width, 4);
    std::vector<std::string> lines;
    std::string line;
    std::size_t used = 0;
    const auto end_line = [&] {
        while (line.ends_with(' '))
            line.pop_back();
        lines.push_back(std::move(line));
        line.clear();
        used = 0;
    };
    while (!text.empty()) {
        // A piece is a word, or one wide character with the punctuation that must not leave it.
        std::size_t bytes = 0, width_needed = 0;
        bool glued = false;
        while (bytes < text.size()) {
            const auto c = first(text.substr(bytes));
            const bool is_wide = width_of(c.code) == 2;
            const bool starts = bytes > 0 && !glued && !closes(c.code) && is_wide;
            if (c.code == ' ' || starts)
                break;
            glued = opens(c.code);
            bytes += c.bytes;
            width_needed += width_of(c.code);
            if (is_wide && !glued && bytes < text.size() && !closes(first(text.substr(bytes)).code))
                break;
        }
        if (bytes == 0) { // blanks
            if (used > 0 && used < width) {
                line += ' ';
                ++used;
            }
            text.remove_prefix(1);
            continue;
        }
        if (used > 0 && used + width_needed > width)
            end_line();
        while (width_needed > width) { // longer than a line: cut hard
            std::size_t part = 0, part_width = 0;
            while (part_width + width_of(first(text.substr(part)).code) <= width) {
                part_width += width_of(first(text.substr(part)).code);
                part += first(text.substr(part)).bytes;
            }
            lines.emplace_back(text.substr(0, part));
            text.remove_prefix(part);
            bytes -= part;
            width_needed -= part_width;
        }
        line += text.substr(0, bytes);
        used += width_needed;
        text.remove_prefix(bytes);
    }
    if (!line.empty())
        end_line();
    return lines;
}

} // namespace view
