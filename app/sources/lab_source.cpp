// The laboratory in the window.
#include "lab_source.hpp"

#include <algorithm>

#include "calls.hpp"
#include "scenario/action.hpp"
#include "view/words.hpp"

namespace sources {
namespace cmd = view::command;
namespace {

// One whole connection: handshake, bytes each way, the four-way close.
std::vector<scenario::Action> one_connection() {
    using scenario::SocketName;
    const SocketName client{SocketName::Kind::connection, 0, 1, trace::no_host, 0};
    const SocketName server{SocketName::Kind::connection, 1, 1, trace::no_host, 0};
    return {scenario::Listen{1, 80, 1},           scenario::Connect{0, 1, 1, 80, std::nullopt},
            scenario::Accept{1, 1, 80},           scenario::Write{client, 100, ""},
            scenario::Read{server, std::nullopt}, scenario::Write{server, 200, ""},
            scenario::Read{client, std::nullopt}, scenario::Close{client},
            scenario::Read{server, std::nullopt}, scenario::Close{server}};
}

} // namespace

LabSource::LabSource(std::unique_ptr<net::Laboratory> lab, std::string notice)
    : lab_(std::move(lab)), notice_(std::move(notice)), plan_(one_connection()), made_(6, 0) {
    lab_->hold_everything(lab_->abilities().steps_frames);
    poll();
}

view::Can LabSource::can() const {
    view::Can can;
    const net::Abilities abilities = lab_->abilities();
    can.back = can.scrub = false;
    can.why_not_back = view::tr("A real kernel cannot go back in time. The simulator can.");
    can.segments = abilities.sees_segments;
    can.verdicts = can.wire = abilities.steps_frames;
    can.why_not_verdicts = can.why_not_wire = abilities.why_not;
    can.scope = lab_->scope();
    return can;
}

bool LabSource::poll() {
    const bool news = lab_->collect(trace_, snapshot_);
    quiet_ = news ? 0 : quiet_ + 1;
    // Playing: when the wire is quiet for a while, the next call of the plan is made.
    if (playing_ && quiet_ > 20) {
        quiet_ = 0;
        if (planned_ < plan_.size() && snapshot_.in_flight.empty())
            submit(plan_[planned_++]);
    }
    return news;
}

bool LabSource::frame_held() const {
    return std::any_of(snapshot_.in_flight.begin(), snapshot_.in_flight.end(),
                       [](const trace::InFlight& f) { return f.held; });
}

void LabSource::submit(const scenario::Action& action) {
    const auto count = [&](trace::HostId host, std::uint16_t number) {
        made_[host] = std::max(made_[host], number);
    };
    if (const auto* c = std::get_if<scenario::Connect>(&action))
        count(c->host, c->number);
    if (const auto* a = std::get_if<scenario::Accept>(&action))
        count(a->host, a->number);
    lab_->submit(action);
}

std::uint16_t LabSource::next_number(trace::HostId host) const {
    std::uint16_t most = made_[host];
    for (std::size_t i = planned_; i < plan_.size(); ++i) {
        if (const auto* c = std::get_if<scenario::Connect>(&plan_[i]); c && c->host == host)
            most = std::max(most, c->number);
        if (const auto* a = std::get_if<scenario::Accept>(&plan_[i]); a && a->host == host)
            most = std::max(most, a->number);
    }
    return static_cast<std::uint16_t>(most + 1);
}

// A held frame goes on; when none is held, the pair makes its next call.
std::string LabSource::next() {
    if (frame_held()) {
        lab_->step();
        return "";
    }
    if (planned_ < plan_.size()) {
        submit(plan_[planned_++]);
        return "";
    }
    return view::tr("Nothing is held, and the connection has run its course: make a call, or wait "
                    "for a timer.");
}

std::string LabSource::perform(const view::Command& command) {
    if (std::holds_alternative<cmd::Next>(command) || std::holds_alternative<cmd::Step>(command))
        return next();
    if (const auto* play = std::get_if<cmd::Play>(&command)) {
        playing_ = play->on;
        quiet_ = 0;
        lab_->hold_everything(!playing_ && lab_->abilities().steps_frames);
        while (playing_ && frame_held()) {
            lab_->step();
            if (!lab_->collect(trace_, snapshot_))
                break;
        }
        return "";
    }
    if (const auto* v = std::get_if<cmd::Verdict>(&command)) {
        using What = scenario::Verdict::What;
        constexpr What what[] = {What::drop, What::delay, What::duplicate, What::hold,
                                 What::release};
        submit(scenario::Verdict{what[static_cast<std::size_t>(v->what)], v->segment, v->time});
        return "";
    }
    if (const auto* w = std::get_if<cmd::SetWire>(&command)) {
        submit(scenario::SetWire{w->from, w->to, w->delay, w->loss});
        return "";
    }
    if (const auto* y = std::get_if<cmd::SetSysctl>(&command)) {
        submit(scenario::SetSysctl{y->host, y->name, y->value});
        return "";
    }
    if (const auto* m = std::get_if<cmd::MakeCall>(&command)) {
        const trace::HostId host =
            m->socket < trace_.sockets.size() ? trace_.sockets[m->socket].host : m->host;
        const auto all = actions(*m, snapshot_, trace_, next_number(host));
        for (const scenario::Action& action : all)
            submit(action);
        return all.empty()
                   ? view::tr("No program holds this socket: there is nobody to make the call.")
                   : "";
    }
    if (std::holds_alternative<cmd::Seek>(command) || std::holds_alternative<cmd::Back>(command) ||
        std::holds_alternative<cmd::StepBackward>(command))
        return can().why_not_back;
    return "";
}

void LabSource::fill(view::Frame& frame) const {
    frame.snapshot = &snapshot_;
    frame.trace = &trace_;
    frame.visible_events = visible_events();
    frame.can = can();
    frame.playing = playing_;
    frame.timeline.end = snapshot_.now;
    frame.legal_calls = legal_calls(snapshot_);
    if (frame.message.empty())
        frame.message = lab_->notice();
    if (frame.message.empty())
        frame.message = notice_;
    if (!frame_held() && planned_ < plan_.size())
        if (auto call = upcoming(plan_[planned_], trace_.hosts))
            frame.upcoming.push_back(std::move(*call));
}

std::unique_ptr<view::Source> open_laboratory(bool loopback, std::string& why_not,
                                              std::function<void()> on_news) {
    std::string notice;
    for (const net::GroundKind ground : {net::GroundKind::namespaces, net::GroundKind::loopback}) {
        if (loopback && ground != net::GroundKind::loopback)
            continue;
        net::LaboratoryOptions options;
        options.ground = ground;
        options.hold_everything = ground == net::GroundKind::namespaces;
        options.on_news = on_news;
        auto lab = std::make_unique<net::Laboratory>(std::move(options));
        if (lab->wait_until_started() == net::Laboratory::Status::running)
            return std::make_unique<LabSource>(std::move(lab), notice);
        why_not = net::describe(lab->failure());
        notice = why_not;
    }
    return nullptr;
}

} // namespace sources
