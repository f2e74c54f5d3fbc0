// Numbers in three notations, and the wordings of a label.
#include "panels/sequence_label.hpp"

#include "view/words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace panels {

namespace {

// A number as the reader asked for it. `whose` names its owner in a formula: client_isn + 1.
std::string number(trace::Seq seq, std::optional<trace::Seq> isn, Numbers style,
                   const std::string& whose) {
    if (style == Numbers::absolute || !isn) {
        return fmt::format("{}", seq.raw);
    }
    const std::uint32_t offset = seq - *isn;
    if (style == Numbers::relative) {
        return fmt::format("{}", offset);
    }
    return offset == 0 ? whose : fmt::format("{} + {}", whose, offset);
}

// What kind of transmission it is; "" for an ordinary first one.
std::string note_of(const trace::SegmentRecord& record, trace::Rule why) {
    if (record.copy) {
        return view::tr("copy made by the wire");
    }
    if (why == trace::Rule::keepalive_probe) {
        return view::tr("keepalive probe");
    }
    if (why == trace::Rule::zero_window_probe) {
        return view::tr("window probe");
    }
    if (why == trace::Rule::tail_loss_probe) {
        return view::tr("tail-loss probe");
    }
    if (why == trace::Rule::fast_retransmit) {
        return view::tr("fast retransmit");
    }
    return record.transmission > 1 ? view::say("retransmit {}", record.transmission - 1)
                                   : std::string();
}

std::string isn_name(const trace::Trace& trace, trace::HostId host) {
    return host < trace.hosts.size() ? trace.hosts[host] + "_isn" : "isn";
}

} // namespace

Isns isns_of(const trace::Trace& trace, trace::SegmentId id) {
    Isns isns;
    const trace::Segment& segment = trace.segments[id].segment;
    // The latest SYN of each direction up to this segment: a port may live twice.
    for (trace::SegmentId i = id + 1; i-- > 0 && !(isns.own && isns.peer);) {
        const trace::Segment& earlier = trace.segments[i].segment;
        if (!earlier.flags.has(trace::flag::syn)) {
            continue;
        }
        if (!isns.own && earlier.source == segment.source &&
            earlier.destination == segment.destination) {
            isns.own = earlier.seq;
        }
        if (!isns.peer && earlier.source == segment.destination &&
            earlier.destination == segment.source) {
            isns.peer = earlier.seq;
        }
    }
    return isns;
}

std::vector<Label> wordings(const trace::Trace& trace, trace::SegmentId id, Numbers style,
                            const trace::Event* sent) {
    const trace::SegmentRecord& record = trace.segments[id];
    const trace::Segment& segment = record.segment;
    const Isns isns = style == Numbers::absolute ? Isns{} : isns_of(trace, id);
    const std::string mine = isn_name(trace, record.from), theirs = isn_name(trace, record.to);

    const std::string kind = trace::describe(segment);
    const bool bare_ack = trace::is_kind(segment, trace::SegmentKind::ack);
    std::string seq = fmt::format("seq {}", number(segment.seq, isns.own, style, mine));
    if (segment.length > 0) {
        seq = style == Numbers::formula
                  ? view::say("{}, {} bytes", seq, segment.length)
                  : fmt::format("{}:{}", seq,
                                number(segment.seq + segment.length, isns.own, style, mine));
    }
    std::string ack;
    if (segment.flags.has(trace::flag::ack)) {
        ack = fmt::format("ack {}", number(segment.ack, isns.peer, style, theirs));
    }
    std::string note = note_of(record, sent != nullptr ? sent->rule : trace::Rule::none);
    const bool opens_or_resets =
        segment.flags.has(trace::flag::syn) || segment.flags.has(trace::flag::rst);
    const bool window_known = sent != nullptr && sent->certainty == trace::Certainty::exact;
    if (segment.window == 0 && window_known && segment.flags.has(trace::flag::ack) &&
        !opens_or_resets) {
        note += note.empty() ? "win 0" : " win 0";
    }

    for (std::size_t i = 0; i < std::min<std::size_t>(segment.sack_blocks, segment.sack.size());
         ++i) {
        note += fmt::format("{}SACK {}:{}", note.empty() ? "" : " ",
                            number(segment.sack[i].first, isns.peer, style, theirs),
                            number(segment.sack[i].last, isns.peer, style, theirs));
    }

    std::vector<Label> all;
    const auto add = [&](std::string numbers, std::string last) {
        if (all.empty() || all.back().numbers != numbers || all.back().note != last) {
            all.push_back({kind, std::move(numbers), std::move(last)});
        }
    };
    if (bare_ack) {
        add(ack, note);
        add("", note);
        add(ack, "");
    } else {
        const std::string both = ack.empty() ? seq : seq + " " + ack;
        const std::string telling =
            segment.length > 0 || ack.empty() || segment.flags.has(trace::flag::fin) ? seq : ack;
        add(both, note);
        if (!note.empty()) { // that it is a repetition says more than its numbers
            add(telling, note);
            add("", note);
        }
        add(telling, "");
    }
    const std::string shorthand = trace::packetdrill(segment);
    if (segment.length > 0 && style != Numbers::formula) {
        all.push_back({shorthand, seq.substr(4), ""}); // "P. 1001:2001"
    }
    add("", "");
    if (shorthand.size() < kind.size()) {
        all.push_back({shorthand, "", ""});
    }
    return all;
}

std::vector<std::string> arithmetic(const trace::Segment& segment) {
    if (!segment.flags.has(trace::flag::syn | trace::flag::ack)) {
        return {};
    }
    return {fmt::format("{} = {} + 1:", segment.ack.raw, (segment.ack - 1).raw),
            view::tr("SYN uses up one number")};
}

} // namespace panels
