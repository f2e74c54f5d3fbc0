// Reads a scenario file line by line: which kind of line it is, when it runs, and to which step it
// belongs.
#include <fmt/format.h>

#include <algorithm>

#include "reader.hpp"

namespace scenario {
namespace {

constexpr std::size_t longest_line = 65536;
constexpr std::size_t largest_file = 8u << 20;

bool is_language(std::string_view tag) {
    return !tag.empty() && tag.size() <= 16 && std::all_of(tag.begin(), tag.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    });
}

// A keyword that is followed by a text and may carry a language: "note.zh".
struct Keyword {
    std::string_view name;
    std::string language;
};
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

bool is_timed(const Word& word) {
    const char c = word.text.empty() ? '\0' : word.text[0];
    return !word.quoted && (c == '+' || (c >= '0' && c <= '9'));
}

class Parser {
public:
    Parser(std::string file, const Machine& machine) {
        reader_.scenario.file = std::move(file);
        reader_.machine = machine;
    }

    std::variant<Scenario, ParseError> run(std::string_view text) {
        reader_.scenario.text = text;
        if (text.size() > largest_file) {
            return fail({1, 1}, fmt::format("found a file of {} bytes, expected at most {}",
                                            text.size(), largest_file));
        }
        if (text.starts_with("\xef\xbb\xbf"))
            text.remove_prefix(3);
        for (std::uint32_t number = 1; !text.empty(); ++number) {
            const auto end = text.find('\n');
            auto line = text.substr(0, end);
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
            if (line.ends_with('\r'))
                line.remove_suffix(1);
            if (auto error = read_line(line, number))
                return *error;
        }
        if (auto error = finish())
            return *error;
        return std::move(reader_.scenario);
    }

private:
    Reader reader_;
    std::size_t first_pending_ = 0; // lines from here on wait for the time of the next timed line
    Location whatif_at_{};          // of the last `whatif`; line 0: none
    bool whatif_open_ = false;      // it has no `change` yet
    bool rule_seen_ = false;

    std::vector<Line>& lines() { return reader_.scenario.lines; }

    ParseError fail(Location where, std::string message) const {
        return {reader_.scenario.file, where, std::move(message)};
    }

    std::optional<ParseError> read_line(std::string_view line, std::uint32_t number) {
        if (line.size() > longest_line) {
            return fail({number, 1}, fmt::format("found a line of {} bytes, expected at most {}",
                                                 line.size(), longest_line));
        }
        Words words(line, number);
        if (const auto bad = find_bad_byte(line)) {
            words.fail_at(bad->at, bad->what);
        } else if (const auto word = words.next()) {
            is_timed(*word) ? read_timed(words, *word) : read_untimed(words, *word);
        }
        if (words.failed())
            return fail(words.where(), words.message());
        return late_error_;
    }
    std::optional<ParseError> late_error_; // a mistake found in this line about an earlier one

    // --- lines without TIME

    void read_untimed(Words& words, const Word& word) {
        if (word.quoted)
            return unknown(words, word);
        if (const auto text = text_keyword(word.text)) {
            if (text->name == "title")
                return read_title(words, word, *text);
            if (text->name == "rule")
                return read_rule(words, word, *text);
            if (text->name == "whatif")
                return read_whatif(words, word, *text);
            return read_story(words, word, std::nullopt);
        }
        if (word.text == "change")
            return read_change(words, word);
        if (word.text == "try")
            return read_try(words, word);
        if (is_story(word.text))
            return read_story(words, word, std::nullopt);
        if (!read_header(reader_, words, word))
            unknown(words, word);
    }

    void unknown(Words& words, const Word& word) {
        const bool runs = word.text == "expect" || word.text == "predict" ||
                          word.text.find_first_of("#:~") != word.text.npos ||
                          find_host(reader_.scenario, word.text);
        if (runs)
            return words.fail(word, "a TIME before it, such as 0, 50ms or +1s");
        words.fail(word,
                   "a TIME such as 0 or +50ms, or one of title, profile, hosts, wire, sysctl, isn, "
                   "note, ask, option, highlight, show, term, rule, whatif, change, try");
    }

