// A line of a scenario file, read word by word.
#include "words.hpp"

#include <fmt/format.h>

namespace scenario {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// Length of the UTF-8 sequence at the start of `s`; 0: not UTF-8 (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view s) {
    const auto lead = static_cast<unsigned char>(s[0]);
    if (lead < 0x80)
        return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || s.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(s[i]))
            return 0;
    }
    const auto second = static_cast<unsigned char>(s[1]);
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
        return 0;
    }
    return length;
}

} // namespace

std::optional<BadByte> find_bad_byte(std::string_view line) {
    for (std::size_t i = 0; i < line.size();) {
        const auto byte = static_cast<unsigned char>(line[i]);
        if (byte == 0)
            return BadByte{i, "found a NUL byte, expected text"};
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
            return BadByte{
                i, fmt::format("found the control character 0x{:02x}, expected text", byte)};
        }
        const std::size_t length = utf8_length(line.substr(i));
        if (length == 0) {
            return BadByte{i, fmt::format("found the byte 0x{:02x}, expected text in UTF-8", byte)};
        }
        if (byte == 0xc2 && static_cast<unsigned char>(line[i + 1]) < 0xa0) {
            return BadByte{i, "found a C1 control character, expected text"};
        }
        i += length;
    }
    return std::nullopt;
}

std::string shown(std::string_view text) {
    constexpr std::size_t most = 40;
    if (text.size() <= most)
        return fmt::format("'{}'", text);
    std::size_t cut = most;
    while (cut > 0 && is_continuation(text[cut]))
        --cut;
    return fmt::format("'{}…'", text.substr(0, cut));
}

std::optional<Word> Words::next() {
    if (failed_)
        return std::nullopt;
    while (position_ < line_.size() && is_blank(line_[position_]))
        ++position_;
    if (position_ == line_.size() || line_[position_] == '#')
        return std::nullopt;
    const std::size_t start = position_;
    if (line_[start] == '"') {
        const std::size_t close = line_.find('"', start + 1);
        if (close == std::string_view::npos) {
            fail_at(start,
                    "found a quote that is not closed, expected '\"' before the end of the line");
            return std::nullopt;
        }
        if (close + 1 < line_.size() && !is_blank(line_[close + 1])) {
            fail_at(close + 1, "found text directly behind a quote, expected a blank");
            return std::nullopt;
        }
        position_ = end_ = close + 1;
        return Word{line_.substr(start + 1, close - start - 1), start, true};
    }
    while (position_ < line_.size() && !is_blank(line_[position_]))
        ++position_;
    end_ = position_;
    return Word{line_.substr(start, position_ - start), start, false};
}

std::optional<Word> Words::peek() {
    const std::size_t position = position_, end = end_;
    auto word = next();
    position_ = position;
    end_ = end;
    return word;
}

bool Words::accept(std::string_view word) {
    const auto found = peek();
    if (!found || found->quoted || found->text != word)
        return false;
    next();
    return true;
}

std::optional<Word> Words::rest() {
    if (failed_)
        return std::nullopt;
    while (position_ < line_.size() && is_blank(line_[position_]))
        ++position_;
    std::size_t last = line_.size();
    while (last > position_ && is_blank(line_[last - 1]))
        --last;
    if (last == position_)
        return std::nullopt;
    const Word word{line_.substr(position_, last - position_), position_, false};
    position_ = line_.size();
    end_ = last;
    return word;
}

void Words::fail(const Word& found, std::string_view expected) {
    fail_at(found.at, fmt::format("found {}, expected {}", shown(found.text), expected));
}

void Words::fail_missing(std::string_view expected) {
    fail_at(end_, fmt::format("found the end of the line, expected {}", expected));
}

void Words::fail_at(std::size_t at, std::string message) {
    if (failed_)
        return;
    failed_ = true;
    mistake_at_ = at;
    message_ = std::move(message);
}

Location Words::location(std::size_t at) const {
    std::uint32_t column = 1;
    for (std::size_t i = 0; i < at && i < line_.size(); ++i) {
        if (!is_continuation(line_[i]))
            ++column;
    }
    return {number_, column};
}

} // namespace scenario
