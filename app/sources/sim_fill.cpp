// The simulated world as a source: what a frame is told about the world and its story.
#include "sim_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "calls.hpp"
#include "marks.hpp"
#include "profiles.hpp"
#include "view/words.hpp"

namespace sources {
namespace {

const std::string& in(const scenario::Text& text, view::Language language) {
    return text.in(language == view::Language::zh ? "zh" : "");
}

std::optional<view::Panel> panel_named(std::string_view name) {
    using P = view::Panel;
    if (name == "machine")
        return P::machine;
    if (name == "why")
        return P::why;
    if (name == "counters")
        return P::counters;
    if (name == "sysctls")
        return P::sysctls;
    if (name == "descriptors")
        return P::descriptors;
    if (name == "queues")
        return P::queues;
    if (name == "timeline")
        return P::timeline;
    return std::nullopt;
}

} // namespace

void SimSource::fill(view::Frame& frame) const {
    if (snapshot_generation_ != generation_) {
        snapshot_ = timeline_.snapshot();
        snapshot_generation_ = generation_;
    }
    frame.snapshot = &snapshot_;
    frame.trace = &timeline_.trace();
    frame.visible_events = timeline_.visible_events();
    frame.can = can();
    frame.hidden_after = open_question() ? snapshot_.now : trace::never;
    frame.nothing_due = next_due() || open_question() ? "" : timeline_.stopped();
    if (frame.nothing_due.empty() && !next_due() && !open_question())
        frame.nothing_due = view::tr("Nothing is due: make a call.");
    fill_timeline(frame);
    frame.legal_calls = legal_calls(snapshot_);
    // In a lesson a card offers its calls when it is picked: the story comes first.
    if (kind_ != Kind::free_play)
        std::erase_if(frame.legal_calls, [&](const view::SocketCalls& calls) {
            return calls.socket != frame.selection.socket;
        });
    frame.profiles = profile_choices(script().hosts, frame.language);
    if (open_question())
        frame.why_not_profile = view::tr("Answer the question first, or press Next.");
    fill_upcoming(frame);
    if (kind_ == Kind::free_play)
        fill_script(frame);
    else
        fill_lesson(frame);
}

void SimSource::fill_lesson(view::Frame& frame) const {
    const scenario::Scenario& s = script();
    view::LessonView lesson = frame.lesson.value_or(view::LessonView{});
    lesson.title = in(s.title, frame.language);
    lesson.off_script = timeline_.off_script();
    lesson.started = timeline_.position() > 0;
    for (const std::string& name : s.show)
        if (const auto panel = panel_named(name))
            frame.panels[static_cast<std::size_t>(*panel)] = true;

    const auto told = timeline_.told();
    for (std::uint32_t i = 0; i < s.lines.size(); ++i) {
        const scenario::Line& line = s.lines[i];
        if (line.step == 0)
            continue;
        view::StepMark mark;
        mark.question = std::holds_alternative<scenario::Prediction>(line.what);
        mark.done = told && i <= *told;
        if (const auto first = first_answers_.find(i); first != first_answers_.end())
            mark.right = first->second;
        lesson.steps.push_back(mark);
        if (!told || i > *told)
            continue;
        lesson.current = static_cast<int>(line.step) - 1;
        if (const auto* note = std::get_if<scenario::Note>(&line.what))
            lesson.narration = in(note->text, frame.language);
        for (const std::string& name : line.show)
            if (const auto panel = panel_named(name))
                frame.panels[static_cast<std::size_t>(*panel)] = true;
        if (i == *told || lesson.terms.empty() || !mark.question)
            lesson.terms = line.terms;
        if (i == *told && line.highlight)
            lesson.highlight = highlight(*line.highlight);
    }
    if (!told)
        lesson.narration = lesson.title;
    if (lesson.off_script) {
        lesson.narration =
            view::tr("You changed the story. What follows from it is played step by step.");
        lesson.terms.clear();
        lesson.highlight = {};
    }
    if (told && !lesson.off_script &&
        std::holds_alternative<scenario::Prediction>(s.lines[*told].what))
        lesson.question = question(*told, frame.language);
    if (ended())
        lesson.end = end_card(frame.language);
    lesson.open_term = open_term(frame.language);
    // The words as they stand in the text of this language.
    if (terms_)
        for (std::string& word : lesson.terms)
            if (const scenario::Term* term = scenario::find_term(*terms_, word))
                word = in(term->word, frame.language);
    frame.lesson = std::move(lesson);
}

std::optional<view::TermView> SimSource::open_term(view::Language language) const {
    if (open_term_.empty() || !terms_)
        return std::nullopt;
    for (const scenario::Term& term : *terms_)
        for (const auto& [tag, word] : term.word.by_language)
            if (word == open_term_)
                return view::TermView{in(term.word, language), in(term.is, language), term.rfc,
                                      term.kernel, in(term.also, language)};
    return std::nullopt;
}

view::QuestionView SimSource::question(std::uint32_t line, view::Language language) const {
    const auto& prediction = std::get<scenario::Prediction>(script().lines[line].what);
    view::QuestionView q;
    q.ask = in(prediction.ask, language);
    const auto given = answers_.find(line);
    q.answered = given != answers_.end();
    q.revealed = timeline_.decided(line);
    q.chosen = q.answered ? given->second : -1;
    const auto right = judged_.right.find(line);
    for (std::size_t i = 0; i < prediction.options.size(); ++i) {
        const scenario::Option& option = prediction.options[i];
        view::OptionView o{option.value, "", false};
        if (q.answered || q.revealed) {
            o.text = in(option.text, language);
            o.right = right != judged_.right.end() && right->second == static_cast<int>(i);
        }
        q.options.push_back(std::move(o));
    }
    return q;
}

view::EndCard SimSource::end_card(view::Language language) const {
    const scenario::Scenario& s = script();
    view::EndCard card;
    card.rule = in(s.rule, language);
    // A file without a `rule` keeps its last note in sight.
    for (auto line = s.lines.rbegin(); card.rule.empty() && line != s.lines.rend(); ++line)
        if (const auto* note = std::get_if<scenario::Note>(&line->what))
            card.rule = in(note->text, language);
    card.expectations = judged_.expectations;
    card.expectations_held = judged_.held;
    for (const auto& [line, right] : first_answers_) {
        ++card.asked;
        card.right += right ? 1 : 0;
    }
    for (const std::string& edge : walked())
        if (!walked_before_.contains(edge)) {
            std::string shown = edge;
            if (const std::size_t at = shown.find(" > "); at != shown.npos)
                shown.replace(at, 3, " → ");
            card.new_edges.push_back(std::move(shown));
        }
    for (const scenario::WhatIf& w : s.what_ifs)
        card.what_ifs.push_back(in(w.text, language));
    card.try_in_shell = s.try_in_shell;
    return card;
}

view::Highlight SimSource::highlight(const scenario::Highlight& h) const {
    using From = scenario::Highlight::What;
    using To = view::Highlight::What;
    view::Highlight out;
    out.host = h.host;
    out.timer = h.timer;
    out.counter = h.counter;
    out.panel = h.panel;
    switch (h.what) {
    case From::socket:
    case From::listener: out.what = To::socket; break;
    case From::send_queue: out.what = To::send_queue; break;
    case From::recv_queue: out.what = To::recv_queue; break;
    case From::timer: out.what = To::timer; break;
    case From::accept_queue: out.what = To::accept_queue; break;
    case From::syn_queue: out.what = To::syn_queue; break;
    case From::calls: out.what = To::calls; return out;
    case From::counter: out.what = To::counter; return out;
    case From::panel: out.what = To::panel; return out;
    case From::segment:
        out.what = To::segment;
        for (std::uint32_t i = visible_events(); i-- > 0;) {
            const trace::Event& e = trace().events[i];
            if (e.kind != trace::EventKind::segment_sent)
                continue;
            const trace::SegmentRecord& sent = trace().segments[e.ref];
            if (sent.from != h.from || sent.to != h.to || !trace::is_kind(sent.segment, h.kind))
                continue;
            out.segment = e.ref;
            return out;
        }
        return {};
    }
    const auto cookie = timeline_.world().find(h.socket);
    if (!cookie)
        return {};
    out.socket = *cookie;
    return out;
}

void SimSource::fill_timeline(view::Frame& frame) const {
    view::TimelineView& t = frame.timeline;
    t.end = snapshot_.now;
    if (!open_question()) {
        if (!script().lines.empty())
            t.end = std::max(t.end, script().end);
        for (const trace::Event& e : trace().events)
            t.end = std::max(t.end, e.at);
    }
    t.marks = timeline_marks(trace(), visible_events());
    for (std::size_t i = 0; i < timeline_.branch_count(); ++i) {
        const world::Timeline::Branch& b = timeline_.branch(i);
        t.branches.push_back(
            {i == 0 ? view::tr("the script") : b.label, b.forked, i == timeline_.current_branch()});
    }
}

void SimSource::fill_upcoming(view::Frame& frame) const {
    if (kind_ == Kind::free_play || timeline_.off_script())
        return;
    // The next call of the script, if nothing else happens before it at another time.
    const scenario::Scenario& s = script();
    for (std::uint32_t i = timeline_.lines_done(); i < s.lines.size(); ++i) {
        const auto* act = std::get_if<scenario::Act>(&s.lines[i].what);
        if (!act)
            continue;
        auto call = upcoming(act->action, trace().hosts);
        if (!call)
            continue;
        frame.upcoming.push_back(std::move(*call));
        return;
    }
}

} // namespace sources
