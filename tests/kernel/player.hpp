// Plays a laboratory for a test: every published picture is taken at once, conditions are awaited,
// nothing sleeps.
#pragma once

#include "net/laboratory.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

inline constexpr trace::HostId client = 0, server = 1;

scenario::SocketName socket_of(trace::HostId host, std::uint16_t number);

class Player {
public:
    explicit Player(net::LaboratoryOptions options = {});
    ~Player();

    [[nodiscard]] bool runs() const { return status_ == net::Laboratory::Status::running; }
    [[nodiscard]] net::Failure failure() const { return laboratory_->failure(); }
    net::Laboratory& laboratory() { return *laboratory_; }

    using Condition = std::function<bool(const trace::Trace&, const trace::Snapshot&)>;
    // False: it did not come true in time.
    bool wait(const Condition& condition,
              std::chrono::milliseconds patience = std::chrono::seconds(5));

    // Orders a call and waits until it has returned; its value, or -errno.
    std::int64_t call(const scenario::Action& action,
                      std::chrono::milliseconds patience = std::chrono::seconds(5));
    void submit(const scenario::Action& action) { laboratory_->submit(action); }

    trace::Trace trace();
    trace::Snapshot snapshot();
    // Every state that the socket of this name has been in, in order, as its transitions tell:
    // "SYN_SENT ESTABLISHED".
    std::string states(const std::string& name);
    std::string state(const std::string& name); // now; "" when nothing is left of it
    trace::ListenerView listener();             // the first one of the server

private:
    void take();

    std::mutex mutex_;
    std::condition_variable changed_;
    trace::Trace trace_;
    trace::Snapshot snapshot_;
    bool ready_ = false; // laboratory_ may be used by the observer's thread
    std::unique_ptr<net::Laboratory> laboratory_;
    net::Laboratory::Status status_ = net::Laboratory::Status::starting;
};

Player::Condition in_state(const std::string& name, trace::State state);
Player::Condition nothing_left(const std::string& name);
Player::Condition held(std::size_t count); // so many segments are held
const trace::SocketView* view(const trace::Snapshot& snapshot, const std::string& name);
