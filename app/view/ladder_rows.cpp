// Which events share a row of the text ladder, and what each says there.
#include "ladder_rows.hpp"

#include "icmp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace view {
namespace {

std::string result(std::int64_t value) {
    if (value >= 0)
        return fmt::format("{}", value);
    return std::string(trace::name(static_cast<trace::Errno>(-value)));
}

// What a program has to call before the call that a reader is interested in.
bool on_the_way(trace::Call call) {
    return call == trace::Call::socket || call == trace::Call::bind;
}

// SO_REUSEADDR is set by every `listen` line; the options that a script sets are worth a line.
bool is_told(const trace::CallRecord& call) {
    return !on_the_way(call.call) && call.text.find("SO_REUSEADDR") == call.text.npos;
}

std::string queue(const std::string& name, const trace::Event& event, const std::string& language) {
    const bool syn = event.queue() == trace::Queue::syn;
    if (language == "zh") {
        return fmt::format("{} {} 队列 {} · 上限 {}", name, syn ? "SYN" : "accept", event.value,
                           event.limit);
    }
    return fmt::format("{} {} {} · limit {}", name, trace::name(event.queue()), event.value,
                       event.limit);
}

// Counters of things that went wrong; the others only repeat what the ladder shows.
bool is_told(trace::Counter counter) {
    using enum trace::Counter;
    constexpr std::array told = {ListenOverflows,        ListenDrops,
                                 TCPReqQFullDrop,        TCPReqQFullDoCookies,
                                 EmbryonicRsts,          TCPAbortOnClose,
                                 TCPAbortOnData,         TCPAbortOnTimeout,
                                 TCPChallengeACK,        TCPSYNChallenge,
                                 SyncookiesSent,         SyncookiesRecv,
                                 SyncookiesFailed,       TCPDeferAcceptDrop,
                                 TSEcrRejected,          PAWSEstab,
                                 TCPFastOpenPassiveFail, TCPFastOpenListenOverflow};
    return std::find(told.begin(), told.end(), counter) != told.end();
}

std::optional<Stretch::What> way(trace::EventKind kind) {
    using enum trace::EventKind;
    switch (kind) {
    case segment_sent: return Stretch::What::leaves;
    case segment_arrived: return Stretch::What::arrives;
    case segment_refused: return Stretch::What::refused;
    case segment_lost: return Stretch::What::lost;
    case segment_held: return Stretch::What::held;
    case segment_released: return Stretch::What::released;
    case socket_created:
    case socket_gone:
    case call_entered:
    case call_returned:
    case icmp_arrived:
    case transition:
    case queue_changed:
    case timer_fired:
    case counter:
    case setting:
    case inferred: break;
    }
    return std::nullopt;
}

class Builder {
public:
    Builder(const LadderNames& names, const std::string& language, int flying)
        : names_(names), trace_(names.trace()), language_(language), flying_(flying) {}

    void add(trace::EventId id) {
        const auto& event = trace_.events[id];
        if (const auto what = way(event.kind))
            add_stretch(event, *what);
        auto text = lane_text(names_, id, language_);
        if (!text.empty() && event.host < trace_.hosts.size())
            add_text(event, std::move(text));
    }
    std::vector<Row> done() { return std::move(rows_); }

private:
    Row& row_at(trace::Instant at, bool fresh) {
        if (fresh || rows_.empty() || rows_.back().at != at) {
            rows_.push_back(
                {at, std::vector<std::string>(trace_.hosts.size()), std::nullopt, flying_});
        }
        return rows_.back();
    }

