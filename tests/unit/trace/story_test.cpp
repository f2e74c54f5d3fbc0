// Logs told as sequences, the tracepoint's view of them, and the comparison of two.
#include "catch.hpp"
#include "trace/align.hpp"
#include "trace/compare.hpp"
#include "trace/kernel_view.hpp"

using namespace trace;

namespace {

Instant at_ms(std::int64_t ms) {
    return Instant{} + milliseconds(ms);
}

Event change(std::int64_t ms, Cookie socket, State from, State to) {
    Event e;
    e.at = at_ms(ms);
    e.kind = EventKind::transition;
    e.host = 0;
    e.socket = socket;
    e.from = from;
    e.to = to;
    return e;
}

// A listener and one connection that came through it.
Trace server_log() {
    Trace t;
    t.hosts = {"s"};
    t.sockets.resize(2);
    t.sockets[0].host = t.sockets[1].host = 0;
    t.sockets[0].is_listener = true;
    t.sockets[1].listener = 0;
    return t;
}

Sequence told(std::string name, Telling telling,
              std::vector<std::pair<std::int64_t, std::string>> facts) {
    Sequence s{std::move(name), telling, {}};
    for (auto& [ms, value] : facts)
        s.facts.push_back({at_ms(ms), {{"value", std::move(value)}}, Rule::none, none});
    return s;
}

} // namespace

TEST_CASE("the tracepoint shows a half-open connection only when its final ACK has come") {
    Trace t = server_log();
    t.events = {change(10, 1, State::listen, State::syn_recv)};
    CHECK(kernel_view(t, t.events.size()).empty());
    t.events.push_back(change(30, 1, State::syn_recv, State::established));
    const auto seen = kernel_view(t, t.events.size());
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].from == State::listen);
    CHECK(seen[0].at == at_ms(30));
    CHECK(seen[1].to == State::established);
}

TEST_CASE("the tracepoint never shows a request that was forgotten") {
    Trace t = server_log();
    t.events = {change(10, 1, State::listen, State::syn_recv),
                change(20, 1, State::syn_recv, State::closed)};
    CHECK(kernel_view(t, t.events.size()).empty());
}

TEST_CASE(
    "a socket goes to CLOSED where TIME_WAIT takes over, and TIME_WAIT's own end is not traced") {
    Trace t = server_log();
    t.events = {change(10, 0, State::fin_wait_2, State::time_wait),
                change(60010, 0, State::time_wait, State::closed)};
    const auto seen = kernel_view(t, t.events.size());
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].from == State::fin_wait_2);
    CHECK(seen[0].to == State::closed);
}

TEST_CASE("a kernel timer may be late by an eighth and never early") {
    const Sequence sim = told("x", Telling::changes, {{0, "SYN"}, {1000, "SYN"}, {2000, "SYN"}});
    CHECK_FALSE(
        compare(told("x", Telling::changes, {{0, "SYN"}, {1030, "SYN"}, {2060, "SYN"}}), sim));
    CHECK(compare(told("x", Telling::changes, {{0, "SYN"}, {1160, "SYN"}, {2200, "SYN"}}), sim));
    const auto early =
        compare(told("x", Telling::changes, {{0, "SYN"}, {980, "SYN"}, {1990, "SYN"}}), sim);
    REQUIRE(early);
    CHECK(early->field == "time");
}

TEST_CASE("what follows a late timer is as late as that") {
    const Sequence sim = told("x", Telling::changes, {{16000, "SYN"}, {16010, "ACK"}});
    CHECK_FALSE(compare(told("x", Telling::changes, {{17000, "SYN"}, {17010, "ACK"}}), sim));
}

TEST_CASE("the first difference names its field, and a missing fact is one") {
    const Sequence sim = told("x", Telling::changes, {{0, "SYN"}, {10, "ACK"}});
    const auto other = compare(told("x", Telling::changes, {{0, "SYN"}, {10, "RST"}}), sim);
    REQUIRE(other);
    CHECK(other->field == "value");
    CHECK(other->expected == "RST");
    CHECK(other->got == "ACK");
    CHECK(compare(told("x", Telling::changes, {{0, "SYN"}}), sim)->field == "too many");
    CHECK(
        compare(told("x", Telling::changes, {{0, "SYN"}, {10, "ACK"}, {20, "FIN"}}), sim)->field ==
        "missing");
}

