// Everything one picture is drawn from: const for the panels, the same for simulated and real
// worlds.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attach.hpp"
#include "command.hpp"
#include "selection.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace view {

enum class Mode : std::uint8_t { home, lesson, free_play, lab, recording, attach, compare };

// To be shown to a room: one world, not a list and not two.
constexpr bool has_large_picture(Mode mode) {
    switch (mode) {
    case Mode::lesson:
    case Mode::free_play:
    case Mode::lab:
    case Mode::recording: return true;
    case Mode::home:
    case Mode::attach:
    case Mode::compare: break;
    }
    return false;
}

// What the source can do. Absent abilities have a sentence that says why, for the tooltip.
struct Can {
    bool step = true;
    bool back = true;
    bool play = true;
    bool scrub = true;
    bool act = true;      // calls by hand
    bool verdicts = true; // drop, delay, hold segments
    bool wire = true;     // set delay and loss
    bool segments = true; // segments are seen at all
    std::string why_not_back, why_not_act, why_not_verdicts, why_not_wire;
    std::string scope; // one sentence about what this source is; "" for the simulator
};

// What moves on the screen now. At rest: progress 1 and shown == snapshot.now.
struct Motion {
    trace::Instant shown; // simulated time drawn; runs from snapshot.now towards the next happening
    trace::EventId fresh = trace::none; // events from here on belong to the newest beat
    double progress = 1;                // 0..1 of that beat's state changes and queue moves
    bool moving = false;
};

struct StepMark {
    bool question = false;
    bool done = false;         // passed
    std::optional<bool> right; // answered so
};
struct OptionView {
    std::string value;  // shown in mono: "SYN_SENT"
    std::string text;   // the sentence, shown after answering
    bool right = false; // known only after answering
};
struct QuestionView {
    std::string ask;
    std::vector<OptionView> options;
    bool answered = false;
    bool revealed = false; // the world has played to the event: why is shown
    int chosen = -1;       // -1: "I don't know"
};
struct EndCard {
    std::string rule;
    int expectations_held = 0, expectations = 0;
    int right = 0, asked = 0;
    std::vector<std::string> new_edges; // "SYN_SENT → ESTABLISHED"
    std::vector<std::string> what_ifs;
    std::vector<std::string> try_in_shell;
    bool has_next = false;
    std::string next_title;
};
struct TermView {
    std::string word, sentence, rfc, kernel, others;
};
struct LessonView {
    int place = 0; // 0-based, in the catalogue
    std::string title;
    std::vector<StepMark> steps;
    int current = -1; // -1: before the first
    std::string narration;
    std::optional<QuestionView> question;
    std::optional<EndCard> end;
    bool off_script = false;
    bool started = false; // at least one Next
    Highlight highlight;
    std::vector<std::string> terms; // words of the narration that have a card
    std::optional<TermView> open_term;
};

struct CatalogueEntry {
    std::string title;
    bool done = false;
    bool next = false; // the one to continue with
    std::string part;  // of the catalogue that begins here; "": goes on
};

struct TimelineMark {
    trace::Instant at;
    trace::EventId event = trace::none;
    enum class Kind : std::uint8_t {
        transition,
        lost,
        refused,
        timer,
        call
    } kind = Kind::transition;
};
struct BranchView {
    std::string label;
    trace::Instant forked;
    bool current = false;
    bool set_aside = false; // the whole play before a host became another one
};
struct TimelineView {
    trace::Instant end;               // of what has been played so far or is scripted
    std::vector<TimelineMark> marks;  // visible ones only
    std::vector<BranchView> branches; // [0] is the script
};

// A call that could be made now on a card, by the refusals table.
struct LegalCall {
    trace::Call call;
    trace::Shutdown how = trace::Shutdown::wr;
    bool enabled = true;
    trace::Errno error = trace::Errno::ok; // what it would return when refused
    std::string why;                       // "write() after shutdown(WR): EPIPE"
};
struct SocketCalls {
    trace::Cookie socket;
    std::vector<LegalCall> calls;
};

// A kernel that a host can be given, and what it does otherwise than the usual one.
struct ProfileChoice {
    std::string name;     // "linux-4.3"
    std::string sentence; // what it is
    std::string differs;  // one line for each policy that differs; "": none
};

struct ScriptLine {
    std::string text;
    bool done = false;
};

// What the script is about to do, for the cards ("next call, about to run").
struct UpcomingCall {
    trace::HostId host;
    std::string socket; // "client#3"
    std::string text;   // "connect(fd, 10.0.0.2:80)"
};

// Two worlds of one script: what is said about them. The frame itself is the kernel's.
struct CompareView {
    std::string verdict;  // "The simulator and the kernel tell the same story."
    std::string rule;     // of the first difference: what the simulator went by; or ""
    std::string note;     // of the script, at this time
    bool playing = false; // the kernel still plays
    bool differs = false;
    std::optional<trace::Instant> difference; // when
};

struct Frame {
    Mode mode = Mode::lesson;
    Language language = Language::en;
    Theme theme = Theme::dark;
    Pace pace = Pace::automatic;
    StepBy step_by = StepBy::beat;
    bool playing = false;
    bool reduced_motion = false;
    double scale = 1;
    Presenting presenting = Presenting::off;
    Can can;

    const trace::Snapshot* snapshot = nullptr; // never null when panels draw
    const trace::Trace* trace = nullptr;
    std::uint32_t visible_events = 0; // only this prefix of trace->events exists for the views
    trace::Instant hidden_after = trace::never; // a question stands: nothing later may be shown

    Motion motion;
    Selection selection;
    Selection selection_beside; // in the world that stands beside
    trace::SegmentId inspected = trace::none;
    std::optional<LessonView> lesson;
    std::optional<AttachView> attach; // Mode::attach
    std::optional<CompareView> compare;
    std::shared_ptr<const Frame> beside; // the simulator's picture of the same time
    TimelineView timeline;
    std::vector<ProfileChoice> profiles; // empty: this source has the hosts that it has
    std::string why_not_profile;         // not empty: offered, but not now
    std::vector<SocketCalls> legal_calls;
    std::vector<UpcomingCall> upcoming;
    std::vector<ScriptLine> script; // free play: everything done so far
    std::vector<CatalogueEntry> catalogue;
    std::vector<bool> panels = std::vector<bool>(panel_count, false); // open ones, by Panel
    std::string message;     // one sentence for the user: an error, a notice
    std::string nothing_due; // why Step has nothing to do, or ""
    bool shows_keys = false;

    bool open(Panel p) const { return panels[static_cast<std::size_t>(p)]; }
};

} // namespace view
