// A user at the window, without the window: lessons forward and back, questions, branches, free
// play.
#include "catch.hpp"
#include "record/file.hpp"

#include <cstdio>
#include <string>
#include <variant>

#include "scenario/scenario.hpp"
#include "sources/running.hpp"
#include "sources/session.hpp"
#include "world/known.hpp"

using namespace sources;
namespace cmd = view::command;

namespace {

Session fresh(view::Settings settings = {}) {
    settings.reduced_motion = true; // every press is done when it returns
    return Session(std::string(TWOMSL_SOURCE_DIR) + "/assets", settings);
}

void press(Session& s, view::Command command) {
    s.perform(view::Commands{std::move(command)});
}

trace::State state_of(Session& s, const std::string& name) {
    for (const auto& host : s.frame().snapshot->hosts)
        for (const auto& socket : host.sockets)
            if (socket.name == name)
                return socket.state;
    return trace::State::closed;
}

} // namespace

TEST_CASE("every lesson is walked to its end card by Next alone, and back to its start by Back",
          "[lesson]") {
    Session s = fresh();
    REQUIRE(s.lessons().size() >= 12);
    for (int place = 0; place < static_cast<int>(s.lessons().size()); ++place) {
        s.open_lesson(place);
        INFO(s.lessons()[static_cast<std::size_t>(place)].file);
        const int steps = static_cast<int>(s.frame().lesson->steps.size());
        int presses = 0;
        while (!s.frame().lesson->end && presses < 10 * steps) {
            press(s, cmd::Next{});
            ++presses;
        }
        REQUIRE(s.frame().lesson->end.has_value());
        CHECK(s.frame().lesson->current == steps - 1);
        CHECK(s.frame().lesson->end->expectations > 0);
        CHECK(s.frame().lesson->end->expectations_held == s.frame().lesson->end->expectations);
        CHECK_FALSE(s.frame().lesson->end->rule.empty());
        int backs = 0;
        while (s.frame().can.back && backs < 10 * steps) {
            press(s, cmd::Back{});
            ++backs;
        }
        CHECK(backs == presses);
        CHECK(s.frame().visible_events == 0);
        CHECK(s.frame().snapshot->now == trace::Instant{});
    }
}

TEST_CASE("a file without a rule of its own keeps its last note in sight at the end", "[lesson]") {
    Session s = fresh();
    s.open_file(std::string(TWOMSL_SOURCE_DIR) +
                "/assets/scenarios/articles/three-quarters.twomsl");
    for (int i = 0; i < 99 && !s.frame().lesson->end; ++i)
        press(s, cmd::Next{});
    REQUIRE(s.frame().lesson->end.has_value());
    CHECK(s.frame().lesson->end->rule.find("the last quarter is kept free") != std::string::npos);
}

TEST_CASE("while a question stands nothing later is told, and the answer is judged by the world",
          "[question]") {
    Session s = fresh();
    int asked = 0;
    for (int place = 0; place < static_cast<int>(s.lessons().size()); ++place) {
        s.open_lesson(place);
        INFO(s.lessons()[static_cast<std::size_t>(place)].file);
        for (int i = 0; i < 60 && !s.frame().lesson->end; ++i) {
            press(s, cmd::Next{});
            if (!s.frame().lesson->question || s.frame().lesson->question->answered)
                continue;
            ++asked;
            const auto before = s.frame().visible_events;
            CHECK(s.frame().hidden_after == s.frame().snapshot->now);
            for (const auto& option : s.frame().lesson->question->options)
                CHECK(option.text.empty());
            press(s, cmd::Step{view::StepBy::beat}); // no way around it
            CHECK(s.frame().visible_events == before);
            press(s, cmd::Answer{0});
            REQUIRE(s.frame().lesson->question);
            CHECK(s.frame().lesson->question->answered);
            CHECK(s.frame().lesson->question->revealed);
            int right = 0;
            for (const auto& option : s.frame().lesson->question->options) {
                CHECK_FALSE(option.text.empty());
                right += option.right ? 1 : 0;
            }
            CHECK(right == 1);
        }
        REQUIRE(s.frame().lesson->end);
        CHECK(s.frame().lesson->end->asked > 0);
    }
    CHECK(asked >= 12);
}

TEST_CASE("\"I don't know\" is shown the answer and is marked neither right nor wrong",
          "[question]") {
    Session s = fresh();
    s.open_lesson(0);
    while (!s.frame().lesson->question)
        press(s, cmd::Next{});
    const auto asked = static_cast<std::size_t>(s.frame().lesson->current);
    press(s, cmd::Answer{-1});
    REQUIRE(s.frame().lesson->question);
    CHECK(s.frame().lesson->question->revealed);
    CHECK_FALSE(s.frame().lesson->steps[asked].right.has_value());
    press(s, cmd::Back{});
    press(s, cmd::Answer{0});
    CHECK(s.frame().lesson->steps[asked].right.has_value());
}

