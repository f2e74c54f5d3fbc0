// Every scenario of the house, in the simulator and on the real kernel, as root and as an ordinary
// user: they tell the same story.
#include "ordinary_user.hpp"

#include "support/skip.hpp"

#include "sources/both.hpp"
#include "world/known.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace {

using scenario::Scenario;

constexpr auto usual = trace::seconds(140); // what waits longer is for --long

std::string read(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::vector<Scenario> every_scenario() {
    std::vector<Scenario> all;
    for (const char* folder : {"/tests/scenarios", "/assets/scenarios"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(
                 std::string(TWOMSL_SOURCE_DIR) + folder)) {
            if (entry.path().extension() != ".twomsl")
                continue;
            auto parsed =
                scenario::parse(read(entry.path()),
                                std::filesystem::relative(entry.path(), TWOMSL_SOURCE_DIR).string(),
                                world::known());
            if (auto* script = std::get_if<Scenario>(&parsed))
                all.push_back(std::move(*script));
        }
    return all;
}

// Those that the laboratory can host, the longest first.
std::vector<Scenario> scenarios(bool longer) {
    std::vector<Scenario> all = every_scenario();
    std::erase_if(all, [&](const Scenario& script) {
        return !net::not_for_the_kernel(script).empty() ||
               !sources::other_profile(script).empty() ||
               (script.end - trace::Instant{} > usual) != longer;
    });
    std::sort(all.begin(), all.end(),
              [](const Scenario& a, const Scenario& b) { return a.end > b.end; });
    return all;
}

std::string first_failure(const Scenario& s, const scenario::Report& report, const char* where) {
    const auto* failure = report.first_failure();
    return failure ? fmt::format("{}:{}: {} {}\n", s.file, s.lines[failure->line].where.line,
                                 sentence(*failure), where)
                   : "";
}

struct Outcome {
    std::string told;       // "" when both worlds held and agree
    bool disturbed = false; // the machine was late: what differs may be its doing
};

Outcome compared(const Scenario& s, const std::string& helper) {
    sources::KernelOptions options;
    options.helper = helper;
    options.tries = 1; // it is played again when less is going on
    const auto both = sources::play_both(s, options);
    if (!both.kernel.failure.empty())
        return {refused_prefix + both.kernel.failure};
    if (both.agrees())
        return {};
    Outcome outcome;
    outcome.disturbed = both.kernel.lateness >= sources::too_late;
    outcome.told = first_failure(s, both.simulated.report, "in the simulator") +
                   first_failure(s, both.kernel.report, "on the kernel");
    if (both.difference)
        outcome.told += fmt::format("{}: {} (lateness {})\n", s.file,
                                    sources::explained(*both.difference, "en"),
                                    trace::format_short(both.kernel.lateness));
    return outcome;
}

// The files that a list of this folder names, each with a reason.
std::set<std::string> named_in(const std::string& list_file) {
    std::set<std::string> files;
    std::istringstream list(read(TWOMSL_SOURCE_DIR "/tests/kernel/" + list_file));
    for (std::string line; std::getline(list, line);)
        if (const auto file = line.substr(0, line.find_first_of(" #")); !file.empty())
            files.insert(file);
    return files;
}

// Those that are known to differ: the machine does not have what they need yet.
bool is_known(const std::string& file) {
    return named_in("differing.txt").contains(file);
}

// These of them, in so many laboratories at once. A crowd is nice to the tests beside it.
void play(const std::vector<Scenario>& all, const std::vector<std::size_t>& which,
          std::vector<Outcome>& outcomes, std::size_t side_by_side, const std::string& helper) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        if (side_by_side > 4)
            ::setpriority(PRIO_PROCESS, 0, 3); // of this thread, and of those that it makes
        for (std::size_t i = next++; i < which.size(); i = next++)
            outcomes[which[i]] = compared(all[which[i]], helper);
    };
    std::vector<std::thread> hands;
    for (std::size_t i = 0; i < std::min(side_by_side, which.size()); ++i)
        hands.emplace_back(work);
    for (std::thread& hand : hands)
        hand.join();
}

