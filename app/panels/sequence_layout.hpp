// The sequence view as placed items: a pure function of what is shown and how much room there is.
// Painting them is sequence_paint.cpp. Coordinates: x from the panel's left, y from the top of the
// whole (scrolled) content.
#pragma once

#include "panels/placing.hpp"
#include "panels/sequence_axis.hpp"
#include "panels/sequence_columns.hpp"
#include "panels/sequence_label.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panels {

enum class Script { label, label_strong, note, tick };

struct SequenceStyle {
    AxisStyle axis;
    ColumnStyle columns;
    float badge_height = 22;
    float line_height = 19;
    float note_line = 17; // of notes and callouts
    float pill_height = 26;
    float scale = 1;
    std::function<float(std::string_view, Script)> width;
    std::function<float(trace::State)> badge_width;
    float sign_width = 30; // a badge without the state's name
};

struct SequenceQuery {
    const trace::Trace* trace = nullptr;
    const trace::Snapshot* snapshot = nullptr;
    std::uint32_t visible = 0;
    trace::Instant shown{};
    float width = 0;
    float top = 0, bottom = 0; // the part of the content that is seen
    Numbers numbers = Numbers::absolute;
    trace::Cookie selected_socket = trace::none;
    trace::SegmentId selected_segment = trace::none;
};

struct ArrowItem {
    trace::SegmentId id = trace::none;
    Fate fate = Fate::delivered;
    std::vector<Stroke> path{};          // where it has travelled
    std::vector<Stroke> waits{};         // the part of it where it was held
    std::vector<Stroke> pieces{};        // the path without what its label covers
    std::vector<Stroke> rest{};          // still to come, promised by the wire
    ui::Vec tip{}, tip_from{};           // its end and where it comes from
    bool again = false;                  // a repetition, or a copy by the wire: dashed
    Label label{};                       // empty: folded away
    ui::Rect label_box{};                // of an in-flight or held one: the pill
    ui::Vec position{};                  // in flight or held: where it is
    trace::EventId newest = trace::none; // the last event of its story
    trace::EventId sent = trace::none;   // the event of its sending
    Stroke message{};                    // a router tells its sender of its end
    std::string message_text{};          // empty: none
    ui::Rect message_box{};              // empty: no room for the text
    bool is_pill() const { return fate == Fate::in_flight || fate == Fate::held; }
};

// Many arrows nearer to each other than can be drawn.
struct DensityItem {
    ui::Vec first_from{}, first_to{}, last_from{}, last_to{};
    int count = 0;
    ui::Rect label_box{};
};

struct LanePiece {
    trace::State state = trace::State::closed;
    float top = 0, bottom = 0;
    trace::Certainty certainty = trace::Certainty::exact;
};
struct LaneItem {
    const Lane* lane = nullptr;
    std::vector<LanePiece> pieces{};
    bool ends = false; // nothing is left of the socket
};
// A change of state on a lane, tied to the boundary by a thin line.
struct DotItem {
    ui::Vec at{};
    float edge = 0;
    trace::EventId event = trace::none;
};
struct BadgeItem {
    trace::State state = trace::State::closed;
    ui::Rect box{}; // empty: a remark without a badge
    bool sign_only = false;
    trace::EventId event = trace::none;
    trace::Cookie socket = trace::none;
    trace::Certainty certainty = trace::Certainty::exact;
    std::string remark{};
    ui::Rect remark_box{};
};
struct NoteItem {
    trace::SegmentId segment = trace::none;
    std::vector<std::string> lines{};
    ui::Rect box{}; // empty: no room, the bar alone says it
    Stroke leader{};
    bool on_wire = false; // no room inside the host: a phrase beside the bar
};
struct BreakItem {
    ui::Rect band{}, label_box{};
    std::string text{};
};
struct TickItem {
    float y = 0;
    std::string text{};
};
// A repetition and the transmission that it repeats, at the sender's side of the boundary.
struct JoinItem {
    trace::SegmentId original = trace::none, again = trace::none;
    float x = 0, from = 0, to = 0;
};
struct CalloutItem {
    std::vector<std::string> lines{};
    ui::Rect box{};
    Stroke leader{};
};

struct SequenceLayout {
    Columns columns;
    Axis axis;
    std::vector<ArrowItem> arrows{};
    std::vector<DensityItem> bands{};
    std::vector<LaneItem> lanes{};
    std::vector<DotItem> dots{};
    std::vector<BadgeItem> badges{};
    std::vector<NoteItem> notes{};
    std::vector<BreakItem> breaks{};
    std::vector<TickItem> ticks{};
    std::vector<JoinItem> joins{};
    std::vector<CalloutItem> callouts{};
    float now_y = 0;
    std::string now_text{};
    ui::Rect now_tag{};
    float height = 0; // of the whole content
};

// How much each refusal's reason needs below its row, by place in Story::segments.
std::vector<float> reason_room(const SequenceQuery&, const SequenceStyle&, const Story&);

// REQUIRES: the story is that of the query's trace, prefix and snapshot.
SequenceLayout lay_sequence(const SequenceQuery&, const SequenceStyle&, const Story&);

// The arrow under a point, if any: pills first, then labels, then lines.
const ArrowItem* hit(const SequenceLayout&, ui::Vec, float reach);

// "130", "130 ms", "1.215 s": an instant on an axis whose latest time is `latest`.
std::string tick_text(trace::Instant, trace::Instant latest, bool with_unit);

} // namespace panels
