// The ways in which stacks differ: yes-or-no statements, each with the function that decides it in
// the kernel and the release since which it is so. A profile is what it answers to each.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "trace/sysctl.hpp"

namespace tcp {

// Add a way here and in way.cpp, at the same place; policy.cpp asks for it.
enum class Way : std::uint8_t {
    // queues
    listener_spawns_request,
    two_queues,
    one_more_fits,
    syn_queue_follows_backlog,
    one_more_half_open,
    full_queue_drops_every_syn,
    old_requests_thinned,
    syn_is_enough, // counterfactual
    // time
    jiffies,
    first_rto_one_second,
    rto_margin_over_srtt,
    tail_loss_probe,
    short_probe_timeout,
    acks_wait,
    small_may_follow_full,
    buffers_count_memory,
    buffers_span_segments,
    buffers_grow,
    defers_for_near_acks,
    trims_to_window,
    cubic,
    // arrival
    scales_after_crossed_syns,
    ack_of_isn_establishes,
    rst_before_fin_counts,
    rst_beyond_sacked_counts,
    near_rst_spares_request,
    overtaken_ack_unanswered,
    syn_ack_makes_ecn_accurate,
    // closing
    shutdown_waits_for_establishing,
    orphan_fin_wait_2_ends,
    long_fin_wait_2_in_two_parts,
    time_wait_one_minute,
    no_time_wait, // counterfactual
    stale_counted_apart_in_time_wait,
    // ports
    reuse_delay_in_milliseconds,
    freed_port_serves_connect_again,
    count_,
};
inline constexpr std::size_t way_count = static_cast<std::size_t>(Way::count_);

class Ways {
public:
    constexpr bool has(Way w) const { return (bits_ >> static_cast<unsigned>(w) & 1u) != 0; }
    constexpr Ways with(Way w, bool yes = true) const {
        Ways made = *this;
        const auto bit = std::uint64_t{1} << static_cast<unsigned>(w);
        made.bits_ = yes ? bits_ | bit : bits_ & ~bit;
        return made;
    }
    friend constexpr bool operator==(Ways, Ways) = default;

private:
    std::uint64_t bits_ = 0;
};

struct WayText {
    Way id;
    std::string_view key;    // "one_more_half_open": stable
    std::string_view source; // the kernel function, or the section of the RFC
    trace::Version since;    // in Linux; never: no Linux does it
    bool textbook;           // does RFC 9293?
    std::string_view en, zh; // what it is
    // Stable series that got it in a patch release.
    std::array<trace::Version, 3> backports{};
};
const WayText& text(Way);
std::span<const WayText> all_ways();

Ways linux_ways(trace::Version);
Ways textbook_ways();

} // namespace tcp