TEST_CASE("a look may miss what passed in between, but not what lasted") {
    const Sequence sim =
        told("x", Telling::changes, {{0, "0"}, {100, "1"}, {103, "2"}, {300, "3"}});
    CHECK_FALSE(compare(told("x", Telling::looks, {{1, "0"}, {104, "2"}, {302, "3"}}), sim));
    CHECK(compare(told("x", Telling::looks, {{1, "0"}, {302, "3"}}), sim));
    CHECK(compare(told("x", Telling::looks, {{1, "0"}, {104, "5"}}), sim));
    CHECK_FALSE(compare(told("x", Telling::glances, {{1, "0"}, {302, "3"}}), sim));
}

TEST_CASE("what is there for a moment may be unseen, what stays to the end may not") {
    Sequence sim = told("x", Telling::looks, {{0, "0"}, {100, "1"}, {100, "0"}, {300, "2"}});
    sim.to_the_end = true;
    const Instant end = at_ms(500);
    // Whoever looks while things happen in another order sees what the other log never had.
    CHECK_FALSE(compare(told("x", Telling::looks, {{0, "0"}, {302, "2"}}), sim, {}, end));
    CHECK_FALSE(compare(told("x", Telling::looks, {{0, "0"}, {100, "1"}, {102, "0"}, {302, "2"}}),
                        sim, {}, end));
    CHECK_FALSE(
        compare(told("x", Telling::looks, {{0, "0"}, {300, "1"}, {302, "2"}}), sim, {}, end));
    CHECK_FALSE(
        compare(told("x", Telling::looks, {{0, "0"}, {300, "7"}, {302, "2"}}), sim, {}, end));
    CHECK(compare(told("x", Telling::looks, {{0, "0"}, {270, "7"}, {302, "2"}}), sim, {}, end));
    const auto unseen = compare(told("x", Telling::looks, {{0, "0"}}), sim, {}, end);
    REQUIRE(unseen);
    CHECK(unseen->field == "too many");
    CHECK(unseen->at == at_ms(300));
    CHECK_FALSE(compare(told("x", Telling::looks, {{0, "0"}}), sim, {}, at_ms(310)));
}

TEST_CASE("a value that is not known is like the one seen before") {
    Sequence sim = told("x", Telling::looks, {{0, "?"}, {100, "1"}, {100, "0"}});
    sim.to_the_end = true;
    CHECK_FALSE(compare(told("x", Telling::looks, {{0, "?"}}), sim, {}, at_ms(500)));
}

TEST_CASE("a listener that opens where another was closed has queues of its own") {
    Trace t = server_log();
    t.sockets[1] = t.sockets[0]; // the same port
    const auto queue = [](std::int64_t ms, Cookie listener, std::int64_t length) {
        Event e;
        e.at = at_ms(ms);
        e.kind = EventKind::queue_changed;
        e.host = 0;
        e.socket = listener;
        e.what = static_cast<std::uint8_t>(Queue::accept);
        e.value = length;
        e.limit = listener == 0 ? 4 : 1;
        return e;
    };
    t.events = {change(10, 0, State::closed, State::listen),
                queue(100, 0, 1),
                queue(200, 0, 0),
                change(300, 0, State::listen, State::closed),
                change(400, 1, State::closed, State::listen),
                queue(500, 1, 1)};
    const Story unseen = tell(t, {}, Detail::everything);
    // Somebody waits in accept(): what enters its queue is out of it at once.
    t.events.push_back(queue(500, 1, 0));
    const Story passing = tell(t, {}, Detail::everything);
    t.events.resize(t.events.size() - 2);
    const Story first_alone = tell(t, {}, Detail::everything);
    CHECK_FALSE(compare(first_alone, passing));
    CHECK(compare(first_alone, unseen));
    // What is closed has nothing left to look at.
    t.events = {change(10, 0, State::closed, State::listen), queue(100, 0, 1)};
    const Story full = tell(t, {}, Detail::everything);
    t.events.push_back(queue(200, 0, 0));
    CHECK(compare(full, tell(t, {}, Detail::everything)));
    t.events.push_back(change(200, 0, State::listen, State::closed));
    t.events.push_back(change(900, 1, State::closed, State::listen));
    const Story closed_at_once = tell(t, {}, Detail::everything);
    CHECK(!compare(*full.find("accept queue s:0"), *closed_at_once.find("accept queue s:0")));
}

