// What the lesson pane is put together from. Each writes itself into a column.
#pragma once

#include "panels/column.hpp"
#include "view/frame.hpp"

#include <string>
#include <vector>

namespace panels {

// "Step 5 of 9" and the beads.
void step_row(Column&, const view::LessonView&, view::Commands&);
// The note of this step, its terms marked; what to press.
void story(Column&, const view::LessonView&, view::Commands&);
// Asked: the options as buttons. Answered: right or not in words, and why.
void question(Column&, const view::QuestionView&, view::Commands&);
// "You are off the script", with the way back.
void off_script(Column&, view::Commands&);
void term_card(Column&, const view::TermView&, view::Commands&);
// The end: the rule and what was seen; commands for a shell; what to do next.
void end_rule(Column&, const view::EndCard&);
void end_shell(Column&, const view::EndCard&, view::Commands&);
void end_choices(Column&, const view::EndCard&, view::Commands&);

// Where `term` stands in lines of `text`, as (line, first byte, last byte + 1) of each line.
struct TermPiece {
    std::size_t line = 0, begin = 0, end = 0;
    friend bool operator==(const TermPiece&, const TermPiece&) = default;
};
std::vector<TermPiece> find_term(std::string_view text, const std::vector<std::string>& lines,
                                 std::string_view term);

} // namespace panels
