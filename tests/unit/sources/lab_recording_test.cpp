// A session on the real kernel, saved while it runs and opened again.
#include "catch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "record/file.hpp"
#include "record/format.hpp"
#include "sources/lab_source.hpp"
#include "sources/session.hpp"

using namespace sources;
namespace cmd = view::command;

namespace {

// Polls as the window does, until it holds or ten seconds have gone by.
template <typename Condition>
bool becomes(Session& s, Condition holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        s.advance(0.005);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

bool reached(Session& s, trace::State state) {
    const view::Frame& frame = s.frame();
    return std::any_of(frame.trace->events.begin(), frame.trace->events.end(),
                       [&](const trace::Event& e) {
                           return e.kind == trace::EventKind::transition && e.to == state;
                       });
}

} // namespace

TEST_CASE("a session on the real kernel is saved and opened again, and then it can go back") {
    view::Settings settings;
    settings.reduced_motion = true;
    Session s(std::string(TWOMSL_SOURCE_DIR) + "/assets", settings,
              [](bool loopback, std::string& why_not) {
                  return open_laboratory(loopback, why_not, [] {});
              });
    s.perform({cmd::OpenLab{}});
    INFO(s.frame().message);
    REQUIRE(s.frame().mode == view::Mode::lab);
    s.perform({cmd::Play{true}});
    REQUIRE(becomes(s, [&] { return reached(s, trace::State::time_wait); }));
    const std::string path = std::string(TWOMSL_BINARY_DIR) + "/laboratory.twomsl-recording";
    const std::string capture = std::string(TWOMSL_BINARY_DIR) + "/laboratory.pcapng";
    s.perform({cmd::SaveRecording{cmd::SaveRecording::As::recording, path}});
    const trace::Trace seen = *s.frame().trace;
    const bool segments = s.frame().can.segments;
    s.perform({cmd::SaveRecording{cmd::SaveRecording::As::pcapng, capture}});

    const bool opened = s.open_file(path);
    INFO(s.frame().message);
    REQUIRE(opened);
    REQUIRE(s.frame().mode == view::Mode::recording);
    CHECK(s.frame().message.empty());
    CHECK(*s.frame().trace == seen);
    CHECK_FALSE(s.frame().can.back); // the beginning, as far as it shows anything
    CHECK(s.frame().visible_events > 0);
    CHECK(s.frame().visible_events < 10);
    while (s.source()->step()) {
    }
    CHECK(s.frame().visible_events == seen.events.size());
    // Back to when the handshake was under way.
    const auto syn_sent = std::find_if(seen.events.begin(), seen.events.end(), [](const auto& e) {
        return e.kind == trace::EventKind::transition && e.to == trace::State::established;
    });
    REQUIRE(syn_sent != seen.events.end());
    s.perform({cmd::SeekEvent{static_cast<trace::EventId>(syn_sent - seen.events.begin())}});
    CHECK(s.frame().visible_events < seen.events.size());
    bool established = false;
    for (const auto& host : s.frame().snapshot->hosts)
        for (const auto& socket : host.sockets)
            established = established || socket.state == trace::State::established;
    CHECK(established);
    if (segments)
        CHECK(record::read_file(capture).text.size() > 1000);
    std::remove(path.c_str());
    std::remove(capture.c_str());
}
