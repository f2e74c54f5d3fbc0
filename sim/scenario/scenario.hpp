// A scenario file as values: header, timed lines, texts in every language. See
// assets/scenarios/FORMAT.md.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "action.hpp"
#include "lateness.hpp"
#include "trace/snapshot.hpp"
#include "trace/state.hpp"

namespace scenario {

struct Location {
    std::uint32_t line = 0, column = 0; // from 1; columns count characters
    friend bool operator==(const Location&, const Location&) = default;
};

// A text in several languages; "" is the language of the file (English).
struct Text {
    std::map<std::string, std::string> by_language;
    const std::string& in(const std::string& language) const; // falls back to ""
    bool empty() const { return by_language.empty(); }
    friend bool operator==(const Text&, const Text&) = default;
};

struct HostLine {
    std::string name;
    std::string profile;                  // "linux-6.18" unless the header says otherwise
    std::vector<trace::Address> others{}; // addresses beside 10.0.0.N
};
struct WireLine {
    trace::HostId from, to; // one direction; `wire A B` makes two
    trace::Duration delay = trace::milliseconds(10);
    double loss = 0;
    std::uint64_t seed = 0;
    std::vector<Handover> late{}; // in the order of leaving
};
struct IsnLine {
    SocketName socket;
    std::uint32_t isn;
};

// expect ...
enum class Quantity : std::uint8_t {
    state,
    accept_queue,
    syn_queue,
    send_queue,
    recv_queue,
    returned,
    blocked,
    counter,
    timer,
    sent
};
struct Expectation {
    Quantity what = Quantity::state;
    SocketName socket;                   // all but counter, sent
    trace::HostId host = trace::no_host; // counter
    trace::State state = trace::State::closed;
    std::int64_t number = 0;                // lengths, counts, returned value or -errno
    std::optional<std::uint32_t> limit;     // queues
    trace::Call call = trace::Call::socket; // blocked
    trace::Counter counter = trace::Counter::ListenOverflows;
    trace::Timer timer = trace::Timer::retransmit;
    std::optional<trace::Duration> due;                       // timer: time left, within 1 %
    trace::HostId from = trace::no_host, to = trace::no_host; // sent A>B
    trace::SegmentKind kind = trace::SegmentKind::any;
    bool never = false;     // must not become true ...
    trace::Instant until{}; // ... until then
    friend bool operator==(const Expectation&, const Expectation&) = default;
};

// predict ...
enum class Question : std::uint8_t {
    state,
    returned,
    accept_queue,
    syn_queue,
    send_queue,
    recv_queue,
    timer_due,
    segment,
    sender
};
struct Option {
    std::string value; // "SYN_SENT", "2", "SYN+ACK seq 5000 ack 1001", "ETIMEDOUT", "client"
    Text text;         // why it is right, or which misconception it is
    Location at;
};
struct Prediction {
    Question what = Question::state;
    SocketName socket;
    trace::Timer timer = trace::Timer::retransmit;
    trace::HostId from = trace::no_host, to = trace::no_host; // segment A>B
    std::optional<trace::Duration>
        after; // decided so much later; without it: as soon as it is known
    Text ask;
    std::vector<Option> options; // 2 to 4
};

struct Note {
    Text text;
};

// An action with what the script expects it to return.
struct Act {
    Action action;
    std::optional<std::int64_t> returns; // value, or -errno
    Woken woken{};
};

// A verdict on a segment that is on its way when the line runs: `wire drop A>B KIND flying [NTH]`.
struct FlyingVerdict {
    Verdict::What what;
    trace::HostId from, to;
    trace::SegmentKind kind;
    std::uint32_t nth = 1; // in the order of leaving
    trace::Duration time{};
    friend bool operator==(const FlyingVerdict&, const FlyingVerdict&) = default;
};

// The one thing to look at in a step.
struct Highlight {
    enum class What : std::uint8_t {
        socket,       // socket
        send_queue,   // socket
        recv_queue,   // socket
        timer,        // socket, timer
        listener,     // socket (a listener)
        accept_queue, // socket (a listener)
        syn_queue,    // socket (a listener)
        calls,        // host
        counter,      // host, counter
        segment,      // from, to, kind: the newest such segment that has left `from`
        panel,        // panel
    };
    What what = What::socket;
    SocketName socket;
    trace::HostId host = trace::no_host;
    trace::HostId from = trace::no_host, to = trace::no_host;
    trace::SegmentKind kind = trace::SegmentKind::any;
    trace::Timer timer = trace::Timer::retransmit;
    trace::Counter counter = trace::Counter::ListenOverflows;
    std::string panel;
    friend bool operator==(const Highlight&, const Highlight&) = default;
};

struct Line {
    trace::Instant at;
    Location where;
    std::variant<Act, FlyingVerdict, Expectation, Prediction, Note> what;
    std::string source;   // the line as written, without comment
    std::string sentence; // the same without its TIME: "client connect :80"
    // of a note or predict
    std::uint32_t step = 0; // its number among the steps, from 1; 0: not a step
    std::optional<Highlight> highlight;
    std::vector<std::string> show;  // panels that appear here
    std::vector<std::string> terms; // words used here for the first time
};

struct WhatIf {
    Text text;
    std::string change; // a scenario or header line that is added or replaces its like
    Location where;     // of the change
};

struct Scenario {
    std::string file;
    Text title;
    std::vector<HostLine> hosts;
    std::vector<WireLine> wires; // every ordered pair of hosts
    std::vector<SetSysctl> sysctls;
    bool timers_by_wheel = false; // rounded as the kernel does, or exact
    std::vector<IsnLine> isns;
    std::vector<Line> lines;       // by time, then as written
    trace::Instant end{};          // the time of the last line, or the latest `until`
    std::uint32_t steps = 0;       // how many notes and questions
    std::vector<std::string> show; // panels that are there from the start
    Text rule;                     // end card: the rule in one sentence
    std::vector<WhatIf> what_ifs;
    std::vector<std::string> try_in_shell;
    std::string text; // the whole file
};

struct ParseError {
    std::string file;
    Location where;
    std::string message; // one sentence: what was found, what was expected
};
// "file:line:column: message"
std::string format(const ParseError&);

// What the machine that will play the file knows. Each function returns "" when all is well, else
// what is wrong; a null pointer accepts everything.
struct Machine {
    std::string (*profile)(std::string_view name) = nullptr;
    std::string (*sysctl)(std::string_view profile, std::string_view name,
                          std::int64_t value) = nullptr;
    std::string (*option)(std::string_view name, std::int64_t value) = nullptr;
    std::string (*counter)(trace::Counter) = nullptr;
    std::string (*timer)(trace::Timer) = nullptr;
};

// Never reads anything but the text given; `file` is for messages.
std::variant<Scenario, ParseError> parse(std::string_view text, std::string file,
                                         const Machine& = {});

// The scenario with one of its what-ifs made true: without notes, questions, expectations and `->`.
std::variant<Scenario, ParseError> what_if(const Scenario&, std::size_t index, const Machine& = {});

} // namespace scenario
