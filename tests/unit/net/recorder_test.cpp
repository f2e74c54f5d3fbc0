// What the observer thread records arrives at the other side: all of it, once, in order.
#include "net/recorder.hpp"

#include "catch.hpp"

#include <thread>

TEST_CASE("what is recorded before a publish is collected after it, and only once") {
    net::Recorder recorder({"client", "server"}, {});
    trace::Trace mine;
    trace::Snapshot now;
    CHECK_FALSE(recorder.collect(mine, now));
    trace::Event event;
    event.at = {5};
    recorder.add(event);
    CHECK_FALSE(recorder.collect(mine, now)); // not published yet
    trace::Snapshot picture;
    picture.now = {7};
    recorder.publish(picture);
    REQUIRE(recorder.collect(mine, now));
    CHECK(mine.hosts.size() == 2);
    CHECK(mine.events.size() == 1);
    CHECK(now.now == trace::Instant{7});
    CHECK_FALSE(recorder.collect(mine, now));
}

TEST_CASE("captured headers are collected once, each with its segment") {
    net::Recorder recorder({"client", "server"}, {});
    trace::Trace mine;
    trace::Snapshot now;
    const std::vector<std::uint8_t> bytes = {0x60, 1, 2};
    recorder.add(trace::SegmentRecord{});
    recorder.publish({});
    REQUIRE(recorder.collect(mine, now));
    CHECK(mine.headers.empty()); // only its values were known
    recorder.add(trace::SegmentRecord{}, bytes);
    recorder.publish({});
    recorder.publish({});
    REQUIRE(recorder.collect(mine, now));
    CHECK(mine.segments.size() == 2);
    CHECK(mine.headers == std::vector{trace::CapturedHeader{1, bytes}});
    recorder.publish({});
    REQUIRE(recorder.collect(mine, now));
    CHECK(mine.headers.size() == 1);
}

TEST_CASE("a story that starts over is collected as a new one, without a word of the old") {
    net::Recorder recorder({"client", "server"}, {});
    trace::Trace mine;
    trace::Snapshot now;
    recorder.add(trace::Event{});
    recorder.add(trace::SocketRecord{});
    recorder.publish({});
    REQUIRE(recorder.collect(mine, now));
    recorder.add(trace::Event{});
    recorder.add(trace::SegmentRecord{}, std::vector<std::uint8_t>{1});
    recorder.publish({}); // not collected any more
    recorder.start_over();
    CHECK_FALSE(recorder.collect(mine, now)); // its snapshot would name what is gone
    trace::Event fresh;
    fresh.at = {9};
    recorder.add(fresh);
    recorder.publish({});
    REQUIRE(recorder.collect(mine, now));
    CHECK(mine.hosts.size() == 2);
    REQUIRE(mine.events.size() == 1);
    CHECK(mine.events[0].at == trace::Instant{9});
    CHECK(mine.sockets.empty());
    CHECK(mine.segments.empty());
    CHECK(mine.headers.empty());
}

TEST_CASE("records of calls and sockets that change later are collected changed") {
    net::Recorder recorder({"client"}, {});
    trace::Trace mine;
    trace::Snapshot now;
    const auto call = recorder.add(trace::CallRecord{});
    const auto socket = recorder.add(trace::SocketRecord{});
    recorder.publish({});
    recorder.collect(mine, now);
    auto named = recorder.trace().sockets[socket];
    named.number = 3;
    recorder.change_socket(socket, named);
    trace::CallRecord record;
    record.accepted = socket;
    recorder.change(call, record);
    recorder.publish({});
    REQUIRE(recorder.collect(mine, now));
    CHECK(mine.sockets.at(socket).number == 3);
    CHECK(mine.calls.at(call).accepted == socket);
    CHECK(mine == recorder.trace());
}

TEST_CASE("times never go back: an event that is told late gets the time of the one before it") {
    net::Recorder recorder({"client"}, {});
    trace::Event event;
    event.at = {10};
    recorder.add(event);
    event.at = {4};
    CHECK(recorder.trace().events[recorder.add(event)].at == trace::Instant{10});
}

TEST_CASE("two threads: nothing is lost between them") {
    net::Recorder recorder({"client"}, {});
    constexpr int count = 5000;
    std::thread observer([&] {
        for (int i = 0; i < count; ++i) {
            trace::Event event;
            event.value = i;
            recorder.add(event);
            recorder.publish({});
        }
    });
    trace::Trace mine;
    trace::Snapshot now;
    while (mine.events.size() < count)
        recorder.collect(mine, now);
    observer.join();
    for (int i = 0; i < count; ++i)
        REQUIRE(mine.events[static_cast<std::size_t>(i)].value == i);
}