    // A text in one language, once.
    void read_text(Words& words, const Word& word, const Keyword& keyword, Text& text) {
        const auto rest = words.rest();
        if (!rest)
            return words.fail_missing("a text");
        if (!text.by_language.emplace(keyword.language, rest->text).second) {
            words.fail_at(word.at, fmt::format("found a second '{}', expected one", word.text));
        }
    }

    void read_title(Words& words, const Word& word, const Keyword& keyword) {
        if (reader_.first_timed != 0) {
            return words.fail_at(word.at,
                                 fmt::format("found '{}' below line {}, expected it before the "
                                             "first line with a TIME",
                                             word.text, reader_.first_timed));
        }
        read_text(words, word, keyword, reader_.scenario.title);
    }

    void read_rule(Words& words, const Word& word, const Keyword& keyword) {
        auto& rule = reader_.scenario.rule;
        if (!keyword.language.empty() && rule.empty())
            return words.fail(word, "'rule' above it");
        read_text(words, word, keyword, rule);
    }

    void read_whatif(Words& words, const Word& word, const Keyword& keyword) {
        auto& what_ifs = reader_.scenario.what_ifs;
        if (!keyword.language.empty()) {
            if (!whatif_open_)
                return words.fail(word, "'whatif' above it");
            return read_text(words, word, keyword, what_ifs.back().text);
        }
        if (whatif_open_) {
            late_error_ =
                fail(whatif_at_, "found a 'whatif' without 'change', expected one below it");
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

    void read_change(Words& words, const Word& word) {
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

    void read_try(Words& words, const Word& word) {
        const auto rest = words.rest();
        if (!rest)
            return words.fail_missing("a shell command");
        auto& commands = reader_.scenario.try_in_shell;
        if (commands.size() == 2)
            return words.fail_at(word.at, "found a third 'try', expected at most 2");
        commands.emplace_back(rest->text);
    }

    // --- lines of a step; they may carry the TIME of their step

    static bool is_story(std::string_view word) {
        const auto text = text_keyword(word);
        if (text)
            return text->name == "note" || text->name == "ask" || text->name == "option";
        return word == "highlight" || word == "show" || word == "term";
    }

    void read_story(Words& words, const Word& word, std::optional<trace::Instant> at) {
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

    void read_note(Words& words, std::optional<trace::Instant> at) {
        if (close_question())
            return;
        const auto rest = words.rest();
        if (!rest)
            return words.fail_missing("a text");
        Line line;
        line.what = Note{{{{"", std::string(rest->text)}}}};
        add(words, std::move(line), at, 0);
    }

    void read_step_text(Words& words, const Word& word, const Keyword& keyword, Line& step) {
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

    void read_option_line(Words& words, const Word& word, const Keyword& keyword,
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

    // A question is complete when another line runs. True: it is not, and the error is kept.
    bool close_question() {
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
                fail(line.where, fmt::format("found a predict with {} option{}, expected 2 to 4",
                                             question->options.size(),
                                             question->options.size() == 1 ? "" : "s"));
        }
        return late_error_.has_value();
    }

    // --- lines with TIME

    void read_timed(Words& words, const Word& word) {
        const auto at = read_time(words, word);
        if (!at)
            return;
        const auto who = words.next();
        if (!who)
            return words.fail_missing("who does what, such as 'client connect :80'");
        if (reader_.scenario.hosts.empty()) {
            return words.fail(word, "the line 'hosts NAME…' above the first line with a TIME");
        }
        if (reader_.first_timed == 0) {
            reader_.first_timed = words.number();
            late_error_ = finish_header(reader_);
            if (late_error_)
                return;
        }
        reader_.now = *at;
        if (!who->quoted && is_story(who->text))
            return read_story(words, *who, at);
        if (close_question())
            return;
        Line line;
        if (!read_what(words, *who, line) || !expect_end(words))
            return;
        add(words, std::move(line), at, who->at);
    }

    std::optional<trace::Instant> read_time(Words& words, const Word& word) {
        const bool relative = word.text[0] == '+';
        const auto time = trace::parse_duration(relative ? word.text.substr(1) : word.text);
        if (!time) {
            words.fail(word, "a TIME: 0, or a decimal with ns, us, ms or s, such as 50ms or +1.5s");
            return std::nullopt;
        }
        const auto at = relative ? reader_.now + *time : trace::Instant{} + *time;
        if (*time > longest || at.ns > longest.ns) {
            words.fail(word, "a TIME below 73 years");
            return std::nullopt;
        }
        if (at < reader_.now) {
            words.fail(word, fmt::format("a TIME not before that of the line above, {}",
                                         trace::format(reader_.now)));
            return std::nullopt;
        }
        return at;
    }

    bool read_what(Words& words, const Word& who, Line& line) {
        if (!who.quoted && who.text == "expect") {
            if (auto e = read_expectation(reader_, words)) {
                reader_.scenario.end = std::max(reader_.scenario.end, e->until);
                line.what = std::move(*e);
            }
        } else if (!who.quoted && who.text == "predict") {
            if (auto p = read_prediction(reader_, words)) {
                const auto known = reader_.now + p->after.value_or(trace::Duration{});
                reader_.scenario.end = std::max(reader_.scenario.end, known);
                line.what = std::move(*p);
            }
        } else if (!who.quoted && who.text == "wire") {
            if (auto wire = read_wire(reader_, words)) {
                std::visit([&](auto& w) { line.what = std::move(w); }, *wire);
            }
        } else if (auto act = read_call(reader_, words, who)) {
            line.what = std::move(*act);
        }
        return !words.failed();
    }

    void place_pending(trace::Instant at) {
        for (; first_pending_ < lines().size(); ++first_pending_)
            lines()[first_pending_].at = at;
    }

    // Without `at`, the line waits for the next that has a TIME.
    void add(const Words& words, Line line, std::optional<trace::Instant> at,
             std::size_t sentence) {
        if (at)
            place_pending(*at);
        const auto text = words.line();
        const auto start = text.find_first_not_of(" \t");
        line.where = words.location(start);
        line.source = text.substr(start, words.end() - start);
        line.sentence = text.substr(sentence, words.end() - sentence);
        const bool is_step = std::holds_alternative<Note>(line.what) ||
                             std::holds_alternative<Prediction>(line.what);
        if (is_step)
            line.step = ++reader_.scenario.steps;
        if (at)
            line.at = *at;
        lines().push_back(std::move(line));
        if (at)
            first_pending_ = lines().size();
    }

    // --- the end of the file

    std::optional<ParseError> finish() {
        auto& scenario = reader_.scenario;
        if (!scenario.title.by_language.contains("")) {
            return fail({1, 1}, "found no title, expected a line 'title TEXT'");
        }
        if (scenario.hosts.empty())
            return fail({1, 1}, "found no hosts, expected a line 'hosts NAME…'");
        if (close_question())
            return late_error_;
        if (whatif_open_) {
            return fail(whatif_at_, "found a 'whatif' without 'change', expected one below it");
        }
        if (reader_.first_timed == 0) {
            if (auto error = finish_header(reader_))
                return error;
        }
        scenario.end = std::max(scenario.end, reader_.now);
        place_pending(scenario.end);
        if (auto error = check_names(reader_))
            return error;
        for (std::size_t i = 0; i < scenario.what_ifs.size(); ++i) {
            const auto changed = what_if(scenario, i, reader_.machine);
            if (const auto* error = std::get_if<ParseError>(&changed))
                return *error;
        }
        return std::nullopt;
    }
};

} // namespace

std::variant<Scenario, ParseError> parse(std::string_view text, std::string file,
                                         const Machine& machine) {
    return Parser(std::move(file), machine).run(text);
}

std::string format(const ParseError& error) {
    return fmt::format("{}:{}:{}: {}", error.file, error.where.line, error.where.column,
                       error.message);
}

const std::string& Text::in(const std::string& language) const {
    static const std::string nothing;
    auto found = by_language.find(language);
    if (found == by_language.end())
        found = by_language.find("");
    return found == by_language.end() ? nothing : found->second;
}

} // namespace scenario
