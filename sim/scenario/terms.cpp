// Reads assets/terms.txt: a card begins at `term`, every other line belongs to the card above it.
#include "terms.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "words.hpp"

namespace scenario {
namespace {

// The place in the card that a keyword fills; nullptr: not a keyword.
std::string* place(Term& term, std::string_view keyword) {
    if (keyword == "zh")
        return &term.word.by_language["zh"];
    if (keyword == "is")
        return &term.is.by_language[""];
    if (keyword == "is.zh")
        return &term.is.by_language["zh"];
    if (keyword == "rfc")
        return &term.rfc;
    if (keyword == "kernel")
        return &term.kernel;
    if (keyword == "also")
        return &term.also.by_language[""];
    if (keyword == "also.zh")
        return &term.also.by_language["zh"];
    return nullptr;
}

void read_line(Words& words, std::vector<Term>& terms) {
    const auto keyword = words.next();
    if (!keyword)
        return; // empty, or a comment
    if (keyword->text == "term") {
        const auto word = words.rest();
        if (!word)
            return words.fail_missing("the word that the card explains");
        if (find_term(terms, word->text))
            return words.fail_at(word->at,
                                 fmt::format("found a second card for {}", shown(word->text)));
        terms.push_back({{{{"", std::string(word->text)}}}, {}, {}, {}, {}, {words.number(), 1}});
        return;
    }
    if (terms.empty())
        return words.fail(*keyword, "term");
    std::string* const text = place(terms.back(), keyword->text);
    if (!text)
        return words.fail(*keyword, "term, zh, is, is.zh, rfc, kernel, also or also.zh");
    if (!text->empty())
        return words.fail_at(keyword->at, fmt::format("found a second {}", shown(keyword->text)));
    const auto rest = words.rest();
    if (!rest)
        return words.fail_missing("a text");
    *text = rest->text;
}

} // namespace

std::variant<std::vector<Term>, ParseError> parse_terms(std::string_view text, std::string file) {
    std::vector<Term> terms;
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        Words words(line, number);
        if (const auto bad = find_bad_byte(line))
            words.fail_at(bad->at, bad->what);
        read_line(words, terms);
        if (words.failed())
            return ParseError{std::move(file), words.where(), words.message()};
    }
    const auto unexplained = [](const Term& t) { return t.is.empty(); };
    if (const auto term = std::find_if(terms.begin(), terms.end(), unexplained);
        term != terms.end()) {
        return ParseError{std::move(file), term->where,
                          fmt::format("the card of {} has no 'is' line", shown(term->word.in("")))};
    }
    return terms;
}

const Term* find_term(const std::vector<Term>& terms, std::string_view word) {
    const auto found = std::find_if(terms.begin(), terms.end(), [&](const Term& t) {
        return t.word.by_language.at("") == word;
    });
    return found == terms.end() ? nullptr : &*found;
}

} // namespace scenario
