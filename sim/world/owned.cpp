// A thread holds its socket while segments arrive: lock_sock(), the backlog, release_sock().
#include <algorithm>
#include <utility>

#include "tcp/acknowledging.hpp"
#include "turn.hpp"

namespace world {

namespace {

auto find_owned(std::vector<Owned>& owned, trace::Cookie cookie) {
    return std::find_if(owned.begin(), owned.end(),
                        [&](const Owned& o) { return o.socket == cookie; });
}

} // namespace

bool is_owned(const Contents& w, trace::Cookie cookie) {
    return std::any_of(w.owned.begin(), w.owned.end(),
                       [&](const Owned& o) { return o.socket == cookie; });
}

void own(Turn& t, trace::Cookie cookie, std::uint32_t awaited) {
    const Socket& s = t.w.sockets[cookie];
    Named& n = t.w.hosts[s.host].names[s.number - 1u];
    t.w.owned.push_back({cookie, awaited, false, {}});
    trace::Instant& over = n.thread.calls.front().burst_over;
    t.w.deadlines.add(over = t.w.now + longest_burst, DueKind::wake, cookie);
}

// tcp_v4_rcv() with sock_owned_by_user().
bool goes_to_backlog(Turn& t, trace::Cookie cookie, const trace::Segment& s) {
    const auto o = find_owned(t.w.owned, cookie);
    if (o == t.w.owned.end() || o->given_back)
        return false;
    o->backlog.push_back(s);
    if (o->backlog.size() >= o->awaited)
        give_back(t, cookie);
    return true;
}

// __release_sock(), tcp_release_cb(); then the thread goes on.
void give_back(Turn& t, trace::Cookie cookie) {
    Contents& w = t.w;
    const auto o = find_owned(w.owned, cookie);
    if (o->given_back)
        return;
    o->given_back = true;
    const std::vector<trace::Segment> backlog = std::move(o->backlog);
    const Socket& s = w.sockets[cookie];
    const Slot slot = s.connection;
    const trace::HostId host = s.host;
    const std::uint16_t number = s.number;
    if (slot != no_slot) {
        tcp::Connection& c = w.connections[slot];
        auto m = t.moment(host);
        tcp::begin_backlog(c);
        for (const trace::Segment& waited : backlog)
            tcp::segment_arrives(c, waited, m);
        tcp::end_backlog(c, m);
        settle(t, slot);
    }
    w.owned.erase(find_owned(w.owned, cookie));
    run_thread(t, host, number);
}

} // namespace world
