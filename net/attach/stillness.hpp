// Whether walking over all sockets again could meet anything new. A walk costs as much as the
// kernel's hash table is large, however few sockets there are; the kernel's count of segments costs
// a tenth.
//
// No connection begins, moves or ends by other hands than a timer's without a segment. What comes
// and goes silently (a listener, accept(), read(), the end of a TIME_WAIT) is seen by looking at
// who is known, says moved(), or waits for the walk that comes though all is still.
#pragma once

#include "net/netstat_text.hpp"

#include <cstdint>
#include <optional>

namespace net::attach {

// TCP segments that have come and gone in this network namespace (InSegs, OutSegs); nothing where
// /proc does not tell.
inline std::optional<std::uint64_t> segments_passed() {
    const auto text = whole_file(snmp_path);
    if (!text)
        return std::nullopt;
    std::optional<std::uint64_t> passed;
    for_each_counter(*text, [&](std::string_view name, std::uint64_t value) {
        if (name == "InSegs" || name == "OutSegs")
            passed = passed.value_or(0) + value;
    });
    return passed;
}

class Stillness {
public:
    static constexpr std::int64_t walks_passed_over = 3; // so many at most, one after another

    void moved() { moved_ = true; } // something has come, gone or changed
    // A walk is due; true: it may wait, for it would meet what the last one met.
    bool may_wait() {
        const auto passed = segments_passed();
        const bool same = !moved_ && passed && passed == passed_ && waited_ < walks_passed_over;
        waited_ = same ? waited_ + 1 : 0;
        passed_ = passed;
        moved_ = false;
        return same;
    }

private:
    std::optional<std::uint64_t> passed_; // before the last walk
    std::int64_t waited_ = 0;
    bool moved_ = true;
};

} // namespace net::attach
