// Lines of the story: notes, questions and their options, what a step points at, the end card.
#include "parser.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scenario {
namespace {

bool is_language(std::string_view tag) {
    return !tag.empty() && tag.size() <= 16 && std::all_of(tag.begin(), tag.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    });
}

} // namespace

std::optional<Keyword> text_keyword(std::string_view word) {
    const auto dot = word.find('.');
    const auto base = word.substr(0, dot);
    for (const std::string_view name : {"title", "note", "ask", "option", "rule", "whatif"}) {
        if (base != name)
            continue;
        if (dot == word.npos)
            return Keyword{name, {}};
        if (is_language(word.substr(dot + 1)))
            return Keyword{name, std::string(word.substr(dot + 1))};
    }
    return std::nullopt;
}

void Parser::read_text(Words& words, const Word& word, const Keyword& keyword, Text& text) {
    const auto rest = words.rest();
    if (!rest)
        return words.fail_missing("a text");
    if (!text.by_language.emplace(keyword.language, rest->text).second) {
        words.fail_at(word.at, fmt::format("found a second '{}', expected one", word.text));
    }
}

void Parser::read_rule(Words& words, const Word& word, const Keyword& keyword) {
    auto& rule = reader_.scenario.rule;
    if (!keyword.language.empty() && rule.empty())
        return words.fail(word, "'rule' above it");
    read_text(words, word, keyword, rule);
}

void Parser::read_whatif(Words& words, const Word& word, const Keyword& keyword) {
    auto& what_ifs = reader_.scenario.what_ifs;
    if (!keyword.language.empty()) {
        if (!whatif_open_)
            return words.fail(word, "'whatif' above it");
        return read_text(words, word, keyword, what_ifs.back().text);
    }
    if (whatif_open_) {
        late_error_ = fail(whatif_at_, "found a 'whatif' without 'change', expected one below it");
        return;
    }
    if (what_ifs.size() == 3) {
        return words.fail_at(word.at, "found a fourth 'whatif', expected at most 3");
    }
    what_ifs.emplace_back();
    whatif_open_ = true;
    whatif_at_ = words.location(word.at);
    read_text(words, word, keyword, what_ifs.back().text);
}

void Parser::read_change(Words& words, const Word& word) {
    if (!whatif_open_)
        return words.fail(word, "'whatif' above it, with one 'change' each");
    const auto rest = words.rest();
    if (!rest)
        return words.fail_missing("a header line or a timed line");
    auto& what_if = reader_.scenario.what_ifs.back();
    what_if.change = rest->text;
    what_if.where = words.location(rest->at);
    whatif_open_ = false;
}

void Parser::read_try(Words& words, const Word& word) {
    const auto rest = words.rest();
    if (!rest)
        return words.fail_missing("a shell command");
    auto& commands = reader_.scenario.try_in_shell;
    if (commands.size() == 2)
        return words.fail_at(word.at, "found a third 'try', expected at most 2");
    commands.emplace_back(rest->text);
}

bool Parser::is_story(std::string_view word) {
    const auto text = text_keyword(word);
    if (text)
        return text->name == "note" || text->name == "ask" || text->name == "option";
    return word == "highlight" || word == "show" || word == "term";
}

void Parser::read_story(Words& words, const Word& word, std::optional<trace::Instant> at) {
    const auto text = text_keyword(word.text);
    if (text && text->name == "note" && text->language.empty())
        return read_note(words, at);
    if (word.text == "show" && lines().empty()) {
        if (const auto panel = read_panel(words))
            reader_.scenario.show.push_back(*panel);
        expect_end(words);
        return;
    }
    Line* step = lines().empty() || lines().back().step == 0 ? nullptr : &lines().back();
    if (!step)
        return words.fail(word, "a note or predict above it");
    if (at && first_pending_ == lines().size() && step->at != *at) {
        return words.fail_at(0, fmt::format("found the time {}, expected that of its step, {}",
                                            trace::format(*at), trace::format(step->at)));
    }
    if (at)
        place_pending(*at);
    if (text)
        return read_step_text(words, word, *text, *step);
    if (word.text == "highlight") {
        if (step->highlight)
            return words.fail_at(word.at, "found a second 'highlight', expected one");
        step->highlight = read_highlight(reader_, words);
        expect_end(words);
    } else if (word.text == "show") {
        if (const auto panel = read_panel(words))
            step->show.push_back(*panel);
        expect_end(words);
    } else {
        const auto term = words.rest();
        if (!term)
            return words.fail_missing("the word that is new");
        step->terms.emplace_back(term->text);
    }
}

