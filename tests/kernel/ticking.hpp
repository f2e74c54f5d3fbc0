// Waiting for what a watcher tells.
#pragma once

#include "apart.hpp"

#include "net/clock.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

// Ticks until the condition holds; the kernel is looked at again and again, nothing sleeps blindly.
template <typename Watcher, typename Condition>
bool until(Watcher& watcher, const Condition& holds, std::int64_t patience = patience_ns) {
    const auto end = net::monotonic_ns() + patience;
    while (net::monotonic_ns() < end) {
        watcher.tick();
        if (holds())
            return true;
        std::this_thread::sleep_for(std::chrono::nanoseconds(
            std::clamp<std::int64_t>(watcher.next_due_ns() - net::monotonic_ns(), 0, 20'000'000)));
    }
    return false;
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}