    void add_stretch(const trace::Event& event, Stretch::What what) {
        const auto& record = trace_.segments[event.ref];
        if (record.from >= trace_.hosts.size() || record.to >= trace_.hosts.size())
            return;
        const bool same_instant = !rows_.empty() && rows_.back().at == event.at;
        // A verdict at the instant of leaving belongs to the row in which the segment leaves.
        const bool stopped = what == Stretch::What::lost || what == Stretch::What::held;
        if (stopped && same_instant && last_left_ == event.ref && rows_.back().stretch) {
            rows_.back().stretch->what = what;
            rows_.back().stretch->at_once = true;
            count(what, rows_.back());
            return;
        }
        // What an arrival causes stands in its row, so the row must not yet say anything else
        // there.
        const bool ends_here = what == Stretch::What::arrives || what == Stretch::What::refused;
        const bool taken = same_instant && (rows_.back().stretch ||
                                            (ends_here && !rows_.back().texts[record.to].empty()));
        Row& row = row_at(event.at, taken);
        row.stretch = Stretch{what,
                              record.from,
                              record.to,
                              trace::segment_label(record.segment),
                              record.transmission > 1,
                              false};
        count(what, row);
        if (what == Stretch::What::leaves)
            last_left_ = event.ref;
    }

    void count(Stretch::What what, Row& row) {
        if (what == Stretch::What::leaves)
            ++flying_;
        if (what == Stretch::What::arrives || what == Stretch::What::refused ||
            what == Stretch::What::lost) {
            flying_ = std::max(0, flying_ - 1);
        }
        row.flying = flying_;
    }

    void add_text(const trace::Event& event, std::string text) {
        const bool taken = !rows_.empty() && rows_.back().at == event.at &&
                           !rows_.back().texts[event.host].empty();
        row_at(event.at, taken).texts[event.host] = std::move(text);
    }

    const LadderNames& names_;
    const trace::Trace& trace_;
    const std::string& language_;
    std::vector<Row> rows_;
    trace::SegmentId last_left_ = trace::none;
    int flying_;
};

// "listen(3, 1) = 0" as strace prints it; when it blocks, its return stands where it returns.
std::string entered(const trace::Trace& trace, const trace::Event& event,
                    const trace::Event* returns) {
    const auto& call = trace.calls[event.ref];
    const bool at_once = returns && returns->at == event.at;
    if (!is_told(call) && !(at_once && returns->value < 0))
        return {};
    auto text = fmt::format("{}({})", trace::name(call.call), call.text);
    return at_once ? fmt::format("{} = {}", text, result(returns->value)) : text;
}

std::string returned(const LadderNames& names, trace::EventId id, const std::string& language) {
    const auto& event = names.trace().events[id];
    const auto& call = names.trace().calls[event.ref];
    const auto* enters = names.enters(event.ref);
    if (enters && enters->at == event.at)
        return {};
    const auto name =
        names.short_name(call.accepted != trace::none ? call.accepted : call.socket, id);
    return fmt::format(fmt::runtime(language == "zh" ? "{}{}{}() 返回 {}" : "{}{}{}() returns {}"),
                       name, name.empty() ? "" : " ", trace::name(call.call), result(event.value));
}

std::string reason(const trace::Event& event, bool zh) {
    const auto& rule = trace::text(event.rule);
    return std::string(zh ? rule.zh : rule.en);
}

} // namespace

LadderNames::LadderNames(const trace::Trace& trace)
    : trace_(trace),
      named_(trace.sockets.size(), 0),
      enters_(trace.calls.size(), trace::none),
      returns_(trace.calls.size(), trace::none) {
    for (trace::EventId id = 0; id < trace.events.size(); ++id) {
        const auto& event = trace.events[id];
        if (event.kind == trace::EventKind::call_entered)
            enters_[event.ref] = id;
        if (event.kind != trace::EventKind::call_returned)
            continue;
        returns_[event.ref] = id;
        const auto accepted = trace.calls[event.ref].accepted;
        if (accepted < named_.size())
            named_[accepted] = id;
    }
}

const trace::Event* LadderNames::enters(trace::CallId call) const {
    return enters_[call] == trace::none ? nullptr : &trace_.events[enters_[call]];
}

const trace::Event* LadderNames::returns(trace::CallId call) const {
    return returns_[call] == trace::none ? nullptr : &trace_.events[returns_[call]];
}

