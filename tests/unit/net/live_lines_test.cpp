// Lines of `live`, as people and as programs read them.
#include "net/live_lines.hpp"
#include "trace/json_text.hpp"

#include "catch.hpp"

namespace {

trace::Trace two_hosts() {
    trace::Trace trace;
    trace.hosts = {"client", "server"};
    trace::SocketRecord socket;
    socket.host = 0;
    socket.number = 1;
    trace.sockets.push_back(socket);
    trace::SegmentRecord syn;
    syn.from = 0;
    syn.to = 1;
    syn.segment.source = {{1}, 5000};
    syn.segment.destination = {{2}, 80};
    syn.segment.seq = {7000};
    syn.segment.flags = trace::flag::syn;
    trace.segments.push_back(syn);
    auto data = syn;
    data.segment.seq = {7001};
    data.segment.length = 100;
    data.segment.flags = trace::flag::ack;
    data.transmission = 2;
    trace.segments.push_back(data);
    return trace;
}

} // namespace

TEST_CASE("a transition is one line, and says when it was not seen") {
    const auto trace = two_hosts();
    trace::Event event;
    event.kind = trace::EventKind::transition;
    event.at = {1'500'000};
    event.socket = 0;
    event.to = trace::State::syn_sent;
    CHECK(net::text_line(trace, event) == "     1.500 ms  client#1         CLOSED -> SYN_SENT");
    event.certainty = trace::Certainty::inferred;
    CHECK_THAT(net::text_line(trace, event), ContainsSubstring("(inferred)"));
    CHECK(
        net::json_line(trace, event) ==
        R"({"t_ns":1500000,"kind":"transition","socket":"client#1","from":"CLOSED","to":"SYN_SENT","certainty":"inferred"})");
}

TEST_CASE("sequence numbers of a line count from the SYN, those in JSON are the header's") {
    const auto trace = two_hosts();
    trace::Event event;
    event.kind = trace::EventKind::segment_sent;
    event.ref = 1;
    CHECK_THAT(net::text_line(trace, event), ContainsSubstring("client > server") &&
                                                 ContainsSubstring("seq 1:101") &&
                                                 ContainsSubstring("(retransmission 1)"));
    CHECK_THAT(net::json_line(trace, event),
               ContainsSubstring("\"seq\":7001") && ContainsSubstring("\"length\":100"));
}

TEST_CASE("an accept queue is shown with its limit and the one more that fits") {
    auto trace = two_hosts();
    trace.sockets[0].is_listener = true;
    trace.sockets[0].host = 1;
    trace.sockets[0].local.port = 80;
    trace::Event event;
    event.kind = trace::EventKind::queue_changed;
    event.socket = 0;
    event.what = static_cast<std::uint8_t>(trace::Queue::accept);
    event.value = 2;
    event.limit = 1;
    CHECK_THAT(net::text_line(trace, event),
               ContainsSubstring("accept queue 2 · limit 1 (+1 fits)"));
}

TEST_CASE("a queue of bytes tells its data apart from a SYN or FIN that counts one") {
    trace::Snapshot before, now;
    trace::HostView host;
    trace::SocketView socket;
    socket.cookie = 0;
    socket.name = "client#1";
    socket.state = trace::State::fin_wait_1;
    host.sockets.push_back(socket);
    before.hosts.push_back(host);
    host.sockets[0].send_queue = {101, 1000, true};
    now.hosts.push_back(host);
    const auto lines = net::queue_changes(before, now);
    REQUIRE(lines.size() == 1);
    CHECK_THAT(net::text_line(lines[0]), ContainsSubstring("send queue 100 B + FIN"));
    CHECK(
        net::json_line(lines[0]) ==
        R"({"t_ns":0,"kind":"queue","socket":"client#1","queue":"send_queue","bytes":101,"syn":false,"fin":true})");
    CHECK(net::queue_changes(now, now).empty());
}

TEST_CASE("JSON strings are quoted and escaped") {
    CHECK(trace::json_string("a\"b\\c\n") == "\"a\\\"b\\\\c\\u000a\"");
}
