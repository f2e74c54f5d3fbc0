// One target in the window.
#include "focus_source.hpp"

#include <tuple>

#include <fmt/format.h>

#include "view/words.hpp"

namespace sources {

using view::say;
using view::tr;

view::Can only_watching() {
    view::Can can;
    can.step = can.back = can.play = can.scrub = can.act = can.verdicts = can.wire = false;
    can.segments = false;
    can.why_not_act = can.why_not_verdicts = can.why_not_wire =
        tr("These sockets belong to other programs: they are only watched.");
    can.why_not_back = tr("A real kernel cannot go back in time. The simulator can.");
    return can;
}

std::string note_of(const net::attach::Closeup::End& end) {
    std::string note;
    const auto add = [&](const char* text) {
        note += (note.empty() ? "" : "; ") + std::string(text);
    };
    switch (end.far) {
    case net::attach::Far::here: break;
    case net::attach::Far::itself: add(tr("connected to itself")); break;
    case net::attach::Far::remote: add(tr("the far end is on another machine")); break;
    case net::attach::Far::not_seen:
        if (end.connecting) {
            add(tr("nothing at the far end has taken its SYN"));
            break;
        }
        add(tr("no socket for the far end: it is gone, or in another network namespace"));
        break;
    }
    if (end.opener == net::attach::Opener::first)
        add(tr("opened actively (bytes_acked is one more than the far end received: the SYN)"));
    else if (end.opener == net::attach::Opener::both)
        add(tr("opened by both ends at once"));
    if (end.first_seen_so)
        add(tr("in this state already when we came: since when is not known"));
    return note;
}

FocusSource::FocusSource(std::shared_ptr<net::attach::Attachment> attachment,
                         net::attach::Target target, std::string title, std::string left,
                         std::string right)
    : attachment_(std::move(attachment)), title_(std::move(title)) {
    trace_.hosts = {left, right};
    request_ = attachment_->look_at(std::move(target), std::move(left), std::move(right), true);
    snapshot_.hosts.resize(2);
    for (std::size_t i = 0; i < 2; ++i) {
        snapshot_.hosts[i].id = static_cast<trace::HostId>(i);
        snapshot_.hosts[i].name = trace_.hosts[i];
    }
}

view::Can FocusSource::can() const {
    view::Can can = only_watching();
    if (!closeup_)
        return can;
    can.scope = say("Watched, never touched: sampled every {} ms; what lay between two looks is "
                    "inferred and drawn dashed.",
                    closeup_->interval_ns / 1'000'000);
    const auto add = [&](const std::string& more) { can.scope += " " + more; };
    if (closeup_->pair_looks > 0)
        add(say("Of {} looks at both ends {} met them in one moment.", closeup_->pair_looks,
                closeup_->pair_looks - closeup_->moved_meanwhile));
    if (closeup_->unseen > 0)
        add(say("{} connections came and went between two looks.", closeup_->unseen));
    if (closeup_->lost > 0)
        add(say("{} times the kernel's announcements came too fast.", closeup_->lost));
    if (closeup_->not_followed > 0)
        add(say("{} more sockets belong to it and are only counted.", closeup_->not_followed));
    add_permitted(can);
    return can;
}

// What the helper was asked for: that it was granted, or the step that was refused and the remedy.
void FocusSource::add_permitted(view::Can& can) const {
    using State = net::attach::More::State;
    const auto add = [&](const std::string& more) { can.scope += " " + more; };
    const auto& [segments, transitions] = std::tie(closeup_->segments, closeup_->transitions);
    can.segments = segments.asked && segments.state == State::granted;
    if (can.segments)
        add(tr("Its segments are captured, headers only."));
    else if (segments.asked && segments.state == State::refused)
        add(say("Its segments are not seen: {}.", segments.why_not));
    if (transitions.asked && transitions.state == State::granted)
        add(tr("Every transition is told by the kernel's trace, at its instant."));
    else if (transitions.asked && transitions.state == State::refused)
        add(say("Its transitions are only sampled: {}.", transitions.why_not));
    if (transitions.lost > 0)
        add(say("{} events of the trace were lost: what followed them was sampled.",
                transitions.lost));
    if (segments.lost > 0)
        add(say("{} segments were lost by the capture.", segments.lost));
    if (closeup_->passed_over > 0)
        add(say("{} came too fast to be told one by one.", closeup_->passed_over));
}

bool FocusSource::poll() {
    const bool news = attachment_->collect(request_, books_, trace_, snapshot_);
    if (auto closeup = attachment_->closeup(); closeup && closeup->target == request_)
        closeup_ = std::move(closeup);
    return news;
}

void FocusSource::fill(view::Frame& frame) const {
    frame.snapshot = &snapshot_;
    frame.trace = &trace_;
    frame.visible_events = visible_events();
    frame.can = can();
    frame.timeline.end = snapshot_.now;
    view::AttachView view;
    view.open = true;
    view.ready = closeup_ != nullptr;
    view.title = title_;
    if (closeup_) {
        for (const auto& [cookie, end] : closeup_->ends) {
            std::string note = note_of(end);
            if (!end.who.empty())
                note = end.who + (note.empty() ? "" : "; " + note);
            view.ends[cookie] = {end.local, end.remote, end.ss_local, end.ss_remote,
                                 std::move(note)};
        }
        if (!closeup_->found && frame.message.empty())
            frame.message = tr("Nothing of it is there any more.");
    }
    frame.attach = std::move(view);
}

} // namespace sources
