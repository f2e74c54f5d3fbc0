// Appending on one side, collecting on the other.
#include "net/recorder.hpp"

#include <algorithm>
#include <utility>

namespace net {
namespace {

template <typename Record>
void apply(std::vector<Record>& records, std::vector<std::pair<std::uint32_t, Record>>& changes) {
    for (auto& [index, record] : changes) {
        if (index >= records.size())
            records.resize(index + 1);
        records[index] = std::move(record);
    }
    changes.clear();
}

template <typename Record>
void note_changes(const std::vector<Record>& records, std::vector<std::uint32_t>& indices,
                  std::vector<std::pair<std::uint32_t, Record>>& changes) {
    std::sort(indices.begin(), indices.end());
    indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
    for (const auto index : indices)
        changes.emplace_back(index, records[index]);
    indices.clear();
}

void mark(trace::Trace& trace, trace::SegmentId id) {
    trace.segments[id].segment.ecn = trace::Ecn::congestion;
    const auto at = std::find_if(trace.headers.rbegin(), trace.headers.rend(),
                                 [&](const trace::CapturedHeader& h) { return h.segment == id; });
    if (at != trace.headers.rend() && at->bytes.size() > 1)
        at->bytes[1] |= 3; // of the IPv4 header; its checksum is filled in when it is shown
}

} // namespace

Recorder::Recorder(std::vector<std::string> hosts, std::function<void()> on_news)
    : on_news_(std::move(on_news)), hosts_(hosts) {
    trace_.hosts = std::move(hosts);
}

trace::EventId Recorder::add(trace::Event event) {
    if (!trace_.events.empty())
        event.at = std::max(event.at, trace_.events.back().at);
    event.beat = beat_;
    trace_.events.push_back(event);
    return static_cast<trace::EventId>(trace_.events.size() - 1);
}

trace::SegmentId Recorder::add(trace::SegmentRecord record, std::span<const std::uint8_t> header) {
    trace_.segments.push_back(std::move(record));
    const auto id = static_cast<trace::SegmentId>(trace_.segments.size() - 1);
    if (!header.empty())
        trace_.headers.push_back({id, {header.begin(), header.end()}});
    return id;
}

void Recorder::mark_congestion(trace::SegmentId id) {
    mark(trace_, id);
    marked_.push_back(id);
}

trace::CallId Recorder::add(trace::CallRecord record) {
    trace_.calls.push_back(std::move(record));
    changed_calls_.push_back(static_cast<trace::CallId>(trace_.calls.size() - 1));
    return changed_calls_.back();
}

trace::Cookie Recorder::add(trace::SocketRecord record) {
    trace_.sockets.push_back(std::move(record));
    changed_sockets_.push_back(static_cast<trace::Cookie>(trace_.sockets.size() - 1));
    return changed_sockets_.back();
}

void Recorder::change(trace::CallId id, trace::CallRecord record) {
    trace_.calls[id] = std::move(record);
    changed_calls_.push_back(id);
}

void Recorder::change_socket(trace::Cookie cookie, trace::SocketRecord record) {
    if (trace_.sockets[cookie] == record)
        return;
    trace_.sockets[cookie] = std::move(record);
    changed_sockets_.push_back(cookie);
}

void Recorder::publish(trace::Snapshot snapshot) {
    {
        const std::lock_guard guard(mutex_);
        new_events_.insert(new_events_.end(),
                           trace_.events.begin() + static_cast<std::ptrdiff_t>(published_events_),
                           trace_.events.end());
        new_segments_.insert(new_segments_.end(),
                             trace_.segments.begin() +
                                 static_cast<std::ptrdiff_t>(published_segments_),
                             trace_.segments.end());
        new_headers_.insert(new_headers_.end(),
                            trace_.headers.begin() +
                                static_cast<std::ptrdiff_t>(published_headers_),
                            trace_.headers.end());
        note_changes(trace_.calls, changed_calls_, new_calls_);
        note_changes(trace_.sockets, changed_sockets_, new_sockets_);
        new_marked_.insert(new_marked_.end(), marked_.begin(), marked_.end());
        marked_.clear();
        published_events_ = trace_.events.size();
        published_segments_ = trace_.segments.size();
        published_headers_ = trace_.headers.size();
        snapshot_ = std::move(snapshot);
        has_news_ = true;
    }
    if (on_news_)
        on_news_();
}

void Recorder::start_over() {
    trace::Trace empty;
    empty.hosts = std::move(trace_.hosts);
    trace_ = std::move(empty);
    changed_calls_.clear();
    changed_sockets_.clear();
    marked_.clear();
    const std::lock_guard guard(mutex_);
    new_events_.clear();
    new_segments_.clear();
    new_headers_.clear();
    new_calls_.clear();
    new_sockets_.clear();
    new_marked_.clear();
    published_events_ = published_segments_ = published_headers_ = 0;
    has_news_ = false; // what was published names what is no more
    starts_over_ = true;
}

bool Recorder::collect(trace::Trace& trace, trace::Snapshot& snapshot) {
    const std::lock_guard guard(mutex_);
    if (!has_news_)
        return false;
    if (std::exchange(starts_over_, false))
        trace = {};
    if (trace.hosts.empty())
        trace.hosts = hosts_;
    trace.events.insert(trace.events.end(), new_events_.begin(), new_events_.end());
    trace.segments.insert(trace.segments.end(), new_segments_.begin(), new_segments_.end());
    trace.headers.insert(trace.headers.end(), new_headers_.begin(), new_headers_.end());
    new_events_.clear();
    new_segments_.clear();
    new_headers_.clear();
    for (const trace::SegmentId id : std::exchange(new_marked_, {}))
        mark(trace, id);
    apply(trace.calls, new_calls_);
    apply(trace.sockets, new_sockets_);
    snapshot = snapshot_;
    has_news_ = false;
    return true;
}

} // namespace net