void Parser::read_note(Words& words, std::optional<trace::Instant> at) {
    if (close_question())
        return;
    const auto rest = words.rest();
    if (!rest)
        return words.fail_missing("a text");
    Line line;
    line.what = Note{{{{"", std::string(rest->text)}}}};
    add(words, std::move(line), at, 0);
}

void Parser::read_step_text(Words& words, const Word& word, const Keyword& keyword, Line& step) {
    if (keyword.name == "note") {
        auto* note = std::get_if<Note>(&step.what);
        if (!note)
            return words.fail(word, "'note' above it");
        return read_text(words, word, keyword, note->text);
    }
    auto* question = std::get_if<Prediction>(&step.what);
    if (!question)
        return words.fail(word, "a predict above it");
    if (keyword.name == "ask") {
        if (!keyword.language.empty() && question->ask.empty()) {
            return words.fail(word, "'ask' above it");
        }
        return read_text(words, word, keyword, question->ask);
    }
    read_option_line(words, word, keyword, *question);
}

void Parser::read_option_line(Words& words, const Word& word, const Keyword& keyword,
                              Prediction& question) {
    const auto value = words.next();
    if (!value)
        return words.fail_missing("a value and its sentence");
    const auto same = [&](const Option& o) { return o.value == value->text; };
    auto& options = question.options;
    const auto found = std::find_if(options.begin(), options.end(), same);
    if (!keyword.language.empty()) {
        if (found == options.end())
            return words.fail(*value, "the value of an option above it");
        return read_text(words, word, keyword, found->text);
    }
    if (found != options.end())
        return words.fail(*value, "a value that no other option has");
    if (const auto expected = check_option(reader_.scenario, question, value->text)) {
        return words.fail(*value, *expected);
    }
    if (options.size() == 4)
        return words.fail_at(word.at, "found a fifth option, expected 2 to 4");
    options.push_back({std::string(value->text), {}, words.location(word.at)});
    const auto rest = words.rest();
    if (!rest)
        return words.fail_missing("the sentence that is shown after the answer");
    options.back().text.by_language.emplace("", rest->text);
}

bool Parser::close_question() {
    if (lines().empty())
        return false;
    Line& line = lines().back();
    auto* question = std::get_if<Prediction>(&line.what);
    if (!question)
        return false;
    if (question->ask.empty())
        question->ask = own_words(reader_.scenario, *question);
    if (question->options.size() < 2) {
        late_error_ =
            fail(line.where,
                 fmt::format("found a predict with {} option{}, expected 2 to 4",
                             question->options.size(), question->options.size() == 1 ? "" : "s"));
    }
    return late_error_.has_value();
}

void Parser::place_pending(trace::Instant at) {
    for (; first_pending_ < lines().size(); ++first_pending_)
        lines()[first_pending_].at = at;
}

void Parser::add(const Words& words, Line line, std::optional<trace::Instant> at,
                 std::size_t sentence) {
    if (at)
        place_pending(*at);
    const auto text = words.line();
    const auto start = text.find_first_not_of(" \t");
    line.where = words.location(start);
    line.source = text.substr(start, words.end() - start);
    line.sentence = text.substr(sentence, words.end() - sentence);
    const bool is_step =
        std::holds_alternative<Note>(line.what) || std::holds_alternative<Prediction>(line.what);
    if (is_step)
        line.step = ++reader_.scenario.steps;
    if (at)
        line.at = *at;
    lines().push_back(std::move(line));
    if (at)
        first_pending_ = lines().size();
}

} // namespace scenario
