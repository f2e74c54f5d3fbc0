// Text in terminal cells: how wide it is, cut, padded and wrapped; Chinese characters take two
// cells.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace view {

std::size_t cells(std::string_view utf8);
// At most `width` cells, the last one "…" when something was cut.
std::string cut(std::string_view, std::size_t width);
std::string pad(std::string_view, std::size_t width);      // cut or filled with blanks at the right
std::string pad_left(std::string_view, std::size_t width); // ... at the left
// Lines of at most `width` cells: between words, and between any two Chinese characters, but with
// no line beginning with closing punctuation.
std::vector<std::string> wrap(std::string_view, std::size_t width);

} // namespace view
