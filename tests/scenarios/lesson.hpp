// The lessons of the catalogue, as the tests of their texts see them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "scenario/scenario.hpp"
#include "scenario/terms.hpp"

namespace lesson {

struct Lesson {
    std::string file; // relative to assets/scenarios
    scenario::Scenario scenario;
};

// A text that a learner reads, and where it stands.
struct Said {
    std::string where; // "closing/half-close.twomsl:16 note"
    scenario::Text text;
};

std::vector<std::string> catalogue(); // the paths in lessons.txt
const std::vector<Lesson>& all();
const std::vector<scenario::Term>& terms();

std::vector<const scenario::Line*> steps(const Lesson&);
std::vector<Said> notes(const Lesson&);
std::vector<Said> texts(const Lesson&); // everything with a translation

} // namespace lesson
