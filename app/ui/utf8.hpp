// Reading UTF-8 one character at a time; a broken sequence reads as U+FFFD and one byte.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ui {

struct Character {
    char32_t code = 0;
    std::size_t bytes = 1;
};
// REQUIRES: !text.empty()
Character first_character(std::string_view text);
void append_utf8(std::string& to, char32_t code);

// Ideographs, kana and their full-width punctuation: text that may be broken between any two.
constexpr bool is_cjk(char32_t c) {
    return (c >= 0x2e80 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0xfe30 && c <= 0xfe4f) || (c >= 0xff00 && c <= 0xffef) ||
           (c >= 0x20000 && c <= 0x2ffff);
}

} // namespace ui
