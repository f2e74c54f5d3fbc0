// The loop of one target.
#include "net/attach/follow.hpp"

#include "net/clock.hpp"
#include "net/likely_path.hpp"
#include "net/mirror.hpp"
#include "net/netstat_text.hpp"

#include <algorithm>
#include <unordered_map>

namespace net::attach {
namespace {

constexpr std::int64_t exact_every_ns = 16'000'000;
constexpr std::size_t sockets_per_tick = 8; // more sockets are looked at more rarely, not costlier
constexpr std::int64_t discover_every_ns = 250'000'000;
// Both ends are being looked at, or news would be heard.
constexpr std::int64_t discover_rarely_ns = 1'000'000'000;
constexpr std::int64_t share_of_walks = 500; // a walk of 1 ms is followed by 500 ms without one
constexpr std::int64_t quiet_after_ns = 500'000'000;
constexpr std::int64_t quiet_read_every_ns = 48'000'000, rest_exact_every_ns = 250'000'000;
constexpr std::int64_t overflow_explains_ns = 100'000'000; // ends that are found about then

// What moves when anything happens at a socket.
bool same_moment(const SocketRow& a, const SocketRow& b) {
    if (a.state != b.state || a.recv_queue != b.recv_queue || a.send_queue != b.send_queue ||
        a.info.has_value() != b.info.has_value())
        return false;
    return !a.info || (a.info->bytes_acked == b.info->bytes_acked &&
                       a.info->bytes_received == b.info->bytes_received &&
                       a.info->segments_in == b.info->segments_in &&
                       a.info->segments_out == b.info->segments_out);
}

// What read() and accept() take sends nothing, mostly; other states end by a timer.
bool changes_unheard(const SocketRow& row) {
    const bool stays = row.state == KernelState::listen || row.state == KernelState::established ||
                       row.state == KernelState::close_wait;
    return !stays || row.recv_queue > 0;
}

Result<std::optional<SocketRow>> ask_for(Reader& reader, const SocketRow& row) {
    return is_made_up(row.cookie) ? reader.whoever(row.pair) : reader.exactly(row);
}

} // namespace

std::int64_t Follow::interval_of(std::size_t sockets) {
    const auto ticks =
        std::clamp<std::size_t>(sockets, sockets_per_tick, followed_at_most) / sockets_per_tick;
    return exact_every_ns * static_cast<std::int64_t>(ticks);
}

Result<PairLook> look_at_pair(Reader& reader, const SocketRow& first, const SocketRow& second) {
    PairLook look;
    auto before = ask_for(reader, first);
    if (!before)
        return before.failure();
    for (int attempts = 0; attempts < 2; ++attempts) {
        auto other = ask_for(reader, second);
        if (!other)
            return other.failure();
        if (attempts == 0 && *before && *other && same_moment(**before, first) &&
            same_moment(**other, second))
            return PairLook{std::move(*before), std::move(*other), true};
        auto after = ask_for(reader, first);
        if (!after)
            return after.failure();
        look.one_moment = before->has_value() == after->has_value() &&
                          (!*before || same_moment(**before, **after));
        look.first = *after;
        look.second = *other;
        if (look.one_moment)
            break;
        before = std::move(after);
    }
    return look;
}

Follow::Follow(Reader& reader, Owners& owners, Focus& focus, More::Options more)
    : reader_(reader),
      owners_(owners),
      focus_(focus),
      more_options_(std::move(more)),
      share_(more_options_.told_per_second) {
    overflows_ = read_counter("TCPTimeWaitOverflow");
    if (std::holds_alternative<ListenerTarget>(focus.target()))
        if (auto opened = Endings::open())
            endings_.emplace(std::move(*opened));
}

Looked Follow::looked(const SocketRow& known, std::optional<SocketRow> row, std::int64_t began_ns) {
    Looked made{known.cookie, std::move(row), began_ns, FarEnd::not_asked, false};
    if (made.row)
        return made;
    made.far = far_end_of(known);
    const bool closed_first = leads_to_time_wait(state_of(known.state));
    if ((closed_first || made.far == FarEnd::elsewhere) && time_wait_overflowed()) {
        made.no_time_wait = closed_first;
        made.far = FarEnd::not_to_be_seen; // an orderly close has left no TIME_WAIT
    }
    return made;
}

// Asked right after it was found to be gone: on one machine a TIME_WAIT begins before the other end
// is no more, and stays.
FarEnd Follow::far_end_of(const SocketRow& gone) {
    const Followed* socket = focus_.socket(gone.cookie);
    if (!socket || (socket->far != Far::here && socket->far != Far::itself) ||
        is_made_up(gone.cookie))
        return FarEnd::not_to_be_seen;
    const auto found = reader_.whoever(reversed(gone.pair));
    if (!found)
        return FarEnd::not_to_be_seen;
    if (!*found)
        return FarEnd::elsewhere;
    if ((*found)->state == KernelState::time_wait)
        return FarEnd::in_time_wait;
    // Another socket may have its place by now.
    return (*found)->cookie == socket->peer ? FarEnd::elsewhere : FarEnd::not_to_be_seen;
}

bool Follow::time_wait_overflowed() {
    const auto now = monotonic_ns();
    const std::uint64_t before = std::exchange(overflows_, read_counter("TCPTimeWaitOverflow"));
    if (overflows_ > before)
        overflowed_ns_ = now;
    return overflowed_ns_ != 0 && now - overflowed_ns_ < overflow_explains_ns;
}

std::int64_t Follow::next_due_ns() const {
    return std::min({next_discovery_ns_, next_exact_ns_, next_reading_ns_});
}

bool Follow::knows_the_pair() const {
    return std::holds_alternative<ConnectionTarget>(focus_.target()) && focus_.alive().size() == 2;
}

// Of half-open requests that are given up nothing tells: they must be among those looked at.
bool Follow::hears_everything() const {
    return more_ && more_->segments() == More::State::granted &&
           more_->events() == More::State::granted && focus_.not_followed() == 0;
}

void Follow::discover_in_time() {
    if (knows_the_pair())
        return;
    next_discovery_ns_ = std::min(next_discovery_ns_,
                                  std::max(discovered_ns_ + discover_every_ns, may_discover_ns_));
}

std::int64_t Follow::discovery_interval() const {
    return knows_the_pair() || hears_everything() ? discover_rarely_ns : discover_every_ns;
}

bool Follow::is_quiet() const {
    return monotonic_ns() - woken_ns_ > quiet_after_ns;
}

bool Follow::at_rest() const {
    return is_quiet() && hears_everything() && !may_change_unheard_;
}

// Who holds what may have become known, and what tells more may not have been asked for yet.
bool Follow::walk_may_wait() {
    if (auto known = owners_.known(); known != walked_with_) {
        walked_with_ = std::move(known);
        stillness_.moved();
    }
    return stillness_.may_wait() && (!more_options_.ask || more_);
}

void Follow::wake() {
    stillness_.moved();
    if (at_rest())
        next_exact_ns_ = monotonic_ns();
    woken_ns_ = monotonic_ns();
    discover_in_time();
}

// accept() sends nothing and is no transition: it shows in the queue, or by the inode.
void Follow::note_moved(const SocketRow& before, const std::optional<SocketRow>& now) {
    if (!now || !same_moment(before, *now) || before.inode != now->inode ||
        before.drops != now->drops)
        wake();
}

bool Follow::tick() {
    const auto now = monotonic_ns();
    if (now < next_due_ns())
        return false;
    bool looks = true;
    const bool had_asked = more_.has_value();
    std::optional<std::int64_t> cost; // of the walk, and of what is made of it
    if (now >= next_discovery_ns_ && walk_may_wait())
        next_discovery_ns_ = now + discovery_interval();
    if (now >= next_discovery_ns_) {
        cost = thread_cpu_ns();
        discover();
    } else if (now >= next_exact_ns_)
        look_exactly();
    else
        looks = false;
    if (endings_)
        if (Endings::News news = endings_->read(); !news.rows.empty() || news.overflows > 0) {
            if (others_)
                for (const SocketRow& row : news.rows)
                    ended_.insert(row.cookie);
            wake();
            keep(monotonic_ns(), Ended{std::move(news.rows), news.overflows});
        }
    if (more_) {
        read_more();
        const bool refused =
            more_->segments() == More::State::refused && more_->events() == More::State::refused;
        next_reading_ns_ =
            refused ? INT64_MAX : now + (is_quiet() ? quiet_read_every_ns : exact_every_ns);
    }
    const bool told = tell();
    if (cost && had_asked == more_.has_value()) { // starting the helper is no walk
        may_discover_ns_ = discovered_ns_ + (thread_cpu_ns() - *cost) * share_of_walks;
        next_discovery_ns_ = std::max(next_discovery_ns_, may_discover_ns_);
    }
    return told || looks;
}

void Follow::discover() {
    auto table = read_around(reader_, focus_.target());
    if (!table) {
        complaint_ = describe(table.failure());
        next_discovery_ns_ = next_exact_ns_ = monotonic_ns() + second_ns;
        return;
    }
    complaint_.clear();
    const auto known = owners_.known();
    const auto at = table->at_ns;
    discovered_ns_ = may_discover_ns_ = at;
    ++walks_;
    next_discovery_ns_ = at + discovery_interval();
    next_exact_ns_ = std::max(next_exact_ns_, at + exact_every_ns);
    for (const SocketRow& row : table->rows)
        if (row.inode != 0 && !known->by_inode.contains(row.inode) &&
            asked_for_.insert(row.inode).second) { // once: he may not be ours to know
            owners_.ask();
            break;
        }
    auto selected = std::make_shared<Selected>(select(std::move(*table), focus_.target(), *known));
    if (more_options_.ask && !more_)
        ask_for_more(*selected);
    // What the walk did not meet may only have moved while it walked: ask for it by name.
    std::unordered_set<std::uint64_t> met;
    for (const SocketRow& row : selected->table.rows)
        met.insert(row.cookie);
    keep(monotonic_ns(), Discovered{std::move(selected), known});
    for (const SocketRow& row : focus_.alive())
        if (!met.contains(row.cookie)) {
            const auto began = monotonic_ns();
            if (row.state == KernelState::listen)
                keep(began, Looked{row.cookie, std::nullopt, at});
            else if (auto found = ask_for(reader_, row))
                keep(monotonic_ns(), looked(row, std::move(*found), began));
        }
}

void Follow::look_exactly() {
    std::vector<SocketRow> alive = focus_.alive();
    interval_ns_ = interval_of(alive.size());
    may_change_unheard_ = std::any_of(alive.begin(), alive.end(), changes_unheard);
    next_exact_ns_ = monotonic_ns() +
                     (at_rest() ? std::max(rest_exact_every_ns, 2 * interval_ns_) : interval_ns_);
    const bool listens = std::any_of(alive.begin(), alive.end(), [](const SocketRow& row) {
        return row.state == KernelState::listen;
    });
    if (listens) {
        const auto began = monotonic_ns();
        if (const auto rows = reader_.listeners())
            for (const SocketRow& known : alive)
                for (const SocketRow& row : *rows)
                    if (row.cookie == known.cookie) {
                        note_moved(known, row);
                        keep(monotonic_ns(), Looked{row.cookie, row, began});
                    }
    }
    std::unordered_map<Pair, std::size_t, PairHash> by_pair;
    for (std::size_t i = 0; i < alive.size(); ++i)
        by_pair[canonical(alive[i].pair)] = i;
    std::vector<bool> done(alive.size(), false);
    for (std::size_t i = 0; i < alive.size(); ++i) {
        if (done[i] || alive[i].state == KernelState::listen)
            continue;
        done[i] = true;
        const auto began = monotonic_ns();
        const auto peer = by_pair.find(reversed(canonical(alive[i].pair)));
        if (peer == by_pair.end() || peer->second == i) {
            if (auto found = ask_for(reader_, alive[i])) {
                note_moved(alive[i], *found);
                keep(monotonic_ns(), looked(alive[i], std::move(*found), began));
            }
            continue;
        }
        done[peer->second] = true;
        auto look = look_at_pair(reader_, alive[i], alive[peer->second]);
        if (!look) {
            complaint_ = describe(look.failure());
            continue;
        }
        ++pair_looks_;
        moved_meanwhile_ += !look->one_moment;
        note_moved(alive[i], look->first);
        note_moved(alive[peer->second], look->second);
        const auto at = monotonic_ns();
        keep(at, looked(alive[i], std::move(look->first), began));
        keep(at, looked(alive[peer->second], std::move(look->second), began));
    }
}

} // namespace net::attach