// What differs in a crowd of laboratories is played again in a smaller one, then nearly alone: what
// is a difference of the worlds is there each time. A play that the machine was late in is no
// evidence: what differs in such plays only, or but once in others, is told and not judged.
std::string all_agree(bool longer, const std::string& helper) {
    const auto all = scenarios(longer);
    std::vector<Outcome> outcomes(all.size());
    std::vector<std::size_t> which(all.size());
    std::vector<int> evident(all.size()); // how often it differed while the machine was not late
    int rounds = 0;
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < all.size(); ++i)
        which[i] = i;
    for (const std::size_t side_by_side : {20u, 6u, 3u, 2u, 1u}) {
        constexpr auto patience = std::chrono::seconds(400);
        if (std::chrono::steady_clock::now() - begun > patience)
            break;
        ++rounds;
        play(all, which, outcomes, side_by_side, helper);
        std::erase_if(which, [&](std::size_t i) {
            return outcomes[i].told.empty() || outcomes[i].told.rfind(refused_prefix, 0) == 0 ||
                   is_known(all[i].file);
        });
        for (const std::size_t i : which) {
            evident[i] += outcomes[i].disturbed ? 0 : 1;
            std::printf("with %zu side by side: %s", side_by_side, outcomes[i].told.c_str());
        }
    }
    std::string differing;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string& told = outcomes[i].told;
        if (told.rfind(refused_prefix, 0) == 0)
            return told;
        if (!told.empty() && is_known(all[i].file))
            std::printf("known to differ: %s", told.c_str());
        else if (!told.empty() && evident[i] < std::min(rounds, 2))
            std::printf("not judged, for the machine was late each time: %s", told.c_str());
        else
            differing += told;
    }
    return all.empty() ? "there is no scenario to play" : differing;
}

void play_all(bool longer) {
    OrdinaryUser ordinary([&](const std::string& helper) { return all_agree(longer, helper); });
    const std::string mine = all_agree(longer, "");
    const std::string theirs = ordinary.outcome();
    if (mine.rfind(refused_prefix, 0) == 0)
        SKIP_TEST(mine.c_str());
    CHECK(mine == "");
    if (theirs.rfind(refused_prefix, 0) == 0)
        SKIP_TEST(theirs.c_str());
    CHECK(theirs == "");
}

} // namespace

TEST_CASE("every scenario is played on the kernel but those that no laboratory can host") {
    std::set<std::string> refused;
    for (const Scenario& script : every_scenario()) {
        const std::string why = net::not_for_the_kernel(script);
        if (why.empty() || !sources::other_profile(script).empty())
            continue;
        refused.insert(script.file);
        CHECK(why.rfind(script.file, 0) == 0); // it says where
    }
    CHECK(refused == named_in("refused.txt"));
}

TEST_CASE("every scenario plays alike in the simulator and on the real kernel, whoever plays it") {
    play_all(false);
}

TEST_CASE("scenarios of more than 140 s, too (tests/run.sh --long)", "[.long]") {
    play_all(true);
}

TEST_CASE("the comparison sees a difference: another retransmission limit") {
    const char* script = "title T\nhosts client server\n0 wire drop client>server SYN all\n"
                         "0 client connect :80\n1200ms expect client#1 SYN_SENT\n";
    auto parsed = scenario::parse(script, "t", world::known());
    const auto& s = std::get<Scenario>(parsed);
    const auto kernel = sources::play_on_kernel(s);
    if (!kernel.failure.empty())
        SKIP_TEST(kernel.failure.c_str());
    CHECK(kernel.report.held());
    auto simulated = sources::play_simulated(s);
    const auto end = s.end;
    CHECK_FALSE(
        sources::first_difference(kernel.trace, simulated.trace, end, kernel.lateness).has_value());
    // The same story without the repetition of the SYN, and with a SYN of another number.
    auto other = simulated.trace;
    std::erase_if(other.events, [&](const trace::Event& e) {
        return e.kind == trace::EventKind::segment_sent && e.at > trace::Instant{};
    });
    const auto missing = sources::first_difference(kernel.trace, other, end, kernel.lateness);
    REQUIRE(missing.has_value());
    CHECK(missing->field == "missing");
    CHECK(missing->sequence == "segments 10.0.0.1:40002>10.0.0.2:80");
    other = simulated.trace;
    other.segments[0].segment.flags = trace::flag::syn | trace::flag::ack;
    const auto flags = sources::first_difference(kernel.trace, other, end, kernel.lateness);
    REQUIRE(flags.has_value());
    CHECK(flags->field == "flags");
}
