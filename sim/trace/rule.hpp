// The rules: every event names the one it followed; one list holds id, source and a sentence per language.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace trace {

// Add a rule here and in rule.cpp, at the same place; rule.cpp checks the order at compile time.
enum class Rule : std::uint16_t {
    none,
    // opening, RFC 9293 §3.10.1, §3.10.7.2-4
    passive_open,
    active_open,
    syn_moves_listener,    // rfc9293: the socket in LISTEN moves itself
    syn_spawns_request,    // Linux: the listener stays, a small request entry is made
    syn_ack_establishes,
    simultaneous_open,
    ack_establishes,
    ack_makes_child,       // Linux: request becomes a connection in the accept queue
    syn_is_enough,         // counterfactual: two segments make a connection
    listen_in_use,
    relisten_changes_limit,
    port_in_use,
    ports_exhausted,
    connection_exists,
    // closing
    close_sends_fin,
    shutdown_sends_fin,
    fin_arrived,
    fin_acknowledged,
    simultaneous_close,
    fin_ends_fin_wait_2,
    fin_again_in_time_wait,
    close_before_connected,
    close_of_listener,
    shutdown_aborts_connect,
    shutdown_rd_sends_nothing,
    time_wait_over,
    time_wait_overflow,    // tcp_max_tw_buckets
    time_wait_makes_way,   // connect() over TIME_WAIT
    stale_in_time_wait,    // an older timestamp
    no_time_wait,          // counterfactual
    syn_ends_time_wait,
    fin_wait_2_over,
    close_with_unread_data,
    linger_zero,
    linger_waits,
    linger_over,
    linger2_negative,
    listener_closed_resets_children,
    listener_closed_forgets_requests,
    // resets
    rst_exact,
    rst_in_window_challenged,
    rst_out_of_window,
    rst_refuses_connect,
    rst_removes_request,
    rst_ends_time_wait,
    rst_ignored,
    no_socket_reset,       // nothing matches: answer with RST
    icmp_ends_connect,     // an ICMP error about our SYN
    icmp_removes_request,
    icmp_is_soft,          // noted, in case the connection dies
    icmp_is_reported,      // IP_RECVERR
    icmp_ignored,
    path_is_narrower,      // fragmentation needed
    path_allows_fragments, // ... and less than is believed
    path_is_known,
    mtu_probe,             // RFC 4821
    mtu_probe_passed,
    mtu_probe_lost,
    black_hole_suspected,
    ack_unacceptable_reset,
    bad_segment_dropped,
    // queues
    accept_queue_limit,    // min(backlog, somaxconn) taken at listen()
    accept_queue_full_drops_syn,
    accept_queue_full_ignores_ack,
    accept_queue_full_resets,   // tcp_abort_on_overflow
    one_count_full,        // Linux 2.0: half-open and finished together
    syn_queue_full_drops_syn,
    syn_queue_three_quarters,   // tcp_max_syn_backlog with cookies off
    accept_takes_head,
    synack_retransmitted,
    synack_gave_up,
    duplicate_syn_answered,
    other_syn_resets_request,
    // cookies, deferred accept, SO_REUSEPORT, Fast Open
    syn_queue_full_sends_cookie,
    every_syn_gets_cookie,
    cookie_makes_child,
    cookie_wrong,
    cookie_meets_full_accept_queue,
    cookie_meets_other,
    defer_accept_ignores_ack,
    synack_waits_for_data,
    request_timestamp_old,
    request_echo_wrong,
    fastopen_cookie_asked,
    fastopen_data_taken,
    fastopen_cookie_wrong,
    fastopen_waits_for_data,
    fastopen_queue_full,
    fastopen_data_ignored,
    fastopen_data_not_acknowledged,
    // arrival in synchronized states, §3.10.7.4
    paws_rejects,          // RFC 7323 §5
    segment_outside_window,
    syn_challenged,
    ack_of_unsent_data,
    ack_too_old,
    ack_advances,
    ack_duplicate,
    ack_with_sack,
    window_update,
    data_in_order,
    data_out_of_order,
    data_old,
    receive_buffer_full,
    data_after_fin,
    data_to_closed_reader,
    ack_of_data,
    ack_of_fin_delayed,
    ack_delayed,
    // sending and timers
    new_data,
    nagle_holds,
    cork_holds,
    cork_pulled,
    more_holds,
    pure_ack,
    retransmission_timeout,
    tail_loss_probe,
    fast_retransmit,
    reordering_timeout,
    hystart_ends_slow_start,
    loss_undone,
    timeout_was_spurious,
    keepalive_probe,
    keepalive_gave_up,
    user_timeout,
    syn_retransmitted,
    syn_gave_up,
    retransmission_gave_up,
    zero_window_probe,
    zero_window_announced,
    window_reopened,
    window_shrinks,        // tcp_shrink_window
    // calls
    call_made,
    call_blocks,
    call_returns,
    call_refused,
    read_returns_data,
    read_returns_eof,
    write_accepted,
    send_buffer_full,
    urgent_byte_written,
    urgent_byte_arrived,
    read_returns_urgent,
    no_urgent_byte,
    urgent_byte_expected,
    read_stops_at_urgent,
    peek_takes_nothing,
    waits_for_all,
    low_water_not_reached,
    call_timed_out,
    error_reported,
    fork_shares_files,
    close_of_shared_file,
    // congestion notification, RFC 3168
    congestion_is_echoed,
    cwr_ends_echo,
    echo_reduces_window,
    marks_are_counted,
    count_reduces_window,
    cwr_tells_reduction,
    // wire
    wire_delivers,
    wire_lost_by_chance,
    wire_lost_by_hand,
    wire_delayed,
    wire_duplicated,
    wire_unreachable,
    wire_wants_fragments,
    wire_too_large,        // ... and tells nobody
    wire_marked,
    wire_held,
    wire_released,
    made_by_hand,
    address_of_nobody,
    // live observation
    observed,              // seen on the real kernel; the kernel does not say why
    inferred_between_samples,
    end_not_seen,
    count_,
};

struct RuleText {
    Rule id;
    std::string_view key;     // "accept_queue_full_drops_syn": stable, for JSON and search
    std::string_view source;  // "RFC 9293 §3.10.7.4" or "tcp_conn_request(), net.ipv4.tcp_abort_on_overflow"
    std::string_view en;      // one sentence, present tense
    std::string_view zh;
};

const RuleText& text(Rule);
std::span<const RuleText> all_rules();

}  // namespace trace
