// One entry of Connection::sent is one segment here, where the kernel may have a buffer of several.
#include "scoreboard.hpp"

#include <algorithm>
#include <array>

#include "hystart.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "rack.hpp"
#include "rto.hpp"
#include "undo.hpp"
#include "window.hpp"

namespace tcp {

using trace::Counter;
using trace::Duration;

namespace {

// tcp_dsack_seen(): segments that arrived twice because we repeated them; 0: nothing to believe.
std::uint32_t repeated_in_vain(Connection& c, const trace::SackBlock& block, AckNews& news) {
    Recovery& r = c.recovery;
    const std::uint32_t bytes = block.last - block.first;
    if (!before(block.first, block.last) || bytes > c.snd.max_wnd)
        return 0;
    std::uint32_t segments = 1;
    if (const std::uint32_t mss = std::max<std::uint32_t>(mss_now(c), 1); bytes > mss)
        segments = (bytes + mss - 1) / mss;
    else if (r.probed && r.probe_high == block.last)
        news.probe_was_duplicate = true;
    r.duplicates += segments;
    if (r.duplicates > r.repeats)
        return 0; // the network made it, not a repetition of ours
    if (r.reordering_seen && !news.probe_was_duplicate)
        r.rack.duplicate_seen = true;
    news.duplicate_told = true;
    r.delivered += segments;
    return segments;
}

// tcp_check_dsack(): a block for bytes already acknowledged, or inside the next block, tells of a
// duplicate (RFC 2883). True: it is one to be believed.
bool take_duplicate(Connection& c, const trace::Segment& s, Seq una_before, AckNews& news,
                    Moment& m) {
    Recovery& r = c.recovery;
    const auto& block = s.sack[0];
    const bool inside_next = s.sack_blocks > 1 && !after(block.last, s.sack[1].last) &&
                             !before(block.first, s.sack[1].first);
    if (before(block.first, s.ack))
        m.bump(Counter::TCPDSACKRecv);
    else if (inside_next)
        m.bump(Counter::TCPDSACKOfoRecv);
    else
        return false;
    const std::uint32_t segments = repeated_in_vain(c, block, news);
    if (segments == 0) {
        m.bump(Counter::TCPDSACKIgnoredDubious);
        return false;
    }
    m.add(Counter::TCPDSACKRecvSegs, segments);
    if (r.can_undo && r.undo_repeats > 0 && !after(block.last, una_before) &&
        after(block.last, r.undo_from))
        r.undo_repeats = std::max(0, r.undo_repeats - static_cast<std::int32_t>(segments));
    return true;
}

// tcp_is_sackblock_valid()
bool is_valid(const Connection& c, const trace::SackBlock& block, bool duplicate) {
    const Recovery& r = c.recovery;
    if (after(block.last, c.snd.nxt) || !before(block.first, block.last) ||
        !before(block.first, c.snd.nxt))
        return false;
    if (after(block.first, c.snd.una))
        return true;
    if (!duplicate || !r.can_undo || after(block.last, c.snd.una))
        return false;
    if (!before(block.first, r.undo_from))
        return true;
    return after(block.last, r.undo_from) && !before(block.first, block.last - c.snd.max_wnd);
}

void count_invalid(const Connection& c, const trace::Segment& s, const trace::SackBlock& block,
                   bool duplicate, Moment& m) {
    if (duplicate)
        m.bump(c.recovery.can_undo ? Counter::TCPDSACKIgnoredOld : Counter::TCPDSACKIgnoredNoUndo);
    else if (s.ack == c.snd.una || after(block.last, c.snd.una)) // else: ACKs out of order
        m.bump(Counter::TCPSACKDiscard);
}

// tcp_sacktag_one()
void take_arrived(Connection& c, Sent& t, AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    if (t.sacked)
        return;
    const bool repeated = t.transmissions > 1;
    const Seq highest = highest_sacked(c);
    rack_advance(c, t, m);
    if (t.resent) {
        if (t.lost) {
            t.lost = t.resent = false;
            --r.lost;
            --r.resent;
        }
    } else {
        if (!repeated) {
            if (before(t.begin, highest) && (!news.late || before(t.begin, news.lowest_late))) {
                news.late = true;
                news.lowest_late = t.begin;
            }
            if (!after(t.end, r.high))
                news.first_copy_arrived = true;
            if (news.first_sacked == trace::never)
                news.first_sacked = t.at;
            news.last_sacked = t.at;
        }
        if (t.lost) {
            t.lost = false;
            --r.lost;
        }
    }
    t.sacked = true;
    news.sacked = true;
    ++r.sacked;
    ++r.delivered;
}

// tcp_ack_update_rtt(): Karn's rule, unless timestamps tell the copies apart.
bool measure(Connection& c, Duration by_ack, Duration by_sack, Duration latest, AckNews& news,
             Moment& m) {
    Duration sample = by_ack > Duration{} ? by_ack : by_sack;
    if (sample <= Duration{} && news.acked && news.echo_known && news.echo != 0) {
        const std::uint32_t ms = timestamp(m.now()) - news.echo;
        sample = latest = trace::milliseconds(ms == 0 ? 1 : ms);
    }
    if (sample <= Duration{})
        return false;
    Recovery& r = c.recovery;
    if (latest > Duration{} && (r.shortest == Duration{} || latest < r.shortest))
        r.shortest = latest;
    if (latest > Duration{})
        cubic_acked(c, latest, m);
    round_trip_measured(c.rtt, sample, c.snd.una, c.snd.nxt, m.stack);
    return true;
}

} // namespace

Seq highest_sacked(const Connection& c) {
    for (std::size_t i = c.sent.size(); i-- > 0;)
        if (c.sent[i].sacked)
            return c.sent[i].end;
    return c.snd.una;
}

bool anything_repeated(const Connection& c) {
    return c.recovery.resent > 0 || (!c.sent.empty() && c.sent.front().transmissions > 1);
}

void mark_lost(Connection& c, Sent& t, Moment& m) {
    Recovery& r = c.recovery;
    if (t.sacked)
        return;
    if (!t.lost) {
        t.lost = true;
        ++r.lost;
        ++r.losses;
    } else if (t.resent) { // the repetition too
        t.resent = false;
        --r.resent;
        ++r.losses;
        m.bump(Counter::TCPLostRetransmit);
    }
}

void unmark_lost(Connection& c) {
    for (Sent& t : c.sent)
        t.lost = false;
    c.recovery.lost = 0;
}

void count(Connection& c, const Sent& t) {
    Recovery& r = c.recovery;
    r.sacked += t.sacked ? 1 : 0;
    r.lost += t.lost ? 1 : 0;
    r.resent += t.resent ? 1 : 0;
}

void uncount(Connection& c, const Sent& t) {
    Recovery& r = c.recovery;
    r.sacked -= t.sacked ? 1 : 0;
    r.lost -= t.lost ? 1 : 0;
    r.resent -= t.resent ? 1 : 0;
}

bool ends_with_fin(const Connection& c, const Sent& t) {
    return c.snd.fin && t.end == c.snd.end + 1;
}

std::uint32_t payload(const Connection& c, const Sent& t) {
    return (t.end - t.begin) - (ends_with_fin(c, t) ? 1u : 0u);
}

void take_sacks(Connection& c, const trace::Segment& s, Seq una_before, AckNews& news, Moment& m) {
    const bool duplicate = take_duplicate(c, s, una_before, news, m);
    if (before(s.ack, una_before - c.snd.max_wnd) || (c.sent.empty() && !news.of_syn))
        return;
    Recovery& r = c.recovery;
    // In the order of their numbers: the newest comes first, and what lies below it is not late.
    const std::uint8_t blocks = std::min<std::uint8_t>(s.sack_blocks, 4);
    std::array<std::uint8_t, 4> order{0, 1, 2, 3};
    std::stable_sort(order.begin(), order.begin() + blocks, [&](std::uint8_t a, std::uint8_t b) {
        return before(s.sack[a].first, s.sack[b].first);
    });
    for (std::uint8_t n = 0; n < blocks; ++n) {
        const std::uint8_t i = order[n];
        const auto& block = s.sack[i];
        const bool duplicate_block = duplicate && i == 0;
        if (!is_valid(c, block, duplicate_block)) {
            count_invalid(c, s, block, duplicate_block, m);
            continue;
        }
        if (!after(block.last, una_before))
            continue; // very old
        for (Sent& t : c.sent) {
            if (before(t.begin, block.first) || after(t.end, block.last))
                continue;
            if (duplicate_block && t.transmissions > 1) {
                if (r.can_undo && r.undo_repeats > 0 && after(t.end, r.undo_from))
                    --r.undo_repeats;
            }
            if (!after(t.end, c.snd.una))
                continue; // acknowledged by the same segment
            take_arrived(c, t, news, m);
            if (duplicate_block && t.resent) {
                t.resent = false;
                --r.resent;
            }
        }
    }
    // tcp_match_skb_to_sack(), tcp_shift_skb_data(): what has arrived is a buffer of its own.
    for (std::size_t i = 1; i < c.sent.size(); ++i)
        if (c.sent[i].sacked != c.sent[i - 1].sacked)
            c.sent.begin_buffer(c.sent[i]);
    if (news.late && (r.phase != Phase::loss || r.can_undo))
        note_reordering(c, news.lowest_late, m.stack);
}

std::uint32_t cut_anew(Connection& c, std::size_t at, std::uint32_t mss) {
    const auto part = [&](std::size_t i) {
        return c.sent.begin() + static_cast<std::ptrdiff_t>(at + i);
    };
    std::size_t n = 1;
    while (at + n < c.sent.size() && !c.sent[at + n].begins_buffer)
        ++n;
    const Seq begin = part(0)->begin, end = part(n - 1)->end;
    const std::uint32_t fin = ends_with_fin(c, *part(n - 1)) ? 1 : 0;
    const std::size_t pieces = std::max((end - begin - fin + mss - 1) / mss, 1u);
    const bool pushed = part(n - 1)->pushed, closed = part(n - 1)->closed;
    std::uint32_t fewer = 0;
    for (; n > pieces; --n, ++fewer) {
        uncount(c, *part(n - 1));
        c.sent.erase(part(n - 1), part(n));
    }
    for (; n < pieces; ++n) {
        Sent more = *part(n - 1);
        more.begins_buffer = false;
        count(c, more);
        c.sent.insert(part(n), more);
    }
    for (std::size_t i = 0; i < n; ++i) {
        Sent& t = *part(i);
        t.begin = begin + static_cast<std::uint32_t>(i) * mss;
        t.end = i + 1 < n ? t.begin + mss : end;
        t.pushed = i + 1 == n && pushed;
        t.closed = i + 1 == n && closed;
    }
    return fewer;
}

void take_acknowledged(Connection& c, Seq fack, AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    trace::Instant first = trace::never, last = trace::never;
    Seq lowest = c.snd.nxt;
    std::uint32_t segments = 0;
    std::size_t gone = 0;
    bool cut = false; // the ACK is in the middle of a segment
    const auto has_come = [&](const Sent& t, Seq begin) {
        if (t.transmissions > 1) {
            news.repeat_acked = true;
        } else if (!t.sacked) {
            last = t.at;
            if (first == trace::never)
                first = t.at;
            if (before(begin, lowest))
                lowest = begin;
            if (!after(t.end, r.high))
                news.first_copy_arrived = true;
        }
        news.acked = true;
    };
    Seq cut_from;
    for (Sent& t : c.sent) {
        if (after(t.end, c.snd.una)) {
            cut = before(t.begin, c.snd.una);
            cut_from = t.begin;
            if (cut)
                t.begin = c.snd.una;
            break;
        }
        has_come(t, t.begin);
        if (!t.sacked && c.agreed.sack) {
            ++r.delivered;
            // Repeated in vain, it tells nothing of its time: tcp_skb_spurious_retrans().
            if (t.transmissions == 1 || !echoes_earlier(news, t.at))
                rack_advance(c, t, m);
        }
        uncount(c, t);
        ++segments;
        ++gone;
    }
    c.sent.erase(c.sent.begin(), c.sent.begin() + static_cast<std::ptrdiff_t>(gone));
    c.sent.front_begins_buffer(); // the rest of a buffer still is one (tcp_trim_head())
    if (cut && c.sent.size() > 1 && !c.sent[1].begins_buffer) {
        const bool told_before = c.sent.front().sacked;
        // No smaller than it was: tcp_trim_head() goes by the MSS that the buffer has had.
        const std::uint32_t fewer =
            cut_anew(c, 0, std::max<std::uint32_t>(mss_now(c), payload(c, c.sent[1])));
        segments += fewer;
        if (fewer > 0) // tcp_tso_acked()
            has_come(c.sent.front(), cut_from);
        if (c.agreed.sack && !told_before)
            r.delivered += fewer;
    }

    const auto since = [&](trace::Instant at) {
        return at == trace::never ? Duration{} : std::max(m.now() - at, Duration{1});
    };
    const bool clean = first != trace::never && !news.repeat_acked;
    const Duration by_sack = since(news.first_sacked);
    const Duration latest = by_sack > Duration{} ? since(news.last_sacked)
                            : clean              ? since(last)
                                                 : Duration{};
    const bool measured = measure(c, clean ? since(first) : Duration{}, by_sack, latest, news, m);
    if (news.acked) {
        news.set_timer = true;
        if (!c.path.search.empty()) [[unlikely]]
            probe_may_have_passed(c, m);
        if (!c.agreed.sack) {
            // tcp_remove_reno_sacks(): those that had come were among the duplicates.
            r.delivered += segments > r.sacked ? segments - r.sacked : 1u;
            r.sacked -= std::min(r.sacked, segments - 1);
            if (news.repeat_acked)
                news.first_copy_arrived = false;
        } else if (before(lowest, fack)) {
            note_reordering(c, lowest, m.stack);
        }
    } else if (!c.sent.empty() && measured && by_sack > m.now() - c.sent.front().at) {
        news.set_timer = true;
    }
}

void count_duplicate(Connection& c, std::uint32_t duplicates, const Stack& stack) {
    Recovery& r = c.recovery;
    if (duplicates == 0)
        return;
    const std::uint32_t before_this = r.sacked;
    r.sacked += duplicates;
    const auto out = static_cast<std::uint32_t>(c.sent.size());
    const std::uint32_t holes = std::min(std::max(r.lost, 1u), out);
    if (r.sacked + holes > out) { // more than can have been received: tcp_limit_reno_sacked()
        r.sacked = out - holes;
        r.reordering = std::min(out, most_reordering(stack));
        r.reordering_seen = true;
    }
    if (r.sacked > before_this)
        r.delivered += r.sacked - before_this;
}

void limit_duplicates(Connection& c) {
    Recovery& r = c.recovery;
    const auto out = static_cast<std::uint32_t>(c.sent.size());
    const std::uint32_t holes = std::min(std::max(r.lost, 1u), out);
    r.sacked = std::min(r.sacked, out - holes);
}

void forget_duplicates(Connection& c) {
    c.recovery.sacked = 0;
}

[[gnu::noinline]] void note_reordering(Connection& c, Seq low, const Stack& stack) {
    Recovery& r = c.recovery;
    const Seq fack = highest_sacked(c);
    if (!before(low, fack))
        return;
    const std::uint32_t mss = std::max<std::uint32_t>(mss_now(c), 1);
    const std::uint32_t distance = fack - low;
    if (distance > r.reordering * mss)
        r.reordering = std::min((distance + mss - 1) / mss, most_reordering(stack));
    r.reordering_seen = true;
}

} // namespace tcp
