// The cards that open from a marked word, read from assets/terms.txt (format:
// assets/scenarios/FORMAT.md).
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "view/frame.hpp"

namespace sources {

struct Term {
    std::string zh;            // the word in Chinese
    std::string is, is_zh;     // one sentence
    std::string rfc, kernel;   // their spellings
    std::string also, also_zh; // other names in books
};
using Terms = std::map<std::string, Term, std::less<>>;

// Lines that are not understood are skipped: a card less is no reason to stop a lesson.
Terms parse_terms(std::string_view text);
view::TermView in_language(const std::string& word, const Term&, view::Language);

} // namespace sources
