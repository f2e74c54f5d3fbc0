// Segments and the kernel's events join the looks of one target.
#include "net/attach/follow.hpp"

#include "net/clock.hpp"
#include "net/likely_path.hpp"
#include "net/mirror.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

namespace net::attach {
namespace {

using permitted::KernelEvent;

// A packet reaches us when its block is handed over, 8 ms after it began: what is younger than this
// may still get company.
constexpr std::int64_t packets_late_ns = 10'000'000;
constexpr std::size_t meetings_at_once = 32;
constexpr std::int64_t undecided_for_ns = 200'000'000;
constexpr std::size_t undecided_at_most = 2000;

std::vector<std::uint16_t> ports_of(const Target& target, const Selected& selected) {
    if (const auto* listener = std::get_if<ListenerTarget>(&target))
        return {listener->local.port};
    std::set<std::uint16_t> ports;
    const bool connection = std::holds_alternative<ConnectionTarget>(target);
    for (const Member& member : selected.members) {
        const SocketRow& row = selected.table.rows[member.row];
        if (connection) // the far port may be a server's that others use, too
            return {std::max(row.pair.local.port, row.pair.remote.port)};
        if (row.state == KernelState::listen)
            ports.insert(row.pair.local.port);
    }
    for (const Member& member : selected.members) {
        const SocketRow& row = selected.table.rows[member.row];
        if (member.side == Side::right && selected.table.listener[member.row] == nobody)
            ports.insert(row.pair.local.port);
    }
    return {ports.begin(), ports.end()};
}

bool leaves_the_machine(const Selected& selected) {
    return std::any_of(selected.members.begin(), selected.members.end(), [&](const Member& member) {
        return !is_loopback(canonical(selected.table.rows[member.row].pair.local));
    });
}

// What is left of these addresses has passed this state of the trace.
bool has_passed(const KernelEvent& event, const std::optional<SocketRow>& after) {
    if (event.to == KernelState::closed)
        return !after || after->state == KernelState::time_wait ||
               after->state == KernelState::fin_wait_2;
    return after && after->state != event.from;
}

bool begins(const KernelEvent& event) {
    return event.what == KernelEvent::What::state && event.from != event.to &&
           (event.from == KernelState::closed ||
            (event.from == KernelState::listen && event.to == KernelState::syn_recv));
}

} // namespace

void Follow::ask_for_more(const Selected& selected) {
    if (selected.members.empty())
        return;
    if (owners_.known()->processes == 0) { // whether there are other namespaces is not known yet
        next_discovery_ns_ = std::min(next_discovery_ns_, monotonic_ns() + 10'000'000);
        return;
    }
    others_ = owners_.known()->other_namespaces > 0;
    more_.emplace(more_options_, ports_of(focus_.target(), selected), leaves_the_machine(selected),
                  others_);
}

// Of other network namespaces the trace tells, too: two may even have the same addresses. Where
// there are any, an event is ours when its socket's cookie is: the one that sock_diag gives for
// these addresses, or one whose end the kernel has announced to us. Where the trace does not tell
// the cookie, it is ours when sock_diag, asked right after it, shows that our socket has moved, or
// when nothing is left to ask for and segments with these addresses have just passed us.
Follow::Whose Follow::whose(const Told& told) const {
    const KernelEvent& event = told.event;
    if (!others_ || event.socket == 0)
        return Whose::ours;
    const auto passed = on_our_wire_.find(canonical(event.pair));
    const bool passed_us =
        passed != on_our_wire_.end() && std::abs(passed->second - event.at_ns) < undecided_for_ns;
    const auto known = cookies_.find(event.socket);
    const std::uint64_t cookie = event.cookie != 0         ? event.cookie
                                 : known != cookies_.end() ? known->second
                                                           : 0;
    if (cookie != 0) {
        const bool is_there = told.after && told.after->cookie == cookie;
        // Its end may never be announced: a program may hold on to what is in CLOSE.
        const bool was_there = !told.after && focus_.is_this(event.pair, cookie);
        if (is_there || was_there || ended_.contains(cookie))
            return Whose::ours;
        if (told.after && event.to != KernelState::closed)
            return Whose::strangers; // these addresses are another socket's here
        if (!told.after && passed_us)
            return Whose::ours;
        return Whose::undecided; // its end may be announced to us yet
    }
    // Ours with these addresses is alive, and another one.
    if (told.after && focus_.is_another(event.pair, event.socket, told.after->cookie))
        return Whose::strangers;
    if (told.after)
        return has_passed(event, told.after) ? Whose::ours : Whose::strangers;
    const bool ends = event.to == KernelState::closed && focus_.follows(event.pair);
    return ends || passed_us ? Whose::ours : Whose::undecided;
}

// What the announcements of the last looks have settled; what they have not is another namespace's.
void Follow::decide_late() {
    const auto now = monotonic_ns();
    std::vector<Told> waiting;
    for (Told& told : undecided_) {
        const Whose found = whose(told);
        const auto at = told.event.at_ns;
        if (found == Whose::ours)
            keep(at, std::move(told));
        else if (found == Whose::undecided && now - at < undecided_for_ns &&
                 waiting.size() < undecided_at_most)
            waiting.push_back(std::move(told));
    }
    undecided_ = std::move(waiting);
}

void Follow::take_events(std::vector<KernelEvent>& events) {
    // A socket that connects enters SYN_SENT before it has a port: its next event tells it.
    std::unordered_map<std::uint64_t, Pair> pairs;
    std::unordered_map<std::uint64_t, std::uint64_t> lives;
    // tcp_close() and tcp_disconnect() enter CLOSE first and send their RST then.
    std::unordered_map<std::uint64_t, std::string_view> resets;
    std::vector<std::optional<std::string_view>> reset_next(events.size());
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
        if (event->socket == 0)
            continue;
        // The cookie is told at the end of a life, mostly; the kernel uses its memory again.
        if (event->cookie != 0)
            lives[event->socket] = event->cookie;
        else if (const auto life = lives.find(event->socket); life != lives.end())
            event->cookie = life->second;
        if (begins(*event))
            lives.erase(event->socket);
        if (event->pair.local.port != 0 && event->pair.remote.port != 0)
            pairs[event->socket] = event->pair;
        else if (event->pair.local.port == 0)
            if (const auto known = pairs.find(event->socket); known != pairs.end())
                event->pair = known->second;
        if (event->what == KernelEvent::What::reset_sent)
            resets[event->socket] = event->reason;
        if (event->what != KernelEvent::What::state)
            continue;
        if (const auto reset = resets.find(event->socket); reset != resets.end()) {
            if (event->to == KernelState::closed)
                reset_next[static_cast<std::size_t>(events.rend() - event) - 1] = reset->second;
            resets.erase(reset);
        }
        if (event->from == KernelState::closed)
            pairs.erase(event->socket); // before this its memory was another socket's
    }
    Lost lost;
    for (KernelEvent& event : events) {
        if (begins(event))
            cookies_.erase(event.socket);
        if (event.cookie != 0 && event.socket != 0)
            cookies_[event.socket] = event.cookie;
        if (event.what == KernelEvent::What::tie)
            continue;
        Told one{event, false, std::nullopt,
                 reset_next[static_cast<std::size_t>(&event - events.data())]};
        const bool complete = event.pair.local.port != 0 && event.pair.remote.port != 0;
        const bool mine =
            focus_.belongs(event.pair).has_value() || focus_.follows_address(event.socket);
        if (!mine)
            continue;
        if (event.pair.local.port != 0 && !share_.has(event.pair)) {
            ++lost.passed_over;
            continue;
        }
        const bool must_ask =
            event.to == KernelState::closed || others_ || !focus_.follows_address(event.socket);
        if (event.what == KernelEvent::What::state && complete && must_ask) {
            if (auto found = reader_.whoever(event.pair)) {
                one.asked = true;
                one.after = std::move(*found);
                one.no_time_wait = !one.after && event.to == KernelState::closed &&
                                   leads_to_time_wait(state_of(event.from)) && !one.reset &&
                                   time_wait_overflowed();
            }
        }
        if (!complete && event.from == KernelState::closed)
            discover_soon(); // it connects, from where is to be looked up
        switch (event.what == KernelEvent::What::state && complete ? whose(one) : Whose::ours) {
        case Whose::ours: keep(event.at_ns, std::move(one)); break;
        case Whose::strangers: break;
        case Whose::undecided: undecided_.push_back(std::move(one)); break;
        }
    }
    lost.one_of = share_.one_of();
    if (lost.passed_over > 0)
        keep(monotonic_ns(), lost);
    constexpr std::size_t addresses_kept = 100'000;
    if (cookies_.size() > addresses_kept)
        cookies_.clear();
    if (ended_.size() > addresses_kept)
        ended_.clear();
}