TEST_CASE("a dropped SYN leaves the script, keeps it, and one command returns", "[branch]") {
    Session s = fresh();
    s.open_lesson(0);
    while (s.frame().snapshot->in_flight.empty())
        press(s, cmd::Next{});
    const auto syn = s.frame().snapshot->in_flight.front().segment;
    press(s, cmd::Verdict{syn, cmd::OnSegment::drop});
    CHECK(s.frame().lesson->off_script);
    CHECK(s.frame().timeline.branches.size() == 2);
    CHECK(s.frame().snapshot->in_flight.empty());
    for (int i = 0; i < 40; ++i)
        press(s, cmd::Step{view::StepBy::segment});
    CHECK(state_of(s, "client#1") == trace::State::established); // the SYN was repeated
    CHECK_THAT(s.frame().lesson->narration, ContainsSubstring("You changed the story"));
    press(s, cmd::ReturnToScript{});
    CHECK_FALSE(s.frame().lesson->off_script);
    CHECK(s.frame().snapshot->in_flight.size() == 1);
}

TEST_CASE("a press that is not legal says why and changes nothing", "[session]") {
    Session s = fresh();
    s.open_lesson(0);
    press(s, cmd::Back{});
    CHECK_FALSE(s.frame().message.empty());
    press(s, cmd::SwitchBranch{7});
    press(s, cmd::Answer{2});
    press(s, cmd::SeekEvent{12345});
    press(s, cmd::OpenLesson{99});
    CHECK(s.frame().visible_events == 0);
    CHECK_FALSE(s.open_file("/nonexistent/x.twomsl"));
    CHECK_THAT(s.frame().message, ContainsSubstring("/nonexistent/x.twomsl"));
}

TEST_CASE("free play begins with a listening server, and nothing happens by itself",
          "[free play]") {
    Session s = fresh();
    press(s, cmd::OpenFreePlay{false});
    REQUIRE(s.frame().snapshot->hosts.size() == 2);
    REQUIRE(s.frame().snapshot->hosts[1].listeners.size() == 1);
    CHECK(s.frame().snapshot->hosts[1].listeners[0].limit == 2);
    press(s, cmd::Next{});
    CHECK_FALSE(s.frame().nothing_due.empty());
    press(s, cmd::MakeCall{.host = 0, .call = trace::Call::connect, .times = 5});
    for (int i = 0; i < 40; ++i)
        press(s, cmd::Next{});
    const auto& listener = s.frame().snapshot->hosts[1].listeners[0];
    CHECK(listener.accept_queue.size() == 3);
    CHECK(listener.limit == 2);
    CHECK(s.frame().script.size() == 6);
}

TEST_CASE("what was done by hand is a scenario file that does it again", "[free play]") {
    Session s = fresh();
    press(s, cmd::OpenFreePlay{false});
    press(s, cmd::MakeCall{.host = 0, .call = trace::Call::connect});
    press(s, cmd::Next{});
    const auto listener = s.frame().snapshot->hosts[1].listeners[0].cookie;
    for (int i = 0; i < 10; ++i)
        press(s, cmd::Next{});
    press(s, cmd::MakeCall{.host = 1, .call = trace::Call::accept, .socket = listener});
    const auto client = s.frame().snapshot->hosts[0].sockets[0].cookie;
    press(s,
          cmd::MakeCall{.host = 0, .call = trace::Call::write, .socket = client, .argument = 100});
    REQUIRE_FALSE(s.frame().snapshot->in_flight.empty());
    press(s, cmd::Verdict{s.frame().snapshot->in_flight[0].segment, cmd::OnSegment::drop});
    for (int i = 0; i < 10; ++i)
        press(s, cmd::Next{});

    const std::string path = std::string(TWOMSL_BINARY_DIR) + "/free-play.twomsl";
    press(s, cmd::SaveScript{path});
    const auto file = record::read_file(path);
    REQUIRE(file.mistake.empty());
    INFO(file.text);
    auto parsed = scenario::parse(file.text, "free-play.twomsl", world::known());
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed))
        FAIL(scenario::format(*error));
    SimSource again(std::get<scenario::Scenario>(parsed), SimSource::Kind::what_if, nullptr);
    while (again.visible_events() < s.frame().visible_events && again.step()) {
    }
    REQUIRE(again.visible_events() == s.frame().visible_events);
    for (std::uint32_t i = 0; i < again.visible_events(); ++i)
        CHECK(again.trace().events[i].at == s.frame().trace->events[i].at);
    std::remove(path.c_str());
}

