// Where a picture comes from: a simulated timeline or a real kernel; the same questions to both.
#pragma once
#include <optional>
#include <string>

#include "frame.hpp"

namespace view {

class Source {
public:
    virtual ~Source() = default;
    virtual Can can() const = 0;

    // Time. `step` makes the next due thing happen (one beat); false: nothing is due.
    virtual bool step() = 0;
    virtual bool step_back() = 0;
    virtual std::optional<trace::Instant> next_due() const = 0;
    virtual trace::Instant now() const = 0;
    virtual const trace::Trace& trace() const = 0;
    virtual std::uint32_t visible_events() const = 0;
    // True when the last step ended on a note, a question or the end of the story: Next and Play
    // stop here.
    virtual bool at_stop() const = 0;
    // Perform what concerns the world: Seek, SeekEvent, Answer, StartOver, branches, verdicts,
    // calls, settings. Returns a sentence when it could not be done, "" when it was.
    virtual std::string perform(const Command&) = 0;
    // A live source goes its own way: Next, Step and Play are performed by it, not paced by the
    // player.
    virtual bool drives_itself() const { return false; }
    // Live sources: real time went by; collect what the observer thread has. True: something
    // changed.
    virtual bool poll() { return false; }

    // Everything of the frame that belongs to the world and its story.
    virtual void fill(Frame&) const = 0;
};

} // namespace view
