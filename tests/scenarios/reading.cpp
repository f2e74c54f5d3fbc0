// Counts by code point; the files are known to be UTF-8, because the parser refuses anything else.
#include "reading.hpp"

namespace reading {
namespace {

bool is_latin(char32_t c) {
    return c < 0x80 && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || c == '_' || c == '#');
}

std::string encode(char32_t c) {
    if (c < 0x80)
        return {static_cast<char>(c)};
    if (c < 0x800)
        return {static_cast<char>(0xc0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3f))};
    return {static_cast<char>(0xe0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3f)),
            static_cast<char>(0x80 | (c & 0x3f))};
}

template <typename Bad>
std::vector<std::string> pairs(std::string_view text, Bad bad) {
    std::vector<std::string> found;
    const auto points = decode(text);
    for (std::size_t i = 1; i < points.size(); ++i) {
        if (bad(points[i - 1], points[i]))
            found.push_back(encode(points[i - 1]) + encode(points[i]));
    }
    return found;
}

} // namespace

std::u32string decode(std::string_view utf8) {
    std::u32string points;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        char32_t point = length == 1 ? lead : lead & (0x7fu >> length);
        for (std::size_t k = 1; k < length; ++k)
            point = (point << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3fu);
        points.push_back(point);
        i += length;
    }
    return points;
}

bool is_han(char32_t c) {
    return c >= 0x4e00 && c <= 0x9fff;
}

std::size_t words(std::string_view english) {
    std::size_t count = 0;
    bool counted = false;
    for (const char32_t c : decode(english)) {
        if (c == ' ')
            counted = false;
        else if (is_latin(c) && !counted)
            counted = true, ++count;
    }
    return count;
}

std::size_t characters(std::string_view chinese) {
    std::size_t count = 0;
    bool in_word = false;
    for (const char32_t c : decode(chinese)) {
        if (is_han(c) || (is_latin(c) && !in_word))
            ++count;
        in_word = is_latin(c) || (in_word && c != ' ' && c < 0x80); // 0.22 and connect() are one
    }
    return count;
}

std::size_t sentences(std::string_view text) {
    const auto points = decode(text);
    std::size_t count = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool last = i + 1 == points.size();
        const bool ends = points[i] == '.' || points[i] == '?' || points[i] == '!';
        if (ends && (last || points[i + 1] == ' '))
            ++count;
        if (points[i] == U'。' || points[i] == U'？' || points[i] == U'！')
            ++count;
    }
    return count;
}

std::vector<std::string> crowded(std::string_view chinese) {
    return pairs(chinese, [](char32_t a, char32_t b) {
        return (is_han(a) && is_latin(b)) || ((is_latin(a) || a == ')') && is_han(b));
    });
}

std::vector<std::string> half_width(std::string_view chinese) {
    constexpr std::u32string_view marks = U",.:;?!()";
    return pairs(chinese, [&](char32_t a, char32_t b) {
        return (is_han(a) && marks.find(b) != marks.npos) ||
               (is_han(b) && marks.find(a) != marks.npos);
    });
}

} // namespace reading
