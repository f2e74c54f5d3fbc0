// A line of a scenario file, read word by word from left to right; columns are kept for messages.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenario.hpp"

namespace scenario {

struct Word {
    std::string_view text;
    std::size_t at = 0; // byte offset in its line
    bool quoted = false;
};

// Lazy on purpose: only the reader knows where a TEXT begins, and in a text `#` and `"` mean
// themselves. A mistake is remembered once, the first one; after it every read yields nothing.
class Words {
public:
    Words(std::string_view line, std::uint32_t number) : line_(line), number_(number) {}

    std::optional<Word> next(); // nothing at the end, at a comment, after a mistake
    std::optional<Word> peek();
    bool accept(std::string_view word);      // takes the next word if it is this one, unquoted
    std::optional<Word> rest();              // TEXT: all that follows, trimmed; nothing if empty
    std::size_t end() const { return end_; } // just behind the last word taken
    std::uint32_t number() const { return number_; }
    std::string_view line() const { return line_; }

    // What was found here and what should be. `expected` may name a remedy.
    void fail(const Word& found, std::string_view expected);
    void fail_missing(std::string_view expected); // just behind the last word
    void fail_at(std::size_t at, std::string message);
    bool failed() const { return failed_; }
    const std::string& message() const { return message_; }
    Location where() const { return location(mistake_at_); }
    Location location(std::size_t at) const;

private:
    std::string_view line_;
    std::uint32_t number_;
    std::size_t position_ = 0, end_ = 0, mistake_at_ = 0;
    bool failed_ = false;
    std::string message_;
};

// The byte offset of the first thing that does not belong into a text file, and what it is.
struct BadByte {
    std::size_t at;
    std::string what;
};
std::optional<BadByte> find_bad_byte(std::string_view line);

// For messages: the text in quotes, shortened, so that a long word does not fill the screen.
std::string shown(std::string_view);

} // namespace scenario
