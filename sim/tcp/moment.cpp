// States change here and nowhere else.
#include "moment.hpp"

#include "policy.hpp"

namespace tcp {

constinit const Departure new_departure{};

struct StatusWriter {
    static void write(Status& s, trace::State state, trace::Instant now) {
        s.word_ = now.ns << 4 | static_cast<std::int64_t>(state);
    }
};

namespace {

// tcp_set_state(): what netstat -s says about ends of connections.
bool is_reset(trace::State from, trace::State to) {
    using trace::State;
    return to == State::closed && (from == State::established || from == State::close_wait);
}

// It is written down, if anybody keeps a log, and counted if it is an end of that kind.
[[gnu::noinline, gnu::cold]] const trace::Transition*
advance_and_tell(Status& status, trace::Cookie cookie, trace::Trigger trigger, Moment& m,
                 trace::Rule why, const trace::Transition& row) {
    trace::Event e;
    e.kind = trace::EventKind::transition;
    e.socket = cookie;
    e.rule = why == trace::Rule::none ? row.why : why;
    e.from = row.from;
    e.to = row.to;
    e.what = static_cast<std::uint8_t>(trigger);
    m.journal.follow(m.journal.note(e));
    if (row.from != row.to)
        StatusWriter::write(status, row.to, m.now());
    if (is_reset(row.from, row.to))
        m.bump(trace::Counter::EstabResets);
    return &row;
}

} // namespace

void Moment::count(trace::Counter c) {
    const auto i = static_cast<std::size_t>(c);
    const std::uint64_t value = ++counters.value[i];
    counters.last[i] = journal.note([=] {
        trace::Event e;
        e.kind = trace::EventKind::counter;
        e.value = static_cast<std::int64_t>(value);
        e.what = static_cast<std::uint8_t>(c);
        return e;
    });
}

void Moment::add(trace::Counter c, std::uint32_t by) {
    if (by == 0)
        return;
    counters.value[static_cast<std::size_t>(c)] += by - 1;
    count(c);
}

void Moment::bump(trace::Counter c) {
    count(c);
}

void Moment::refuse(trace::Rule why) {
    journal.refuse(why);
}

const trace::Transition* advance(Status& status, trace::Cookie cookie, trace::Trigger trigger,
                                 Moment& m, trace::Rule why) {
    const trace::Transition* row = trace::transition(status.state(), trigger, policies(m.stack));
    // A listener that spawned a request stays what it is; the request's own event tells it.
    if (!row || row->spawn == trace::Spawn::request)
        return row;
    if (m.journal.log() || is_reset(row->from, row->to)) [[unlikely]]
        return advance_and_tell(status, cookie, trigger, m, why, *row);
    m.journal.follow(m.journal.recorded().events++);
    if (row->from != row->to)
        StatusWriter::write(status, row->to, m.now());
    return row;
}

void spawn(Status& status, trace::Cookie cookie, const trace::Transition& row, Moment& m,
           trace::Rule why) {
    StatusWriter::write(status, row.spawned, m.now());
    m.journal.follow(m.journal.note([&] {
        trace::Event e;
        e.kind = trace::EventKind::transition;
        e.socket = cookie;
        e.rule = why == trace::Rule::none ? row.why : why;
        // As the kernel traces it, a half-open connection comes out of LISTEN.
        e.from = row.spawn == trace::Spawn::request ? row.from : trace::State::closed;
        e.to = row.spawned;
        e.what = static_cast<std::uint8_t>(row.trigger);
        return e;
    }));
}

} // namespace tcp
