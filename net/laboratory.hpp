// A real pair (or more hosts) to play with: the face of `net` towards the program.
//
// Nothing here makes a system call that can wait: commands are left for the observer thread,
// pictures are collected.
#pragma once

#include "net/result.hpp"
#include "scenario/action.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace net {

enum class GroundKind : std::uint8_t { namespaces, loopback };

// What a laboratory on this ground can do; a control that it cannot serve has a reason.
struct Abilities {
    bool steps_frames = false;
    bool sees_segments = false;
    bool has_own_sysctls = false;
    std::string why_not; // one sentence for all that is false
};

struct LaboratoryOptions {
    GroundKind ground = GroundKind::namespaces;
    std::vector<std::string> hosts = {"client",
                                      "server"}; // 2 to 6; loopback: exactly 2, the first connects
    trace::Duration delay = trace::milliseconds(10); // each way
    bool hold_everything = false;                    // start in step mode
    std::string helper;            // where twomsl-lab lies; empty: beside this program
    std::function<void()> on_news; // called on the observer thread
};

class Laboratory {
public:
    explicit Laboratory(LaboratoryOptions options); // returns at once
    ~Laboratory();                                  // everything started is stopped
    Laboratory(const Laboratory&) = delete;
    Laboratory& operator=(const Laboratory&) = delete;

    enum class Status : std::uint8_t { starting, running, failed };
    [[nodiscard]] Status status() const;
    // REQUIRES: status() == failed
    [[nodiscard]] Failure failure() const;
    // Waits for the start to succeed or fail (milliseconds); not for a thread that draws.
    Status wait_until_started();

    [[nodiscard]] Abilities abilities() const;
    [[nodiscard]] std::string
    scope() const; // one sentence about what is seen and how; "" before it runs

    // The latest thing that could not be done, in one sentence; "" when there is none.
    [[nodiscard]] std::string notice() const;

    void submit(scenario::Action action);
    void hold_everything(bool on); // step mode
    void step();                   // lets the oldest held segment go on

    // What is new since the last time; false: nothing.
    bool collect(trace::Trace& trace, trace::Snapshot& snapshot);

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

} // namespace net
