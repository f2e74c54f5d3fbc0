// The descriptors of a process: a new one gets the lowest free number (POSIX,
// get_unused_fd_flags()).
#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

#include "trace/event.hpp"

namespace world {

class Descriptors {
public:
    int take(trace::Cookie cookie) {
        while (lowest_ < sockets_.size() && sockets_[lowest_] != trace::none)
            ++lowest_;
        if (lowest_ == sockets_.size())
            sockets_.push_back(cookie);
        sockets_[lowest_] = cookie;
        return static_cast<int>(lowest_++);
    }
    trace::Cookie operator[](std::size_t fd) const { return sockets_[fd]; }
    // Whoever writes may set it free.
    trace::Cookie& operator[](std::size_t fd) {
        lowest_ = std::min(lowest_, fd);
        return sockets_[fd];
    }
    std::size_t bytes() const { return sockets_.capacity() * sizeof(trace::Cookie); }
    friend bool operator==(const Descriptors&, const Descriptors&) = default;

private:
    static constexpr trace::Cookie terminal = trace::none - 1;            // 0, 1, 2
    std::vector<trace::Cookie> sockets_ = {terminal, terminal, terminal}; // none: free
    std::size_t lowest_ = 3;                                              // nothing below is free
};

} // namespace world
