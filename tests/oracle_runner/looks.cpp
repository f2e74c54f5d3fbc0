// Looking at a world as a program, `ss` and `nstat` do.
#include "looks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tcp/urgent.hpp"
#include "tcp/window.hpp"

namespace oracle {

using trace::Fact;

namespace {

void once(std::vector<std::string>& list, const std::string& word) {
    if (std::find(list.begin(), list.end(), word) == list.end())
        list.push_back(word);
}

std::string shown(const std::string& mask) {
    return mask.empty() ? "nothing" : mask;
}

} // namespace

std::uint32_t unacknowledged(const tcp::Connection& c) {
    const auto state = c.status.state();
    if (state == trace::State::syn_sent || state == trace::State::syn_recv)
        return 0;
    const trace::Seq end = c.snd.end + (c.snd.fin ? 1u : 0u);
    // The SYN+ACK of a child is its request's.
    const bool of_request = c.listener != trace::none && c.snd.una == c.snd.iss;
    return end - (of_request ? c.snd.iss + 1 : c.snd.una);
}

Looks::Looks(const Recording& r) {
    for (const SocketRow& s : r.sockets)
        once(descriptors_, s.fd);
    for (const QueueRow& q : r.queues)
        once(listeners_, q.fd);
    if (!r.cut)
        for (const TableRow& t : r.tables)
            once(tables_, t.host);
}

std::string Looks::poll(const Bench& bench, const scenario::SocketName& name) {
    const auto cookie = bench.world().find(name);
    return cookie ? shown(world::format(world::readiness(bench.world(), *cookie)))
                  : "no descriptor";
}

void Looks::add(const std::string& name, Fact f) {
    for (trace::Sequence& s : seen_) {
        if (s.name != name)
            continue;
        if (s.facts.back().fields == f.fields)
            return;
        s.facts.push_back(std::move(f));
        return;
    }
    seen_.push_back({name, trace::Telling::looks, {std::move(f)}});
}

// Lengths that a queue had for no time at all, as when accept() sleeps on it, may have been seen
// too.
void Looks::look_at_queue_events(const Bench& bench) {
    const trace::Trace& log = bench.log();
    for (; events_ < log.events.size(); ++events_) {
        const trace::Event& e = log.events[events_];
        if (e.kind != trace::EventKind::queue_changed || e.queue() != trace::Queue::accept)
            continue;
        for (const std::string& fd : listeners_) {
            const auto named = names_.find(fd);
            if (named == names_.end() || bench.world().find(named->second) != e.socket)
                continue;
            add("accept queue of " + fd, trace::queue_fact(e.at, e.value, e.limit));
        }
    }
}

std::uint32_t Looks::just_read(const Bench& bench, trace::Cookie socket) const {
    const trace::Trace& log = bench.log();
    std::uint32_t bytes = 0;
    for (std::size_t i = seen_events_; i < log.events.size(); ++i) {
        const trace::Event& e = log.events[i];
        if (e.kind == trace::EventKind::call_returned && e.socket == socket && e.value > 0 &&
            log.calls[e.ref].call == trace::Call::read)
            bytes += static_cast<std::uint32_t>(e.value);
    }
    return bytes;
}

void Looks::look(Bench& bench) {
    look_now(bench);
    seen_events_ = bench.log().events.size();
}

void Looks::look_now(Bench& bench) {
    const world::Contents& w = bench.world().contents();
    look_at_queue_events(bench);
    for (const std::string& fd : descriptors_) {
        const auto named = names_.find(fd);
        if (named == names_.end())
            continue;
        const auto cookie = bench.world().find(named->second);
        if (!cookie || w.sockets[*cookie].connection == world::no_slot)
            continue;
        bench.ask_for_room(*cookie); // the recorded looks were polls
        const world::Socket& socket = w.sockets[*cookie];
        const tcp::Connection& c = w.connections[socket.connection];
        const auto state =
            socket.time_wait != world::no_slot ? trace::State::closed : c.status.state();
        const auto fact = [&](world::Readiness ready, std::uint32_t unread) {
            Fact f;
            f.at = w.now;
            f.fields = {{"state", std::string(trace::name(state))},
                        {"poll", shown(world::format(ready))},
                        {"unread", fmt::format("{}", unread)},
                        {"unacknowledged", fmt::format("{}", unacknowledged(c))}};
            return f;
        };
        world::Readiness ready = world::readiness(bench.world(), *cookie);
        const world::Readiness now = ready;
        // What a sleeping reader takes as it comes was there for a moment.
        if (const std::uint32_t taken = just_read(bench, *cookie); taken > 0) {
            ready.in = true;
            add("descriptor " + fd, fact(ready, tcp::readable_at_once(c) + taken));
        }
        add("descriptor " + fd, fact(now, tcp::readable_at_once(c)));
    }
    for (const std::string& fd : listeners_) {
        const auto named = names_.find(fd);
        const auto cookie =
            named == names_.end() ? std::nullopt : bench.world().find(named->second);
        if (!cookie || w.sockets[*cookie].listener == world::no_slot)
            continue;
        const tcp::Listener& l = w.listeners[w.sockets[*cookie].listener];
        add("accept queue of " + fd,
            trace::queue_fact(w.now, static_cast<std::int64_t>(l.accept_queue.size()), l.limit));
    }
    if (tables_.empty())
        return;
    const trace::Snapshot snapshot = world::project(bench.world());
    for (const std::string& host : tables_) {
        const trace::HostView& view = snapshot.hosts[Bench::host(host)];
        std::map<std::string, int> states;
        std::vector<std::string> lines;
        for (const trace::ListenerView& l : view.listeners) {
            ++states["LISTEN"];
            lines.push_back(fmt::format("LISTEN {} accept queue {} of {}", l.local.port,
                                        l.accept_queue.size(), l.limit));
        }
        for (const trace::SocketView& s : view.sockets) {
            if (s.state == trace::State::closed)
                continue;
            const std::string state{trace::name(s.state)};
            ++states[state];
            const bool small = s.kind == trace::RecordKind::time_wait;
            lines.push_back(fmt::format("{} {}-{} recvq {} sendq {}", state, s.local.port,
                                        s.remote.port, small ? 0 : s.recv_queue.bytes,
                                        small ? 0 : s.send_queue.bytes));
        }
        std::sort(lines.begin(), lines.end());
        add("table of " + host, table_fact(snapshot.now, states, lines));
    }
}

void Looks::tell(trace::Story& story) const {
    for (const trace::Sequence& s : seen_)
        story.sequence(s.name, s.telling).facts = s.facts;
}

trace::Fact table_fact(trace::Instant at, const std::map<std::string, int>& states,
                       const std::vector<std::string>& sockets) {
    std::string counts, list;
    for (const auto& [state, count] : states)
        counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", state, count);
    for (const std::string& s : sockets)
        list += fmt::format("{}{}", list.empty() ? "" : "; ", s);
    return {at,
            {{"states", counts.empty() ? "nothing" : counts},
             {"sockets", list.empty() ? "nothing" : list}},
            trace::Rule::none,
            trace::none};
}

std::map<std::string, std::int64_t> counters(const Bench& bench, trace::HostId host) {
    const world::Contents& w = bench.world().contents();
    std::map<std::string, std::int64_t> values;
    for (std::size_t i = 0; i < tcp::Counters::size; ++i)
        values[std::string(trace::name(static_cast<trace::Counter>(i)))] =
            static_cast<std::int64_t>(w.hosts[host].counters.value[i]);
    std::int64_t established = 0;
    for (const auto& held : w.connections.all) {
        const auto state = held.record.status.state();
        if (held.used && held.record.host == host &&
            (state == trace::State::established || state == trace::State::close_wait))
            ++established;
    }
    values["CurrEstab"] = established;
    return values;
}

std::map<std::string, std::int64_t> counted_too_late(const Bench& bench, trace::HostId host,
                                                     trace::Instant last_row, trace::Instant end) {
    const auto& events = bench.log().events;
    const auto timer_of = [&](const trace::Event* e) {
        while (e->kind != trace::EventKind::timer_fired && e->cause < events.size())
            e = &events[e->cause];
        return e->kind == trace::EventKind::timer_fired ? e : nullptr;
    };
    std::map<std::string, std::int64_t> bumps;
    for (const trace::Event& e : events) {
        if (e.kind != trace::EventKind::counter || e.host != host)
            continue;
        const trace::Event* timer = timer_of(&e);
        if (!timer && e.at > last_row)
            ++bumps[std::string(trace::name(e.counter()))];
        if (!timer || timer->cause >= events.size())
            continue;
        const trace::Duration ran = timer->at - events[timer->cause].at;
        if (e.at + ran / 8 + trace::milliseconds(15) > end)
            ++bumps[std::string(trace::name(e.counter()))];
    }
    return bumps;
}

} // namespace oracle
