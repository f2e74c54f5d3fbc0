// A trace written by hand, event by event, for tests of what is drawn from traces.
#pragma once

#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace gui {

struct Telling {
    trace::Trace trace;
    trace::Snapshot snapshot;
    trace::Instant now;
    std::uint32_t beat = 0;

    explicit Telling(std::vector<std::string> hosts = {"client", "server"},
                     trace::Duration delay = trace::milliseconds(10)) {
        trace.hosts = std::move(hosts);
        for (std::size_t i = 0; i < trace.hosts.size(); ++i) {
            trace::HostView host;
            host.id = static_cast<trace::HostId>(i);
            host.name = trace.hosts[i];
            host.address = {0x0a000001u + static_cast<std::uint32_t>(i)};
            snapshot.hosts.push_back(host);
            for (std::size_t k = 0; k < i; ++k) {
                const auto a = static_cast<trace::HostId>(k), b = static_cast<trace::HostId>(i);
                snapshot.wires.push_back({a, b, delay, 0});
                snapshot.wires.push_back({b, a, delay, 0});
            }
        }
    }

    std::uint32_t visible() const { return static_cast<std::uint32_t>(trace.events.size()); }
    trace::Endpoint end(trace::HostId host, std::uint16_t port) const {
        return {snapshot.hosts[host].address, port};
    }
    // Time goes on; what follows is a new beat.
    Telling& at_us(std::int64_t us) {
        now = trace::Instant{} + trace::microseconds(us);
        snapshot.now = now;
        ++beat;
        return *this;
    }
    Telling& at(std::int64_t ms) { return at_us(ms * 1000); }

    trace::EventId add(trace::Event event) {
        event.at = now;
        event.beat = beat;
        trace.events.push_back(event);
        return visible() - 1;
    }

    trace::Cookie socket(trace::HostId host, std::uint16_t local,
                         trace::HostId peer = trace::no_host, std::uint16_t remote = 0,
                         trace::Cookie listener = trace::none) {
        trace::SocketRecord record;
        record.host = host;
        record.local = end(host, local);
        if (peer != trace::no_host) {
            record.remote = end(peer, remote);
        }
        record.listener = listener;
        record.is_listener = peer == trace::no_host;
        trace.sockets.push_back(record);
        const auto cookie = static_cast<trace::Cookie>(trace.sockets.size() - 1);
        add({.at = now, .value = -1, .socket = cookie, .host = host});
        return cookie;
    }

    trace::EventId state(trace::Cookie cookie, trace::State to,
                         trace::Trigger trigger = trace::Trigger::syn) {
        trace::State from = trace::State::closed;
        for (const trace::Event& event : trace.events) {
            if (event.kind == trace::EventKind::transition && event.socket == cookie) {
                from = event.to;
            }
        }
        trace::Event event;
        event.kind = trace::EventKind::transition;
        event.socket = cookie;
        event.host = trace.sockets[cookie].host;
        event.from = from;
        event.to = to;
        event.what = static_cast<std::uint8_t>(trigger);
        return add(event);
    }

    trace::SegmentId send(trace::Cookie sender, trace::HostId to, trace::Flags flags,
                          std::uint32_t seq, std::uint32_t ack = 0, std::uint32_t length = 0,
                          trace::SegmentId original = trace::none) {
        const trace::SocketRecord& from = trace.sockets[sender];
        trace::SegmentRecord record;
        record.segment.source = from.local;
        record.segment.destination = from.remote;
        record.segment.seq = {seq};
        record.segment.ack = {ack};
        record.segment.length = length;
        record.segment.flags = flags;
        record.segment.window = 64;
        record.sent = now;
        record.from = from.host;
        record.to = to;
        record.original = original;
        if (original != trace::none) {
            record.transmission = 2;
        }
        trace.segments.push_back(record);
        const auto id = static_cast<trace::SegmentId>(trace.segments.size() - 1);
        on(trace::EventKind::segment_sent, id, sender);
        return id;
    }

    trace::EventId on(trace::EventKind kind, trace::SegmentId id, trace::Cookie socket,
                      trace::Rule rule = trace::Rule::none) {
        trace::Event event;
        event.kind = kind;
        event.ref = id;
        event.socket = socket;
        event.rule = rule;
        event.host = kind == trace::EventKind::segment_sent ? trace.segments[id].from
                                                            : trace.segments[id].to;
        return add(event);
    }
    trace::EventId arrive(trace::SegmentId id, trace::Cookie taker = trace::none) {
        return on(trace::EventKind::segment_arrived, id, taker);
    }
    trace::EventId refuse(trace::SegmentId id, trace::Rule rule) {
        return on(trace::EventKind::segment_refused, id, trace::none, rule);
    }
    trace::EventId lose(trace::SegmentId id) {
        return on(trace::EventKind::segment_lost, id, trace::none);
    }
    trace::EventId queue(trace::Cookie listener, trace::Queue which, std::int64_t length,
                         std::int32_t limit) {
        trace::Event event;
        event.kind = trace::EventKind::queue_changed;
        event.socket = listener;
        event.host = trace.sockets[listener].host;
        event.value = length;
        event.limit = limit;
        event.what = static_cast<std::uint8_t>(which);
        return add(event);
    }
    trace::EventId count(trace::HostId host, trace::Counter counter, std::int64_t total) {
        trace::Event event;
        event.kind = trace::EventKind::counter;
        event.host = host;
        event.value = total;
        event.what = static_cast<std::uint8_t>(counter);
        return add(event);
    }
    void fly(trace::SegmentId id, trace::Duration after, bool held = false) {
        trace::InFlight flying;
        flying.segment = id;
        flying.from = trace.segments[id].from;
        flying.to = trace.segments[id].to;
        flying.sent = trace.segments[id].sent;
        flying.due = held ? trace::never : trace.segments[id].sent + after;
        flying.held = held;
        snapshot.in_flight.push_back(flying);
    }

    // A whole handshake of client port `port` beginning now; returns both ends.
    std::pair<trace::Cookie, trace::Cookie> handshake(trace::Cookie listener, std::uint16_t port,
                                                      std::uint32_t client_isn,
                                                      std::uint32_t server_isn, int queued) {
        using namespace trace;
        const std::int64_t start = now.ns / 1'000'000;
        const Cookie client = socket(0, port, 1, 80);
        state(client, State::syn_sent);
        const SegmentId syn = send(client, 1, flag::syn, client_isn);
        at(start + 10);
        arrive(syn, listener);
        const Cookie server = socket(1, 80, 0, port, listener);
        state(server, State::syn_recv);
        const SegmentId syn_ack =
            send(server, 0, flag::syn | flag::ack, server_isn, client_isn + 1);
        at(start + 20);
        arrive(syn_ack, client);
        state(client, State::established);
        const SegmentId third = send(client, 1, flag::ack, client_isn + 1, server_isn + 1);
        at(start + 30);
        arrive(third, server);
        state(server, State::established);
        queue(listener, Queue::accept, queued, 1);
        return {client, server};
    }
};

} // namespace gui
