// The programs of the workloads, and the loop that lets them and the world take turns.
#include "bench/workload.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "bench/measure.hpp"
#include "bench/recorder.hpp"
#include "bench/yardstick.hpp"
#include "tcp/window.hpp"
#include "world/program.hpp"
#include "world/world.hpp"

namespace bench {
namespace {

using trace::Cookie;
using trace::Instant;
using world::ProgramCall;
using world::Slot;
using What = ProgramCall::What;

constexpr trace::HostId client = 0, server = 1;
constexpr std::uint32_t request = 100, response = 1000;
constexpr std::uint32_t ports_each = 50000; // of one client address

trace::Address client_address(std::uint32_t n) {
    return {0x0a000001u + (n << 16)}; // 10.0.0.1, 10.1.0.1, ...
}

trace::Endpoint client_end(std::uint32_t i) {
    return {client_address(i / ports_each), static_cast<std::uint16_t>(10000 + i % ports_each)};
}

world::World make(const Options& o) {
    scenario::Scenario s;
    s.hosts = {{"client", "bench"}, {"server", "bench"}};
    const double loss = o.loss.value_or(o.work == Work::lossy ? 0.01 : 0.0);
    for (trace::HostId from : {client, server}) {
        scenario::WireLine wire;
        wire.from = from;
        wire.to = static_cast<trace::HostId>(1 - from);
        wire.delay = trace::milliseconds(5);
        wire.loss = loss;
        wire.seed = 1;
        s.wires.push_back(wire);
    }
    for (trace::HostId host : {client, server})
        s.sysctls.push_back({host, "tcp_tw_timeout", o.time_wait});
    world::Contents w = world::make_world(s, nullptr).contents();
    for (std::uint32_t n = 1; n * ports_each < o.count; ++n)
        w.hosts[client].others.push_back(client_address(n));
    if (o.work == Work::bulk)
        for (world::Wire& wire : w.wires)
            wire.rate = 100'000'000;
    return world::World(std::move(w));
}

class Bench {
public:
    explicit Bench(const Options& o) : o_(o), world_(make(o)), recorder_(o.record) {
        happened_.tape = &recorder_.tape();
        server_end_ = {world_.contents().hosts[server].address, 80};
    }

    Result run() {
        r_.resident_before = resident_kib();
        const double cpu = processor_seconds(), wall = wall_seconds();
        ProgramCall listen;
        listen.what = What::listen;
        listen.host = server;
        listen.local = {{}, 80};
        listen.number = o_.work == Work::accept_burst ? 128 : 1 << 30;
        listener_ = call(listen).socket;
        switch (o_.work) {
        case Work::lifecycle:
        case Work::lossy: open_all(trace::milliseconds(1)); break;
        case Work::concurrent: concurrent(); break;
        case Work::accept_burst: accept_burst(); break;
        case Work::bulk: open(0); break;
        }
        play_until(trace::never);
        recorder_.drain();
        r_.cpu = processor_seconds() - cpu;
        r_.wall = wall_seconds() - wall;
        r_.simulated = trace::in_seconds(world_.now() - Instant{});
        r_.segments = recorder_.tape().sent();
        r_.lost = r_.segments - recorder_.tape().arrived();
        r_.trace_hash = recorder_.tape().hash();
        r_.last_done = trace::in_seconds(last_done_ - Instant{});
        r_.units = o_.work == Work::bulk ? static_cast<double>(r_.done) / 1460 : o_.count;
        for (const world::Host& h : world_.contents().hosts)
            r_.repeated += h.counters.value[static_cast<std::size_t>(trace::Counter::RetransSegs)];
        return r_;
    }

private:
    world::ProgramResult call(const ProgramCall& c) { return world_.call(c, nullptr, &happened_); }

    std::int64_t call(What what, trace::HostId host, Cookie socket, std::int64_t number = 0) {
        ProgramCall c;
        c.what = what;
        c.host = host;
        c.socket = socket;
        c.number = number;
        return call(c).value;
    }

    void open(std::uint32_t i) {
        ProgramCall c;
        c.what = What::connect;
        c.host = client;
        c.local = client_end(i);
        c.remote = server_end_;
        ++r_.events;
        call(c);
        serve();
    }

    void open_all(trace::Duration apart) {
        for (std::uint32_t i = 0; i < o_.count; ++i) {
            play_until(Instant{} + apart * i);
            open(i);
        }
    }

