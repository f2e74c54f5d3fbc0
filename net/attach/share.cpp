// By a hash of the addresses, so that it needs no memory of who was chosen.
#include "net/attach/share.hpp"

#include <algorithm>

namespace net::attach {
namespace {

constexpr double window_s = 0.5, shortest_s = 0.1;
constexpr unsigned most_halvings = 12;

} // namespace

void Share::note(std::size_t many, std::int64_t now_ns) {
    if (window_ns_ == 0)
        window_ns_ = now_ns;
    in_window_ += static_cast<double>(many);
    const double passed = static_cast<double>(now_ns - window_ns_) / 1e9;
    const double rate = in_window_ / std::max(passed, shortest_s);
    unsigned wanted = 0;
    while (wanted < most_halvings && rate > told_per_second_ * static_cast<double>(1u << wanted))
        ++wanted;
    // Fewer at once, lest the storm is told half; more only when a whole window has been calmer.
    halvings_ = std::max(halvings_, wanted);
    if (passed < window_s)
        return;
    halvings_ = wanted;
    in_window_ = 0;
    window_ns_ = now_ns;
}

bool Share::has(const Pair& pair) const {
    if (halvings_ == 0)
        return true;
    const Pair one = canonical(pair);
    // Neighbouring ports follow each other: multiplied, lest every 2nd of them is every 2nd of
    // time.
    const std::uint64_t both = PairHash{}(one) ^ PairHash {}(reversed(one));
    return (both * 0x9e3779b97f4a7c15u >> 52 & (one_of() - 1)) == 0;
}

} // namespace net::attach
