// Lines that expect: `expect server:80 accept_queue 2 limit 1`.
#include <fmt/format.h>

#include "reader.hpp"

namespace scenario {
namespace {

constexpr std::int64_t most_count = UINT32_MAX;

bool read_sent(const Reader& reader, Words& words, Expectation& e) {
    e.what = Quantity::sent;
    const auto pair = read_pair(reader, words);
    if (!pair)
        return false;
    e.from = pair->from;
    e.to = pair->to;
    const auto kind = read_kind(words);
    if (!kind)
        return false;
    e.kind = *kind;
    const auto count = read_number(words, "how many", 0, most_count);
    if (count)
        e.number = *count;
    return count.has_value();
}

bool read_counter_value(const Reader& reader, Words& words, trace::HostId host, Expectation& e) {
    e.what = Quantity::counter;
    e.host = host;
    if (const auto word = words.peek(); !words.accept("counter")) {
        word ? words.fail(*word, "counter NAME N") : words.fail_missing("counter NAME N");
        return false;
    }
    const auto counter = read_counter(reader, words);
    if (!counter)
        return false;
    e.counter = *counter;
    const auto value = read_number(words, "a number", 0, INT64_MAX);
    if (value)
        e.number = *value;
    return value.has_value();
}

bool read_length(Words& words, Expectation& e, Quantity what) {
    e.what = what;
    const auto length = read_number(words, "a number", 0, most_count);
    if (length)
        e.number = *length;
    return length.has_value();
}

bool read_queue(Words& words, Expectation& e, Quantity what) {
    if (!read_length(words, e, what))
        return false;
    if (!words.accept("limit"))
        return true;
    const auto limit = read_number(words, "a limit", 0, UINT32_MAX);
    if (limit)
        e.limit = static_cast<std::uint32_t>(*limit);
    return limit.has_value();
}

bool read_returned(Words& words, Expectation& e) {
    e.what = Quantity::returned;
    constexpr auto expected = "the value returned, a number or an errno such as EPIPE";
    const auto word = words.next();
    if (!word) {
        words.fail_missing(expected);
        return false;
    }
    const auto value = word->quoted ? std::nullopt : parse_result(word->text);
    if (value)
        e.number = *value;
    else
        words.fail(*word, expected);
    return value.has_value();
}

bool read_blocked(Words& words, Expectation& e) {
    e.what = Quantity::blocked;
    constexpr auto expected = "a call that can block: connect, accept, read, write or close";
    const auto word = words.next();
    if (!word) {
        words.fail_missing(expected);
        return false;
    }
    using enum trace::Call;
    for (const auto call : {connect, accept, read, write, close}) {
        if (!word->quoted && word->text == name(call)) {
            e.call = call;
            return true;
        }
    }
    words.fail(*word, expected);
    return false;
}

bool read_timer_left(const Reader& reader, Words& words, Expectation& e) {
    e.what = Quantity::timer;
    const auto timer = read_timer(reader, words);
    if (!timer)
        return false;
    e.timer = *timer;
    if (!words.accept("due"))
        return true;
    e.due = read_duration(words, "the time left");
    return e.due.has_value();
}

bool read_state(Words& words, const Word& word, Expectation& e) {
    const bool listener = e.socket.kind == SocketName::Kind::listener;
    const auto state = word.quoted ? std::nullopt : trace::parse_state(word.text);
    if (state) {
        e.what = Quantity::state;
        e.state = *state;
        return true;
    }
    words.fail(
        word, listener ? "accept_queue N, syn_queue N, blocked accept, returned VALUE or a state"
                       : "a state such as ESTABLISHED, send_queue N, recv_queue N, returned VALUE, "
                         "blocked CALL or timer NAME");
    return false;
}

bool read_of_socket(Reader& reader, Words& words, Expectation& e) {
    const auto socket = read_socket(reader, words);
    if (!socket)
        return false;
    e.socket = *socket;
    const bool listener = socket->kind == SocketName::Kind::listener;
    const auto word = words.next();
    if (!word) {
        words.fail_missing(listener
                               ? "accept_queue N or syn_queue N"
                               : "a state such as ESTABLISHED, or what else is expected of it");
        return false;
    }
    if (!word->quoted) {
        if (listener && word->text == "accept_queue") {
            return read_queue(words, e, Quantity::accept_queue);
        }
        if (listener && word->text == "syn_queue")
            return read_queue(words, e, Quantity::syn_queue);
        if (!listener && word->text == "send_queue") {
            return read_length(words, e, Quantity::send_queue);
        }
        if (!listener && word->text == "recv_queue") {
            return read_length(words, e, Quantity::recv_queue);
        }
        if (word->text == "returned")
            return read_returned(words, e);
        if (word->text == "blocked")
            return read_blocked(words, e);
        if (!listener && word->text == "timer")
            return read_timer_left(reader, words, e);
    }
    return read_state(words, *word, e);
}

bool read_until(const Reader& reader, Words& words, Expectation& e) {
    if (const auto word = words.peek(); !words.accept("until")) {
        constexpr auto expected = "until T, because of 'never'";
        word ? words.fail(*word, expected) : words.fail_missing(expected);
        return false;
    }
    const auto word = words.next();
    if (!word) {
        words.fail_missing("a time such as +5s or 12s");
        return false;
    }
    const bool relative = word->text.starts_with('+');
    const auto time = trace::parse_duration(relative ? word->text.substr(1) : word->text);
    if (word->quoted || !time || *time > longest) {
        words.fail(*word, "a time such as +5s or 12s");
        return false;
    }
    e.until = relative ? reader.now + *time : trace::Instant{} + *time;
    if (e.until < reader.now) {
        words.fail(*word, fmt::format("a time not before that of this line, {}",
                                      trace::format(reader.now)));
        return false;
    }
    return true;
}

} // namespace

std::optional<Expectation> read_expectation(Reader& reader, Words& words) {
    Expectation e;
    e.never = words.accept("never");
    const auto word = words.peek();
    const auto host = word && !word->quoted ? find_host(reader.scenario, word->text) : std::nullopt;
    bool good = false;
    if (host) {
        words.next();
        good = read_counter_value(reader, words, *host, e);
    } else if (words.accept("sent")) {
        good = read_sent(reader, words, e);
    } else {
        good = read_of_socket(reader, words, e);
    }
    if (!good || (e.never && !read_until(reader, words, e)))
        return std::nullopt;
    return e;
}

} // namespace scenario