    void concurrent() {
        const trace::Duration apart = trace::microseconds(100);
        open_all(apart);
        play_until(Instant{} + apart * o_.count + trace::seconds(1));
        r_.resident_sample = resident_kib();
        const Instant begin =
            world_.now() + trace::nanoseconds(static_cast<std::int64_t>(o_.hold * 1e9));
        for (std::uint32_t i = 0; i < o_.count; ++i) {
            play_until(begin + apart * i);
            const auto socket = world_.contents().find({client, client_end(i), server_end_});
            ++r_.events;
            if (socket)
                call(What::close, client, *socket);
            serve();
        }
    }

    void accept_burst() {
        constexpr int accepts = 30'000;
        std::uint32_t opened = 0;
        for (int a = 1; a <= accepts; ++a) {
            const Instant at = Instant{} + trace::milliseconds(a);
            for (; opened < o_.count && Instant{} + trace::microseconds(100) * opened < at;
                 ++opened) {
                play_until(Instant{} + trace::microseconds(100) * opened);
                open(opened);
            }
            play_until(at);
            if (r_.accepted < o_.count && a < accepts) {
                ++r_.events;
                accept();
            }
        }
    }

    void play_until(Instant limit) {
        while (world_.step_by(limit, nullptr, &happened_)) {
            ++r_.events;
            serve();
        }
    }

    // Whoever became ready does what its program says: nobody becomes ready by that.
    void serve() {
        for (const world::Happened::Ready& ready : happened_.ready)
            react(ready);
        happened_.ready.clear();
        recorder_.drain_if_full();
    }

    bool accept() {
        ProgramCall c;
        c.what = What::accept;
        c.host = server;
        c.socket = listener_;
        const world::ProgramResult made = call(c);
        if (made.value < 0)
            return false;
        ++r_.accepted;
        react({made.socket, world_.contents().sockets[made.socket].connection});
        return true;
    }

    void react(world::Happened::Ready ready) {
        if (ready.connection == world::no_slot) {
            const Slot l = world_.contents().sockets[listener_].listener;
            while (o_.work != Work::accept_burst &&
                   !world_.contents().listeners[l].accept_queue.empty())
                accept();
            return;
        }
        const auto& held = world_.contents().connections.all[ready.connection];
        const tcp::Connection& c = held.record;
        if (!held.used || c.cookie != ready.socket || c.orphan)
            return; // closed already
        if (c.host == server)
            react_server(ready.socket, c);
        else
            react_client(ready.socket, c);
    }

    void react_client(Cookie socket, const tcp::Connection& c) {
        const trace::State state = c.status.state();
        const bool unused = c.connecting && c.snd.end == c.snd.iss + 1;
        if (unused) {
            if (state == trace::State::syn_sent)
                return; // poll() does not say OUT yet
            if (state == trace::State::closed) {
                call(What::close, client, socket);
                return;
            }
            ++r_.connected;
            // Who writes at once is told by that whether it is connected.
            if (o_.work == Work::lifecycle || o_.work == Work::lossy)
                call(What::write, client, socket, request);
            else
                call(What::connected, client, socket);
            if (o_.work == Work::bulk)
                left_ = std::int64_t{1'000'000} * o_.count;
        }
        if (o_.work == Work::bulk) {
            if (!c.queue.no_space) // else it was told to wait for room
                send_more(socket);
        } else if (tcp::unread(c) >= response) {
            call(What::read, client, socket);
            done();
            call(What::close, client, socket);
        }
    }

    void send_more(Cookie socket) {
        if (left_ == 0)
            return;
        const std::int64_t n = call(What::write, client, socket, left_);
        if (n > 0)
            left_ -= n;
        if (left_ == 0)
            call(What::close, client, socket);
    }

    void react_server(Cookie socket, const tcp::Connection& c) {
        const std::uint32_t there = tcp::unread(c);
        const bool end = c.rcv.fin;
        if (o_.work == Work::bulk && there > 0) {
            r_.done += static_cast<std::uint64_t>(call(What::read, server, socket));
            last_done_ = world_.now();
        } else if (there >= request) {
            call(What::read, server, socket);
            call(What::write, server, socket, response);
        }
        if (end) {
            call(What::close, server, socket);
            if (o_.work == Work::concurrent)
                done();
        }
    }

    void done() {
        ++r_.done;
        last_done_ = world_.now();
    }

    Options o_;
    world::World world_;
    world::Happened happened_;
    Recorder recorder_;
    Result r_;
    trace::Endpoint server_end_;
    Cookie listener_ = trace::none;
    Instant last_done_;
    std::int64_t left_ = 0; // of bulk: bytes not yet written
};

} // namespace

Result run(const Options& o) {
    Result r = std::make_unique<Bench>(o)->run();
    if (o.yardstick)
        r.yardstick = yardstick(r.events, o.work == Work::bulk ? 1000 : std::min(o.count, 60'000u));
    return r;
}

} // namespace bench
