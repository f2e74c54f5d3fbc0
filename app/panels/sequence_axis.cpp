// Moments, gaps and rows of the time axis.
#include "panels/sequence_axis.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace panels {

namespace {

struct End {
    trace::Instant at;
    std::size_t segment = 0; // place in Story::segments
    bool arrival = false;
    trace::EventId event = trace::none;
};

// Every end of every segment, in the order in which the events tell it; promised arrivals last.
std::vector<End> ends_of(const Story& story) {
    std::vector<End> ends;
    for (std::size_t i = 0; i < story.segments.size(); ++i) {
        const SegmentStory& told = story.segments[i];
        ends.push_back({told.sent, i, false, told.sent_event});
        if (told.ended != trace::never) {
            ends.push_back({told.ended, i, true, told.end_event});
        }
    }
    std::stable_sort(ends.begin(), ends.end(), [](const End& a, const End& b) {
        return std::tuple(a.at, a.event) < std::tuple(b.at, b.event);
    });
    return ends;
}

// Ends on one side of one direction at one instant must not coincide: each takes the next row. An
// answer starts in the row in which its question arrived.
void give_rows(const trace::Trace& trace, const Story& story, Axis& axis) {
    using Side = std::tuple<bool, trace::HostId, trace::HostId>;
    std::map<Side, int> taken;
    std::map<std::uint32_t, int> row_of_beat;
    trace::Instant at{-1};
    axis.segments.assign(story.segments.size(), {});
    for (const End& end : ends_of(story)) {
        if (end.at != at) {
            taken.clear();
            row_of_beat.clear();
            at = end.at;
        }
        const trace::SegmentRecord& record = trace.segments[story.segments[end.segment].id];
        int& next = taken[{end.arrival, record.from, record.to}];
        int row = next;
        if (end.event != trace::none) {
            const std::uint32_t beat = trace.events[end.event].beat;
            const auto question = row_of_beat.find(beat);
            if (question == row_of_beat.end()) {
                row_of_beat[beat] = row;
            } else {
                row = std::max(row, question->second);
            }
        }
        const bool returns =
            end.arrival && record.from == record.to && story.segments[end.segment].sent == end.at;
        if (returns) { // below where it left
            row = std::max(row, axis.segments[end.segment].departure + 1);
        }
        next = row + 1;
        (end.arrival ? axis.segments[end.segment].arrival : axis.segments[end.segment].departure) =
            row;
    }
}

// Everything that is drawn, as moments in time; what happens at one instant is one of them.
std::vector<Moment> gather(const Story& story, const Axis& axis, trace::Instant shown,
                           const std::vector<float>& below) {
    std::vector<Moment> all;
    const auto tell = [&](trace::Instant at, int row, float dwell) {
        all.push_back({at, 0, dwell, row + 1, at <= shown});
    };
    all.push_back({std::min(story.begin, shown)});
    for (std::size_t i = 0; i < story.segments.size(); ++i) {
        const SegmentStory& told = story.segments[i];
        tell(told.sent, axis.segments[i].departure, 0);
        if (told.ended != trace::never) {
            const float reason = i < below.size() ? below[i] : 0;
            // Lost as it left: its cross stands half a flight farther down.
            const bool at_once =
                told.fate == Fate::lost && told.ended <= told.released_at.value_or(told.sent);
            tell(told.ended, axis.segments[i].arrival,
                 told.fate == Fate::refused ? std::max(axis.style.dwell, reason)
                 : at_once                  ? axis.style.flight * 0.5f + axis.style.dwell * 0.3f
                                            : 0);
        }
        if (told.message) {
            tell(told.message->at, 0, axis.style.dwell);
        }
        for (const auto& stop : {told.held_at, told.released_at}) {
            if (stop) {
                tell(*stop, 0, axis.style.dwell);
            }
        }
    }
    for (const SocketStory& socket : story.sockets) {
        for (const StateSpan& span : socket.spans) {
            const bool birth = &span == &socket.spans.front() && span.state == trace::State::closed;
            tell(span.from, 0, birth ? 0 : axis.style.dwell);
        }
        if (socket.gone != trace::never) {
            tell(socket.gone, 0, 0);
        }
    }
    for (const Remark& remark : story.remarks) {
        tell(remark.at, 0, axis.style.dwell);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Moment& a, const Moment& b) { return a.at < b.at; });
    std::vector<Moment> moments;
    for (const Moment& one : all) {
        if (moments.empty() || moments.back().at != one.at) {
            moments.push_back(one);
            continue;
        }
        Moment& here = moments.back();
        here.rows = std::max(here.rows, one.rows);
        here.height = std::max(here.height, one.height);
        here.told = here.told || one.told;
    }
    // While something travels, now lies inside a gap; with nothing under way it ends the axis.
    if (moments.back().at < shown) {
        moments.push_back({shown});
    }
    return moments;
}

// The usual time of flight: what a flight's height stands for.
trace::Duration usual_flight(const Story& story, const trace::Snapshot& snapshot) {
    std::vector<trace::Duration> flights;
    for (const SegmentStory& told : story.segments) {
        if (told.fate == Fate::delivered && !told.held_at && told.ended > told.sent) {
            flights.push_back(told.ended - told.sent);
        }
    }
    if (!flights.empty()) {
        const auto middle = flights.begin() + static_cast<std::ptrdiff_t>(flights.size() / 2);
        std::nth_element(flights.begin(), middle, flights.end());
        return *middle;
    }
    for (const trace::WireView& wire : snapshot.wires) {
        if (wire.delay > trace::Duration{0}) {
            return wire.delay;
        }
    }
    return trace::milliseconds(10);
}

