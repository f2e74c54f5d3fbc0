// Lines that tell: questions with their options, and what a step points at.
#include <fmt/format.h>

#include <array>
#include <limits>

#include "reader.hpp"
#include "segment_pattern.hpp"

namespace scenario {
namespace {

std::optional<Question> queue_question(std::string_view word, bool listener) {
    if (listener && word == "accept_queue")
        return Question::accept_queue;
    if (listener && word == "syn_queue")
        return Question::syn_queue;
    if (!listener && word == "send_queue")
        return Question::send_queue;
    if (!listener && word == "recv_queue")
        return Question::recv_queue;
    return std::nullopt;
}

bool read_of_socket(Reader& reader, Words& words, Prediction& p) {
    const auto socket = read_socket(reader, words);
    if (!socket)
        return false;
    p.socket = *socket;
    const bool listener = socket->kind == SocketName::Kind::listener;
    const auto word = words.next();
    if (word && !word->quoted) {
        if (word->text == "state")
            return p.what = Question::state, true;
        if (word->text == "returned")
            return p.what = Question::returned, true;
        if (const auto what = queue_question(word->text, listener))
            return p.what = *what, true;
        if (!listener && word->text == "timer") {
            p.what = Question::timer_due;
            const auto timer = read_timer(reader, words);
            if (!timer)
                return false;
            p.timer = *timer;
            if (words.accept("due"))
                return true;
            const auto found = words.peek();
            found ? words.fail(*found, "due") : words.fail_missing("due");
            return false;
        }
    }
    const auto expected = listener ? "accept_queue, syn_queue, state or returned"
                                   : "state, returned, send_queue, recv_queue or timer NAME due";
    word ? words.fail(*word, expected) : words.fail_missing(expected);
    return false;
}

bool is_count(std::string_view text) {
    const auto number = parse_integer(text);
    return number && *number >= 0;
}

constexpr std::array panels = {"machine",     "why",      "counters", "sysctls",
                               "descriptors", "timeline", "queues"};

// `segment A>B [KIND]` of a highlight.
bool read_segment(const Reader& reader, Words& words, Highlight& h) {
    h.what = Highlight::What::segment;
    const auto pair = read_pair(reader, words);
    if (!pair)
        return false;
    h.from = pair->from;
    h.to = pair->to;
    if (!words.peek())
        return !words.failed();
    const auto kind = read_kind(words);
    if (kind)
        h.kind = *kind;
    return kind.has_value();
}

bool read_of_host(const Reader& reader, Words& words, Highlight& h) {
    if (words.accept("calls")) {
        h.what = Highlight::What::calls;
        return true;
    }
    if (words.accept("counter")) {
        h.what = Highlight::What::counter;
        const auto counter = read_counter(reader, words);
        if (counter)
            h.counter = *counter;
        return counter.has_value();
    }
    const auto word = words.peek();
    word ? words.fail(*word, "calls or counter NAME") : words.fail_missing("calls or counter NAME");
    return false;
}

bool read_part_of_socket(Reader& reader, Words& words, Highlight& h) {
    const auto socket = read_socket(reader, words);
    if (!socket)
        return false;
    h.socket = *socket;
    const bool listener = socket->kind == SocketName::Kind::listener;
    h.what = listener ? Highlight::What::listener : Highlight::What::socket;
    const auto word = words.next();
    if (!word)
        return !words.failed();
    if (listener && word->text == "accept_queue")
        h.what = Highlight::What::accept_queue;
    else if (listener && word->text == "syn_queue")
        h.what = Highlight::What::syn_queue;
    else if (!listener && word->text == "send_queue")
        h.what = Highlight::What::send_queue;
    else if (!listener && word->text == "recv_queue")
        h.what = Highlight::What::recv_queue;
    else if (!listener && word->text == "timer") {
        h.what = Highlight::What::timer;
        const auto timer = read_timer(reader, words);
        if (timer)
            h.timer = *timer;
        return timer.has_value();
    } else {
        words.fail(*word,
                   listener ? "accept_queue or syn_queue" : "send_queue, recv_queue or timer NAME");
        return false;
    }
    return true;
}

} // namespace

std::optional<Prediction> read_prediction(Reader& reader, Words& words) {
    Prediction p;
    bool good = true;
    if (words.accept("sender")) {
        p.what = Question::sender;
    } else if (words.accept("segment")) {
        p.what = Question::segment;
        const auto pair = read_pair(reader, words);
        good = pair.has_value();
        if (pair)
            p.from = pair->from, p.to = pair->to;
    } else {
        good = read_of_socket(reader, words, p);
    }
    if (!good)
        return std::nullopt;
    if (words.accept("after")) {
        p.after = read_duration(words, "a time");
        if (!p.after)
            return std::nullopt;
    }
    return p;
}

std::optional<std::string> read_panel(Words& words) {
    const auto word = words.next();
    for (const auto* panel : panels) {
        if (word && word->text == panel)
            return panel;
    }
    constexpr auto expected = "machine, why, counters, sysctls, descriptors or timeline";
    word ? words.fail(*word, expected) : words.fail_missing(expected);
    return std::nullopt;
}

std::optional<Highlight> read_highlight(Reader& reader, Words& words) {
    Highlight h;
    const auto word = words.peek();
    bool good = false;
    if (words.accept("segment")) {
        good = read_segment(reader, words, h);
    } else if (words.accept("panel")) {
        h.what = Highlight::What::panel;
        const auto panel = read_panel(words);
        good = panel.has_value();
        if (panel)
            h.panel = *panel;
    } else if (const auto host =
                   word && !word->quoted ? find_host(reader.scenario, word->text) : std::nullopt) {
        words.next();
        h.host = *host;
        good = read_of_host(reader, words, h);
    } else {
        good = read_part_of_socket(reader, words, h);
    }
    return good ? std::optional(h) : std::nullopt;
}

std::optional<std::string> check_option(const Scenario& scenario, const Prediction& p,
                                        std::string_view value) {
    switch (p.what) {
    case Question::state:
        if (trace::parse_state(value) || parse_result(value).value_or(0) < 0)
            return std::nullopt;
        return "a state such as ESTABLISHED, or an errno";
    case Question::returned:
        if (parse_result(value) || value == "blocked")
            return std::nullopt;
        return "a number, an errno or 'blocked'";
    case Question::accept_queue:
    case Question::syn_queue:
    case Question::send_queue:
    case Question::recv_queue:
        if (is_count(value))
            return std::nullopt;
        return "a number";
    case Question::timer_due:
        if (trace::parse_duration(value))
            return std::nullopt;
        return "the time left, such as 200ms";
    case Question::segment:
        if (value == "nothing" || parse_pattern(value))
            return std::nullopt;
        return "a segment such as \"SYN+ACK seq 5000 ack 1001\", or 'nothing'";
    case Question::sender:
        if (value == "nobody" || find_host(scenario, value))
            return std::nullopt;
        return "the name of a host, or 'nobody'";
    }
    return std::nullopt;
}

} // namespace scenario
