// Which connections are told one by one when more happens than anybody can read: all of them, or
// every 2nd, 4th, 8th … of them, those whole. Pure: time comes in.
#pragma once

#include "net/endpoint.hpp"

#include <cstdint>

namespace net::attach {

class Share {
public:
    // A thousand connections a second, with their segments; each costs a few microseconds.
    static constexpr double usual = 24'000;
    explicit Share(double told_per_second = usual) : told_per_second_(told_per_second) {}
    // Before a batch is told: how many events and segments it has, all of the target.
    void note(std::size_t many, std::int64_t now_ns);
    [[nodiscard]] bool has(const Pair& pair) const; // the same for both ends
    [[nodiscard]] std::uint32_t one_of() const { return std::uint32_t{1} << halvings_; }

private:
    double told_per_second_;
    unsigned halvings_ = 0;
    double in_window_ = 0;
    std::int64_t window_ns_ = 0; // when it began
};

} // namespace net::attach
