// tcp.c and tcp_output.c on what waits to be sent.
#include "send_queue.hpp"

#include <algorithm>

#include "calls.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "urgent.hpp"
#include "window.hpp"

namespace tcp {

namespace {

// tcp_mark_push()
void push_tail(Connection& c) {
    if (c.queue.waiting.empty())
        return;
    c.queue.waiting.back().pushed = true;
    c.queue.pushed = c.snd.end;
}

std::uint32_t queued_bytes(const Connection& c) {
    return after(c.snd.end, c.snd.una) ? c.snd.end - c.snd.una : 0;
}

// Half the largest window has been written since the last push: forced_push().
bool must_push(const Connection& c) {
    return after(c.snd.end, c.queue.pushed + (c.snd.max_wnd >> 1));
}

} // namespace

void start_send_queue(Connection& c) {
    c.queue.waiting.clear();
    c.queue.pushed = c.queue.small = c.snd.end;
}

std::uint32_t size_goal(const Connection& c, bool urgent) {
    const std::uint32_t mss = mss_now(c);
    if (urgent)
        return mss;
    const std::uint32_t goal = bound_to_half_window(c, largest_buffer);
    return std::max(goal / mss * mss, mss);
}

std::uint32_t tail_room(const Connection& c, std::uint32_t goal) {
    const auto& waiting = c.queue.waiting;
    if (waiting.empty() || waiting.back().closed)
        return 0;
    const Seq begin = waiting.size() == 1 ? c.snd.nxt : waiting.end()[-2].end;
    const std::uint32_t length = c.snd.end - begin;
    return length < goal ? goal - length : 0;
}

std::uint32_t queued_memory(const Connection& c, const Stack& stack) {
    const auto buffers = static_cast<std::uint32_t>(c.queue.waiting.size()) + c.sent.buffers();
    return queued_bytes(c) + buffers * send_buffer_overhead(stack);
}

bool has_memory_free(const Connection& c, const Stack& stack) {
    return queued_bytes(c) < c.send_buffer && queued_memory(c, stack) < c.send_buffer &&
           notsent_allows(c, stack, false);
}

bool is_writable(const Connection& c, const Stack& stack) {
    if (c.send_buffer == 0)
        return true; // not even connected
    const std::uint32_t queued = queued_memory(c, stack);
    return std::uint64_t{c.send_buffer} >= std::uint64_t{queued} + queued / 2 &&
           notsent_allows(c, stack, true);
}

void asked_for_room(Connection& c, const Stack& stack) {
    if (!c.shut_wr && !is_writable(c, stack))
        c.queue.no_space = true;
}

void expand_send_buffer(Connection& c, const Stack& stack) {
    if (c.send_buffer_was_set)
        return;
    const std::uint32_t segments =
        std::max({10u, c.congestion.cwnd, c.recovery.reordering + 1}); // TCP_INIT_CWND
    const std::uint32_t mss = std::max<std::uint32_t>(c.path.peer_takes, c.agreed.mss);
    c.send_buffer = std::max(c.send_buffer, send_buffer_for_window(stack, segments, mss));
}

namespace {

[[gnu::noinline]] void there_may_be_space(Connection& c, const Stack& stack) {
    if (congestion_room(c) > 0) // else more memory would send no more: tcp_should_expand_sndbuf()
        expand_send_buffer(c, stack);
    if (is_writable(c, stack))
        c.queue.no_space = false;
}

} // namespace

void space_was_freed(Connection& c, const Stack& stack) {
    if (c.queue.no_space)
        there_may_be_space(c, stack);
}

std::uint32_t take_written(Connection& c, std::uint32_t bytes, bool begins, const SendFlags& flags,
                           Moment& m) {
    std::uint32_t taken = 0;
    look_at_path(c, m);
    owns_path(c, true, m);
    while (taken < bytes) {
        const std::uint32_t goal = size_goal(c, flags.urgent);
        std::uint32_t room = tail_room(c, goal);
        if (room == 0) {
            if (!has_memory_free(c, m.stack)) {
                c.queue.no_space = true;
                if (taken > 0) {
                    push_tail(c);
                    if (flags.urgent)
                        mark_urgent(c);
                    send_what_fits(c, m, trace::Rule::new_data, Push::all);
                }
                owns_path(c, false, m);
                return taken;
            }
            c.queue.waiting.push_back({c.snd.end});
            data_after_pause(c, m); // tcp_skb_entail()
            c.queue.push_once = false;
            room = goal;
        }
        SendQueue::Buffer& tail = c.queue.waiting.back();
        if (begins && taken == 0)
            tail.pushed = false; // more follows what the write before this one had pushed
        const std::uint32_t n = std::min(room, bytes - taken);
        c.snd.end = tail.end = c.snd.end + n;
        taken += n;
        if (taken == bytes)
            break;
        // A buffer is full and there is more to come.
        if (flags.urgent)
            continue;
        if (must_push(c)) {
            push_tail(c);
            send_what_fits(c, m, trace::Rule::new_data, Push::all);
        } else if (c.queue.waiting.size() == 1) {
            send_one_buffer(c, m);
        }
    }
    if (flags.end_of_record && taken > 0 && !c.queue.waiting.empty())
        c.queue.waiting.back().closed = true;
    // tcp_push()
    if (!flags.more || must_push(c))
        push_tail(c);
    if (flags.urgent && taken > 0)
        mark_urgent(c); // tcp_mark_urg()
    send_what_fits(c, m, trace::Rule::new_data, flags.more ? Push::held : Push::as_set);
    owns_path(c, false, m);
    return taken;
}

bool nagle_holds(const Connection& c, Push push, const Stack& stack) {
    if (push == Push::all || urgent_mode(c)) // tcp_nagle_test()
        return false;
    if (push == Push::held)
        return true;
    if (c.queue.push_once)
        return false;
    if (c.queue.corked)
        return true;
    if (c.queue.nodelay || c.snd.una == c.snd.nxt)
        return false;
    return !small_may_follow_full(stack) ||
           (after(c.queue.small, c.snd.una) && !after(c.queue.small, c.snd.nxt));
}

void set_nodelay(Connection& c, bool on, Moment& m) {
    c.queue.nodelay = on;
    if (!on)
        return;
    c.queue.push_once = true;
    send_what_fits(c, m, trace::Rule::new_data);
}

void set_cork(Connection& c, bool on, Moment& m) {
    c.queue.corked = on;
    if (on)
        return;
    if (c.queue.nodelay)
        c.queue.push_once = true;
    send_what_fits(c, m, trace::Rule::new_data);
}

} // namespace tcp
