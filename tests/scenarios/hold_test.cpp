// Every scenario file holds on the simulated hosts: the lessons, and the files beside this one.
#include "catch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "lesson.hpp"
#include "scenario/runner.hpp"
#include "world/known.hpp"
#include "world/stage.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_below(const char* folder) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(TWOMSL_SOURCE_DIR) / folder))
        if (entry.path().extension() == ".twomsl" &&
            entry.path().parent_path().filename() != "broken")
            found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

scenario::Scenario load(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto result = scenario::parse(text, path.filename().string(), world::known());
    if (const auto* error = std::get_if<scenario::ParseError>(&result))
        FAIL(scenario::format(*error));
    return std::get<scenario::Scenario>(std::move(result));
}

void check(const fs::path& path) {
    const auto script = load(path);
    world::WorldStage stage(script);
    const auto report = scenario::play(script, stage);
    CHECK(!report.findings.empty());
    for (const auto& finding : report.findings) {
        const auto& line = script.lines[finding.line];
        INFO(fmt::format("{}:{}: {}", script.file, line.where.line, scenario::sentence(finding)));
        CHECK(finding.held);
    }
}

} // namespace

TEST_CASE("Every lesson holds: what it tells and what it asks") {
    for (const auto& path : files_below("assets/scenarios"))
        check(path);
}

TEST_CASE("Every scenario file of the tests holds") {
    const auto paths = files_below("tests/scenarios");
    CHECK(paths.size() >= 25);
    for (const auto& path : paths)
        check(path);
}

TEST_CASE("Every what-if of a lesson can be played to its end") {
    for (const auto& path : files_below("assets/scenarios")) {
        const auto script = load(path);
        for (std::size_t i = 0; i < script.what_ifs.size(); ++i) {
            INFO(script.file << ": " << script.what_ifs[i].change);
            const auto changed = scenario::what_if(script, i, world::known());
            REQUIRE(std::holds_alternative<scenario::Scenario>(changed));
            const auto& other = std::get<scenario::Scenario>(changed);
            world::WorldStage stage(other);
            CHECK(scenario::play(other, stage).findings.empty()); // nothing in it judges
            CHECK(stage.world().now() == other.end);
            CHECK(!stage.trace().segments.empty());
        }
    }
}

TEST_CASE("The right answer has no usual place") {
    std::map<std::uint32_t, int> places;
    for (const auto& path : files_below("assets/scenarios")) {
        const auto script = load(path);
        world::WorldStage stage(script);
        for (const auto& finding : scenario::play(script, stage).findings) {
            if (finding.what == scenario::Finding::What::question && finding.right.size() == 1)
                ++places[finding.right.front()];
        }
    }
    const int questions = places[0] + places[1] + places[2] + places[3];
    CHECK(questions >= 24);
    for (const auto& [place, count] : places)
        CHECK(count * 2 <= questions);
}