TEST_CASE("a reset without a number to take is zero, counted from a SYN or from nothing") {
    Numbering numbers;
    Segment syn, reset;
    syn.flags = flag::syn;
    syn.seq = {500};
    reset.flags = flag::rst | flag::ack;
    reset.ack = {501};
    CHECK(numbers.look(syn, "c:7", "s:8", false, true).seq == "0");
    CHECK(numbers.look(reset, "s:8", "c:7", false, false).seq == "0");
    // The other way round, on the same ports: c had counted from 500.
    reset.ack = {901};
    syn.seq = {900};
    CHECK(numbers.look(syn, "s:8", "c:7", false, true).seq == "0");
    CHECK(numbers.look(reset, "c:7", "s:8", false, false).seq == "abs:0");
}

TEST_CASE("a socket that outlived its port's life speaks in the numbers of its own SYN") {
    const auto challenged = [](std::uint32_t client, std::uint32_t server, std::uint32_t again) {
        Numbering n;
        n.remember_lives(true);
        const auto look = [&](bool from_client, Flags flags, std::uint32_t seq, std::uint32_t ack) {
            Segment s;
            s.flags = flags;
            s.seq = {seq};
            s.ack = {ack};
            return n.look(s, from_client ? "c:1" : "s:2", from_client ? "s:2" : "c:1", false,
                          flags.has(flag::syn));
        };
        look(true, flag::syn, client, 0);
        look(false, flag::syn | flag::ack, server, client + 1);
        look(true, flag::ack, client + 1, server + 1);
        look(true, flag::syn, again, 0); // the client has forgotten the first life
        const auto challenge = look(false, flag::ack, server + 1, client + 1);
        const auto reset = look(true, flag::rst, client + 1, 0);
        return challenge.direction + " " + challenge.seq + " " + challenge.ack + " " + reset.seq;
    };
    CHECK(challenged(1000, 5000, 7000) == "s:2>c:1#2 earlier:1 earlier:1 earlier:1");
    CHECK(challenged(4000000000u, 17, 3) == "s:2>c:1#2 earlier:1 earlier:1 earlier:1");
}

TEST_CASE("numbers are relative to the SYN of their side, whatever the ISN") {
    const auto direction = [](std::uint32_t isn) {
        Numbering n;
        Segment syn;
        syn.seq = {isn};
        syn.flags = flag::syn;
        n.look(syn, "c:1", "s:2", false, true);
        Segment data = syn;
        data.seq = {isn + 101};
        data.flags = flag::ack;
        data.ack = {77};
        return n.look(data, "c:1", "s:2", false, false);
    };
    CHECK(direction(1000).seq == "101");
    CHECK(direction(0xfffffff0).seq == "101");
    CHECK(direction(1000).ack == "abs:77");
    CHECK(direction(1000).direction == "c:1>s:2");
}

namespace {

// client#1 at this port, with one segment to server:80.
Trace one_connect(std::uint16_t port) {
    Trace t;
    t.hosts = {"client", "server"};
    t.sockets.resize(2);
    t.sockets[0] = {0, {{1}, port}, {{2}, 80}, none, 1, false};
    t.sockets[1] = {1, {{2}, 80}, {{1}, port}, none, 0, false};
    t.segments.resize(1);
    t.segments[0].segment.source = {{1}, port};
    t.segments[0].segment.destination = {{2}, 80};
    t.segments[0].segment.flags = flag::syn;
    t.segments[0].from = 0;
    t.segments[0].to = 1;
    Event e;
    e.kind = EventKind::segment_sent;
    e.ref = 0;
    e.host = 0;
    e.socket = 0;
    t.events.push_back(e);
    return t;
}

void add_call(Trace& t, std::int64_t ms, Call call, std::int64_t value, std::string text = "") {
    CallRecord record;
    record.call = call;
    record.host = 0;
    record.socket = 0;
    record.text = std::move(text);
    t.calls.push_back(record);
    Event e;
    e.at = at_ms(ms);
    e.kind = EventKind::call_returned;
    e.host = 0;
    e.socket = 0;
    e.ref = static_cast<std::uint32_t>(t.calls.size() - 1);
    e.value = value;
    t.events.push_back(e);
}

void add_counter(Trace& t, std::int64_t ms, Counter counter, std::int64_t value) {
    Event e;
    e.at = at_ms(ms);
    e.kind = EventKind::counter;
    e.host = 0;
    e.what = static_cast<std::uint8_t>(counter);
    e.value = value;
    t.events.push_back(e);
}

} // namespace

