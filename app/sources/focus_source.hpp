// One listener, connection or process of this machine in full: the same panels as of a simulated
// world, without step, back and play.
#pragma once
#include <memory>
#include <string>

#include "net/attach/attachment.hpp"
#include "view/source.hpp"

namespace sources {

class FocusSource : public view::Source {
public:
    FocusSource(std::shared_ptr<net::attach::Attachment>, net::attach::Target, std::string title,
                std::string left, std::string right);

    view::Can can() const override;
    bool step() override { return false; }
    bool step_back() override { return false; }
    std::optional<trace::Instant> next_due() const override { return std::nullopt; }
    trace::Instant now() const override { return snapshot_.now; }
    const trace::Trace& trace() const override { return trace_; }
    std::uint32_t visible_events() const override {
        return static_cast<std::uint32_t>(trace_.events.size());
    }
    bool at_stop() const override { return true; }
    bool drives_itself() const override { return true; }
    std::string perform(const view::Command&) override { return ""; }
    bool poll() override;
    void fill(view::Frame&) const override;

private:
    void add_permitted(view::Can&) const;

    std::shared_ptr<net::attach::Attachment> attachment_;
    std::shared_ptr<const net::attach::Closeup> closeup_;
    std::string title_;
    trace::Trace trace_;
    trace::Snapshot snapshot_;
    std::uint64_t request_ = 0, books_ = 0;
};

// What can be done with sockets of others: nothing but watching.
view::Can only_watching();
// How a socket of others is to be told: remote, no socket here, in this state already when we came.
std::string note_of(const net::attach::Closeup::End&);

} // namespace sources
