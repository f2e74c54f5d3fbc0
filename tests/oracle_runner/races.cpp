// A reader and the segments of a burst race on two processors: who comes when, no recording tells.
//
// Read after read it is tried which way of falling among the segments of its burst (world::Grip)
// makes what follows agree. What any of them would bring about is the machine's to say; a recording
// that the kernel's rules could not have made agrees with none.
#include <algorithm>

#include "replay.hpp"

namespace oracle {

namespace {

using trace::Instant;
using Grips = std::vector<world::Grip>;

constexpr trace::Duration burst = trace::milliseconds(3);
constexpr int most_segments = 8;
constexpr std::size_t most_parts = 6;

// All ways in which one read after another falls among `n` segments, those of few parts first.
class Ways {
public:
    explicit Ways(int n) {
        begin(n, 0, false);
        std::stable_sort(all_.begin(), all_.end(),
                         [](const Way& a, const Way& b) { return a.parts < b.parts; });
    }
    struct Way {
        Grips grips;
        std::size_t parts;
    };
    const std::vector<Way>& all() const { return all_; }

private:
    // A read begins; `there`: it finds what the one before it has left.
    void begin(int left, std::size_t parts, bool there) {
        if (left == 0 || parts == most_parts) {
            all_.push_back({grips_, parts});
            return;
        }
        for (int after = there ? 0 : 1; after <= left; ++after) {
            grips_.push_back({static_cast<std::uint8_t>(after), {}, 0});
            copy(left - after, parts + (after > 0 ? 1 : 0), 0);
            grips_.pop_back();
        }
    }
    // It copies, for the `look`th time.
    void copy(int left, std::size_t parts, std::size_t look) {
        finish(left, parts);
        if (look == grips_.back().meets.size() || parts >= most_parts)
            return;
        for (int n = 1; n <= left; ++n) {
            grips_.back().meets[look] = static_cast<std::uint8_t>(n);
            copy(left - n, parts + 1, look + 1);
        }
        grips_.back().meets[look] = 0;
    }
    // It returns.
    void finish(int left, std::size_t parts) {
        if (grips_.back().after > 0 || grips_.back().holds())
            begin(left, parts, false);
        if (parts >= most_parts)
            return;
        for (int n = 1; n <= left; ++n) {
            grips_.back().leaves = static_cast<std::uint8_t>(n);
            begin(left - n, parts + 1, true);
        }
        grips_.back().leaves = 0;
    }

    Grips grips_;
    std::vector<Way> all_;
};

// How many segments with data the reader's host got around this time.
int segments_around(const Recording& r, Instant at) {
    int n = 0;
    for (const SegmentRow& s : r.segments) {
        const Instant came = s.at + r.delay;
        if (s.is_tcp && !s.lost && s.length > 0 && at < came + burst && came < at + burst)
            ++n;
    }
    return std::min(n, most_segments);
}

bool has_one_reader(const Recording& r) {
    const CallRow* first = nullptr;
    for (const CallRow& c : r.calls) {
        if (c.call != "recv")
            continue;
        if (first && first->fd != c.fd)
            return false;
        first = first ? first : &c;
    }
    return first;
}

} // namespace

std::optional<trace::Difference> replay_races(const Recording& r, Order order) {
    std::vector<Instant> read_at;
    auto difference = replay_once(r, order, nullptr, nullptr, &read_at);
    if (!has_one_reader(r))
        return difference;
    while (difference) {
        const Instant at = difference->at;
        const auto first =
            std::find_if(read_at.begin(), read_at.end(), [&](Instant t) { return at < t + burst; });
        Grips agreed = order.grips;
        agreed.resize(static_cast<std::size_t>(first - read_at.begin()));
        bool better = false;
        const Ways ways(segments_around(r, at));
        for (const Ways::Way& way : ways.all()) {
            order.grips = agreed;
            order.grips.insert(order.grips.end(), way.grips.begin(), way.grips.end());
            const auto next = replay_once(r, order, nullptr, nullptr, &read_at);
            better = !next || at + burst < next->at;
            if (better) {
                difference = next;
                break;
            }
        }
        if (!better)
            return difference;
    }
    return difference;
}

} // namespace oracle