// A SYN+ACK comes from a half-open request, which no event tells of.
void Follow::meet_requests(const std::vector<permitted::Packet>& packets) {
    std::size_t met = 0;
    for (const permitted::Packet& packet : packets) {
        const trace::Flags flags = packet.segment.flags;
        if (!flags.has(trace::flag::syn) || focus_.follows(packet.pair) ||
            !focus_.belongs(packet.pair))
            continue;
        discover_soon();
        if (++met >= meetings_at_once)
            return;
    }
}

std::size_t Follow::ours_among(const std::vector<KernelEvent>& events) const {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [&](const KernelEvent& event) {
            return event.what != KernelEvent::What::tie && focus_.belongs(event.pair).has_value();
        }));
}

void Follow::read_more() {
    More::News news = more_->read();
    constexpr std::size_t pairs_kept = 10'000;
    if (on_our_wire_.size() > pairs_kept)
        on_our_wire_.clear();
    if (others_)
        for (const permitted::Packet& packet : news.packets)
            for (const Pair& pair : {packet.pair, reversed(packet.pair)})
                on_our_wire_[canonical(pair)] = packet.at_ns;
    const std::size_t ours = news.packets.size() + ours_among(news.events);
    if (ours + news.lost.events + news.lost.segments + news.lost.passed_over > 0)
        wake();
    share_.note(ours, monotonic_ns());
    news.lost.one_of = share_.one_of();
    news.lost.passed_over += std::erase_if(
        news.packets, [&](const permitted::Packet& packet) { return !share_.has(packet.pair); });
    decide_late();
    take_events(news.events);
    meet_requests(news.packets);
    for (permitted::Packet& packet : news.packets) {
        const auto at = packet.at_ns;
        keep(at, std::move(packet));
    }
    if (news.lost.events + news.lost.segments + news.lost.passed_over > 0)
        keep(monotonic_ns(), news.lost);
}

bool Follow::tell() {
    put_in_causal_order(moments_);
    const bool waits = more_ && more_->segments() == More::State::granted;
    const std::int64_t until = waits ? monotonic_ns() - packets_late_ns : INT64_MAX;
    const auto later = std::find_if(moments_.begin(), moments_.end(),
                                    [&](const Moment& moment) { return moment.at_ns > until; });
    for (auto moment = moments_.begin(); moment != later; ++moment)
        focus_.note(*moment);
    const bool told = later != moments_.begin();
    moments_.erase(moments_.begin(), later);
    return told;
}

} // namespace net::attach