TEST_CASE("two worlds of one script are aligned by the names of their connections, whatever ports "
          "they chose") {
    const Trace model = one_connect(40002), kernel = one_connect(51234);
    CHECK(compare(tell(kernel, {}, Detail::everything), tell(model, {}, Detail::everything)));
    const Trace aligned = with_ports_of(model, kernel);
    CHECK(aligned.segments[0].segment.source.port == 40002);
    CHECK(aligned.sockets[1].remote.port == 40002);
    CHECK_FALSE(
        compare(tell(aligned, {}, Detail::everything), tell(model, {}, Detail::everything)));
    CHECK(with_names("segments client:40002>server:80", model) == "segments client#1>server:80");
    CHECK(with_names("segments client:400021>server:80", model) ==
          "segments client:400021>server:80");
}

TEST_CASE("one port towards two destinations is two connections, each with the name and the port "
          "that it has in the other world") {
    // client#2 goes to :81.
    const auto two = [](std::uint16_t first, std::uint16_t second) {
        Trace t = one_connect(first);
        const Endpoint local{{1}, second}, remote{{2}, 81};
        t.sockets.push_back({0, local, remote, none, 2, false});
        t.segments.push_back(t.segments[0]);
        t.segments[1].segment.source = local;
        t.segments[1].segment.destination = remote;
        Event e = t.events[0];
        e.ref = 1;
        e.socket = 2;
        t.events.push_back(e);
        return t;
    };
    const Trace model = two(45000, 45000);
    for (const Trace& kernel : {two(45000, 45002), two(45002, 45000), two(45002, 45002)}) {
        const Trace aligned = with_ports_of(model, kernel);
        CHECK(aligned.segments[0].segment.source.port == 45000);
        CHECK(aligned.segments[1].segment.source.port == 45000);
        CHECK_FALSE(
            compare(tell(aligned, {}, Detail::everything), tell(model, {}, Detail::everything)));
    }
    // Here the kernel's two share a port, the model's do not.
    const Trace apart = with_ports_of(two(45000, 45002), two(45000, 45000));
    CHECK(apart.segments[0].segment.source.port == 45000);
    CHECK(apart.segments[1].segment.source.port == 45002);
    // Each drew what the other has.
    const Trace swapped = with_ports_of(two(45000, 45002), two(45002, 45000));
    CHECK(swapped.segments[0].segment.source.port == 45000);
    CHECK(swapped.segments[1].segment.source.port == 45002);
    CHECK(with_names("segments client:45000>server:81", model) == "segments client#2>server:81");
}

TEST_CASE("calls and counters are part of the whole story, what a call needs on its way is not") {
    Trace model = one_connect(40002);
    Trace kernel = model;
    add_call(model, 1, Call::socket, 3);
    add_call(model, 1, Call::setsockopt, 0, "3, SO_REUSEADDR, 1");
    add_call(model, 2, Call::connect, 0);
    add_call(kernel, 3, Call::connect, 0);
    add_counter(model, 2, Counter::TCPTimeouts, 1);
    add_counter(kernel, 14, Counter::TCPTimeouts, 1);
    const auto difference = [&] {
        return compare(tell(kernel, {}, Detail::everything), tell(model, {}, Detail::everything));
    };
    CHECK_FALSE(difference());
    kernel.events.back().value = 2;
    REQUIRE(difference());
    CHECK(difference()->sequence == "counter client TCPTimeouts");
    kernel.events.back().value = 1;
    kernel.events[1].value = -111;
    REQUIRE(difference());
    CHECK(difference()->sequence == "calls client#1");
    CHECK(difference()->expected == "ECONNREFUSED");
}

