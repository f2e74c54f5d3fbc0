// The invariants, derived again from scratch: no shortcut of the machine is trusted here.
#include "invariants.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "tcp/policy.hpp"
#include "tcp/timeout.hpp"
#include "turn.hpp"

namespace world {

using S = trace::State;

namespace {

std::string about(const Contents& w, trace::Cookie cookie, std::string_view sentence) {
    return fmt::format("{} ({}): {}", name_of(w, cookie), trace::name(state_of(w, cookie)),
                       sentence);
}

} // namespace

std::optional<std::string> broken(const Contents& w, const tcp::Connection& c) {
    const auto say = [&](std::string_view s) { return about(w, c.cookie, s); };
    const S state = c.status.state();
    if (after(c.snd.una, c.snd.nxt))
        return say("snd.una is not after snd.nxt");
    const std::uint32_t all = (c.snd.end - c.snd.una) + (c.snd.fin ? 1u : 0u);
    if (c.snd.nxt - c.snd.una > all)
        return say("no more is outstanding than bytes, SYN and FIN queued");
    if (before(c.rcv.nxt, c.rcv.copied))
        return say("nothing is read that was not received");
    if (state == S::closed && c.resend.runs())
        return say("no deadline in CLOSED");
    if (state == S::time_wait && w.sockets[c.cookie].time_wait == no_slot)
        return say("TIME_WAIT has its small record");
    if (state == S::established && (c.snd.fin || c.rcv.fin))
        return say("no FIN either way in ESTABLISHED");
    if (state == S::close_wait && c.snd.fin)
        return say("no FIN of ours in CLOSE_WAIT");
    // A reset connection keeps its numbers, as SIOCOUTQ shows.
    const bool outstanding = c.snd.una != c.snd.nxt && state != S::closed;
    if (outstanding && !c.resend.runs())
        return say("whatever is outstanding has a retransmission timer");
    if (outstanding && c.sent.empty())
        return say("whatever is outstanding is in the list of sent");
    std::uint32_t sacked = 0, lost = 0, resent = 0, buffers = 0;
    for (const tcp::Sent& s : c.sent) {
        sacked += s.sacked ? 1 : 0;
        lost += s.lost ? 1 : 0;
        resent += s.resent ? 1 : 0;
        buffers += s.begins_buffer ? 1 : 0;
    }
    if (lost != c.recovery.lost || resent != c.recovery.resent ||
        (c.agreed.sack && sacked != c.recovery.sacked))
        return say("segments marked lost, repeated or received are counted");
    if (buffers != c.sent.buffers())
        return say("buffers under way are counted");
    for (std::size_t i = 0; i < c.out_of_order.size(); ++i) {
        if (!after(c.out_of_order[i].end, c.rcv.nxt))
            return say("out-of-order bytes are beyond rcv.nxt");
        if (i > 0 && (!before(c.out_of_order[i - 1].begin, c.out_of_order[i].begin) ||
                      after(c.out_of_order[i - 1].end, c.out_of_order[i].end)))
            return say("out-of-order ranges are sorted, none within another");
    }
    return std::nullopt;
}

std::optional<std::string> broken(const Contents& w, const tcp::Request& r) {
    if (r.status.state() != S::syn_recv)
        return about(w, r.cookie, "a request is in SYN_RECV");
    if (!r.resend.runs())
        return about(w, r.cookie, "a request has its SYN+ACK timer");
    return std::nullopt;
}

std::optional<std::string> broken(const Contents& w, const tcp::TimeWait& t) {
    const S s = t.status.state();
    if (s != S::time_wait && s != S::fin_wait_2)
        return about(w, t.cookie, "a small record is in TIME_WAIT or FIN_WAIT_2");
    if (!t.clock.runs())
        return about(w, t.cookie, "TIME_WAIT if and only if its deadline is set");
    return std::nullopt;
}

std::optional<std::string> broken(const Contents& w, const tcp::Listener& l) {
    const auto say = [&](std::string_view s) { return about(w, l.cookie, s); };
    if (l.status.state() != S::listen)
        return say("a listener is in LISTEN");
    for (trace::Cookie c : l.syn_queue)
        if (state_of(w, c) != S::syn_recv)
            return say("members of the SYN queue are in SYN_RECV");
    for (trace::Cookie c : l.accept_queue) {
        const S s = state_of(w, c);
        const bool fast_open = s == S::syn_recv && w.sockets[c].request == no_slot;
        if (s != S::established && s != S::close_wait && s != S::closed && !fast_open)
            return say("members of the accept queue are ESTABLISHED, CLOSE_WAIT, CLOSED by a RST, "
                       "or came by Fast Open");
        if (w.sockets[c].fd >= 0)
            return say("what has a descriptor has left the accept queue");
    }
    return std::nullopt;
}

void stop_if_broken(const Contents& w, const tcp::Connection& c, const trace::Trace* log) {
    const auto sentence = broken(w, c);
    if (!sentence)
        return;
    fmt::print(stderr, "twomsl: broken invariant at {}: {}\n", trace::format(w.now), *sentence);
    const std::size_t all = log ? log->events.size() : 0;
    for (std::size_t i = all - std::min<std::size_t>(all, 10); i < all; ++i)
        fmt::print(stderr, "  {}  {}\n", trace::format(log->events[i].at),
                   trace::sentence(*log, log->events[i], "en"));
    std::abort();
}

std::optional<std::string> check_everything(const World& world) {
    const Contents& w = world.contents();
    std::size_t deadlines = 0;
    const auto count = [&](const auto& held) {
        if (held.due != Deadlines::nothing)
            ++deadlines;
    };
    for (const auto& held : w.connections.all) {
        if (!held.used)
            continue;
        count(held);
        if (auto b = broken(w, held.record))
            return b;
        if (held.due == Deadlines::nothing && tcp::next_deadline(held.record) != trace::never)
            return about(w, held.record.cookie, "every deadline is in the index");
        const bool hashed = w.find(flow_of(w.sockets[held.record.cookie])) == held.record.cookie;
        const bool alive = held.record.status.state() != S::closed;
        if (hashed != alive)
            return about(w, held.record.cookie, "in the flow table unless CLOSED");
    }
    for (const auto& held : w.requests.all) {
        if (!held.used)
            continue;
        count(held);
        if (auto b = broken(w, held.record))
            return b;
    }
    for (const auto& held : w.time_waits.all) {
        if (!held.used)
            continue;
        count(held);
        if (auto b = broken(w, held.record))
            return b;
    }
    std::set<trace::Cookie> queued;
    for (const auto& held : w.listeners.all) {
        if (!held.used)
            continue;
        if (auto b = broken(w, held.record))
            return b;
        for (const auto* queue : {&held.record.syn_queue, &held.record.accept_queue})
            for (trace::Cookie c : *queue)
                if (!queued.insert(c).second)
                    return about(w, c, "each id is in exactly one place");
    }
    for (const auto& held : w.flying.all) {
        if (!held.used)
            continue;
        count(held);
        if (held.record.id >= w.recorded.segments)
            return "a segment in flight was recorded as sent";
        if (!held.record.held && held.record.due < w.now)
            return "time never goes back";
    }
    for (const auto& held : w.floods.all)
        if (held.used)
            count(held);
    for (const Host& h : w.hosts)
        for (const Named& n : h.names)
            if (n.thread.woken)
                ++deadlines;
    if (deadlines != w.deadlines.size())
        return "the index holds the records' deadlines and no others";
    for (std::size_t i = 0; i < w.sockets.size(); ++i) {
        const Socket& s = w.sockets[i];
        const auto cookie = static_cast<trace::Cookie>(i);
        if (s.connection != no_slot && w.connections[s.connection].cookie != cookie)
            return about(w, cookie, "each id is in exactly one place");
        if (s.time_wait != no_slot && w.time_waits[s.time_wait].cookie != cookie)
            return about(w, cookie, "each id is in exactly one place");
        if (s.fd >= 0 && w.hosts[s.host].descriptors[static_cast<std::size_t>(s.fd)] != cookie)
            return about(w, cookie, "a descriptor and its socket name each other");
    }
    return std::nullopt;
}

} // namespace world