// Times during which something travels, merged and in order.
std::vector<std::pair<trace::Instant, trace::Instant>> busy_times(const Story& story) {
    std::vector<std::pair<trace::Instant, trace::Instant>> busy;
    for (const SegmentStory& told : story.segments) {
        const trace::Instant first_end = told.held_at.value_or(told.ended);
        busy.emplace_back(told.sent, first_end == trace::never ? told.sent : first_end);
        if (told.released_at && told.ended != trace::never) {
            busy.emplace_back(*told.released_at, told.ended);
        }
    }
    std::sort(busy.begin(), busy.end());
    std::vector<std::pair<trace::Instant, trace::Instant>> merged;
    for (const auto& span : busy) {
        if (!merged.empty() && span.first <= merged.back().second) {
            merged.back().second = std::max(merged.back().second, span.second);
        } else {
            merged.push_back(span);
        }
    }
    return merged;
}

void lay_folded(Axis& axis, const Story& story, trace::Duration unit) {
    const AxisStyle& style = axis.style;
    const auto busy = busy_times(story);
    auto flight = busy.begin();
    float y = style.top;
    for (std::size_t i = 0; i < axis.moments.size(); ++i) {
        Moment& here = axis.moments[i];
        if (i > 0) {
            const Moment& before = axis.moments[i - 1];
            const trace::Duration gap = here.at - before.at;
            while (flight != busy.end() && flight->second <= before.at) {
                ++flight;
            }
            const bool travels = flight != busy.end() && flight->first <= before.at;
            const double natural = style.flight * in_seconds(gap) / in_seconds(unit);
            const float most = travels ? style.flight * 1.6f : style.fold;
            const float least = here.rows > 1 || before.rows > 1 ? style.row : 14;
            float height = static_cast<float>(std::min<double>(natural, most));
            // The gap before now grows from nothing as time goes by; all others have their least.
            if (here.told || travels) {
                height = std::max(height, least);
            }
            if (!travels && natural >= most) {
                axis.breaks.push_back({y, y + height, gap});
            }
            y += height;
        }
        here.y = y;
        here.height += static_cast<float>(here.rows - 1) * style.row;
        y += here.height;
    }
    axis.end_y = y;
}

void lay_true_scale(Axis& axis) {
    for (Moment& here : axis.moments) {
        here.y = axis.style.top + static_cast<float>(in_seconds(here.at - axis.moments[0].at) *
                                                     axis.style.pixels_per_second);
        here.height = 0;
        here.rows = 1;
    }
    for (AxisRow& rows : axis.segments) {
        rows = {};
    }
    axis.end_y = axis.moments.back().y;
}

} // namespace

float Axis::y(trace::Instant at, int row) const {
    auto next = std::lower_bound(moments.begin(), moments.end(), at,
                                 [](const Moment& m, trace::Instant t) { return m.at < t; });
    if (next == moments.end()) {
        return moments.back().y + moments.back().height;
    }
    if (next->at == at || next == moments.begin()) {
        return next->y + static_cast<float>(row) * style.row;
    }
    const Moment& before = *(next - 1);
    const float from = before.y + before.height;
    const double share = in_seconds(at - before.at) / in_seconds(next->at - before.at);
    return from + static_cast<float>(share) * (next->y - from);
}

float Axis::y_after(trace::Instant at) const {
    const auto here = std::lower_bound(moments.begin(), moments.end(), at,
                                       [](const Moment& m, trace::Instant t) { return m.at < t; });
    return here != moments.end() && here->at == at ? here->y + here->height : y(at);
}

trace::Instant Axis::at(float height) const {
    const auto next = std::lower_bound(moments.begin(), moments.end(), height,
                                       [](const Moment& m, float h) { return m.y < h; });
    if (next == moments.begin()) {
        return moments.front().at;
    }
    const Moment& before = *(next - 1);
    const float from = before.y + before.height;
    if (next == moments.end() || height <= from) {
        return before.at;
    }
    const double share = (height - from) / (next->y - from);
    return before.at + trace::Duration{static_cast<std::int64_t>(
                           share * static_cast<double>((next->at - before.at).ns))};
}

Axis lay_axis(const trace::Trace& trace, const Story& story, const trace::Snapshot& snapshot,
              trace::Instant shown, const AxisStyle& style, const std::vector<float>& below) {
    Axis axis;
    axis.style = style;
    give_rows(trace, story, axis);
    axis.moments = gather(story, axis, shown, below);
    if (style.true_scale) {
        lay_true_scale(axis);
    } else {
        lay_folded(axis, story, usual_flight(story, snapshot));
    }
    axis.now_y = axis.y_after(shown);
    return axis;
}

int row_of(const trace::Trace& trace, const Story& story, const Axis& axis, trace::EventId id) {
    if (id >= trace.events.size()) {
        return 0;
    }
    const trace::Event& event = trace.events[id];
    int by_beat = 0;
    for (std::size_t i = 0; i < story.segments.size(); ++i) {
        const SegmentStory& told = story.segments[i];
        for (const bool arrival : {false, true}) {
            if ((arrival ? told.ended : told.sent) != event.at) {
                continue;
            }
            const trace::EventId end = arrival ? told.end_event : told.sent_event;
            const int row = arrival ? axis.segments[i].arrival : axis.segments[i].departure;
            if (end != trace::none && trace.events[end].host == event.host) {
                if ((arrival ? told.taker : told.sender) == event.socket &&
                    event.socket != trace::none) {
                    return row;
                }
                if (trace.events[end].beat == event.beat) {
                    by_beat = row;
                }
            }
        }
    }
    return by_beat;
}

} // namespace panels
