// A scenario file as values: header, timed lines, texts in every language. See assets/scenarios/FORMAT.md.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "action.hpp"
#include "trace/snapshot.hpp"
#include "trace/state.hpp"

namespace scenario {

struct Location {
    std::uint32_t line = 0, column = 0;  // from 1
};

// A text in several languages; "" is the language of the file (English).
struct Text {
    std::map<std::string, std::string> by_language;
    const std::string& in(const std::string& language) const;  // falls back to ""
    bool empty() const { return by_language.empty(); }
};

struct HostLine {
    std::string name;
    std::string profile;  // "linux-6.18" unless the header says otherwise
};
struct WireLine {
    trace::HostId from, to;  // one direction; `wire A B` makes two
    trace::Duration delay = trace::milliseconds(10);
    double loss = 0;
    std::uint64_t seed = 0;
};
struct IsnLine {
    SocketName socket;
    std::uint32_t isn;
};

// expect ...
enum class Quantity : std::uint8_t {
    state, accept_queue, syn_queue, send_queue, recv_queue, returned, blocked, counter, timer, sent
};
struct Expectation {
    Quantity what = Quantity::state;
    SocketName socket;                        // all but counter, sent
    trace::HostId host = trace::no_host;      // counter
    trace::State state = trace::State::closed;
    std::int64_t number = 0;                  // lengths, counts, returned value or -errno
    std::optional<std::uint32_t> limit;       // queues
    trace::Call call = trace::Call::socket;   // blocked
    trace::Counter counter = trace::Counter::ListenOverflows;
    trace::Timer timer = trace::Timer::retransmit;
    std::optional<trace::Duration> due;       // timer: time left, within 1 %
    trace::HostId from = trace::no_host, to = trace::no_host;  // sent A>B
    trace::SegmentKind kind = trace::SegmentKind::any;
    bool never = false;                       // must not become true ...
    trace::Instant until{};                   // ... until then
};

// predict ...
enum class Question : std::uint8_t {
    state, returned, accept_queue, syn_queue, send_queue, recv_queue, timer_due, segment, sender
};
struct Option {
    std::string value;  // "SYN_SENT", "2", "SYN+ACK seq 5000 ack 1001", "ETIMEDOUT", "client"
    Text text;          // why it is right, or which misconception it is
    Location at;
};
struct Prediction {
    Question what = Question::state;
    SocketName socket;
    trace::Timer timer = trace::Timer::retransmit;
    trace::HostId from = trace::no_host, to = trace::no_host;  // segment A>B
    trace::Duration after{};
    Text ask;
    std::vector<Option> options;
};

struct Note {
    Text text;
};

// An action with what the script expects it to return.
struct Act {
    Action action;
    std::optional<std::int64_t> returns;  // value, or -errno
};

struct Line {
    trace::Instant at;
    Location where;
    std::variant<Act, Expectation, Prediction, Note> what;
    std::string source;           // the line as written, without comment
    std::string highlight;        // what this step points at ("" nothing): see FORMAT.md
    std::vector<std::string> show;  // panels that appear here
};

struct WhatIf {
    Text text;
    std::string change;  // a scenario or header line that is added or replaces its like
    Location where;
};

struct Scenario {
    std::string file;
    Text title;
    std::vector<HostLine> hosts;
    std::vector<WireLine> wires;
    std::vector<SetSysctl> sysctls;
    std::vector<IsnLine> isns;
    std::vector<Line> lines;      // by time, then as written
    Text rule;                    // end card: the rule in one sentence
    std::vector<WhatIf> what_ifs;
    std::vector<std::string> try_in_shell;
    std::string text;             // the whole file
};

struct ParseError {
    std::string file;
    Location where;
    std::string message;  // one sentence: what was found, what was expected
};
// "file:line:column: message"
std::string format(const ParseError&);

// Never reads anything but the text given; `file` is for messages.
std::variant<Scenario, ParseError> parse(std::string_view text, std::string file);

}  // namespace scenario
