// How long a text is to a reader, in English words and in Chinese characters, and how it is set.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace reading {

std::u32string decode(std::string_view utf8);
bool is_han(char32_t);

std::size_t words(std::string_view english);      // signs standing alone do not count
std::size_t characters(std::string_view chinese); // each Latin word or number counts as one
std::size_t sentences(std::string_view text);     // in either language

// Places where Chinese and Latin touch without a half-width space.
std::vector<std::string> crowded(std::string_view chinese);
// Half-width , . : ; ? ! ( ) beside a Chinese character.
std::vector<std::string> half_width(std::string_view chinese);

} // namespace reading
