// Reading a recording: whatever comes out of here is sound.
#include <fmt/format.h>

#include <charconv>

#include "format.hpp"
#include "trace/header.hpp"
#include "values.hpp"

namespace record {
namespace {

using nlohmann::json;

// The first thing that is wrong is thrown as a sentence and leaves read() with its line.
struct Wrong {
    std::string why;
};

class Reader {
public:
    void heading(const json& j);
    void look(const json& j);
    Recording take() { return std::move(recording_); }
    bool has_looks() const { return !recording_.looks.empty(); }

private:
    trace::Trace& log() { return recording_.trace; }
    void need(bool good, std::string_view what) const {
        if (!good)
            throw Wrong{std::string(what)};
    }
    bool is_host(trace::HostId h) const { return h < recording_.trace.hosts.size(); }
    bool is_socket(trace::Cookie c) const { return c < recording_.trace.sockets.size(); }
    bool is_segment(trace::SegmentId s) const { return s < recording_.trace.segments.size(); }
    bool is_call(trace::CallId c) const { return c < recording_.trace.calls.size(); }

    template <typename T>
    void replace(const json& j, const char* name, std::vector<T>& all);
    void headers(const json& j);
    void event(const trace::Event& e);
    void view(const trace::HostView& v) const;
    void check_records() const;

    Recording recording_;
};

void Reader::heading(const json& j) {
    need(j.is_object() && j.contains("twomsl recording"), "this is not a recording of twomsl");
    need(j["twomsl recording"] == 1,
         "this recording was made by a later version; a newer twomsl can open it");
    recording_.about = {j.value("scope", ""), j.value("kernel", ""),
                        j.value("began", std::int64_t{})};
    log().hosts = j.at("hosts").get<std::vector<std::string>>();
    need(!log().hosts.empty() && log().hosts.size() < trace::no_host, "it has no hosts");
}

template <typename T>
void Reader::replace(const json& j, const char* name, std::vector<T>& all) {
    for (const json& entry : j.value(name, json::array())) {
        const auto at = entry.at(0).get<std::size_t>();
        need(at <= all.size(), fmt::format("{} {} comes before {}", name, at, all.size()));
        if (at == all.size())
            all.emplace_back();
        all[at] = entry.at(1).get<T>();
    }
}

// Captured ones: hexadecimal, each of a segment that is there.
void Reader::headers(const json& j) {
    for (const json& entry : j.value("headers", json::array())) {
        trace::CapturedHeader header;
        header.segment = entry.at(0).get<trace::SegmentId>();
        need(is_segment(header.segment) &&
                 (log().headers.empty() || log().headers.back().segment < header.segment),
             "a header of a segment that is not there");
        const auto text = entry.at(1).get<std::string>();
        for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
            std::uint8_t byte = 0;
            const auto read = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
            need(read.ec == std::errc{} && read.ptr == text.data() + i + 2,
                 "a header is not hexadecimal");
            header.bytes.push_back(byte);
        }
        need(text.size() % 2 == 0 && trace::read_header(header.bytes, 0).has_value(),
             "a header is not one of IP and TCP");
        log().headers.push_back(std::move(header));
    }
}

void Reader::event(const trace::Event& e) {
    using enum trace::EventKind;
    need(e.host == trace::no_host || is_host(e.host), "an event names a host that is not there");
    need(e.socket == trace::none || is_socket(e.socket),
         "an event names a socket that is not there");
    need(e.cause == trace::none || e.cause < log().events.size(),
         "an event's cause comes after it");
    need(log().events.empty() || e.at >= log().events.back().at, "events go back in time");
    switch (e.kind) {
    case segment_sent:
    case segment_arrived:
    case segment_refused:
    case segment_lost:
    case segment_held:
    case segment_released:
    case icmp_arrived: need(is_segment(e.ref), "an event names a segment that is not there"); break;
    case call_entered:
    case call_returned: need(is_call(e.ref), "an event names a call that is not there"); break;
    case setting:
        need(e.ref == trace::none || is_call(e.ref), "an event names a call that is not there");
        break;
    case socket_created:
    case socket_gone:
    case transition:
    case queue_changed: need(e.socket != trace::none, "an event lacks its socket"); break;
    case timer_fired:
    case counter:
    case inferred: break;
    }
    log().events.push_back(e);
}

void Reader::check_records() const {
    const trace::Trace& log = recording_.trace;
    for (const auto& s : log.sockets)
        need(is_host(s.host) && (s.listener == trace::none || is_socket(s.listener)),
             "a socket names what is not there");
    for (const auto& s : log.segments)
        need(is_host(s.from) && is_host(s.to) &&
                 (s.original == trace::none || is_segment(s.original)),
             "a segment names what is not there");
    for (const auto& c : log.calls)
        need(is_host(c.host) && (c.socket == trace::none || is_socket(c.socket)) &&
                 (c.accepted == trace::none || is_socket(c.accepted)),
             "a call names what is not there");
}

void Reader::view(const trace::HostView& v) const {
    const auto maybe = [&](trace::Cookie c) { return c == trace::none || is_socket(c); };
    bool good = is_host(v.id);
    for (const auto& s : v.sockets)
        good = good && is_socket(s.cookie) && maybe(s.listener);
    for (const auto& l : v.listeners) {
        good = good && is_socket(l.cookie);
        for (const auto* queue : {&l.syn_queue, &l.accept_queue})
            for (const auto& entry : *queue)
                good = good && maybe(entry.cookie);
    }
    for (const auto& c : v.calls)
        good = good && is_call(c.call);
    for (const auto& c : v.counters)
        good = good && (c.last == trace::none || c.last < recording_.trace.events.size());
    need(good, "what a host shows names what is not there");
}

void Reader::look(const json& j) {
    need(j.is_object(), "a look was expected");
    Look look = recording_.looks.empty() ? Look{} : recording_.looks.back();
    const trace::Instant before = look.at;
    look.at = j.at("at").get<trace::Instant>();
    need(recording_.looks.empty() || look.at >= before, "looks go back in time");
    replace(j, "sockets", log().sockets);
    for (const json& s : j.value("segments", json::array()))
        log().segments.push_back(s.get<trace::SegmentRecord>());
    headers(j);
    replace(j, "calls", log().calls);
    if (j.contains("sockets") || j.contains("segments") || j.contains("calls"))
        check_records();
    for (const json& e : j.value("events", json::array()))
        event(e.get<trace::Event>());
    for (const json& entry : j.value("views", json::array())) {
        const auto at = entry.at(0).get<std::size_t>();
        need(at <= look.hosts.size() && at < log().hosts.size(), "a view of no host");
        auto host = std::make_shared<const trace::HostView>(entry.at(1).get<trace::HostView>());
        view(*host);
        if (at == look.hosts.size())
            look.hosts.push_back(std::move(host));
        else
            look.hosts[at] = std::move(host);
    }
    need(look.hosts.size() == log().hosts.size(), "not every host is shown");
    if (j.contains("wires"))
        look.wires = j["wires"].get<std::vector<trace::WireView>>();
    if (j.contains("in_flight"))
        look.in_flight = j["in_flight"].get<std::vector<trace::InFlight>>();
    for (const auto& w : look.wires)
        need(is_host(w.from) && is_host(w.to), "a wire ends at no host");
    for (const auto& f : look.in_flight)
        need(is_host(f.from) && is_host(f.to) && is_segment(f.segment),
             "what is in flight is not there");
    look.events = static_cast<std::uint32_t>(log().events.size());
    recording_.looks.push_back(std::move(look));
}

} // namespace