namespace {

// Three clients meet a listener of backlog 0 that nobody accepts from.
void overflow(Session& s) {
    press(s, cmd::OpenFreePlay{false});
    press(s, cmd::MakeCall{.host = 1, .call = trace::Call::listen, .argument = 0});
    press(s, cmd::MakeCall{.host = 0, .call = trace::Call::connect, .times = 3});
    for (int i = 0; i < 12; ++i)
        press(s, cmd::Next{});
}

std::string profile_of(Session& s, std::size_t host) {
    return s.frame().snapshot->hosts[host].profile;
}

} // namespace

TEST_CASE("free play is played again under another kernel, and the first play is kept",
          "[free play][profile]") {
    Session s = fresh();
    overflow(s);
    const auto now = s.frame().snapshot->now;
    const auto events = s.frame().visible_events;
    const auto lines = s.frame().script.size();
    const auto refused = [&] {
        std::uint64_t sum = 0;
        for (const auto& counter : s.frame().snapshot->hosts[1].counters)
            sum += counter.counter == trace::Counter::ListenDrops ? counter.value : 0;
        return sum;
    };
    const auto dropped = refused();
    press(s, cmd::SetProfile{1, "linux-2.0"});
    CHECK(s.frame().message.empty());
    CHECK(profile_of(s, 0) == "linux-6.18");
    CHECK(profile_of(s, 1) == "linux-2.0");
    CHECK(s.frame().snapshot->now == now);
    CHECK(s.frame().script.size() == lines);
    CHECK(refused() != dropped); // full at the backlog: none fits beyond it
    // What was written down names the kernel of the host.
    const std::string path = std::string(TWOMSL_BINARY_DIR) + "/profile.twomsl";
    press(s, cmd::SaveScript{path});
    CHECK(record::read_file(path).text.find("\nprofile linux-2.0 server\n") != std::string::npos);
    std::remove(path.c_str());

    // It is a branch, by the kernel that it has.
    const auto branches = s.frame().timeline.branches;
    REQUIRE(branches.size() == 2);
    CHECK(branches[1].set_aside);
    CHECK(branches[1].label == "server: linux-6.18");
    press(s, cmd::SwitchBranch{1});
    CHECK(profile_of(s, 1) == "linux-6.18");
    CHECK(s.frame().visible_events == events);
    CHECK(refused() == dropped);
    REQUIRE(s.frame().timeline.branches.size() == 2);
    CHECK(s.frame().timeline.branches[1].label == "server: linux-2.0");
    // The same kernel once more makes no third one.
    press(s, cmd::SetProfile{1, "linux-2.0"});
    CHECK(s.frame().timeline.branches.size() == 2);
}

TEST_CASE("any Linux can be typed; what is none says so, and what it has no sysctl for stands",
          "[free play][profile]") {
    Session s = fresh();
    press(s, cmd::OpenFreePlay{false});
    press(s, cmd::SetProfile{0, "linux-5.10"});
    CHECK(profile_of(s, 0) == "linux-5.10");
    const auto& choices = s.frame().profiles;
    REQUIRE(choices.size() > 8);
    CHECK(choices.back().name == "linux-5.10"); // beside the named ones
    CHECK_FALSE(choices.back().differs.empty());
    CHECK(choices.front().name == "linux-6.18");
    CHECK(choices.front().differs.empty());
    for (const auto& choice : choices)
        CHECK_FALSE(choice.sentence.empty());
    press(s, cmd::SetProfile{0, "windows-95"});
    CHECK(s.frame().message.find("windows-95") != std::string::npos);
    CHECK(profile_of(s, 0) == "linux-5.10");
    press(s, cmd::SetProfile{1, "linux-6.18"}); // has it already
    CHECK(s.frame().timeline.branches.size() == 2);
    press(s, cmd::SetSysctl{1, "net.ipv4.tcp_rto_max_ms", 60000});
    press(s, cmd::SetProfile{1, "linux-4.3"});
    CHECK(s.frame().message.find("tcp_rto_max_ms") != std::string::npos);
    CHECK(profile_of(s, 1) == "linux-6.18");
}

