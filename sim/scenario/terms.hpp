// The cards behind the words that a lesson marks: assets/terms.txt. See assets/scenarios/FORMAT.md.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenario.hpp"

namespace scenario {

struct Term {
    Text word;          // in a language without its own: the English one
    Text is;            // one sentence
    std::string rfc;    // its spelling there; "" none of its own
    std::string kernel; // its spelling there
    Text also;          // other names in books
    Location where;     // of its first line
};

// In the order of the file. Never reads anything but the text given; `file` is for messages.
std::variant<std::vector<Term>, ParseError> parse_terms(std::string_view text, std::string file);

const Term* find_term(const std::vector<Term>&, std::string_view word); // by its English word

} // namespace scenario
