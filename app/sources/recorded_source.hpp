// A recording as a source of pictures: the real kernel again, and this time it can go back.
#pragma once
#include <vector>

#include "record/format.hpp"
#include "view/source.hpp"

namespace sources {

class RecordedSource : public view::Source {
public:
    explicit RecordedSource(record::Recording);

    view::Can can() const override;
    bool step() override { return go(look_ + 1); }
    bool step_back() override { return look_ > 0 && go(look_ - 1); }
    std::optional<trace::Instant> next_due() const override;
    trace::Instant now() const override { return recording_.looks[look_].at; }
    const trace::Trace& trace() const override { return recording_.trace; }
    std::uint32_t visible_events() const override { return recording_.looks[look_].events; }
    bool at_stop() const override { return look_ + 1 == recording_.looks.size(); }
    std::string perform(const view::Command&) override;
    void fill(view::Frame&) const override;

    const record::Recording& recording() const { return recording_; }

private:
    bool go(std::size_t look);
    void step_back_over(view::StepBy);

    record::Recording recording_;
    std::size_t look_ = 0;
    trace::Snapshot snapshot_; // of this look
};

} // namespace sources
