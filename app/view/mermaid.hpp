// The ladder as a Mermaid sequence diagram, for Markdown.
//
// Mermaid draws no slanted arrows and no time: an arrow stands where its segment ends, with that
// time. Delivered ->>, lost -x, refused ->> with a note that says why, still under way -); dotted:
// a repetition.
#pragma once
#include <string>

#include "ladder.hpp"

namespace view {

std::string mermaid(const trace::Trace&, const LadderOptions&, const std::string& title);

} // namespace view
