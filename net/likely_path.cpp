// Shortest paths over the transition table under the policies of Linux.
#include "net/likely_path.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace net {
namespace {

using trace::State;
using trace::Trigger;

// How well a trigger fits what was seen: 2 it was seen, 1 it may have been, 0 something else was
// seen.
int fit(State from, Trigger trigger, const Stimulus& seen) {
    const auto arrived = [&](trace::Flags flags) {
        return seen.arrived && seen.arrived->flags.has(flags);
    };
    const auto called = [&](trace::Call call) { return seen.call == call ? 2 : 0; };
    switch (trigger) {
    case Trigger::listen_call: return called(trace::Call::listen);
    case Trigger::connect_call: return called(trace::Call::connect);
    case Trigger::close_call: return seen.abort ? 0 : called(trace::Call::close);
    case Trigger::abort: return seen.abort ? 2 : 0;
    case Trigger::shutdown_wr_call: return called(trace::Call::shutdown);
    case Trigger::shutdown_rd_call: return called(trace::Call::shutdown) / 2;
    case Trigger::syn: return arrived(trace::flag::syn) && !arrived(trace::flag::ack) ? 2 : 0;
    case Trigger::syn_again: return 0;
    case Trigger::syn_ack: return arrived(trace::flag::syn | trace::flag::ack) ? 2 : 0;
    case Trigger::fin: return arrived(trace::flag::fin) ? 2 : 0;
    case Trigger::rst: return arrived(trace::flag::rst) || seen.peer_aborted ? 2 : 0;
    case Trigger::ack_of_syn:
    case Trigger::ack_of_fin:
        return arrived(trace::flag::ack) && !arrived(trace::flag::rst) ? 2 : 0;
    case Trigger::gave_up:
        if (seen.arrived || seen.call == trace::Call::close || seen.call == trace::Call::shutdown)
            return 0;
        if (seen.cannot_time_out)
            return 0;
        return seen.retransmitting || from == State::fin_wait_2 ? 2 : 0; // tcp_fin_timeout
    case Trigger::time_wait_over: return !seen.arrived && !seen.call ? 2 : 0;
    }
    return 0;
}

State destination(const trace::Transition& row) {
    return row.spawn == trace::Spawn::nothing ? row.to : row.spawned;
}

bool ends_badly(Trigger trigger) {
    return trigger == Trigger::rst || trigger == Trigger::abort || trigger == Trigger::gave_up ||
           trigger == Trigger::syn_again;
}

bool is_linux(const trace::Transition& row) {
    return trace::linux_policies.has(row.needs);
}

using Distances = std::array<int, trace::state_count>;
constexpr int far = 99;

int& of(Distances& distances, State state) {
    return distances[static_cast<std::size_t>(state)];
}

// A reset or a timeout on the way would have ended the connection: such a row counts only as the
// last leg. TIME_WAIT lasts: nobody passes it unseen.
bool is_edge(State from, State to, bool may_end_badly) {
    if (from == State::time_wait)
        return false;
    // To be closed it must be a socket of a program: accept() gives none in SYN_RECV. (After a
    // simultaneous open it could.)
    if (from == State::syn_recv && to == State::fin_wait_1)
        return false;
    return std::any_of(trace::transitions().begin(), trace::transitions().end(),
                       [&](const trace::Transition& row) {
                           return row.from == from && destination(row) == to && is_linux(row) &&
                                  (!ends_badly(row.trigger) ||
                                   (may_end_badly && to == State::closed));
                       });
}

std::optional<Leg> best_leg(State from, State to, const Stimulus& seen, bool may_end_badly) {
    std::optional<Leg> best;
    int best_fit = -1;
    for (const trace::Transition& row : trace::transitions()) {
        if (row.from != from || destination(row) != to || from == to || !is_linux(row))
            continue;
        const int now = fit(from, row.trigger, seen);
        if (ends_badly(row.trigger) && !may_end_badly && now == 0)
            continue; // nothing speaks for it
        if (now > best_fit) {
            best_fit = now;
            best = Leg{from, to, row.trigger,
                       row.trigger == Trigger::abort ? seen.abort.value_or(row.why) : row.why};
        }
    }
    return best;
}

// Breadth first, backwards from `to`.
LikelyPath shortest(State from, State to, const Stimulus& seen, bool may_end_badly) {
    Distances distance;
    distance.fill(far);
    Distances ways{};
    of(distance, to) = 0;
    of(ways, to) = 1;
    for (int reach = 0; reach < static_cast<int>(trace::state_count); ++reach)
        for (const State state : trace::all_states) {
            if (of(distance, state) != far)
                continue;
            int found = 0;
            for (const State next : trace::all_states)
                if (of(distance, next) == reach && is_edge(state, next, may_end_badly))
                    found += of(ways, next);
            if (found == 0)
                continue;
            of(distance, state) = reach + 1;
            of(ways, state) = found;
        }
    LikelyPath path;
    if (of(distance, from) == far)
        return path;
    path.has_alternatives = of(ways, from) > 1;
    for (State at = from; at != to;) {
        const auto next =
            std::find_if(trace::all_states.begin(), trace::all_states.end(), [&](State state) {
                return of(distance, state) == of(distance, at) - 1 &&
                       is_edge(at, state, may_end_badly);
            });
        if (next == trace::all_states.end())
            return {};
        const auto leg = best_leg(at, *next, seen, may_end_badly);
        if (!leg)
            return {};
        path.legs.push_back(*leg);
        at = *next;
    }
    return path;
}

// What was seen came first, and something bad after it: the ACK of a FIN, then the end of an
// orphan.
LikelyPath ending_after(State from, State to, const Stimulus& seen) {
    for (const trace::Transition& row : trace::transitions()) {
        const State next = destination(row);
        if (row.from != from || next == from || next == to || next == State::time_wait ||
            !is_linux(row) || ends_badly(row.trigger) || fit(from, row.trigger, seen) < 2)
            continue;
        if (const auto leg = best_leg(next, to, seen, true))
            return {{{from, next, row.trigger, row.why}, *leg}, false, false};
    }
    return {};
}

LikelyPath without_time_wait(State from) {
    LikelyPath path;
    path.has_alternatives = from == State::fin_wait_1; // or through CLOSING
    if (from == State::fin_wait_1)
        path.legs.push_back(*best_leg(from, State::fin_wait_2, {}, false));
    const State last = from == State::closing ? from : State::fin_wait_2;
    path.legs.push_back({last, State::closed, Trigger::gave_up, trace::Rule::time_wait_overflow});
    return path;
}

// What nothing speaks for but that it would explain the end.
bool is_guess(const Leg& leg, const Stimulus& seen) {
    return (ends_badly(leg.trigger) || leg.trigger == Trigger::close_call) &&
           fit(leg.from, leg.trigger, seen) == 0;
}

// It was there in the last look and is no more. An orderly end is supposed only where the far end
// can have had its part in it.
LikelyPath unseen_end(State from, const Stimulus& seen) {
    const auto leg = best_leg(from, State::closed, seen, true);
    if (leg && !is_guess(*leg, seen) && (ends_badly(leg->trigger) || seen.far != FarEnd::elsewhere))
        return {{*leg}, false, false};
    if (seen.far == FarEnd::in_time_wait)
        if (auto orderly = shortest(from, State::closed, seen, false); !orderly.legs.empty())
            return orderly;
    Stimulus aborted;
    aborted.peer_aborted = true;
    const auto reset = best_leg(from, State::closed, aborted, true);
    if (seen.far == FarEnd::elsewhere && reset && reset->trigger == Trigger::rst)
        return {{*reset}, true, false}; // one of the two ends has sent it
    if (!leg)
        return {};
    return {{{from, State::closed, leg->trigger, trace::Rule::end_not_seen}}, true, true};
}

} // namespace

bool leads_to_time_wait(State from) {
    return from == State::fin_wait_1 || from == State::fin_wait_2 || from == State::closing;
}

LikelyPath likely_path(State from, State to, const Stimulus& seen) {
    if (to == State::closed && seen.no_time_wait && !seen.peer_aborted && leads_to_time_wait(from))
        return without_time_wait(from);
    if (seen.one_step)
        if (const auto leg = best_leg(from, to, seen, true))
            return {{*leg}, false, to == State::closed && is_guess(*leg, seen)};
    if (to == State::closed && seen.far != FarEnd::not_asked && from != State::time_wait)
        return unseen_end(from, seen);
    // A request that is no more and left no socket went straight away.
    if (const auto leg = best_leg(from, to, seen, seen.was_request && to == State::closed))
        return {{*leg}, false, false};
    auto path = shortest(from, to, seen, false);
    if (path.legs.empty())
        path = ending_after(from, to, seen);
    if (path.legs.empty())
        path = shortest(from, to, seen, true);
    return path;
}

} // namespace net
