// A stage whose happenings are written down beforehand: for testing judges without a world.
#pragma once
#include <functional>
#include <map>
#include <vector>

#include "scenario/stage.hpp"

// Two hosts, client (0) and server (1); sockets 0 = server:80, 1 = client#1, 2 = its other end.
class FakeStage : public scenario::Stage {
public:
    FakeStage() {
        trace_.hosts = {"client", "server"};
        trace_.sockets.resize(3);
        trace_.sockets[0] = {1, {{2}, 80}, {}, trace::none, 0, true};
        trace_.sockets[1] = {0, {{1}, 40000}, {{2}, 80}, trace::none, 1, false};
        trace_.sockets[2] = {1, {{2}, 80}, {{1}, 40000}, 0, 0, false};
        now.hosts.resize(2);
        now.hosts[1].listeners.resize(1);
        listener().cookie = 0;
        for (auto& host : now.hosts)
            host.sockets.resize(1);
        client().cookie = 1;
        server().cookie = 2;
    }

    trace::Snapshot now;
    trace::SocketView& client() { return now.hosts[0].sockets[0]; }
    trace::SocketView& server() { return now.hosts[1].sockets[0]; }
    trace::ListenerView& listener() { return now.hosts[1].listeners[0]; }

    // What happens at t by itself.
    void at(std::int64_t ms, std::function<void()> happening) {
        plan_[trace::milliseconds(ms).ns].push_back(std::move(happening));
    }

    trace::Event& event(trace::EventKind kind, trace::Cookie socket, std::int64_t value = 0) {
        trace::Event e;
        e.at = now.now;
        e.kind = kind;
        e.socket = socket;
        e.value = value;
        e.beat = beat;
        trace_.events.push_back(e);
        return trace_.events.back();
    }
    std::uint32_t beat = 0;
    void change(trace::SocketView& socket, trace::State to) {
        auto& e = event(trace::EventKind::transition, socket.cookie);
        e.from = socket.state;
        e.to = socket.state = to;
    }
    trace::CallId call(trace::Call call, trace::Cookie socket,
                       trace::Cookie accepted = trace::none) {
        trace::CallRecord record;
        record.call = call;
        record.socket = socket;
        record.accepted = accepted;
        trace_.calls.push_back(record);
        const auto id = static_cast<trace::CallId>(trace_.calls.size() - 1);
        event(trace::EventKind::call_entered, socket).ref = id;
        return id;
    }
    void returns(trace::CallId call, std::int64_t value) {
        event(trace::EventKind::call_returned, trace_.calls[call].socket, value).ref = call;
    }
    void sends(trace::HostId from, trace::Flags flags, std::uint32_t seq, std::uint32_t ack,
               std::uint32_t length = 0, bool copy = false) {
        trace::SegmentRecord record;
        record.from = from;
        record.to = from == 0 ? 1 : 0;
        record.segment.flags = flags;
        record.segment.seq = {seq};
        record.segment.ack = {ack};
        record.segment.length = length;
        record.copy = copy;
        trace_.segments.push_back(record);
        event(trace::EventKind::segment_sent, trace::none).ref =
            static_cast<trace::SegmentId>(trace_.segments.size() - 1);
    }
    // Every submitted action makes a call that has not returned; see last_call.
    trace::CallId last_call = trace::none;

    void advance(trace::Instant t) override {
        while (!plan_.empty() && plan_.begin()->first <= t.ns) {
            now.now = {plan_.begin()->first};
            const auto happenings = plan_.begin()->second;
            plan_.erase(plan_.begin());
            for (const auto& happening : happenings)
                happening();
        }
        now.now = t;
    }
    trace::CallId submit(const scenario::Action& action) override {
        const bool connects = std::holds_alternative<scenario::Connect>(action);
        return last_call = call(connects ? trace::Call::connect : trace::Call::write, 1);
    }
    trace::Snapshot snapshot() const override {
        auto copy = now;
        copy.next_due =
            plan_.empty() ? std::nullopt : std::optional(trace::Instant{plan_.begin()->first});
        return copy;
    }
    const trace::Trace& trace() const override { return trace_; }
    std::optional<trace::Cookie> find(const scenario::SocketName& name) const override {
        using Kind = scenario::SocketName::Kind;
        const trace::Cookie cookie = name.kind == Kind::listener     ? 0u
                                     : name.kind == Kind::connection ? 1u
                                                                     : 2u;
        const bool gone = name.number > 1 || !is_there(cookie);
        return gone ? std::nullopt : std::optional(cookie);
    }

private:
    bool is_there(trace::Cookie cookie) const {
        return find_socket(now, cookie) != nullptr || find_listener(now, cookie) != nullptr;
    }
    trace::Trace trace_;
    std::map<std::int64_t, std::vector<std::function<void()>>> plan_;
};
