// Recordings: what was watched comes back as it was, and no file, however damaged, brings anything
// down.
#include "catch.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "record/file.hpp"
#include "record/format.hpp"
#include "scenario/parser.hpp"
#include "sources/recorded_source.hpp"
#include "sources/session.hpp"
#include "sources/sim_source.hpp"
#include "trace/header.hpp"
#include "trace/story.hpp"
#include "world/known.hpp"

using namespace sources;
namespace cmd = view::command;

namespace {

// A full accept queue, lost data, a reset and a counter: something of everything.
constexpr std::string_view eventful = R"(title T
hosts a b
sysctl b net.ipv4.tcp_abort_on_overflow 1
0 b listen :80 backlog 0
0 a connect :80
5ms a connect :80
100ms wire drop a>b DATA
100ms a#1 write 700
900ms b accept :80
1s b#1 read
1s a connect :81
2s a#1 close
3s b#1 close
4s b sysctl net.core.somaxconn 7
4s wire hold a>b SYN
4s a connect :80
5s a connect :80
)";

SimSource play() {
    auto parsed = scenario::parse(eventful, "eventful", world::known());
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed))
        FAIL(scenario::format(*error));
    return SimSource(std::get<scenario::Scenario>(std::move(parsed)), SimSource::Kind::what_if,
                     nullptr);
}

trace::Snapshot shown(const view::Source& source) {
    view::Frame frame;
    source.fill(frame);
    return *frame.snapshot;
}

trace::Trace so_far(const view::Source& source) {
    trace::Trace t = source.trace();
    t.events.resize(source.visible_events());
    return t;
}

// A snapshot has no ==; what is written of it has.
std::string written(const trace::Trace& trace, const trace::Snapshot& s) {
    record::Writer writer({});
    writer.add(trace, s);
    return writer.text();
}

struct Kept {
    std::string text;
    std::vector<std::string> looks; // each as written() says it
    trace::Trace trace;
};
Kept keep() {
    SimSource source = play();
    record::Writer writer({"a test", "Linux 6.18", 1'700'000'000'000'000'000});
    Kept kept;
    do {
        if (writer.add(so_far(source), shown(source)))
            kept.looks.push_back(written(so_far(source), shown(source)));
    } while (source.step());
    kept.text = writer.text();
    kept.trace = so_far(source);
    return kept;
}

record::Recording read_back(const std::string& text) {
    auto read = record::read(text, "x");
    if (const auto* mistake = std::get_if<std::string>(&read))
        FAIL(*mistake);
    return std::get<record::Recording>(std::move(read));
}

} // namespace

TEST_CASE("what was watched comes back as it was: the whole trace, and every look at the hosts") {
    const Kept kept = keep();
    REQUIRE(kept.looks.size() > 30);
    const record::Recording r = read_back(kept.text);
    CHECK(r.about == record::About{"a test", "Linux 6.18", 1'700'000'000'000'000'000});
    CHECK(r.cut.empty());
    CHECK(r.trace == kept.trace);
    REQUIRE(r.looks.size() == kept.looks.size());
    for (std::size_t i = 0; i < r.looks.size(); ++i) {
        trace::Trace t = r.trace;
        t.events.resize(r.looks[i].events);
        INFO("look " << i);
        // Records of segments and calls are kept whole; those of later looks are left out here.
        const auto snapshot = [](const std::string& text) {
            return text.substr(text.find("\"views\""));
        };
        CHECK(snapshot(written(t, record::snapshot(r.looks[i]))) == snapshot(kept.looks[i]));
    }
}

