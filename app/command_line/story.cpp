// What is told between the rungs of a text ladder.
#include "command_line/story.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace command_line {
namespace {

using scenario::Finding;
using scenario::Prediction;
using scenario::Report;
using scenario::Scenario;

struct Told {
    std::uint32_t lines_run;
    bool of_line; // else of a finding, which comes first
    view::Aside aside;
};

view::Aside question(const Prediction& p, std::uint32_t step, const std::string& language) {
    std::string values;
    for (const auto& option : p.options) {
        values += fmt::format("{}○ {}", values.empty() ? "" : "   ", option.value);
    }
    return {0, {fmt::format("{}? {}", step, p.ask.in(language)), values}};
}

view::Aside answer(const Prediction& p, const Finding& f, const std::string& language) {
    view::Aside aside;
    for (std::uint32_t i = 0; i < p.options.size(); ++i) {
        const bool right = std::find(f.right.begin(), f.right.end(), i) != f.right.end();
        const auto text = fmt::format("{} {}: {}", right ? "✓" : "✗", p.options[i].value,
                                      p.options[i].text.in(language));
        right ? void(aside.lines.insert(aside.lines.begin(), text)) : aside.lines.push_back(text);
    }
    return aside;
}

std::string failure(const Scenario& s, const Finding& f) {
    return fmt::format("{}:{}: {}", s.file, s.lines[f.line].where.line, sentence(f));
}

} // namespace

std::vector<view::Aside> story(const Scenario& s, const Report& report,
                               const std::string& language) {
    std::vector<Told> told;
    for (const auto& f : report.findings) {
        view::Aside aside;
        if (f.what == Finding::What::question) {
            aside = answer(std::get<Prediction>(s.lines[f.line].what), f, language);
        }
        if (!f.held)
            aside.lines.push_back(failure(s, f));
        aside.events = f.events;
        if (!aside.lines.empty())
            told.push_back({f.lines_run, false, std::move(aside)});
    }
    for (std::uint32_t i = 0; i < report.line_events.size(); ++i) {
        const auto& line = s.lines[i];
        view::Aside aside;
        if (const auto* note = std::get_if<scenario::Note>(&line.what)) {
            aside.lines = {fmt::format("{}. {}", line.step, note->text.in(language))};
        } else if (const auto* asked = std::get_if<Prediction>(&line.what)) {
            aside = question(*asked, line.step, language);
        } else {
            continue;
        }
        aside.events = report.line_events[i];
        told.push_back({i, true, std::move(aside)});
    }
    std::stable_sort(told.begin(), told.end(), [](const Told& a, const Told& b) {
        return std::pair(a.lines_run, a.of_line) < std::pair(b.lines_run, b.of_line);
    });
    std::vector<view::Aside> asides;
    for (auto& t : told)
        asides.push_back(std::move(t.aside));
    return asides;
}

std::vector<std::string> closing(const Scenario& s, const Report& report,
                                 const std::string& language) {
    const bool zh = language == "zh";
    std::vector<std::string> lines;
    if (!s.rule.empty())
        lines.push_back(s.rule.in(language));
    std::size_t held = 0, questions = 0;
    for (const auto& f : report.findings) {
        if (f.what == Finding::What::question)
            ++questions;
        else if (f.held)
            ++held;
    }
    const auto all = report.findings.size() - questions;
    if (all > 0) {
        lines.push_back(fmt::format(
            fmt::runtime(zh ? "{} 项预期中有 {} 项成立。" : "Of {} expectations {} held."), all,
            held));
    }
    for (const auto& f : report.findings) {
        if (!f.held)
            lines.push_back(failure(s, f));
    }
    for (const auto& command : s.try_in_shell) {
        lines.push_back(
            fmt::format("{} $ {}", zh ? "在自己的终端里试试：" : "Try it in your shell:", command));
    }
    return lines;
}

} // namespace command_line
