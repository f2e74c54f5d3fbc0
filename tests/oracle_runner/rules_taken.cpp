// A mark for every rule, and the list of those that no simulated world can take.
#include "rules_taken.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "scenario/runner.hpp"
#include "world/known.hpp"
#include "world/stage.hpp"

namespace oracle {
namespace {

using trace::Rule;

std::array<bool, static_cast<std::size_t>(Rule::count_)>& taken() {
    static std::array<bool, static_cast<std::size_t>(Rule::count_)> marks{};
    return marks;
}

struct Exempt {
    std::string_view key, why;
};
// What no recording and no scenario file can take, or none does yet, with the reason.
constexpr std::array exempt = {
    Exempt{"none", "no rule"},
    Exempt{"observed", "the real kernel only; tests/kernel takes it"},
    Exempt{"inferred_between_samples", "the real kernel only; tests/kernel takes it"},
    Exempt{"end_not_seen", "the real kernel only; tests/kernel takes it"},
    Exempt{"listen_in_use", "told as port_in_use"},
    Exempt{"pure_ack", "told by the rule of what is acknowledged"},
    Exempt{"zero_window_announced", "told by the rule of what filled the buffer"},
    Exempt{"wire_marked", "told by what the receiver makes of the mark"},
    Exempt{"cookie_meets_other", "needs a second SYN between cookie and ACK"},
    Exempt{"request_timestamp_old", "needs a final ACK with an invented timestamp"},
    Exempt{"request_echo_wrong", "needs a final ACK with an invented echo"},
    Exempt{"receive_buffer_full", "needs a peer that disregards the window"},
    Exempt{"icmp_removes_request", "needs ICMP about a SYN+ACK"},
    Exempt{"icmp_ignored", "needs ICMP about numbers that are not under way"},
    Exempt{"paws_rejects", "needs an old timestamp inside the window"},
    Exempt{"timeout_was_spurious", "needs an ACK late by more than a timeout"},
    Exempt{"wire_unreachable", "needs a router's answer in a scenario file"},
};

std::optional<std::string_view> reason(std::string_view key) {
    for (const Exempt& e : exempt)
        if (e.key == key)
            return e.why;
    return std::nullopt;
}

} // namespace

void rule_taken(Rule rule) {
    taken()[static_cast<std::size_t>(rule)] = true;
}

std::string play_scenario(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto parsed = scenario::parse(text, path, world::known());
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed))
        return scenario::format(*error);
    const auto& script = std::get<scenario::Scenario>(parsed);
    world::WorldStage stage(script);
    scenario::play(script, stage);
    for (const trace::Event& e : stage.trace().events)
        rule_taken(e.rule);
    return {};
}

bool report_rules() {
    unsigned all = 0, good = 0;
    std::vector<std::string_view> missing;
    for (const trace::RuleText& rule : trace::all_rules()) {
        const bool done = taken()[static_cast<std::size_t>(rule.id)];
        if (const auto why = reason(rule.key); why && !done) {
            fmt::print("{}: not counted: {}\n", rule.key, *why);
            continue;
        }
        ++all;
        if (done)
            ++good;
        else
            missing.push_back(rule.key);
    }
    for (const std::string_view key : missing)
        fmt::print("{}: no test takes it\n", key);
    fmt::print("{} rules, {} taken, {} not\n", all, good, missing.size());
    return missing.empty();
}

} // namespace oracle
