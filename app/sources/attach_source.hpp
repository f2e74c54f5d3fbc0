// The servers of this machine as a source of pictures: verdicts and the list, one listener beside
// it.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "net/attach/attachment.hpp"
#include "view/source.hpp"

namespace sources {

std::string age(std::int64_t ns); // "90 s", "12 min", "3 h"

class AttachSource : public view::Source {
public:
    // nullptr, and why, where the kernel's list of sockets cannot be read. `on_news` is called on
    // another thread when there is something to draw.
    static std::unique_ptr<AttachSource> open(std::string& why_not, std::function<void()> on_news);
    explicit AttachSource(std::unique_ptr<net::attach::Attachment>);

    // "Is this happening to me?": a condition by its name; "": nothing is asked.
    void ask(std::string condition);
    // One target in full, as a source of its own.
    std::unique_ptr<view::Source> open_target(const view::command::AttachOpen&);
    // Back from there: the listener beside the list is looked at again.
    void take_up_again();

    view::Can can() const override;
    bool step() override { return false; }
    bool step_back() override { return false; }
    std::optional<trace::Instant> next_due() const override { return std::nullopt; }
    trace::Instant now() const override;
    const trace::Trace& trace() const override { return trace_; }
    std::uint32_t visible_events() const override { return 0; }
    bool at_stop() const override { return true; }
    bool drives_itself() const override { return true; }
    std::string perform(const view::Command&) override;
    bool poll() override;
    void fill(view::Frame&) const override;

private:
    void select(std::uint64_t cookie);
    const net::attach::ListenerLine* line_of(std::uint64_t cookie) const;
    std::optional<view::ListenerDetail> detail() const;

    std::shared_ptr<net::attach::Attachment> attachment_;
    std::shared_ptr<const net::attach::Picture> picture_;
    std::shared_ptr<const net::attach::Closeup> closeup_;
    trace::Trace trace_; // empty: the list tells no story
    trace::Trace detail_trace_;
    trace::Snapshot detail_snapshot_, nothing_;
    std::uint64_t selected_ = 0, request_ = 0, books_ = 0;
    bool chosen_by_user_ = false;
    std::string asked_;
};

} // namespace sources
