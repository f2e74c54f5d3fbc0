// The simulated world as a source: time and the story.
#include "sim_source.hpp"

#include <algorithm>

#include "calls.hpp"
#include "view/player.hpp"
#include "view/words.hpp"

namespace sources {
namespace cmd = view::command;

SimSource::SimSource(scenario::Scenario script, Kind kind, const std::vector<scenario::Term>* terms)
    : kind_(kind),
      terms_(terms),
      judged_(kind == Kind::lesson ? judge(script) : Judged{}),
      timeline_(std::move(script), judged_.decisions) {
    while (timeline_.position() < beginning() && timeline_.step()) {
    }
}

std::uint32_t SimSource::beginning() const {
    const auto& lines = timeline_.script().lines;
    const bool told = kind_ == Kind::lesson && !lines.empty() && lines[0].at == trace::Instant{} &&
                      std::holds_alternative<scenario::Note>(lines[0].what);
    return told ? 1 : 0;
}

// Off the script its notes tell of another world: nothing to stop at.
bool SimSource::at_stop() const {
    return !timeline_.off_script() && timeline_.at_stop();
}

view::Can SimSource::can() const {
    view::Can can;
    can.back = timeline_.position() > beginning();
    if (!can.back)
        can.why_not_back = view::tr("This is the beginning.");
    return can;
}

std::optional<std::uint32_t> SimSource::open_question() const {
    if (kind_ != Kind::lesson || timeline_.off_script())
        return std::nullopt;
    const auto line = timeline_.told();
    if (!line || !std::holds_alternative<scenario::Prediction>(script().lines[*line].what))
        return std::nullopt;
    if (answers_.contains(*line) || timeline_.decided(*line))
        return std::nullopt;
    return line;
}

bool SimSource::step() {
    if (open_question())
        return false;
    ++generation_;
    return timeline_.step();
}

bool SimSource::step_back() {
    ++generation_;
    const bool moved = timeline_.step_back();
    forget_answers_ahead();
    return moved;
}

std::optional<trace::Instant> SimSource::next_due() const {
    return open_question() ? std::nullopt : timeline_.next_due();
}

void SimSource::remember() {
    presses_.push_back(timeline_.position());
}

std::uint32_t SimSource::steps_told() const {
    const auto line = timeline_.told();
    return line ? script().lines[*line].step : 0;
}

void SimSource::resume(std::uint32_t n) {
    while (steps_told() < n && timeline_.step()) {
        if (const auto line = open_question())
            answers_[*line] = -1;
    }
    // Ends right on the step, its question not yet answered.
    forget_answers_ahead();
    ++generation_;
}

// Going back undoes the answers of the questions that come again; the first answer still counts.
void SimSource::forget_answers_ahead() {
    std::erase_if(answers_, [&](const auto& a) { return !timeline_.decided(a.first); });
}

void SimSource::back() {
    ++generation_;
    // A press that moved nothing (an answer, say) is not worth a press of its own.
    while (!presses_.empty() && presses_.back() >= timeline_.position())
        presses_.pop_back();
    const std::uint32_t to =
        std::max(beginning(), presses_.empty() ? timeline_.previous_stop() : presses_.back());
    if (!presses_.empty())
        presses_.pop_back();
    timeline_.seek_position(to);
    forget_answers_ahead();
}

void SimSource::answer(int option) {
    const auto line = open_question();
    if (!line)
        return;
    ++generation_;
    answers_[*line] = option;
    const auto right = judged_.right.find(*line);
    // "I don't know" is neither right nor wrong.
    if (option >= 0)
        first_answers_.try_emplace(*line, right != judged_.right.end() && right->second == option);
}

void SimSource::seek(trace::Instant to) {
    ++generation_;
    if (to < now()) {
        timeline_.seek(to);
        forget_answers_ahead();
        return;
    }
    // Forward only to the next open question: what lies behind it is still hidden.
    for (auto due = next_due(); due && *due <= to && step(); due = next_due()) {
    }
}

void SimSource::wait_until(trace::Instant t) {
    seek(t);
    timeline_.wait_until(t);
}

std::string SimSource::act(const scenario::Action& action) {
    ++generation_;
    timeline_.act(action);
    return "";
}

std::string SimSource::perform(const view::Command& command) {
    if (const auto* c = std::get_if<cmd::Seek>(&command)) {
        seek(c->to);
    } else if (const auto* e = std::get_if<cmd::SeekEvent>(&command)) {
        if (e->event < visible_events()) {
            ++generation_;
            timeline_.seek_event(e->event);
            forget_answers_ahead();
        }
    } else if (std::holds_alternative<cmd::Back>(command)) {
        back();
    } else if (const auto* s = std::get_if<cmd::StepBackward>(&command)) {
        // Back over at least one thing of that kind.
        const auto kind = s->by;
        const std::uint32_t before = visible_events();
        while (step_back()) {
            bool met = false;
            for (std::uint32_t i = visible_events(); i < before; ++i)
                met = met || view::matches(trace().events[i], kind);
            if (met)
                break;
        }
        while (!presses_.empty() && presses_.back() >= timeline_.position())
            presses_.pop_back();
    } else if (const auto* a = std::get_if<cmd::Answer>(&command)) {
        answer(a->option);
    } else if (std::holds_alternative<cmd::StartOver>(command)) {
        ++generation_;
        timeline_.switch_to(0);
        timeline_.seek_position(beginning());
        answers_.clear();
        presses_.clear();
    } else if (const auto* b = std::get_if<cmd::SwitchBranch>(&command)) {
        ++generation_;
        timeline_.switch_to(static_cast<std::size_t>(std::max(0, b->branch)));
        presses_.clear();
    } else if (std::holds_alternative<cmd::ReturnToScript>(command)) {
        ++generation_;
        timeline_.switch_to(0);
        presses_.clear();
        forget_answers_ahead();
    } else if (const auto* v = std::get_if<cmd::Verdict>(&command)) {
        using What = scenario::Verdict::What;
        constexpr What what[] = {What::drop, What::delay, What::duplicate, What::hold,
                                 What::release};
        return act(scenario::Verdict{what[static_cast<std::size_t>(v->what)], v->segment, v->time});
    } else if (const auto* w = std::get_if<cmd::SetWire>(&command)) {
        return act(scenario::SetWire{w->from, w->to, w->delay, w->loss});
    } else if (const auto* m = std::get_if<cmd::MakeCall>(&command)) {
        return perform_call(*m);
    } else if (const auto* y = std::get_if<cmd::SetSysctl>(&command)) {
        return act(scenario::SetSysctl{y->host, y->name, y->value});
    } else if (const auto* t = std::get_if<cmd::OpenTerm>(&command)) {
        open_term_ = t->word;
    }
    return "";
}

// Past every number that the script will use, and every one that is taken.
std::uint16_t SimSource::next_number(trace::HostId host) const {
    std::uint16_t most = 0;
    const auto look = [&](const scenario::Action& action) {
        if (const auto* c = std::get_if<scenario::Connect>(&action); c && c->host == host)
            most = std::max(most, c->number);
        if (const auto* a = std::get_if<scenario::Accept>(&action); a && a->host == host)
            most = std::max(most, a->number);
    };
    for (const scenario::Line& line : script().lines)
        if (const auto* act = std::get_if<scenario::Act>(&line.what))
            look(act->action);
    for (const world::Timeline::Done& done : timeline_.done())
        look(done.action);
    return static_cast<std::uint16_t>(most + 1);
}

std::string SimSource::perform_call(const view::command::MakeCall& call) {
    const trace::HostId host =
        call.socket < trace().sockets.size() ? trace().sockets[call.socket].host : call.host;
    const auto all = actions(call, timeline_.snapshot(), trace(), next_number(host));
    for (const scenario::Action& action : all)
        act(action);
    return all.empty() ? view::tr("No program holds this socket: there is nobody to make the call.")
                       : "";
}

std::set<std::string> SimSource::walked() const {
    std::set<std::string> edges;
    for (std::uint32_t i = 0; i < visible_events(); ++i) {
        const trace::Event& e = trace().events[i];
        if (e.kind == trace::EventKind::transition && e.from != e.to)
            edges.insert(std::string(trace::name(e.from)) + " > " + std::string(trace::name(e.to)));
    }
    return edges;
}

} // namespace sources