bool is_recording(std::string_view text) {
    return text.substr(0, text.find('\n')).find("\"twomsl recording\"") != text.npos;
}

std::variant<Recording, std::string> read(std::string_view text, std::string_view file) {
    Reader reader;
    std::string cut;
    std::size_t line = 0;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = text.find('\n', at);
        const bool last = end == text.npos;
        const auto words = text.substr(at, (last ? text.size() : end) - at);
        at = last ? text.size() : end + 1;
        std::string wrong;
        try {
            const json j = json::parse(words, nullptr, false);
            if (j.is_discarded() && last && reader.has_looks()) {
                cut = fmt::format("{} ends in the middle of line {}: what came after is missing",
                                  file, line + 1);
                break;
            }
            if (j.is_discarded())
                wrong = "this is not JSON";
            else if (line == 0)
                reader.heading(j);
            else
                reader.look(j);
        } catch (const Wrong& w) {
            wrong = w.why;
        } catch (const json::exception& e) {
            // "[json.exception.type_error.302] type must be number, ...": our reader needs the
            // rest.
            const std::string_view what = e.what();
            wrong = what.substr(std::min(what.find("] ") + 2, what.size()));
        }
        if (!wrong.empty())
            return fmt::format("{}:{}: {}", file, line + 1, wrong);
    }
    if (!reader.has_looks())
        return fmt::format("{}:{}: the recording is empty", file, line + 1);
    Recording recording = reader.take();
    recording.cut = std::move(cut);
    return recording;
}

} // namespace record
