// Reading the term cards.
#include "terms.hpp"

namespace sources {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == text.npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

} // namespace

Terms parse_terms(std::string_view text) {
    Terms terms;
    Term* open = nullptr;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#')
            continue;
        const std::size_t gap = line.find_first_of(" \t");
        const std::string_view key = line.substr(0, gap);
        const std::string value(gap == line.npos ? std::string_view{} : trimmed(line.substr(gap)));
        if (key == "term") {
            open = &terms[value];
            continue;
        }
        if (!open)
            continue;
        if (key == "zh")
            open->zh = value;
        else if (key == "is")
            open->is = value;
        else if (key == "is.zh")
            open->is_zh = value;
        else if (key == "rfc")
            open->rfc = value;
        else if (key == "kernel")
            open->kernel = value;
        else if (key == "also")
            open->also = value;
        else if (key == "also.zh")
            open->also_zh = value;
    }
    return terms;
}

view::TermView in_language(const std::string& word, const Term& term, view::Language language) {
    const bool zh = language == view::Language::zh;
    const auto pick = [&](const std::string& chinese, const std::string& english) {
        return zh && !chinese.empty() ? chinese : english;
    };
    return {pick(term.zh, word), pick(term.is_zh, term.is), term.rfc, term.kernel,
            pick(term.also_zh, term.also)};
}

} // namespace sources