TEST_CASE("the kernel underneath is taken with its sysctls, and leaves none behind",
          "[free play][profile]") {
    Session s = fresh();
    press(s, cmd::OpenFreePlay{false});
    press(s, cmd::SetProfile{1, "running"});
    CHECK(s.frame().message.empty());
    CHECK(profile_of(s, 1) == running_profile());
    for (const auto& sysctl : s.frame().snapshot->hosts[1].sysctls)
        if (sysctl.name == "net.ipv4.tcp_fin_timeout") {
            const auto here = record::read_file("/proc/sys/net/ipv4/tcp_fin_timeout").text;
            CHECK(std::to_string(sysctl.value) + "\n" == here);
        }
    press(s, cmd::SetProfile{1, "linux-6.1"});
    CHECK(profile_of(s, 1) == "linux-6.1");
    for (const auto& sysctl : s.frame().snapshot->hosts[1].sysctls) {
        INFO(sysctl.name);
        CHECK(sysctl.value == sysctl.standard);
    }
}

TEST_CASE("in a lesson another kernel is a what-if, and the way back leads to the lesson",
          "[lesson][profile]") {
    Session s = fresh();
    for (int place = 0; place < static_cast<int>(s.lessons().size()); ++place) {
        s.open_lesson(place);
        INFO(s.lessons()[static_cast<std::size_t>(place)].file);
        press(s, cmd::Next{});
        const std::string first = profile_of(s, 1);
        if (s.frame().why_not_profile.empty()) {
            press(s, cmd::SetProfile{1, "linux-6.1"});
            if (s.frame().message.empty()) {
                CHECK(profile_of(s, 1) == "linux-6.1");
                press(s, cmd::SetProfile{0, "linux-5.10"}); // and one more
                CHECK(profile_of(s, 1) == "linux-6.1");
                if (first != "linux-6.1")
                    CHECK(s.frame().lesson->off_script);
                press(s, cmd::ReturnToScript{});
            }
            CHECK(profile_of(s, 1) == first);
            CHECK_FALSE(s.frame().lesson->off_script);
        }
    }
    // While a question stands its answer must not be found out this way.
    s.open_lesson(0);
    while (!s.frame().lesson->question && !s.frame().lesson->end)
        press(s, cmd::Next{});
    REQUIRE(s.frame().lesson->question);
    CHECK_FALSE(s.frame().why_not_profile.empty());
    press(s, cmd::SetProfile{1, "linux-2.0"});
    CHECK(profile_of(s, 1) == "linux-6.18");
}

TEST_CASE("a marked word stands in the narration, in both languages, and opens its card",
          "[terms]") {
    for (const auto language : {view::Language::en, view::Language::zh}) {
        view::Settings settings;
        settings.language = language;
        Session s = fresh(settings);
        int opened = 0;
        for (int place = 0; place < static_cast<int>(s.lessons().size()); ++place) {
            s.open_lesson(place);
            for (int i = 0; i < 40 && !s.frame().lesson->end; ++i) {
                const auto terms = s.frame().lesson->terms;
                for (const std::string& word : terms) {
                    INFO(s.frame().lesson->narration);
                    CHECK(s.frame().lesson->narration.find(word) != std::string::npos);
                    press(s, cmd::OpenTerm{word});
                    REQUIRE(s.frame().lesson->open_term.has_value());
                    CHECK(s.frame().lesson->open_term->word == word);
                    CHECK_FALSE(s.frame().lesson->open_term->sentence.empty());
                    press(s, cmd::OpenTerm{""});
                    CHECK_FALSE(s.frame().lesson->open_term.has_value());
                    ++opened;
                }
                press(s, cmd::Next{});
            }
        }
        CHECK(opened > 20);
    }
}

TEST_CASE("every what-if of every lesson plays", "[what-if]") {
    Session s = fresh();
    for (int place = 0; place < static_cast<int>(s.lessons().size()); ++place) {
        const auto count = s.lessons()[static_cast<std::size_t>(place)].scenario.what_ifs.size();
        for (std::size_t i = 0; i < count; ++i) {
            s.open_lesson(place);
            INFO(s.lessons()[static_cast<std::size_t>(place)].file << " what-if " << i);
            press(s, cmd::WhatIf{static_cast<int>(i)});
            CHECK(s.frame().message.empty());
            for (int n = 0; n < 20; ++n)
                press(s, cmd::Next{});
            CHECK(s.frame().visible_events > 0);
            press(s, cmd::ReturnToScript{});
            CHECK(s.frame().lesson->title ==
                  s.lessons()[static_cast<std::size_t>(place)].scenario.title.in(""));
        }
    }
}

TEST_CASE("a later start reopens where the user was", "[session]") {
    view::Settings kept;
    {
        Session s = fresh();
        s.open_lesson(1);
        for (int i = 0; i < 3; ++i)
            press(s, cmd::Next{});
        kept = s.settings();
        const int told = s.frame().lesson->current;
        Session t = fresh(kept);
        t.open_last();
        CHECK(t.frame().lesson->place == 1);
        CHECK(t.frame().lesson->current == told);
    }
}
