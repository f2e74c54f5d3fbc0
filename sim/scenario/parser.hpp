// Reads a scenario file line by line: which kind of line it is, when it runs, and to which step it
// belongs. The words of a line are read by reader.hpp's functions.
#pragma once
#include "reader.hpp"

namespace scenario {

// A keyword that is followed by a text and may carry a language: "note.zh".
struct Keyword {
    std::string_view name;
    std::string language;
};
std::optional<Keyword> text_keyword(std::string_view word);

class Parser {
public:
    Parser(std::string file, const Machine& machine) {
        reader_.scenario.file = std::move(file);
        reader_.machine = machine;
    }
    std::variant<Scenario, ParseError> run(std::string_view text);

private:
    // parser.cpp
    std::optional<ParseError> read_line(std::string_view line, std::uint32_t number);
    void read_untimed(Words& words, const Word& word);
    void unknown(Words& words, const Word& word);
    void read_title(Words& words, const Word& word, const Keyword& keyword);
    void read_timed(Words& words, const Word& word);
    std::optional<trace::Instant> read_time(Words& words, const Word& word);
    bool read_what(Words& words, const Word& who, Line& line);
    std::optional<ParseError> finish();

    // parse_steps.cpp: lines of a step, which may carry the TIME of their step, and of the end card
    // A text in one language, once.
    void read_text(Words& words, const Word& word, const Keyword& keyword, Text& text);
    void read_rule(Words& words, const Word& word, const Keyword& keyword);
    void read_whatif(Words& words, const Word& word, const Keyword& keyword);
    void read_change(Words& words, const Word& word);
    void read_try(Words& words, const Word& word);
    static bool is_story(std::string_view word);
    void read_story(Words& words, const Word& word, std::optional<trace::Instant> at);
    void read_note(Words& words, std::optional<trace::Instant> at);
    void read_step_text(Words& words, const Word& word, const Keyword& keyword, Line& step);
    void read_option_line(Words& words, const Word& word, const Keyword& keyword,
                          Prediction& question);
    // A question is complete when another line runs. True: it is not, and the error is kept.
    bool close_question();
    void place_pending(trace::Instant at);
    // Without `at`, the line waits for the next that has a TIME.
    void add(const Words& words, Line line, std::optional<trace::Instant> at, std::size_t sentence);

    std::vector<Line>& lines() { return reader_.scenario.lines; }
    ParseError fail(Location where, std::string message) const {
        return {reader_.scenario.file, where, std::move(message)};
    }

    Reader reader_;
    std::optional<ParseError> late_error_; // a mistake found in this line about an earlier one
    std::size_t first_pending_ = 0; // lines from here on wait for the time of the next timed line
    Location whatif_at_{};          // of the last `whatif`; line 0: none
    bool whatif_open_ = false;      // it has no `change` yet
};

} // namespace scenario
