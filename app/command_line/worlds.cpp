// One scenario in the simulator, on the kernel or in both: as a ladder, JSON, a picture or a capture.
#include "command_line/worlds.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "command_line/json.hpp"
#include "command_line/story.hpp"
#include "command_line/svg.hpp"
#include "record/pcapng.hpp"
#include "sources/both.hpp"
#include "trace/json_text.hpp"
#include "view/cells.hpp"
#include "view/mermaid.hpp"

namespace command_line {
namespace {

using scenario::Scenario;

constexpr auto worth_telling = trace::milliseconds(4); // of a busy machine

std::string ladder(const Scenario& s, const sources::Play& play, const Told& told,
                   const std::optional<view::Aside>& mark = {}) {
    auto asides = story(s, play.report, told.language);
    if (mark) {
        const auto after = std::find_if(asides.begin(), asides.end(), [&](const view::Aside& a) {
            return a.events > mark->events;
        });
        asides.insert(after, *mark);
    }
    view::LadderOptions options;
    options.width = told.width;
    options.language = told.language;
    options.asides = asides;
    options.snapshot = &play.end;
    std::string out;
    for (const auto& line : view::ladder(play.trace, options))
        out += line + "\n";
    out += "\n";
    for (const auto& line : closing(s, play.report, told.language))
        for (const auto& part : view::wrap(line, told.width))
            out += part + "\n";
    return out;
}

std::string title(const Scenario& s, const Told& told) {
    return s.title.in(told.language) + "\n";
}

Played end_of(const Scenario& s, const scenario::Report& report, std::string out) {
    if (!report.stopped.empty())
        return {std::move(out), fmt::format("{}: {}", s.file, report.stopped), Exit::impossible};
    return {std::move(out), "", report.held() ? Exit::held : Exit::failed};
}

Played told_alone(const Scenario& s, const sources::Play& play, const Told& told,
                  const std::string& scope) {
    if (told.format == "json")
        return end_of(s, play.report, json(s, play.report, play.trace, told.language) + "\n");
    if (told.format == "pcapng")
        return end_of(s, play.report, record::pcapng(play.trace, 0, told.language));
    if (told.format == "svg")
        return end_of(s, play.report,
                      svg(play.trace, play.end, s.title.in(told.language), told.language));
    if (told.format == "mermaid") {
        const auto asides = story(s, play.report, told.language);
        view::LadderOptions options;
        options.language = told.language;
        options.asides = asides;
        options.snapshot = &play.end;
        return end_of(s, play.report,
                      view::mermaid(play.trace, options, s.title.in(told.language)));
    }
    return end_of(s, play.report, title(s, told) + scope + "\n" + ladder(s, play, told));
}

// Before the first event that is not earlier than this.
std::uint32_t place_of(trace::Instant at, const trace::Trace& trace) {
    const auto first =
        std::lower_bound(trace.events.begin(), trace.events.end(), at,
                         [](const trace::Event& e, trace::Instant t) { return e.at < t; });
    return static_cast<std::uint32_t>(first - trace.events.begin());
}

std::string both_as_json(const Scenario& s, const sources::Comparison& both, const Told& told) {
    const std::string difference =
        both.difference ? trace::json_string(sources::explained(*both.difference, told.language))
                        : std::string("null");
    return fmt::format("{{\"simulator\":{},\n\"kernel\":{},\n\"scope\":{},\"difference\":{}}}\n",
                       json(s, both.simulated.report, both.simulated.trace, told.language),
                       json(s, both.kernel.report, both.kernel.trace, told.language),
                       trace::json_string(both.kernel.scope), difference);
}

std::string both_as_text(const Scenario& s, const sources::Comparison& both, const Told& told) {
    const bool zh = told.language == "zh";
    const auto& d = both.difference;
    const std::string sentence = d    ? sources::explained(*d, told.language)
                                 : zh ? "模拟器与内核讲的是同一个故事。"
                                      : "The simulator and the kernel tell the same story.";
    std::optional<view::Aside> here, there;
    if (d) {
        const std::string mark =
            (zh ? "▲ 此处两边首次不同：" : "▲ Here they differ first: ") + sentence;
        const auto event =
            d->event != trace::none ? d->event + 1 : place_of(d->at, both.simulated.trace);
        here = view::Aside{event, {mark}};
        there = view::Aside{place_of(d->at, both.kernel.trace), {mark}};
    }
    std::string out = title(s, told);
    out += zh ? "\n== 模拟器 ==\n\n" : "\n== The simulator ==\n\n";
    out += ladder(s, both.simulated, told, here);
    out += zh ? "\n== 真实内核 ==\n" : "\n== The real kernel ==\n";
    out += both.kernel.scope + "\n\n" + ladder(s, both.kernel, told, there) + "\n";
    for (const auto& part : view::wrap(sentence, told.width))
        out += part + "\n";
    if (d && both.kernel.lateness > worth_telling)
        out += fmt::format(fmt::runtime(zh ? "（本机繁忙：有步骤晚了 {}。）\n"
                                           : "(This machine was busy: a step came {} late.)\n"),
                           trace::format_short(both.kernel.lateness));
    return out;
}

Played in_both(const Scenario& s, const Told& told) {
    if (told.format == "pcapng")
        return {"", "a capture is of one world: --on sim or --on kernel", Exit::bad_input};
    if (told.format == "mermaid" || told.format == "svg")
        return {"", "a picture is of one world: --on sim or --on kernel", Exit::bad_input};
    if (const auto why = sources::other_profile(s); !why.empty() && !told.anyway)
        return {"", why + "; --anyway compares all the same", Exit::impossible};
    const auto both = sources::play_both(s);
    if (!both.kernel.failure.empty())
        return {"", both.kernel.failure, Exit::impossible};
    auto played =
        end_of(s, both.kernel.report,
               told.format == "json" ? both_as_json(s, both, told) : both_as_text(s, both, told));
    if (played.code != Exit::impossible)
        played.code = both.agrees() ? Exit::held : Exit::failed;
    return played;
}

} // namespace

std::optional<Worlds> parse_worlds(const Arguments& arguments) {
    const std::string on = arguments.flag("--on").value_or("sim");
    if (on == "sim")
        return Worlds::sim;
    if (on == "kernel")
        return Worlds::kernel;
    if (on == "both")
        return Worlds::both;
    return std::nullopt;
}

std::string on_takes(const Arguments& arguments) {
    return fmt::format("--on takes sim, kernel or both, not '{}'",
                       arguments.flag("--on").value_or(""));
}

Played play_in(Worlds on, const Scenario& s, const Told& told) {
    switch (on) {
    case Worlds::sim: return told_alone(s, sources::play_simulated(s), told, "");
    case Worlds::kernel: {
        const auto play = sources::play_on_kernel(s);
        if (!play.failure.empty())
            return {"", play.failure, Exit::impossible};
        return told_alone(s, play, told, play.scope + "\n");
    }
    case Worlds::both: break;
    }
    return in_both(s, told);
}

} // namespace command_line
