// storm [--steps N] [--seed S] [--seek STATE] [--out FILE]: random plays until so many steps are
// done (TWOMSL_STORM_STEPS is another N). One that breaks an invariant is shrunk and written to
// FILE.
//
// storm FILE.twomsl [--seek STATE]: such a file once more, the invariants checked at every step.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "shrink.hpp"
#include "world/known.hpp"

namespace {

struct Wanted {
    std::uint64_t steps = 12'000'000, seed = 1;
    storm::Checks checks;
    std::string out, file, mistake;
};

std::uint64_t number(const std::string& text, std::string& mistake) {
    std::uint64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size())
        mistake = fmt::format("found '{}', expected a number", text);
    return n;
}

Wanted read(const std::vector<std::string>& words) {
    Wanted w;
    if (const char* steps = std::getenv("TWOMSL_STORM_STEPS"))
        w.steps = number(steps, w.mistake);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (!word.starts_with("--")) {
            w.file = word;
            continue;
        }
        if (i + 1 == words.size()) {
            w.mistake = word + " takes a value";
            break;
        }
        const std::string& value = words[++i];
        if (word == "--steps")
            w.steps = number(value, w.mistake);
        else if (word == "--seed")
            w.seed = number(value, w.mistake);
        else if (word == "--out")
            w.out = value;
        else if (word == "--seek" && trace::parse_state(value))
            w.checks.sought = trace::parse_state(value);
        else
            w.mistake = fmt::format(
                "found '{} {}', expected --steps, --seed, --out or --seek STATE", word, value);
    }
    return w;
}

// The file must break the same when it is read again as any scenario is.
bool reproduces(const std::string& text, const std::string& kind, storm::Checks checks) {
    checks.every = 1;
    const auto parsed = scenario::parse(text, "storm", world::known());
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed)) {
        fmt::print("storm: {}\n", scenario::format(*error));
        return false;
    }
    const auto& script = std::get<scenario::Scenario>(parsed);
    const auto o =
        storm::perform_apart([&] { return storm::perform(storm::play_of(script), checks); });
    return storm::kind_of(o) == kind;
}

int report(std::uint64_t seed, const storm::Outcome& found, const Wanted& w) {
    fmt::print("storm: seed {} step {}: {}\n", seed, found.steps, found.broken);
    const storm::Play small = storm::shrink(storm::random_play(seed), found, w.checks);
    const std::string text = storm::print(small, storm::kind_of(found));
    const std::string out = w.out.empty() ? fmt::format("storm-{}.twomsl", seed) : w.out;
    std::ofstream(out) << text;
    const bool again = reproduces(text, storm::kind_of(found), w.checks);
    fmt::print("storm: shrunk to {} lines in {}, which {}:\n\n{}", small.deeds.size(), out,
               again ? "breaks the same way" : "does NOT break the same way", text);
    return again ? 1 : 3;
}

// One process for many plays; only when it does not end well is each tried by itself.
int rage(const Wanted& w) {
    constexpr std::uint64_t together = 64;
    std::uint64_t steps = 0;
    for (std::uint64_t seed = w.seed; steps < w.steps; seed += together) {
        const auto all = storm::perform_apart([&] {
            storm::Outcome sum;
            for (std::uint64_t s = seed; s < seed + together && sum.broken.empty(); ++s) {
                const auto o = storm::perform(storm::random_play(s), w.checks);
                sum.steps += o.steps;
                sum.broken = o.broken;
            }
            return sum;
        });
        steps += all.steps;
        if (all.broken.empty())
            continue;
        for (std::uint64_t s = seed; s < seed + together; ++s) {
            const auto one = storm::perform_apart(
                [&] { return storm::perform(storm::random_play(s), w.checks); });
            if (!one.broken.empty())
                return report(s, one, w);
        }
        fmt::print("storm: seeds {} to {} together: {}\n", seed, seed + together - 1, all.broken);
        return 3;
    }
    fmt::print("storm: {} steps, no invariant broken\n", steps);
    return 0;
}

int replay(const Wanted& w) {
    std::ifstream in(w.file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto parsed = scenario::parse(text, w.file, world::known());
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed)) {
        fmt::print("{}\n", scenario::format(*error));
        return 2;
    }
    storm::Checks checks = w.checks;
    checks.every = 1;
    const auto& script = std::get<scenario::Scenario>(parsed);
    const auto o =
        storm::perform_apart([&] { return storm::perform(storm::play_of(script), checks); });
    fmt::print("{}: {}\n", w.file, o.broken.empty() ? "no invariant broken" : o.broken);
    return o.broken.empty() ? 0 : 1;
}

} // namespace

int main(int count, char** values) {
    const Wanted w = read({values + 1, values + count});
    if (!w.mistake.empty()) {
        fmt::print("storm: {}\n", w.mistake);
        return 2;
    }
    return w.file.empty() ? rage(w) : replay(w);
}
