// Why a host refused a segment, in the few words that fit beside a lane.
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
    {trace::Rule::segment_outside_window, "outside the window: dropped"},
    {trace::Rule::syn_challenged, "SYN in a connection: challenge ACK"},
    {trace::Rule::ack_of_unsent_data, "ack of unsent data: dropped"},
    {trace::Rule::ack_too_old, "ack too old: dropped"},
    {trace::Rule::data_to_closed_reader, "nobody reads: RST"},
    {trace::Rule::data_old, "old data: dropped"},
    {trace::Rule::data_after_fin, "data after FIN: dropped"},
};

bool is_about_accept_queue(trace::Rule rule) {
    return rule == trace::Rule::accept_queue_full_drops_syn ||
           rule == trace::Rule::accept_queue_full_ignores_ack ||
           rule == trace::Rule::accept_queue_full_resets;
}

} // namespace

std::vector<std::string> refusal_reason(const trace::Trace& trace, std::uint32_t visible,
                                        const SegmentStory& told) {
    std::vector<std::string> reason;
    if (told.end_event >= visible) {
        return reason;
    }
    const trace::Event& refused = trace.events[told.end_event];
    if (is_about_accept_queue(refused.rule)) {
        // The length that the test saw: the latest one of a listener on this host.
        for (trace::EventId i = told.end_event; i-- > 0;) {
            const trace::Event& earlier = trace.events[i];
            if (earlier.kind == trace::EventKind::queue_changed && earlier.host == refused.host &&
                earlier.queue() == trace::Queue::accept) {
                reason.push_back(fmt::format(fmt::runtime(view::tr("accept queue {} > limit {}")),
                                             earlier.value, earlier.limit));
                break;
            }
        }
    }
    const char* phrase = nullptr;
    for (const Phrase& candidate : phrases) {
        if (candidate.rule == refused.rule) {
            phrase = view::tr(candidate.english);
        }
    }
    if (phrase != nullptr) {
        reason.emplace_back(phrase);
    } else if (refused.rule != trace::Rule::none) {
        const trace::RuleText& rule = trace::text(refused.rule);
        reason.emplace_back(view::language() == view::Language::zh ? rule.zh : rule.en);
    }
    // One counter is enough: the most specific is bumped first.
    for (trace::EventId i = told.end_event + 1; i < visible && trace.events[i].beat == refused.beat;
         ++i) {
        if (trace.events[i].kind == trace::EventKind::counter) {
            reason.push_back(fmt::format("{} {}", trace::name(trace.events[i].counter()),
                                         trace.events[i].value));
            break;
        }
    }
    return reason;
}

} // namespace panels
