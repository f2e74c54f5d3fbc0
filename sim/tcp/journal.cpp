// Appending to the log, or only counting when there is none.
#include "journal.hpp"

namespace tcp {

void Journal::write(trace::Event e) {
    e.at = now_;
    e.beat = recorded_.beats - 1;
    if (e.host == trace::no_host)
        e.host = host_;
    if (e.cause == trace::none)
        e.cause = cause_;
    // What has no rule of its own happens by the rule of its cause.
    if (e.rule == trace::Rule::none && e.cause < log_->events.size())
        e.rule = log_->events[e.cause].rule;
    log_->events.push_back(e);
}

void Journal::write_on_wire(trace::Event e, trace::EventId cause) {
    e.at = now_;
    e.beat = recorded_.beats - 1;
    e.cause = cause;
    log_->events.push_back(e);
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
