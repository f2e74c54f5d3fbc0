// Folding a paragraph into lines, in Chinese and English.
#include "ui/text.hpp"
#include "ui/utf8.hpp"

namespace ui {

namespace {

bool closing_mark(char32_t c) {
    constexpr std::u32string_view marks = U"，。、；：？！）」』》】…”’·%,.;:?!)]}";
    return marks.find(c) != marks.npos;
}
bool opening_mark(char32_t c) {
    constexpr std::u32string_view marks = U"（「『《【“‘([{";
    return marks.find(c) != marks.npos;
}

std::string_view without_trailing_spaces(std::string_view text) {
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return text;
}

} // namespace

std::vector<std::string_view> wrap_pieces(std::string_view text) {
    std::vector<std::string_view> result;
    std::size_t start = 0, at = 0;
    char32_t before = 0;
    while (at < text.size()) {
        const Character next = first_character(text.substr(at));
        constexpr char32_t no_break_space = 0xa0;
        const bool may_break =
            before != 0 && next.code != ' ' && before != no_break_space &&
            next.code != no_break_space &&
            (before == ' ' || ((is_cjk(before) || is_cjk(next.code)) && !closing_mark(next.code) &&
                               !opening_mark(before)));
        if (may_break) {
            result.push_back(text.substr(start, at - start));
            start = at;
        }
        before = next.code;
        at += next.bytes;
    }
    result.push_back(text.substr(start));
    return result;
}

namespace {

// How many bytes of `word` fit, at least one character.
std::size_t fitting(std::string_view word, float width,
                    const std::function<float(std::string_view)>& measure) {
    std::size_t at = first_character(word).bytes;
    while (at < word.size()) {
        const std::size_t next = at + first_character(word.substr(at)).bytes;
        if (measure(word.substr(0, next)) > width) {
            break;
        }
        at = next;
    }
    return at;
}

void wrap_line(std::string_view text, float width,
               const std::function<float(std::string_view)>& measure,
               std::vector<std::string>& lines) {
    std::string current;
    for (std::string_view piece : wrap_pieces(text)) {
        const std::string longer = current + std::string(piece);
        if (current.empty() || measure(without_trailing_spaces(longer)) <= width) {
            current = longer;
        } else {
            lines.emplace_back(without_trailing_spaces(current));
            current = piece;
        }
        while (measure(without_trailing_spaces(current)) > width &&
               fitting(current, width, measure) < without_trailing_spaces(current).size()) {
            const std::size_t cut = fitting(current, width, measure);
            lines.push_back(current.substr(0, cut));
            current.erase(0, cut);
        }
    }
    lines.emplace_back(without_trailing_spaces(current));
}

} // namespace

std::vector<std::string> wrap(std::string_view text, float width,
                              const std::function<float(std::string_view)>& measure) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        wrap_line(text.substr(start, end - start), width, measure, lines);
        start = end + 1;
    }
    return lines;
}

} // namespace ui
