// Text and JSON.
#include "net/attach/lines.hpp"

#include "net/live_lines.hpp"
#include "trace/json_text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace net::attach {
namespace {

std::string subject(const Verdict& verdict) {
    return verdict.where + (!verdict.where.empty() && !verdict.who.empty() ? " " : "") +
           verdict.who;
}

// "1 process", "2 processes".
std::string many(std::size_t count, std::string_view what) {
    const bool hisses = what.ends_with("s");
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : hisses ? "es" : "s");
}

std::string certainty_text(const Verdict& verdict) {
    std::string text(certainty_name(verdict.certainty));
    if (verdict.interval.ns > 0)
        text += fmt::format(", looked at every {} ms", (verdict.interval.ns + 500'000) / 1'000'000);
    return text;
}

std::string mark(const Change& change) {
    if (change.certainty == trace::Certainty::exact)
        return "";
    if (change.certainty == trace::Certainty::sampled && change.interval.ns > 0)
        return fmt::format("   (sampled, ± {} ms)", (change.interval.ns + 999'999) / 1'000'000);
    return fmt::format("   ({})", certainty_name(change.certainty));
}

std::string queue_text(std::string_view name, const Change& change) {
    const std::int64_t data = change.value - (change.syn || change.fin ? 1 : 0);
    return fmt::format("{} {} B{}", name, data, change.syn ? " + SYN" : change.fin ? " + FIN" : "");
}

// Numbers count from each side's SYN, as tcpdump prints them, or else from the first that was seen.
std::string segment_text(const Change& change) {
    trace::Segment segment = *change.segment;
    if (!segment.flags.has(trace::flag::syn) && change.from_seq)
        segment.seq = {segment.seq - *change.from_seq};
    if (segment.flags.has(trace::flag::ack) && change.from_ack)
        segment.ack = {segment.ack - *change.from_ack};
    std::string text =
        fmt::format("{}  {}  win {}", change.text, trace::segment_label(segment), segment.window);
    for (std::size_t i = 0; i < segment.sack_blocks; ++i) {
        const std::uint32_t base = change.from_ack ? change.from_ack->raw : 0;
        text += fmt::format("{}{}:{}", i == 0 ? "  sack " : ",", segment.sack[i].first.raw - base,
                            segment.sack[i].last.raw - base);
    }
    if (change.transmission > 1)
        text += fmt::format("   (retransmission {})", change.transmission - 1);
    if (!change.numbers_known)
        text += "   (numbers from the first segment seen)";
    return text;
}

std::string what_text(const Change& change) {
    using What = Change::What;
    switch (change.what) {
    case What::segment: return segment_text(change);
    case What::resent:
        return fmt::format("{} retransmitted", change.text.empty() ? "a segment" : change.text);
    case What::reset:
        return fmt::format("RST sent{}", change.text.empty() ? "" : ": " + change.text);
    case What::lost_events:
        return fmt::format("{} events of the kernel's trace were lost: what follows is sampled",
                           change.value);
    case What::lost_segments:
        return fmt::format("{} segments were lost by the capture", change.value);
    case What::passed_over:
        return fmt::format(
            "{} more events and segments came too fast to be told one by one{}", change.value,
            change.limit > 1 ? fmt::format(": of {} connections one is told, whole", change.limit)
                             : "");
    case What::appeared: return fmt::format("{}  {}", trace::name(change.to), change.text);
    case What::past: return fmt::format("must have passed before we came: {}", change.text);
    case What::state:
        return fmt::format("{} -> {}{}{}", trace::name(change.from), trace::name(change.to),
                           change.text.empty() ? "" : "   ", change.text);
    case What::accepted: return "accept() has taken it";
    case What::gone: return "nothing is left of it";
    case What::syn_queue:
        return fmt::format("SYN queue {} · limit {} (+1 fits)", change.value, change.limit);
    case What::accept_queue:
        return fmt::format("accept queue {} · limit {} (+1 fits){}", change.value, change.limit,
                           change.value > change.limit ? "  FULL" : "");
    case What::drops:
        return fmt::format("drops +{} (this listener's own, {} in its life)",
                           change.value - change.before, change.value);
    case What::send_queue: return queue_text("send queue", change);
    case What::recv_queue: return queue_text("receive queue", change);
    case What::timer: return fmt::format("timer {}, {} ms left", change.text, change.value);
    case What::repeated: return fmt::format("{}: repetition {}", change.text, change.value);
    case What::unseen:
        return many(static_cast<std::size_t>(change.value), "connection") +
               " came and went between two looks";
    case What::lost:
        return fmt::format("{} announcements of ended sockets were lost: we read too slowly",
                           change.value);
    }
    return "";
}

std::string_view what_name(Change::What what) {
    using What = Change::What;
    switch (what) {
    case What::appeared: return "appeared";
    case What::past: return "must_have_passed";
    case What::state: return "transition";
    case What::accepted: return "accepted";
    case What::gone: return "gone";
    case What::syn_queue: return "syn_queue";
    case What::accept_queue: return "accept_queue";
    case What::drops: return "drops";
    case What::send_queue: return "send_queue";
    case What::recv_queue: return "recv_queue";
    case What::timer: return "timer";
    case What::repeated: return "repeated";
    case What::unseen: return "unseen";
    case What::lost: return "lost";
    case What::segment: return "segment";
    case What::resent: return "retransmitted";
    case What::reset: return "reset_sent";
    case What::lost_events: return "lost_events";
    case What::lost_segments: return "lost_segments";
    case What::passed_over: return "passed_over";
    }
    return "";
}

std::string states_text(const ListenerLine& line) {
    std::string text;
    for (std::size_t i = 1; i < kernel_states; ++i)
        if (line.states[i] > 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", line.states[i],
                                name(static_cast<KernelState>(i)));
    return text.empty() ? "no connections" : text;
}

} // namespace

std::string scope_text(const Picture& picture) {
    std::string text = fmt::format("Seen: this network namespace, {}; nothing is sent",
                                   many(picture.sockets, "socket"));
    if (picture.other_namespaces > 0)
        text +=
            fmt::format("; {} in {} (containers) {} not shown: their sockets are not in this one",
                        many(picture.processes_elsewhere, "process"),
                        many(picture.other_namespaces, "other network namespace"),
                        picture.processes_elsewhere == 1 ? "is" : "are");
    if (picture.processes_denied > 0)
        text += fmt::format("; {} may not be looked into: their sockets are shown with the user "
                            "only",
                            many(picture.processes_denied, "process"));
    if (!picture.why_proc.empty())
        text += "; read from /proc/net/tcp, without limits of queues and details (" +
                picture.why_proc + ")";
    return text + ".";
}

std::vector<std::string> text_lines(const Picture& picture) {
    std::vector<std::string> lines = {scope_text(picture), ""};
    for (const Verdict& verdict : picture.verdicts) {
        lines.push_back(fmt::format("{:<8} {}: {}", name(verdict.severity), subject(verdict),
                                    in_english(verdict.headline)));
        for (const Saying& evidence : verdict.evidence)
            lines.push_back(fmt::format("         - {}", in_english(evidence)));
        lines.push_back(fmt::format("         certainty: {}", certainty_text(verdict)));
        lines.push_back(fmt::format("         do:        {}", in_english(verdict.remedy)));
        lines.push_back(fmt::format("         lesson:    {}", verdict.lesson));
        lines.push_back(fmt::format("         same by:   {}", verdict.ss));
        lines.push_back("");
    }
    if (picture.verdicts.empty())
        lines.insert(lines.end(), {"Nothing wrong seen.", ""});
    lines.push_back(fmt::format("{:<22} {:<24} {:>12} {:>9}  {}", "listener", "process",
                                "Recv-Q/limit", "drops", "connections"));
    for (const ListenerLine& line : picture.listeners)
        lines.push_back(fmt::format(
            "{:<22} {:<24} {:>12} {:>9}  {}", line.where, line.who.empty() ? "-" : line.who,
            fmt::format("{}/{}", line.length, line.limit),
            line.new_drops > 0 ? fmt::format("+{}", line.new_drops) : fmt::format("{}", line.drops),
            states_text(line)));
    lines.push_back(fmt::format("{}, {} to them, {} outgoing.",
                                many(picture.listeners.size(), "listener"),
                                many(picture.to_listeners, "connection"), picture.outgoing));
    std::string counters;
    for (const CounterLine& counter : picture.counters)
        counters += fmt::format("{}{} {} (+{})", counters.empty() ? "" : ", ", counter.name,
                                counter.value, counter.since_attach);
    if (!counters.empty())
        lines.push_back("All listeners together: " + counters + ".");
    return lines;
}

std::vector<std::string> json_lines(const Picture& picture) {
    using trace::json_string;
    std::vector<std::string> lines = {fmt::format(
        "{{\"kind\":\"scope\",\"sockets\":{},\"other_namespaces\":{},\"processes_denied\":{},"
        "\"text\":{}}}",
        picture.sockets, picture.other_namespaces, picture.processes_denied,
        json_string(scope_text(picture)))};
    for (const Verdict& verdict : picture.verdicts) {
        std::string evidence;
        for (const Saying& one : verdict.evidence)
            evidence += (evidence.empty() ? "" : ",") + json_string(in_english(one));
        lines.push_back(fmt::format(
            "{{\"kind\":\"verdict\",\"condition\":\"{}\",\"severity\":\"{}\",\"where\":{},\"who\":{"
            "},\"pid\":{},\"port\":{},\"count\":{},\"text\":{},\"evidence\":[{}],\"certainty\":\"{}"
            "\",\"interval_ns\":{},\"do\":{},\"lesson\":{},\"ss\":{}}}",
            name(verdict.condition), name(verdict.severity), json_string(verdict.where),
            json_string(verdict.who), verdict.pid, verdict.port, verdict.count,
            json_string(in_english(verdict.headline)), evidence, certainty_name(verdict.certainty),
            verdict.interval.ns, json_string(in_english(verdict.remedy)),
            json_string(verdict.lesson), json_string(verdict.ss)));
    }
    for (const ListenerLine& line : picture.listeners) {
        std::string states;
        for (std::size_t i = 1; i < kernel_states; ++i)
            if (line.states[i] > 0)
                states += fmt::format("{}\"{}\":{}", states.empty() ? "" : ",",
                                      name(static_cast<KernelState>(i)), line.states[i]);
        lines.push_back(fmt::format(
            "{{\"kind\":\"listener\",\"where\":{},\"who\":{},\"pid\":{},\"port\":{},\"accept_"
            "queue\""
            ":{},\"limit\":{},\"full\":{},\"drops\":{},\"new_drops\":{},\"states\":{{{}}}}}",
            json_string(line.where), json_string(line.who), line.pid, line.local.port, line.length,
            line.limit, line.full, line.drops, line.new_drops, states));
    }
    for (const CounterLine& counter : picture.counters)
        lines.push_back(fmt::format(
            "{{\"kind\":\"counter\",\"of\":\"all listeners\",\"name\":\"{}\",\"value\":{},"
            "\"since_attach\":{}}}",
            counter.name, counter.value, counter.since_attach));
    return lines;
}

namespace {

// The header's own numbers, and where they began if that is known.
std::string segment_json(const Change& change) {
    const trace::Segment& segment = *change.segment;
    std::string isn;
    if (change.numbers_known && change.from_seq)
        isn = fmt::format(",\"isn\":{}", change.from_seq->raw);
    std::string sack;
    for (std::size_t i = 0; i < segment.sack_blocks; ++i)
        sack += fmt::format("{}[{},{}]", i == 0 ? ",\"sack\":[" : ",", segment.sack[i].first.raw,
                            segment.sack[i].last.raw);
    if (!sack.empty())
        sack += "]";
    return fmt::format(",\"way\":{},\"flags\":\"{}\",\"seq\":{},\"ack\":{},\"len\":{},"
                       "\"window\":{},\"transmission\":{}{}{}",
                       trace::json_string(change.text), trace::describe(segment.flags),
                       segment.seq.raw, segment.ack.raw, segment.length, segment.window,
                       change.transmission, isn, sack);
}

} // namespace

std::string text_line(const Change& change) {
    const double seconds = static_cast<double>(change.at.ns) / 1e9;
    const std::string when = change.certainty == trace::Certainty::exact
                                 ? fmt::format("{:>13.6f}", seconds)
                                 : fmt::format("{:>10.3f}   ", seconds); // no more is known
    return fmt::format("{} s  {:<24} {}{}", when, change.socket, what_text(change), mark(change));
}

std::string json_line(const Change& change) {
    using What = Change::What;
    std::string rest;
    switch (change.what) {
    case What::appeared:
        rest = fmt::format(",\"state\":\"{}\",\"addresses\":{}", trace::name(change.to),
                           trace::json_string(change.text));
        break;
    case What::past: rest = ",\"way\":" + trace::json_string(change.text); break;
    case What::state:
        rest = fmt::format(
            ",\"from\":\"{}\",\"to\":\"{}\"{}", trace::name(change.from), trace::name(change.to),
            change.text.empty() ? "" : ",\"why\":" + trace::json_string(change.text));
        break;
    case What::syn_queue:
    case What::accept_queue:
        rest = fmt::format(",\"length\":{},\"limit\":{},\"full\":{}", change.value, change.limit,
                           change.value > change.limit);
        break;
    case What::drops:
        rest = fmt::format(",\"value\":{},\"more\":{}", change.value, change.value - change.before);
        break;
    case What::send_queue:
    case What::recv_queue:
        rest = fmt::format(",\"bytes\":{},\"syn\":{},\"fin\":{}", change.value, change.syn,
                           change.fin);
        break;
    case What::timer:
        rest = fmt::format(",\"timer\":\"{}\",\"left_ms\":{}", change.text, change.value);
        break;
    case What::repeated:
        rest = fmt::format(",\"timer\":\"{}\",\"repetition\":{}", change.text, change.value);
        break;
    case What::unseen:
    case What::lost:
    case What::lost_events:
    case What::lost_segments: rest = fmt::format(",\"count\":{}", change.value); break;
    case What::passed_over:
        rest = fmt::format(",\"count\":{},\"one_of\":{}", change.value, change.limit);
        break;
    case What::segment: rest = segment_json(change); break;
    case What::resent:
    case What::reset: rest = ",\"reason\":" + trace::json_string(change.text); break;
    case What::accepted:
    case What::gone: break;
    }
    return fmt::format("{{\"t_ns\":{},\"kind\":\"{}\",\"socket\":{}{},\"certainty\":\"{}\","
                       "\"interval_ns\":{}}}",
                       change.at.ns, what_name(change.what), trace::json_string(change.socket),
                       rest, certainty_name(change.certainty), change.interval.ns);
}

} // namespace net::attach
