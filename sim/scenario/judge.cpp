// Judging a play as it goes on.
#include "judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "print.hpp"

namespace scenario {

namespace {

// What a call returned that was made just now, if it has.
std::optional<std::int64_t> returned_since_entered(const Scene& scene, trace::CallId call) {
    for (auto id = scene.visible; id-- > 0;) {
        const auto& event = scene.log.events[id];
        if (event.ref != call)
            continue;
        if (event.kind == trace::EventKind::call_returned)
            return event.value;
        if (event.kind == trace::EventKind::call_entered)
            break;
    }
    return std::nullopt;
}

} // namespace

std::string sentence(const Finding& f) {
    return fmt::format("expected {}, found {}", f.expected, f.found);
}

trace::Duration lateness_allowed(const trace::Snapshot& snapshot) {
    trace::Duration longest{};
    for (const auto& host : snapshot.hosts)
        for (const auto& socket : host.sockets)
            for (const auto& timer : socket.timers)
                if (timer.due != trace::never)
                    longest = std::max(longest, timer.due - timer.armed);
    return trace::milliseconds(50) + longest / 8;
}

void Judge::add(Finding::What what, std::uint32_t line, bool held, std::string expected,
                std::string found, const Scene& scene) {
    findings_.push_back({what,
                         line,
                         held,
                         scene.snapshot.now,
                         scene.visible,
                         lines_run_,
                         std::move(expected),
                         std::move(found),
                         {}});
}

void Judge::line_ran(std::uint32_t line, trace::CallId call, const Scene& scene) {
    lines_run_ = line + 1;
    const auto& what = script_.lines[line].what;
    Open open;
    open.line = line;
    if (const auto* act = std::get_if<Act>(&what)) {
        open.what = Finding::What::result;
        open.call = call;
        open.value = returned_since_entered(scene, call);
        if (act->returns)
            open_.push_back(open);
    } else if (const auto* expectation = std::get_if<Expectation>(&what)) {
        open.what = Finding::What::expectation;
        open.due = expectation->until;
        // Of a kernel's delayed ACK nobody is told.
        const bool untold = !exact_ && expectation->what == Quantity::timer &&
                            expectation->timer == trace::Timer::delayed_ack;
        if (untold)
            return observe(scene);
        if (!expectation->never && !exact_)
            open.due = scene.snapshot.now + lateness_allowed(scene.snapshot);
        if (expectation->never || !exact_) {
            open_.push_back(open);
        } else {
            const auto judgement = judge(*expectation, scene);
            add(Finding::What::expectation, line, judgement.holds, judgement.expected,
                judgement.found, scene);
        }
    } else if (const auto* question = std::get_if<Prediction>(&what)) {
        open.what = Finding::What::question;
        open.asked = ask(*question, scene);
        if (question->after)
            open.due = script_.lines[line].at + *question->after;
        if (!exact_)
            open.patience = lateness_allowed(scene.snapshot);
        open_.push_back(open);
    }
    observe(scene);
}

bool Judge::needs_snapshot() const {
    return std::any_of(open_.begin(), open_.end(),
                       [](const Open& open) { return open.what != Finding::What::result; });
}

void Judge::note_results(const Scene& scene) {
    for (; looked_ < scene.visible; ++looked_) {
        const auto& event = scene.log.events[looked_];
        if (event.kind != trace::EventKind::call_returned)
            continue;
        for (auto& open : open_) {
            if (open.what == Finding::What::result && open.call == event.ref)
                open.value = event.value;
        }
    }
}

void Judge::observe(const Scene& scene) {
    note_results(scene);
    std::erase_if(open_, [&](Open& open) { return decide(open, scene, false); });
}

void Judge::finish(const Scene& scene) {
    note_results(scene);
    std::erase_if(open_, [&](Open& open) { return decide(open, scene, true); });
}

trace::Instant Judge::appointment() const {
    trace::Instant next = trace::never;
    for (const auto& open : open_)
        next = std::min(next, open.due);
    return next;
}

bool Judge::decide(Open& open, const Scene& scene, bool over) {
    switch (open.what) {
    case Finding::What::result: return decide_result(open, scene, over);
    case Finding::What::expectation:
        return std::get<Expectation>(script_.lines[open.line].what).never
                   ? decide_never(open, scene, over)
                   : decide_expectation(open, scene, over);
    case Finding::What::question: return decide_question(open, scene, over);
    }
    return true;
}

bool Judge::decide_result(const Open& open, const Scene& scene, bool over) {
    const auto expected = *std::get<Act>(script_.lines[open.line].what).returns;
    if (!open.value && !over)
        return false;
    std::string_view call = "the call";
    if (open.call < scene.log.calls.size())
        call = trace::name(scene.log.calls[open.call].call);
    add(Finding::What::result, open.line, open.value == expected,
        fmt::format("{}() to return {}", call, print_result(expected)),
        open.value ? print_result(*open.value) : "that it has not returned", scene);
    return true;
}

bool Judge::decide_never(Open& open, const Scene& scene, bool over) {
    const auto& expectation = std::get<Expectation>(script_.lines[open.line].what);
    const bool happened = became_true(expectation, scene, open.watched);
    if (!happened && !over && scene.snapshot.now < open.due)
        return false;
    auto judgement = judge(expectation, scene);
    add(Finding::What::expectation, open.line, !happened,
        fmt::format("{} until {}", judgement.expected, trace::format(expectation.until)),
        happened ? fmt::format("it at {}", trace::format(scene.snapshot.now)) : judgement.found,
        scene);
    return true;
}

bool Judge::decide_expectation(Open& open, const Scene& scene, bool over) {
    const auto& expectation = std::get<Expectation>(script_.lines[open.line].what);
    const bool holds = became_true(expectation, scene, open.watched);
    if (!holds && !over && scene.snapshot.now < open.due)
        return false;
    auto judgement = judge(expectation, scene);
    add(Finding::What::expectation, open.line, holds, judgement.expected, judgement.found, scene);
    return true;
}

bool Judge::decide_question(Open& open, const Scene& scene, bool over) {
    const auto& question = std::get<Prediction>(script_.lines[open.line].what);
    const bool now = over || scene.snapshot.now >= open.due;
    // With `after`, states and lengths are those at that time; a segment or a sender is known when
    // it leaves.
    const bool at_once =
        !question.after || question.what == Question::segment || question.what == Question::sender;
    std::optional<Answer> known;
    if (at_once)
        known = answer(question, open.asked, scene, When::known);
    if (!known && now)
        known = answer(question, open.asked, scene, When::now);
    if (at_once)
        open.asked.looked = scene.visible;
    if (!known)
        return false;
    if (known->right.size() != 1 && !over && !exact_ &&
        scene.snapshot.now < open.due + open.patience)
        return false; // late, perhaps
    std::string options;
    for (const auto i : known->right) {
        options += fmt::format("{}'{}'", options.empty() ? "" : ", ", question.options[i].value);
    }
    const bool one = known->right.size() == 1;
    add(Finding::What::question, open.line, one, "exactly one option to be right",
        one ? known->value
            : fmt::format("{}: the answer is {}", options.empty() ? "none" : options, known->value),
        scene);
    findings_.back().right = known->right;
    return true;
}

} // namespace scenario
