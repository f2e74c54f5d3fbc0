// The parts of lay_sequence: one picture being laid, shared by the files that place things on it.
#pragma once

#include "panels/sequence_layout.hpp"

namespace panels {

struct SequenceBuild {
    const SequenceQuery& query;
    const SequenceStyle& style;
    const Story& story;
    SequenceLayout out;
    Taken taken;

    const trace::Trace& trace() const { return *query.trace; }
    const trace::SegmentRecord& record(const SegmentStory& told) const {
        return query.trace->segments[told.id];
    }
    bool seen(float top, float bottom) const {
        return bottom >= query.top - 60 && top <= query.bottom + 60;
    }
};

// A refusal's phrases, the first the most telling, and how they fold into lines of this width. A
// phrase with a word too wide for that is left out.
std::vector<std::string> phrases_of(const SequenceQuery&, const SegmentStory&);
std::vector<std::string> fold_phrases(const std::vector<std::string>&, float width,
                                      const SequenceStyle&);
float widest_word(std::string_view phrase, const SequenceStyle&);

// In this order: each avoids what is already there.
void place_breaks(SequenceBuild&);
void place_arrows(SequenceBuild&);
void place_lanes(SequenceBuild&);
void place_pills(SequenceBuild&);
void place_labels(SequenceBuild&);
void place_messages(SequenceBuild&); // of routers
void place_badges(SequenceBuild&);
void place_callout(SequenceBuild&);
void place_notes(SequenceBuild&);
void place_ticks(SequenceBuild&);

} // namespace panels
