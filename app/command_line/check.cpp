// `twomsl check`: do the expectations of these files hold?
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "command_line/arguments.hpp"
#include "command_line/command.hpp"
#include "command_line/event_text.hpp"
#include "command_line/files.hpp"
#include "scenario/runner.hpp"
#include "world/stage.hpp"

namespace command_line {
namespace {

constexpr std::uint32_t events_shown = 10;

// The line as written, with single blanks.
std::string squeezed(std::string_view line) {
    std::string out;
    for (const char c : line) {
        const char blank = c == '\t' ? ' ' : c;
        if (blank != ' ' || !out.ends_with(' '))
            out += blank;
    }
    return out;
}

void print_failure(const scenario::Scenario& s, const scenario::Finding& f,
                   const trace::Trace& log) {
    fmt::print("{}:{}: {} ({}, at {})\n", s.file, s.lines[f.line].where.line, sentence(f),
               squeezed(s.lines[f.line].source), trace::format(f.at));
    for (auto i = f.events - std::min(f.events, events_shown); i < f.events; ++i) {
        fmt::print("  {}\n", event_text(log, log.events[i]));
    }
}

int check_file(const std::filesystem::path& path, const std::optional<std::string>& profile) {
    const auto loaded = load(path, profile);
    if (!loaded.scenario)
        return refuse(loaded);
    const auto& s = *loaded.scenario;
    world::WorldStage stage(s);
    const auto report = scenario::play(s, stage);
    if (!report.stopped.empty())
        return refuse(fmt::format("{}: {}", s.file, report.stopped), Exit::impossible);
    if (const auto* failure = report.first_failure()) {
        print_failure(s, *failure, stage.trace());
        return Exit::failed;
    }
    const auto questions = std::count_if(
        report.findings.begin(), report.findings.end(),
        [](const scenario::Finding& f) { return f.what == scenario::Finding::What::question; });
    const auto held = static_cast<std::ptrdiff_t>(report.findings.size()) - questions;
    fmt::print("{}: held ({} expectation{}, {} question{})\n", path.string(), held,
               held == 1 ? "" : "s", questions, questions == 1 ? "" : "s");
    return Exit::held;
}

} // namespace

int check(std::span<const std::string> given) {
    constexpr std::array<std::string_view, 1> flags = {"--profile"};
    const auto arguments = read(given, flags);
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    if (arguments.words.empty())
        return refuse("check takes files or folders; see twomsl --help");
    int worst = Exit::held;
    for (const auto& word : arguments.words) {
        const auto found = find_scenarios(word);
        if (!found.mistake.empty()) {
            worst = std::max(worst, refuse(found.mistake));
            continue;
        }
        for (const auto& file : found.files) {
            worst = std::max(worst, check_file(file, arguments.flag("--profile")));
        }
    }
    return worst;
}

} // namespace command_line
