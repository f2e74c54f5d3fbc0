// Reads a scenario file line by line.
#include "parser.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scenario {
namespace {

constexpr std::size_t longest_line = 65536;
constexpr std::size_t largest_file = 8u << 20;

bool is_timed(const Word& word) {
    const char c = word.text.empty() ? '\0' : word.text[0];
    return !word.quoted && (c == '+' || (c >= '0' && c <= '9'));
}

} // namespace

std::variant<Scenario, ParseError> Parser::run(std::string_view text) {
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

std::optional<ParseError> Parser::read_line(std::string_view line, std::uint32_t number) {
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

void Parser::read_untimed(Words& words, const Word& word) {
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

void Parser::unknown(Words& words, const Word& word) {
    const bool runs = word.text == "expect" || word.text == "predict" ||
                      word.text.find_first_of("#:~") != word.text.npos ||
                      find_host(reader_.scenario, word.text);
    if (runs)
        return words.fail(word, "a TIME before it, such as 0, 50ms or +1s");
    words.fail(
        word,
        "a TIME such as 0 or +50ms, or one of title, profile, hosts, wire, sysctl, isn, address, "
        "note, ask, option, highlight, show, term, rule, whatif, change, try");
}

void Parser::read_title(Words& words, const Word& word, const Keyword& keyword) {
    if (reader_.first_timed != 0) {
        return words.fail_at(word.at,
                             fmt::format("found '{}' below line {}, expected it before the "
                                         "first line with a TIME",
                                         word.text, reader_.first_timed));
    }
    read_text(words, word, keyword, reader_.scenario.title);
}

void Parser::read_timed(Words& words, const Word& word) {
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

std::optional<trace::Instant> Parser::read_time(Words& words, const Word& word) {
    const bool relative = word.text[0] == '+';
    const auto time = trace::parse_duration(relative ? word.text.substr(1) : word.text);
    if (!time) {
        words.fail(word, "a TIME: 0, or a decimal with ns, us, ms or s, such as 50ms or +1.5s");
        return std::nullopt;
    }
    const auto at = (relative ? reader_.now : trace::Instant{}) + std::min(*time, longest);
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

bool Parser::read_what(Words& words, const Word& who, Line& line) {
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

std::optional<ParseError> Parser::finish() {
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