TEST_CASE("A state that lasted less than looks are apart is no difference of two logs that were "
          "looked at") {
    using trace::State;
    const auto at = [](std::int64_t ms) { return trace::Instant{} + trace::milliseconds(ms); };
    trace::Sequence seen{"states client:1-server:80", trace::Telling::changes, {}};
    seen.by_looks = true;
    seen.facts = {trace::state_fact(at(100), State::established, State::fin_wait_1),
                  trace::state_fact(at(200), State::fin_wait_1, State::closed)};
    trace::Sequence model = seen;
    model.facts = {trace::state_fact(at(100), State::established, State::fin_wait_1),
                   trace::state_fact(at(200), State::fin_wait_1, State::fin_wait_2),
                   trace::state_fact(at(200), State::fin_wait_2, State::closed)};
    CHECK_FALSE(trace::compare(seen, model).has_value());
    CHECK_FALSE(trace::compare(model, seen).has_value());
    // One that lasted would have been seen; and of a log that misses nothing, nothing is left out.
    model.facts[2].at = at(300);
    CHECK(trace::compare(seen, model).has_value());
    model.facts[2].at = at(200);
    seen.by_looks = false;
    CHECK(trace::compare(seen, model).has_value());
}

namespace {

Segment segment(Flags flags, std::uint32_t seq, std::uint32_t ack, bool from_client) {
    Segment s;
    const Endpoint client{{0x0a000001}, 5001}, server{{0x0a000002}, 80};
    s.source = from_client ? client : server;
    s.destination = from_client ? server : client;
    s.flags = flags;
    s.seq = {seq};
    s.ack = {ack};
    return s;
}

Numbering::Seen look(Numbering& n, const Segment& s, bool by_hand = false, bool opens = false) {
    const bool from_client = s.destination.port == 80;
    return n.look(s, from_client ? "c" : "s", from_client ? "s" : "c", by_hand, opens);
}

} // namespace

TEST_CASE("a SYN by hand neither begins a life nor moves the numbers of the connection it is for") {
    Numbering n;
    look(n, segment(flag::syn, 1000, 0, true), false, true);
    look(n, segment(flag::syn | flag::ack, 5000, 1001, false), false, true);
    CHECK(look(n, segment(flag::syn, 9000, 0, true), true).direction == "c>s");
    CHECK(look(n, segment(flag::ack, 1001, 5001, true)).seq == "1");
}

TEST_CASE("numbers from before a TCP counted anew are told from where they were counted") {
    Numbering n;
    look(n, segment(flag::syn, 1000, 0, true), false, true);
    look(n, segment(flag::syn | flag::ack, 5000, 1001, false));
    look(n, segment(flag::syn | flag::ack, 3'000'000'000, 1003, false)); // to a SYN by hand
    CHECK(look(n, segment(flag::ack, 1002, 5002, true)).ack == "2");
    CHECK(look(n, segment(flag::ack, 1002, 3'000'000'001, true)).ack == "1");
    CHECK(look(n, segment(flag::rst, 5002, 0, false)).seq == "2");
}

TEST_CASE("a reset that has no number to take tells zero, whoever lived there before") {
    Numbering n;
    n.remember_lives(true);
    look(n, segment(flag::syn, 1000, 0, true), false, true);
    look(n, segment(flag::syn | flag::ack, 5000, 1001, false));
    look(n, segment(flag::syn, 70'000, 0, true), false, true);
    CHECK(look(n, segment(flag::rst | flag::ack, 0, 70'001, false)).seq.find("-5000") ==
          std::string::npos);
}

TEST_CASE("what was made by hand is no fact to compare, for both logs were given it") {
    Trace t = server_log();
    t.segments.resize(1);
    t.segments[0].segment = segment(flag::syn, 1000, 0, true);
    t.segments[0].from = 0;
    Event e;
    e.kind = EventKind::segment_sent;
    e.host = 0;
    e.ref = 0;
    e.rule = Rule::made_by_hand;
    t.events = {e};
    CHECK(tell(t, {}).sequences.empty());
    t.events[0].rule = Rule::active_open;
    CHECK(tell(t, {}).sequences.size() == 1);
}
