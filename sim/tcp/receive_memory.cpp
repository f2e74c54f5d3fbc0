// tcp_input.c on memory: every segment keeps its whole buffer until its last byte is read.
#include "receive_memory.hpp"

#include <algorithm>
#include <vector>

#include "headers.hpp"
#include "limits.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "urgent.hpp"
#include "window.hpp"

namespace tcp {

using trace::Duration;

namespace {

constexpr std::uint32_t initial_segments = 10; // TCP_INIT_CWND
// tcp_collapse() copies into buffers of one page, less what every buffer has at its end.
constexpr std::uint32_t page = 4096, page_payload = 3776;

void round_trip(ReceiveMemory& r, Duration sample, bool by_window) {
    // By the window it is never less than the truth, so the least is taken; else it is smoothed.
    if (r.round_trip == Duration{})
        r.round_trip = sample;
    else if (by_window)
        r.round_trip = std::min(r.round_trip, sample);
    else
        r.round_trip = r.round_trip + (sample - r.round_trip) / 8;
}

// Whether one more segment is let in, whatever its own size.
bool fits(const Connection& c) {
    return c.memory.charged <= c.receive_buffer;
}

// tcp_collapse(): of the buffers [first, last) of a queue, from the first that wastes memory on,
// everything from `begin` to `end` is copied into pages.
void collapse(Connection& c, Row<ReceiveMemory::Buffer>& queue, std::size_t first, std::size_t last,
              trace::Seq begin, trace::Seq end, Moment& m) {
    ReceiveMemory& r = c.memory;
    for (; first < last; ++first) {
        const ReceiveMemory::Buffer& b = queue[first];
        const bool wastes = window_from(c, b.memory) > b.end - b.begin || before(b.begin, begin);
        if (wastes || (first + 1 < last && queue[first + 1].begin != b.end))
            break;
        begin = b.end;
    }
    if (first == last)
        return;
    const std::vector<ReceiveMemory::Buffer> rest(queue.begin() + static_cast<std::ptrdiff_t>(last),
                                                  queue.end());
    for (std::size_t i = first; i < last; ++i)
        r.charged -= queue[i].memory;
    m.add(trace::Counter::TCPRcvCollapsed, static_cast<std::uint32_t>(last - first));
    queue.resize(first);
    while (before(begin, end)) {
        const std::uint32_t length = std::min<std::uint32_t>(page_payload, end - begin);
        const BufferSize size = memory_of_copy(m.stack, length);
        queue.push_back({begin, begin + length, size.memory, size.room});
        r.charged += size.memory;
        begin = begin + length;
    }
    for (const ReceiveMemory::Buffer& b : rest)
        queue.push_back(b);
}

// tcp_collapse_ofo_queue(): each range of what came early for itself; tiny ones are left alone.
void collapse_early(Connection& c, Moment& m) {
    auto& early = c.memory.early;
    std::uint32_t tiny = 0;
    for (std::size_t first = 0; first < early.size();) {
        const trace::Seq begin = early[first].begin;
        trace::Seq end = early[first].end;
        std::uint32_t memory = early[first].memory;
        std::size_t last = first + 1;
        for (; last < early.size() && !after(early[last].begin, end); ++last) {
            memory += early[last].memory;
            if (after(early[last].end, end))
                end = early[last].end;
        }
        const std::size_t behind = early.size() - last;
        if (last - first > 1 || end - begin >= page_payload) {
            collapse(c, early, first, last, begin, end, m);
        } else {
            tiny += memory;
            if (tiny > c.receive_buffer >> 3)
                return;
        }
        first = early.size() - behind;
    }
}

// tcp_prune_ofo_queue(): what came early goes, the last first, an eighth of the buffer at a time;
// the peer still has it. What SACK has told is no longer true.
void prune_early(Connection& c, trace::Seq arrived, Moment& m) {
    ReceiveMemory& r = c.memory;
    bool pruned = false;
    auto goal = static_cast<std::int64_t>(c.receive_buffer >> 3);
    while (!r.early.empty() && !after(arrived, r.early.back().begin)) {
        pruned = true;
        goal -= r.early.back().memory;
        r.charged -= r.early.back().memory;
        r.early.pop_back();
        if (r.early.empty() || goal <= 0) {
            if (fits(c))
                break;
            goal = c.receive_buffer >> 3;
        }
    }
    if (!pruned)
        return;
    m.bump(trace::Counter::OfoPruned);
    c.told.count = 0;
    c.told.duplicate = false;
    const trace::Seq kept = r.early.empty() ? c.rcv.nxt : r.early.back().end;
    while (!c.out_of_order.empty() && !before(c.out_of_order.back().begin, kept))
        c.out_of_order.pop_back();
    if (!c.out_of_order.empty() && after(c.out_of_order.back().end, kept)) {
        c.out_of_order.back().end = kept;
        c.out_of_order.back().fin = false;
    }
}

// tcp_prune_queue(), tcp_clamp_window()
[[gnu::noinline]] bool prune(Connection& c, trace::Seq arrived, Moment& m) {
    ReceiveMemory& r = c.memory;
    if (r.charged == 0)
        return false;
    m.bump(trace::Counter::PruneCalled);
    c.acks.quick = 0;
    // What was promised is kept: unless the program has set it, the buffer follows.
    const std::uint32_t most = most_receive_buffer(m.stack);
    if (c.receive_buffer < most && !c.buffer_was_set)
        c.receive_buffer = std::max(c.receive_buffer, std::min(r.charged, most));
    if (r.charged > c.receive_buffer)
        c.rcv.ceiling = std::min(r.clamp, 2 * own_mss(c));
    if (fits(c))
        return true;
    collapse_early(c, m);
    if (!r.queue.empty())
        collapse(c, r.queue, 0, r.queue.size(), c.rcv.copied, r.queue.back().end, m);
    if (fits(c))
        return true;
    prune_early(c, arrived, m);
    if (fits(c))
        return true;
    m.bump(trace::Counter::RcvPruned);
    r.predicted = false;
    return false;
}

// tcp_rcvbuf_grow(): room for twice what was read, for a sender that speeds up, and for what has
// come early.
void grow_buffer(Connection& c, std::uint32_t space, const Stack& stack) {
    ReceiveMemory& r = c.memory;
    const std::int64_t old = std::max(r.space, 1u);
    r.space = space;
    if (c.buffer_was_set || !moderates_receive_buffer(stack))
        return;
    std::int64_t window = std::int64_t{space} * 2;
    window += window * (space - old) / old * 2;
    if (!r.early.empty())
        window += r.early.back().end - c.rcv.nxt;
    const std::int64_t buffer = std::min<std::int64_t>(
        (window << 8) / std::max<std::int64_t>(r.ratio, 1), most_receive_buffer(stack));
    if (buffer <= c.receive_buffer)
        return;
    c.receive_buffer = static_cast<std::uint32_t>(buffer);
    r.clamp = window_from(c, c.receive_buffer);
}

} // namespace

void set_window_clamp(Connection& c, std::uint32_t value) {
    const std::uint32_t clamp = std::max(least_window_clamp, value), old = c.memory.clamp;
    c.memory.clamp = clamp;
    if (clamp < old)
        c.rcv.ceiling = std::min(c.rcv.ceiling, clamp);
    else if (clamp > old)
        c.rcv.ceiling = std::max(std::min(c.rcv.wnd, clamp), c.rcv.ceiling);
}

std::uint32_t window_from(const Connection& c, std::uint32_t memory) {
    return static_cast<std::uint32_t>((std::uint64_t{memory} * c.memory.ratio) >> 8);
}

std::int64_t free_window(const Connection& c) {
    const std::int64_t left = std::int64_t{c.receive_buffer} - c.memory.charged;
    return (left * c.memory.ratio) >> 8;
}

std::uint32_t spare_memory(const Connection& c, const Stack& stack) {
    return (page - (c.memory.charged + queued_memory(c, stack)) % page) % page;
}

void check_prediction(Connection& c) {
    if (c.out_of_order.empty() && !expects_urgent(c) && c.rcv.wnd > 0 &&
        c.memory.charged < c.receive_buffer && !c.ecn.accurate)
        c.memory.predicted = true;
}

void start_receive_memory(Connection& c, const Moment& m) {
    ReceiveMemory& r = c.memory;
    r.own_mss = static_cast<std::uint16_t>(std::min(c.path.advertised, advertised_mss(c.options)) -
                                           usual_options(c.agreed.timestamps));
    const std::uint32_t most = window_from(c, c.receive_buffer), mss = own_mss(c);
    r.space_since = m.now();
    r.space_from = c.rcv.copied;
    r.clamp = std::min(most, 65535u << c.agreed.receive_scale); // what a header can tell
    if (const std::uint32_t asked = limits(c.options).window_clamp; asked != 0)
        r.clamp = std::min(asked, most);
    // One segment is kept in reserve.
    if (window_follows_memory(m.stack) && r.clamp > 2 * mss && r.clamp + mss > most)
        r.clamp = std::max(2 * mss, most - mss);
    c.rcv.ceiling = std::min(c.rcv.ceiling, r.clamp);
    r.space = std::min({c.rcv.ceiling, c.rcv.wnd, initial_segments * mss});
    const std::uint32_t guess =
        std::min({mss, mss_now(c), c.rcv.wnd / 2, 536u}); // tcp_initialize_rcv_mss()
    c.acks.mss = static_cast<std::uint16_t>(std::max(guess, 88u));
    c.acks.last_data = m.now();
}

bool make_room(Connection& c, const trace::Segment& s, bool early, bool unasked, Moment& m) {
    ReceiveMemory& r = c.memory;
    if (!unasked && !fits(c) && !prune(c, s.seq, m))
        return false;
    if (early)
        r.predicted = false;
    return true;
}

void keep_in_order(Connection& c, trace::Seq begin, trace::Seq end, std::uint32_t memory,
                   std::uint32_t room) {
    ReceiveMemory& r = c.memory;
    const std::uint32_t length = end - begin;
    if (!r.queue.empty() && r.queue.back().end == begin && length <= r.queue.back().room) {
        r.queue.back().end = end; // skb_try_coalesce(): copied behind, its own buffer is freed
        r.queue.back().room -= length;
        return;
    }
    r.charged += memory;
    r.queue.push_back({begin, end, memory, room});
}

void keep_early(Connection& c, trace::Seq begin, trace::Seq end, std::uint32_t length,
                BufferSize size, const Stack& stack) {
    const auto [memory, room] = size;
    ReceiveMemory& r = c.memory;
    std::size_t place = 0;
    for (const ReceiveMemory::Buffer& b : r.early) {
        if (!before(begin, b.begin) && !after(end, b.end))
            return; // nothing new: thrown away
        if (before(b.begin, begin))
            ++place;
    }
    const auto covered = [&](const ReceiveMemory::Buffer& b) {
        const bool all = !before(b.begin, begin) && !after(b.end, end);
        if (all)
            r.charged -= b.memory;
        return all;
    };
    r.early.insert(r.early.begin() + static_cast<std::ptrdiff_t>(place),
                   {begin, end, memory, room});
    const auto from = r.early.begin() + static_cast<std::ptrdiff_t>(place) + 1;
    r.early.erase(std::remove_if(from, r.early.end(), covered), r.early.end());
    // tcp_data_queue_ofo(): the window first, then the memory, then the buffer, unless nobody has
    // the socket in hand.
    if (c.agreed.sack && grow_window(c, length, memory, stack))
        c.acks.quick |= 1;
    r.charged += memory;
    if (!c.orphan && !r.unaccepted)
        grow_buffer(c, r.space, stack);
}

void forget_early(Connection& c) {
    for (const ReceiveMemory::Buffer& b : c.memory.early)
        c.memory.charged -= b.memory;
    c.memory.early.clear();
}

void early_is_in_order(Connection& c, bool fin) {
    ReceiveMemory& r = c.memory;
    const trace::Seq end = c.rcv.nxt + (fin ? 1u : 0u);
    std::size_t used = 0;
    for (; used < r.early.size() && !after(r.early[used].begin, c.rcv.nxt); ++used) {
        const ReceiveMemory::Buffer& b = r.early[used];
        if (after(b.end, end)) // behind the FIN
            break;
        r.charged -= b.memory;
        const trace::Seq from =
            r.queue.empty() || before(r.queue.back().end, b.begin) ? b.begin : r.queue.back().end;
        if (after(b.end, from))
            keep_in_order(c, from, b.end, b.memory, b.room);
    }
    r.early.erase(r.early.begin(), r.early.begin() + static_cast<std::ptrdiff_t>(used));
}

void free_what_was_read(Connection& c) {
    ReceiveMemory& r = c.memory;
    std::size_t read = 0;
    for (; read < r.queue.size() && !after(r.queue[read].end, c.rcv.copied); ++read)
        r.charged -= r.queue[read].memory;
    r.queue.erase(r.queue.begin(), r.queue.begin() + static_cast<std::ptrdiff_t>(read));
}

void free_everything(Connection& c) {
    c.memory.queue.clear();
    c.memory.early.clear();
    c.memory.charged = 0;
}

void measure_ratio(Connection& c, std::uint32_t length, std::uint32_t memory) {
    ReceiveMemory& r = c.memory;
    const auto ratio = static_cast<std::uint16_t>(
        std::clamp<std::uint64_t>((std::uint64_t{length} << 8) / std::max(memory, 1u), 1, 255));
    if (ratio == r.ratio)
        return;
    r.ratio = ratio;
    set_window_clamp(c, window_from(c, c.receive_buffer));
    r.space = std::min(r.space, r.clamp);
}

bool grow_window(Connection& c, std::uint32_t length, std::uint32_t memory, const Stack& stack) {
    const std::int64_t room =
        std::min<std::int64_t>(c.memory.clamp, free_window(c)) - c.rcv.ceiling;
    if (room <= 0)
        return false;
    std::uint32_t more = 0;
    if (window_from(c, memory) <= length) {
        more = 2 * own_mss(c);
    } else { // __tcp_grow_window(): small segments open it as long as they do not waste too much
        std::uint32_t share = window_from(c, memory) / 2;
        std::uint32_t window = window_from(c, most_receive_buffer(stack)) / 2;
        for (; c.rcv.ceiling <= window; share /= 2, window /= 2) {
            if (share <= length) {
                more = 2u * c.acks.mss;
                break;
            }
        }
    }
    if (more == 0)
        return false;
    more = std::max(more, 2 * length);
    c.rcv.ceiling += static_cast<std::uint32_t>(std::min<std::int64_t>(room, more));
    return true;
}

void measure_round_trip_by_window(Connection& c, const Moment& m) {
    ReceiveMemory& r = c.memory;
    if (r.round_trip_since != trace::never) {
        if (before(c.rcv.nxt, r.round_trip_until))
            return;
        round_trip(r, std::max(m.now() - r.round_trip_since, trace::microseconds(1)), true);
    }
    r.round_trip_until = c.rcv.nxt + c.rcv.wnd;
    r.round_trip_since = m.now();
}

void measure_round_trip_by_echo(Connection& c, std::uint32_t echo, std::uint32_t length,
                                const Moment& m) {
    ReceiveMemory& r = c.memory;
    if (!c.agreed.timestamps || echo == r.last_echo)
        return;
    r.last_echo = echo;
    const std::uint32_t ms = timestamp(m.now()) - echo;
    if (length >= c.acks.mss && ms > 0 && ms < 0x80000000u)
        round_trip(r, trace::milliseconds(ms), false);
}

void right_size(Connection& c, const Moment& m) {
    ReceiveMemory& r = c.memory;
    if (r.round_trip == Duration{} || m.now() - r.space_since < r.round_trip)
        return;
    const std::int64_t copied =
        std::int64_t{c.rcv.copied - r.space_from} - std::int64_t{c.rcv.nxt - c.rcv.copied};
    if (copied > r.space)
        grow_buffer(c, static_cast<std::uint32_t>(copied), m.stack);
    r.space_from = c.rcv.copied;
    r.space_since = m.now();
}

} // namespace tcp
