// `twomsl check`: do the expectations of these files hold?
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>

#include "command_line/arguments.hpp"
#include "command_line/command.hpp"
#include "command_line/event_text.hpp"
#include "command_line/files.hpp"
#include "command_line/worlds.hpp"
#include "scenario/runner.hpp"
#include "sources/both.hpp"
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

std::string failure_text(const scenario::Scenario& s, const scenario::Finding& f,
                         const trace::Trace& log, std::string_view where) {
    auto text =
        fmt::format("{}:{}: {}{} ({}, at {})\n", s.file, s.lines[f.line].where.line, sentence(f),
                    where, squeezed(s.lines[f.line].source), trace::format(f.at));
    for (auto i = f.events - std::min(f.events, events_shown); i < f.events; ++i)
        text += fmt::format("  {}\n", event_text(log, log.events[i]));
    return text;
}

// The line of the script that had run last at this instant.
std::uint32_t line_at(const scenario::Scenario& s, trace::Instant at) {
    std::uint32_t line = 1;
    for (const auto& l : s.lines)
        if (l.at <= at)
            line = l.where.line;
    return line;
}

// What came of one file: lines for stdout and stderr, and the exit code.
struct Outcome {
    std::string told, refused;
    int code = Exit::held;
};

Outcome refusal(std::string sentence, Exit code) {
    return {"", fmt::format("twomsl: {}\n", sentence), code};
}

// Nothing: all that was expected came true.
std::optional<Outcome> failure_of(const scenario::Scenario& s, const scenario::Report& report,
                                  const trace::Trace& trace, std::string_view where) {
    if (!report.stopped.empty())
        return refusal(fmt::format("{}: {}", s.file, report.stopped), Exit::impossible);
    if (const auto* failure = report.first_failure())
        return Outcome{failure_text(s, *failure, trace, where), "", Exit::failed};
    return std::nullopt;
}

Outcome held(const scenario::Scenario& s, const scenario::Report& report, std::string_view where) {
    const auto questions = std::count_if(
        report.findings.begin(), report.findings.end(),
        [](const scenario::Finding& f) { return f.what == scenario::Finding::What::question; });
    const auto held = static_cast<std::ptrdiff_t>(report.findings.size()) - questions;
    return {fmt::format("{}: held{} ({} expectation{}, {} question{})\n", s.file, where, held,
                        held == 1 ? "" : "s", questions, questions == 1 ? "" : "s"),
            "", Exit::held};
}

Outcome check_simulated(const scenario::Scenario& s) {
    world::WorldStage stage(s);
    const auto report = scenario::play(s, stage);
    if (auto failure = failure_of(s, report, stage.trace(), ""))
        return *failure;
    return held(s, report, "");
}

Outcome check_on_kernel(const scenario::Scenario& s) {
    const auto play = sources::play_on_kernel(s);
    if (!play.failure.empty())
        return refusal(play.failure, Exit::impossible);
    if (auto failure = failure_of(s, play.report, play.trace, " on the kernel"))
        return *failure;
    return held(s, play.report, " on the kernel");
}

Outcome check_both(const scenario::Scenario& s) {
    const auto both = sources::play_both(s);
    if (!both.kernel.failure.empty())
        return refusal(both.kernel.failure, Exit::impossible);
    for (const auto& [play, where] :
         {std::pair<const sources::Play*, const char*>{&both.simulated, ""},
          {&both.kernel, " on the kernel"}})
        if (auto failure = failure_of(s, play->report, play->trace, where);
            failure && (!both.held || !play->report.stopped.empty()))
            return *failure;
    if (both.difference) {
        const std::uint32_t line = line_at(s, both.difference->at);
        return {
            fmt::format("{}:{}: {}\n", s.file, line, sources::explained(*both.difference, "en")),
            "", Exit::failed};
    }
    return held(s, both.kernel.report, " in both worlds, which agree");
}

Outcome check_scenario(const scenario::Scenario& s, Worlds on, bool anyway) {
    if (on == Worlds::sim)
        return check_simulated(s);
    if (const auto why = sources::other_profile(s); !why.empty() && !anyway)
        return refusal(fmt::format("{}: {}; --anyway plays it all the same", s.file, why),
                       Exit::impossible);
    return on == Worlds::kernel ? check_on_kernel(s) : check_both(s);
}

// On a kernel a play takes its time, but hardly a processor's: many laboratories wait side by side.
constexpr std::size_t side_by_side = 16;

// Tells what came of the files in their order, each as soon as those before it are told.
class Teller {
public:
    explicit Teller(const std::vector<Loaded>& files) : files_(files), outcomes_(files.size()) {}

    void take(std::size_t file, Outcome outcome) {
        const std::lock_guard guard(mutex_);
        outcomes_[file] = std::move(outcome);
        for (; told_ < files_.size() && (outcomes_[told_] || !files_[told_].scenario); ++told_)
            tell(told_);
    }
    int worst() const { return worst_; }

private:
    void tell(std::size_t file) {
        int code = 0;
        if (!files_[file].scenario) {
            code = refuse(files_[file]);
        } else {
            fmt::print("{}", outcomes_[file]->told);
            std::fflush(stdout);
            fmt::print(stderr, "{}", outcomes_[file]->refused);
            code = outcomes_[file]->code;
        }
        worst_ = std::max(worst_, code);
    }

    const std::vector<Loaded>& files_;
    std::mutex mutex_;
    std::vector<std::optional<Outcome>> outcomes_;
    std::size_t told_ = 0;
    int worst_ = Exit::held;
};

int check_all(const std::vector<Loaded>& files, Worlds on, bool anyway) {
    Teller teller(files);
    std::vector<std::size_t> order(files.size());
    for (std::size_t i = 0; i < files.size(); ++i)
        order[i] = i;
    const auto length = [&](std::size_t i) {
        return files[i].scenario ? files[i].scenario->end : trace::Instant{};
    };
    if (on != Worlds::sim) // the longest first, so that none is left alone at the end
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return length(a) > length(b); });
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t n = next++; n < order.size(); n = next++) {
            const auto& loaded = files[order[n]];
            teller.take(order[n],
                        loaded.scenario ? check_scenario(*loaded.scenario, on, anyway) : Outcome{});
        }
    };
    const std::size_t hands =
        on == Worlds::sim ? 1 : std::clamp<std::size_t>(files.size(), 1, side_by_side);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < hands; ++i)
        threads.emplace_back(work);
    work();
    for (auto& thread : threads)
        thread.join();
    return teller.worst();
}

} // namespace

int check(std::span<const std::string> given) {
    std::vector<std::string> rest(given.begin(), given.end());
    const bool anyway = std::erase(rest, "--anyway") > 0; // takes no value
    constexpr std::array<std::string_view, 2> flags = {"--profile", "--on"};
    const auto arguments = read(rest, flags);
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    if (arguments.words.empty())
        return refuse("check takes files or folders; see twomsl --help");
    const auto on = parse_worlds(arguments);
    if (!on)
        return refuse(on_takes(arguments));
    int worst = Exit::held;
    std::vector<Loaded> files;
    for (const auto& word : arguments.words) {
        const auto found = find_scenarios(word);
        if (!found.mistake.empty()) {
            worst = std::max(worst, refuse(found.mistake));
            continue;
        }
        for (const auto& file : found.files)
            files.push_back(load(file, arguments.flag("--profile")));
    }
    return std::max(worst, check_all(files, *on, anyway));
}

} // namespace command_line