std::string LadderNames::short_name(trace::Cookie socket, trace::EventId then) const {
    if (socket < named_.size() && then < named_[socket]) {
        const auto& record = trace_.sockets[socket];
        for (auto i = trace_.sockets.size(); i-- > 0;) {
            const auto& peer = trace_.sockets[i];
            if (peer.number != 0 && peer.local == record.remote && peer.remote == record.local &&
                peer.host < trace_.hosts.size()) {
                return fmt::format("~{}#{}", trace_.hosts[peer.host], peer.number);
            }
        }
    }
    const auto name = trace::socket_name(trace_, socket);
    const auto end = name.find_first_of("#~:");
    return end == name.npos ? name : name.substr(end);
}

namespace {

// What a live source has not seen at its instant says so.
std::string_view doubt(trace::Certainty certainty, bool zh) {
    switch (certainty) {
    case trace::Certainty::exact: return "";
    case trace::Certainty::sampled: return zh ? " (采样)" : " (sampled)";
    case trace::Certainty::inferred: return zh ? " (推断)" : " (inferred)";
    case trace::Certainty::unknown: return zh ? " (如何结束未知)" : " (how is not known)";
    }
    return "";
}

} // namespace

std::string lane_text(const LadderNames& names, trace::EventId id, const std::string& language) {
    using enum trace::EventKind;
    const auto& trace = names.trace();
    const auto& event = trace.events[id];
    const bool zh = language == "zh";
    const auto name = [&] { return names.short_name(event.socket, id); };
    switch (event.kind) {
    case call_entered: return entered(trace, event, names.returns(event.ref));
    case call_returned: return returned(names, id, language);
    case transition:
        return fmt::format("{} {}{}", name(), trace::name(event.to), doubt(event.certainty, zh));
    case queue_changed: return queue(name(), event, language);
    case timer_fired:
        return fmt::format(fmt::runtime(zh ? "{} {} 定时器到期" : "{} {} timer"), name(),
                           trace::name(event.timer()));
    case counter:
        if (!is_told(event.counter()))
            return {};
        return fmt::format("{} {}", trace::name(event.counter()), event.value);
    case icmp_arrived: return icmp_text(event.value, zh);
    case segment_refused:
    case inferred: return reason(event, zh);
    case socket_created:
    case socket_gone:
    case segment_sent:
    case segment_arrived:
    case segment_lost:
    case segment_held:
    case segment_released:
    case setting: break;
    }
    return {};
}

std::vector<Row> rows(const LadderNames& names, std::uint32_t first, std::uint32_t last,
                      const std::string& language, int flying) {
    Builder builder(names, language, flying);
    for (auto id = first; id < last; ++id)
        builder.add(id);
    return builder.done();
}

std::vector<Part> parts(const LadderNames& names, const LadderOptions& options) {
    const auto visible =
        std::min(options.visible, static_cast<std::uint32_t>(names.trace().events.size()));
    std::vector<Part> all;
    std::uint32_t told = 0;
    int flying = 0;
    const auto tell_until = [&](std::uint32_t until) {
        if (until <= told)
            return;
        for (Row& row : rows(names, told, until, options.language, flying)) {
            flying = row.flying;
            all.push_back({std::move(row)});
        }
        told = until;
    };
    for (const Aside& aside : options.asides) {
        tell_until(std::min(aside.events, visible));
        all.push_back({std::nullopt, &aside});
    }
    tell_until(visible);
    return all;
}

std::vector<Row> rows_in_flight(const trace::Trace& trace, const trace::Snapshot& snapshot) {
    std::vector<Row> all;
    for (const auto& f : snapshot.in_flight) {
        const auto& record = trace.segments[f.segment];
        Row row{snapshot.now, std::vector<std::string>(trace.hosts.size()), std::nullopt};
        row.stretch = Stretch{f.held ? Stretch::What::held : Stretch::What::in_flight,
                              record.from,
                              record.to,
                              trace::segment_label(record.segment),
                              false, // its own row said so when it left
                              false};
        all.push_back(std::move(row));
    }
    return all;
}

const LadderWords& ladder_words(const std::string& language) {
    static constexpr LadderWords en{"again: ", "lost", "held", "released", "in flight", "{} later"};
    static constexpr LadderWords zh{"重传：", "丢失", "扣留", "放行", "在途", "{} 之后"};
    return language == "zh" ? zh : en;
}

} // namespace view
