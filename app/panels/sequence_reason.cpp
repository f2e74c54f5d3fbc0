// Why a host refused a segment, in the few words that fit beside a lane.
#include "panels/queue_history.hpp"
#include "panels/sequence_story.hpp"

#include "view/words.hpp"

#include <fmt/format.h>

namespace panels {

namespace {

struct Phrase {
    trace::Rule rule;
    const char* english;
};

// The rules by which a host lets a segment end, and what became of it. A rule that is not here
// is told by its own sentence.
constexpr Phrase phrases[] = {
    {trace::Rule::accept_queue_full_drops_syn, "SYN dropped"},
    {trace::Rule::accept_queue_full_ignores_ack, "ACK ignored"},
    {trace::Rule::accept_queue_full_resets, "answered by RST"},
    {trace::Rule::syn_queue_full_drops_syn, "SYN queue full: SYN dropped"},
    {trace::Rule::syn_queue_three_quarters, "SYN queue nearly full: SYN dropped"},
    {trace::Rule::no_socket_reset, "no socket here: answered by RST"},
    {trace::Rule::ack_unacceptable_reset, "ack of nothing we sent: RST"},
    {trace::Rule::bad_segment_dropped, "not acceptable: dropped"},
    {trace::Rule::rst_out_of_window, "RST outside the window: ignored"},
    {trace::Rule::rst_in_window_challenged, "RST not exact: challenge ACK"},
    {trace::Rule::rst_ignored, "RST ignored"},
    {trace::Rule::one_count_full, "backlog reached: SYN dropped"},
    {trace::Rule::cookie_meets_full_accept_queue, "ACK dropped"},
    {trace::Rule::cookie_meets_other, "4-tuple taken: dropped"},
    {trace::Rule::cookie_wrong, "no cookie of ours: RST"},
    {trace::Rule::defer_accept_ignores_ack, "waits for data: ACK ignored"},
    {trace::Rule::other_syn_resets_request, "another ISN: RST"},
    {trace::Rule::request_timestamp_old, "older timestamp: ACK"},
    {trace::Rule::request_echo_wrong, "echo never sent: ACK"},
    {trace::Rule::paws_rejects, "older timestamp: ACK"},
    {trace::Rule::stale_in_time_wait, "older timestamp: ACK"},
    {trace::Rule::receive_buffer_full, "buffer full: dropped"},
    {trace::Rule::linger2_negative, "no FIN_WAIT_2: RST"},
    {trace::Rule::syn_challenged, "SYN in a connection: challenge ACK"},
    {trace::Rule::ack_of_unsent_data, "ack of unsent data: dropped"},
    {trace::Rule::ack_too_old, "ack too old: dropped"},
    {trace::Rule::data_to_closed_reader, "nobody reads: RST"},
    {trace::Rule::data_old, "old data: dropped"},
    {trace::Rule::data_after_fin, "data after FIN: dropped"},
};

bool answered(const trace::Trace& trace, std::uint32_t visible, trace::EventId refused) {
    for (trace::EventId i = refused + 1;
         i < visible && trace.events[i].beat == trace.events[refused].beat; ++i) {
        if (trace.events[i].kind == trace::EventKind::segment_sent) {
            return true;
        }
    }
    return false;
}

} // namespace

RefusalReason refusal_reason(const trace::Trace& trace, std::uint32_t visible,
                             const SegmentStory& told) {
    RefusalReason reason;
    if (told.end_event >= visible) {
        return reason;
    }
    const trace::Event& refused = trace.events[told.end_event];
    if (refused_by(refused.rule) == RefusedBy::accept_queue && told.met &&
        told.met->length > told.met->limit) {
        reason.seen = view::say("accept queue {} > limit {}", told.met->length, told.met->limit);
        reason.seen.replace(reason.seen.rfind(' '), 1, "\u00a0");
    }
    for (const Phrase& candidate : phrases) {
        if (candidate.rule == refused.rule) {
            reason.done = view::tr(candidate.english);
        }
    }
    if (refused.rule == trace::Rule::segment_outside_window) {
        // A probe that asks whether anybody is there lies there on purpose, and is answered.
        reason.done = answered(trace, visible, told.end_event)
                          ? view::tr("outside the window: ACK")
                          : view::tr("outside the window: dropped");
    }
    if (reason.done.empty() && refused.rule != trace::Rule::none) {
        const trace::RuleText& rule = trace::text(refused.rule);
        reason.done = view::language() == view::Language::zh ? rule.zh : rule.en;
    }
    // One counter is enough: the most specific is bumped first.
    for (trace::EventId i = told.end_event + 1; i < visible && trace.events[i].beat == refused.beat;
         ++i) {
        if (trace.events[i].kind == trace::EventKind::counter) {
            reason.counted = fmt::format("{}\u00a0{}", trace::name(trace.events[i].counter()),
                                         trace.events[i].value);
            break;
        }
    }
    return reason;
}

} // namespace panels
