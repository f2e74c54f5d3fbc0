// Appending to the log, or only counting when there is none.
#include "journal.hpp"

namespace tcp {

void Journal::begin_beat(trace::HostId host, trace::EventId cause) {
    host_ = host;
    cause_ = cause;
    ++recorded_.beats;
}

trace::EventId Journal::note(trace::Event e) {
    e.at = now_;
    e.beat = recorded_.beats - 1;
    if (e.host == trace::no_host)
        e.host = host_;
    if (e.cause == trace::none)
        e.cause = cause_;
    // What has no rule of its own happens by the rule of its cause.
    if (log_ && e.rule == trace::Rule::none && e.cause < log_->events.size())
        e.rule = log_->events[e.cause].rule;
    if (log_)
        log_->events.push_back(e);
    return recorded_.events++;
}

trace::EventId Journal::note_on_wire(trace::Event e, trace::EventId cause) {
    e.at = now_;
    e.beat = recorded_.beats - 1;
    e.cause = cause;
    if (log_)
        log_->events.push_back(e);
    return recorded_.events++;
}

void Journal::explain(trace::EventId id, trace::Rule rule) {
    if (log_ && id < log_->events.size())
        log_->events[id].rule = rule;
}

void Journal::refuse(trace::EventId id, trace::Rule rule) {
    if (!log_ || id >= log_->events.size())
        return;
    log_->events[id].kind = trace::EventKind::segment_refused;
    log_->events[id].rule = rule;
}

void Journal::took(trace::EventId id, trace::Cookie socket) {
    if (log_ && id < log_->events.size())
        log_->events[id].socket = socket;
}

void Journal::found(trace::EventId id, trace::Lookup lookup) {
    if (log_ && id < log_->events.size())
        log_->events[id].what = static_cast<std::uint8_t>(lookup);
}

trace::SegmentId Journal::record(const trace::SegmentRecord& r) {
    if (log_)
        log_->segments.push_back(r);
    return recorded_.segments++;
}

trace::Cookie Journal::record(const trace::SocketRecord& r) {
    if (log_)
        log_->sockets.push_back(r);
    return recorded_.sockets++;
}

trace::CallId Journal::record(const trace::CallRecord& r) {
    if (log_)
        log_->calls.push_back(r);
    return recorded_.calls++;
}

} // namespace tcp
