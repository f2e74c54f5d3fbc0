// The real kernel as a source of pictures: a laboratory whose frames pass through our hands.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "net/laboratory.hpp"
#include "view/source.hpp"

namespace sources {

class LabSource : public view::Source {
public:
    // REQUIRES: the laboratory runs.
    explicit LabSource(std::unique_ptr<net::Laboratory>, std::string notice);

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
    std::string perform(const view::Command&) override;
    bool poll() override;
    void fill(view::Frame&) const override;

private:
    bool frame_held() const;
    std::string next();
    std::uint16_t next_number(trace::HostId) const;
    void submit(const scenario::Action&);

    std::unique_ptr<net::Laboratory> lab_;
    std::string notice_;
    trace::Trace trace_;
    trace::Snapshot snapshot_;
    std::vector<scenario::Action> plan_; // the calls of the pair, one per Next
    std::size_t planned_ = 0;
    bool playing_ = false;            // frames go by themselves, calls one after the other
    std::uint64_t quiet_ = 0;         // polls without news while playing
    std::vector<std::uint16_t> made_; // by host: connections named so far
};

// A pair in namespaces, or where those are refused on the loopback; nullptr and why where neither
// works.
std::unique_ptr<view::Source> open_laboratory(bool loopback, std::string& why_not,
                                              std::function<void()> on_news);

} // namespace sources