TEST_CASE("a picture of a recording shows it at the time that was asked for, and else its end") {
    const std::string path = fmt::format("{}/shown-{}.twomsl-recording",
                                         std::filesystem::temp_directory_path().string(), getpid());
    std::ofstream(path) << keep().text;
    view::Settings settings;
    settings.reduced_motion = true;
    Session session(std::string(TWOMSL_SOURCE_DIR) + "/assets", settings);
    REQUIRE(session.open_file(path));
    std::filesystem::remove(path);
    const trace::Instant asked = trace::Instant{} + trace::milliseconds(950);
    session.show_at(asked);
    const trace::Instant shown_at = session.frame().snapshot->now;
    CHECK(shown_at <= asked);
    CHECK(shown_at > trace::Instant{} + trace::milliseconds(850)); // accept() was at 900 ms
    session.show_at(trace::never);
    CHECK(session.frame().snapshot->now == session.frame().timeline.end);
}

TEST_CASE("a recording can be stepped, scrubbed and gone back in; it cannot be acted upon") {
    const Kept kept = keep();
    RecordedSource source(read_back(kept.text));
    CHECK_FALSE(source.can().back);
    CHECK_FALSE(source.can().act);
    CHECK_FALSE(source.can().verdicts);
    std::vector<trace::Instant> times{source.now()};
    while (source.next_due()) {
        const auto due = *source.next_due();
        REQUIRE(source.step());
        CHECK(source.now() == due);
        times.push_back(source.now());
    }
    CHECK_FALSE(source.step());
    CHECK(source.visible_events() == kept.trace.events.size());
    CHECK(source.can().back);
    source.perform(cmd::Seek{trace::Instant{} + trace::milliseconds(950)});
    CHECK(source.now() <= trace::Instant{} + trace::milliseconds(950));
    CHECK(*source.next_due() > trace::Instant{} + trace::milliseconds(950));
    const std::uint32_t before = source.visible_events();
    source.perform(cmd::StepBackward{view::StepBy::transition});
    bool transition = false;
    for (std::uint32_t i = source.visible_events(); i < before; ++i)
        transition = transition || kept.trace.events[i].kind == trace::EventKind::transition;
    CHECK(transition);
    source.perform(cmd::SeekEvent{3});
    CHECK(source.visible_events() > 3);
    source.perform(cmd::Seek{trace::Instant{-1}});
    CHECK(source.now() == times.front());
}

TEST_CASE(
    "captured headers are kept with their segments; damaged ones are refused with their line") {
    SimSource source = play();
    while (source.step()) {
    }
    trace::Trace trace = so_far(source);
    trace.headers = {{0, trace::header_of(trace.segments[0].segment).bytes},
                     {3, trace::header_of(trace.segments[3].segment).bytes}};
    record::Writer writer({});
    writer.add(trace, shown(source));
    CHECK(read_back(writer.text()).trace.headers == trace.headers);
    const auto damaged = [&](std::string_view from, std::string_view to) {
        std::string text = writer.text();
        const auto at = text.find(from);
        REQUIRE(at != text.npos);
        const auto read = record::read(text.replace(at, from.size(), to), "x");
        REQUIRE(std::holds_alternative<std::string>(read));
        return std::get<std::string>(read);
    };
    CHECK(damaged("[[0,\"45", "[[0,\"4x") == "x:2: a header is not hexadecimal");
    CHECK(damaged("[[0,\"45", "[[0,\"55") == "x:2: a header is not one of IP and TCP");
    CHECK(damaged("[[0,\"45", "[[9999,\"45") == "x:2: a header of a segment that is not there");
    CHECK(damaged("[[0,\"45", "[[3,\"45") == "x:2: a header of a segment that is not there");
}

TEST_CASE("a recording opens at the first moment that shows something") {
    const Kept kept = keep();
    auto recording = read_back(kept.text);
    const RecordedSource once(recording);
    const auto whole = once.recording().looks.size();
    CHECK(once.visible_events() > 0);
    record::Look empty;
    empty.hosts = {std::make_shared<const trace::HostView>(),
                   std::make_shared<const trace::HostView>()};
    recording.looks.insert(recording.looks.begin(), 5, empty);
    RecordedSource source(recording);
    CHECK(source.now() == once.now());
    CHECK_FALSE(source.can().back);
    CHECK_FALSE(source.step_back());
    CHECK(source.recording().looks.size() == whole);
    recording.looks.assign(3, empty); // nothing was ever seen
    CHECK(RecordedSource(recording).recording().looks.size() == 3);
}

