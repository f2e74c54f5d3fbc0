// What every lesson must have: steps, questions, an end card, expectations.
#include "catch.hpp"
#include "lesson.hpp"
#include "reading.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

using namespace lesson;

TEST_CASE("The catalogue names every lesson file once") {
    const auto paths = catalogue();
    const std::set<std::string> listed(paths.begin(), paths.end());
    CHECK(listed.size() == paths.size());
    std::set<std::string> there;
    const auto root = std::filesystem::path(TWOMSL_SOURCE_DIR) / "assets/scenarios";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        // What articles say of other kernels is there to be looked up, not to be taught in turn.
        if (entry.path().extension() == ".twomsl" &&
            entry.path().parent_path().filename() != "articles")
            there.insert(entry.path().lexically_relative(root).generic_string());
    }
    CHECK(listed == there);
    CHECK(paths.size() >= 12);
}

TEST_CASE("A lesson has five to nine steps and asks in at most every third") {
    for (const auto& l : all()) {
        INFO(l.file);
        std::vector<std::uint32_t> asked;
        for (const auto* step : steps(l)) {
            if (std::holds_alternative<scenario::Prediction>(step->what))
                asked.push_back(step->step);
        }
        const auto count = l.scenario.steps;
        CHECK(count >= 5);
        CHECK(count <= 9);
        CHECK(asked.size() >= (count >= 6 ? 2u : 1u));
        REQUIRE(!asked.empty());
        CHECK(asked.front() > 1); // never about something not yet shown
        for (std::size_t i = 1; i < asked.size(); ++i)
            CHECK(asked[i] >= asked[i - 1] + 3);
    }
}

TEST_CASE("A question is asked in words and offers two to four answers with a sentence each") {
    for (const auto& l : all()) {
        for (const auto* step : steps(l)) {
            const auto* question = std::get_if<scenario::Prediction>(&step->what);
            if (!question)
                continue;
            INFO(l.file << ":" << step->where.line);
            CHECK(!question->ask.empty());
            CHECK(question->options.size() >= 2);
            CHECK(question->options.size() <= 4);
            for (const auto& option : question->options)
                CHECK(reading::words(option.text.in("")) >= 3);
        }
    }
}

TEST_CASE("Every note points at one thing on the screen") {
    for (const auto& l : all()) {
        for (const auto* step : steps(l)) {
            if (!std::holds_alternative<scenario::Note>(step->what))
                continue;
            INFO(l.file << ":" << step->where.line);
            CHECK(step->highlight.has_value());
        }
    }
}

TEST_CASE("A lesson pins what it tells with expectations and small numbers") {
    for (const auto& l : all()) {
        INFO(l.file);
        const auto expectations =
            std::count_if(l.scenario.lines.begin(), l.scenario.lines.end(), [](const auto& line) {
                return std::holds_alternative<scenario::Expectation>(line.what);
            });
        CHECK(expectations >= 6);
        CHECK(!l.scenario.isns.empty());
        for (const auto& isn : l.scenario.isns)
            CHECK(isn.isn % 1000 == 0);
        for (const auto& wire : l.scenario.wires)
            CHECK(wire.delay == trace::milliseconds(10));
    }
}

TEST_CASE("A lesson ends with a rule, two or three changes to try, and two commands") {
    for (const auto& l : all()) {
        INFO(l.file);
        CHECK(reading::sentences(l.scenario.rule.in("")) == 1);
        CHECK(reading::sentences(l.scenario.rule.in("zh")) == 1);
        CHECK(l.scenario.what_ifs.size() >= 2);
        CHECK(l.scenario.what_ifs.size() <= 3);
        CHECK(l.scenario.try_in_shell.size() == 2);
        for (std::size_t i = 0; i < l.scenario.what_ifs.size(); ++i) {
            const auto changed = scenario::what_if(l.scenario, i);
            if (const auto* error = std::get_if<scenario::ParseError>(&changed))
                FAIL_CHECK(scenario::format(*error));
        }
    }
}
