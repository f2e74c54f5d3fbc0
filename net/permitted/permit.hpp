// One thing asked of twomsl-helper, and what it hands over. Starting it takes a millisecond or two;
// the answer is looked for, never waited for.
#pragma once

#include "net/descriptor.hpp"
#include "net/permitted/protocol.hpp"
#include "net/result.hpp"

#include <string>
#include <vector>

namespace net::permitted {

struct Handed {
    Part part = Part::whole;
    std::uint32_t number = 0;
    std::string text;
    std::vector<Descriptor> descriptors;
};

class Permit {
public:
    // `helper`: another program than the installed one, or the one beside us.
    static Result<Permit> ask(const Request& request, const std::string& helper = "");

    enum class State : std::uint8_t { waiting, granted, refused };
    State look();
    // Waits for granted or refused, at most this long.
    State wait(int milliseconds);
    [[nodiscard]] const Failure& failure() const { return failure_; }
    std::vector<Handed> take() { return std::move(handed_); }
    // Of events: whoever removes the instance is there. It leaves when this Permit ends.
    [[nodiscard]] bool janitor_lives() const;

private:
    Descriptor control_;
    std::string helper_;
    std::vector<Handed> handed_;
    State state_ = State::waiting;
    Failure failure_;
};

} // namespace net::permitted