TEST_CASE("a recording cut off in the middle of a line opens with all that came before") {
    const Kept kept = keep();
    const auto whole = read_back(kept.text);
    const std::string text = kept.text.substr(0, kept.text.size() - 5);
    const auto cut = read_back(text);
    CHECK(cut.looks.size() == whole.looks.size() - 1);
    CHECK(cut.cut.find("x ends in the middle of line") == 0);
}

TEST_CASE("what is wrong with a recording is said with its line") {
    const Kept kept = keep();
    const auto mistake = [](const std::string& text) {
        const auto read = record::read(text, "x");
        REQUIRE(std::holds_alternative<std::string>(read));
        return std::get<std::string>(read);
    };
    CHECK(mistake("") == "x:1: the recording is empty");
    CHECK(mistake("{}\n") == "x:1: this is not a recording of twomsl");
    CHECK(mistake("{\"twomsl recording\": 2}\n")
              .find("x:1: this recording was made by a later version") == 0);
    const auto replaced = [&](std::string_view from, std::string_view to) {
        std::string text = kept.text;
        const auto at = text.find(from);
        REQUIRE(at != text.npos);
        return text.replace(at, from.size(), to);
    };
    CHECK(mistake(replaced("\"SYN_SENT\"", "\"SYN_SNT\"")).find("there is no state 'SYN_SNT'") !=
          std::string::npos);
    CHECK(mistake(replaced(R"("kind":"segment_sent","ref":0)", R"("kind":"segment_sent","ref":99)"))
              .find("an event names a segment that is not there") != std::string::npos);
    CHECK(mistake(replaced(R"("kind":"call_entered","ref":0)", R"("kind":"call_entered","ref":99)"))
              .find("an event names a call that is not there") != std::string::npos);
    CHECK(mistake(replaced("\"at\":", "\"at\":\"noon\",\"x\":")).find("must be number") !=
          std::string::npos);
}

TEST_CASE("10,000 damaged recordings are refused in a sentence or read as something sound") {
    const Kept kept = keep();
    std::uint64_t random = 42;
    const auto next = [&](std::uint64_t below) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        return (random >> 33) % below;
    };
    int refused = 0, sound = 0;
    for (int i = 0; i < 10'000; ++i) {
        // A few lines only, or most mutants would spend their time far from the damage.
        std::string text = kept.text.substr(0, 200 + next(kept.text.size() / 8));
        for (std::uint64_t n = 1 + next(3); n > 0; --n) {
            const auto at = next(text.size());
            switch (next(4)) {
            case 0: text[at] = static_cast<char>(next(256)); break;
            case 1: text[at] = "0123456789[]{}\",:-n"[next(19)]; break;
            case 2: // a number grows beyond everything there is
                if (const auto digit = text.find_first_of("0123456789", at); digit != text.npos)
                    text.insert(digit, "9999");
                break;
            default: text.erase(at, 1 + next(20)); break;
            }
            if (text.empty())
                text = "{";
        }
        auto read = record::read(text, "x");
        if (const auto* mistake = std::get_if<std::string>(&read)) {
            REQUIRE(mistake->starts_with("x:"));
            ++refused;
            continue;
        }
        ++sound;
        // Everything that draws it may follow every index.
        RecordedSource source(std::get<record::Recording>(std::move(read)));
        do {
            for (const auto& host : shown(source).hosts)
                for (const auto& socket : host.sockets)
                    trace::socket_name(source.trace(), socket.cookie);
        } while (source.step());
        for (const auto& e : source.trace().events)
            trace::sentence(source.trace(), e, "en");
        trace::tell(source.trace(), {});
    }
    INFO(refused << " refused, " << sound << " sound");
    CHECK(refused > 1000);
    CHECK(sound > 1000);
}
