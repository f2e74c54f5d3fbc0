// Queues over time: what is taken from the log, and what stands at the top of the curve.
#include "catch.hpp"

#include "panels/queue_history.hpp"
#include "panels/queue_plot.hpp"

using namespace panels;

namespace {

trace::Instant ms(std::int64_t n) {
    return trace::Instant{} + trace::milliseconds(n);
}

// Two listeners of one host; client ports begin at 40000.
struct Log {
    trace::Trace trace;

    Log() {
        trace.hosts = {"client", "server"};
        trace.sockets.resize(3);
        trace.sockets[0] = {1, {{}, 80}, {}, trace::none, 0, true};
        trace.sockets[1] = {1, {{}, 81}, {}, trace::none, 0, true};
        trace.sockets[2] = {1, {{}, 80}, {}, trace::none, 0, true}; // SO_REUSEPORT
    }
    void queue(std::int64_t at, trace::Cookie listener, trace::Queue which, std::int64_t length) {
        trace::Event e;
        e.at = ms(at);
        e.kind = trace::EventKind::queue_changed;
        e.host = 1;
        e.socket = listener;
        e.what = static_cast<std::uint8_t>(which);
        e.value = length;
        e.limit = 1;
        trace.events.push_back(e);
    }
    void refuse(std::int64_t at, std::uint16_t port, trace::Rule rule,
                trace::Cookie taker = trace::none) {
        trace::SegmentRecord sent;
        sent.segment.destination.port = port;
        trace.segments.push_back(sent);
        trace::Event e;
        e.at = ms(at);
        e.kind = trace::EventKind::segment_refused;
        e.host = 1;
        e.socket = taker;
        e.rule = rule;
        e.ref = static_cast<std::uint32_t>(trace.segments.size() - 1);
        trace.events.push_back(e);
    }
    std::uint32_t all() const { return static_cast<std::uint32_t>(trace.events.size()); }
};

} // namespace

TEST_CASE("each queue of a listener has its own steps, and another listener's are not among them") {
    Log log;
    log.queue(10, 0, trace::Queue::syn, 1);
    log.queue(20, 0, trace::Queue::syn, 0);
    log.queue(20, 0, trace::Queue::accept, 1);
    log.queue(25, 1, trace::Queue::accept, 9);
    log.queue(30, 0, trace::Queue::accept, 2);
    const QueueHistory told = queue_history(log.trace, log.all(), 0);
    REQUIRE(told.syn.size() == 2);
    REQUIRE(told.accept.size() == 2);
    CHECK(told.accept[1].event == 4);
    CHECK(told.accept[1].limit == 1);
    CHECK(length_at(told.accept, ms(19)) == 0);
    CHECK(length_at(told.accept, ms(20)) == 1);
    CHECK(length_at(told.accept, ms(29)) == 1);
    CHECK(length_at(told.accept, ms(30)) == 2);
    CHECK(length_at(told.syn, ms(15)) == 1);
    // What is not told yet is not known.
    CHECK(queue_history(log.trace, 4, 0).accept.size() == 1);
}

TEST_CASE("a refusal belongs to the queue that was full, and to the listener that was met") {
    Log log;
    log.refuse(10, 80, trace::Rule::accept_queue_full_drops_syn, 0);
    log.refuse(20, 80, trace::Rule::syn_queue_full_drops_syn, 0);
    log.refuse(30, 80, trace::Rule::accept_queue_full_ignores_ack, 0);
    log.refuse(40, 80, trace::Rule::no_socket_reset);
    log.refuse(50, 81, trace::Rule::accept_queue_full_drops_syn, 1);
    log.refuse(60, 80, trace::Rule::accept_queue_full_drops_syn, 2);
    const QueueHistory told = queue_history(log.trace, log.all(), 0);
    REQUIRE(told.accept_drops.size() == 2);
    CHECK(told.accept_drops[0].at == ms(10));
    CHECK(told.accept_drops[1].event == 2);
    REQUIRE(told.syn_drops.size() == 1);
    CHECK(told.syn_drops[0].at == ms(20));
    CHECK(queue_history(log.trace, log.all(), 2).accept_drops.size() == 1);
}

TEST_CASE("the limit and the one more that fits are in sight unless the queue never came near") {
    QueuePlot plot;
    plot.limit = 1;
    plot.steps = {{0, 1}, {5, 2}};
    CHECK(queue_scale(plot).top == 2);
    CHECK(queue_scale(plot).shows_limit);
    plot.limit = 511;
    plot.steps = {{0, 512}};
    CHECK(queue_scale(plot).top == 512);
    CHECK(queue_scale(plot).shows_limit);
    plot.limit = 4096;
    plot.steps = {{0, 3}};
    CHECK(queue_scale(plot).top == 4);
    CHECK_FALSE(queue_scale(plot).shows_limit);
    // A SYN queue that was longer than today's limit is drawn whole.
    plot.limit = 1;
    plot.steps = {{0, 7}};
    CHECK(queue_scale(plot).top == 7);
}
