// Names in files, and back.
#include "names.hpp"

#include <array>
#include <utility>

namespace record {
namespace {

using trace::EventKind;
using Kind = std::pair<EventKind, std::string_view>;
constexpr std::array kinds = {
    Kind{EventKind::socket_created, "socket_created"},
    Kind{EventKind::socket_gone, "socket_gone"},
    Kind{EventKind::call_entered, "call_entered"},
    Kind{EventKind::call_returned, "call_returned"},
    Kind{EventKind::segment_sent, "segment_sent"},
    Kind{EventKind::segment_arrived, "segment_arrived"},
    Kind{EventKind::segment_refused, "segment_refused"},
    Kind{EventKind::segment_lost, "segment_lost"},
    Kind{EventKind::segment_held, "segment_held"},
    Kind{EventKind::segment_released, "segment_released"},
    Kind{EventKind::icmp_arrived, "icmp_arrived"},
    Kind{EventKind::transition, "transition"},
    Kind{EventKind::queue_changed, "queue_changed"},
    Kind{EventKind::timer_fired, "timer_fired"},
    Kind{EventKind::counter, "counter"},
    Kind{EventKind::setting, "setting"},
    Kind{EventKind::inferred, "inferred"},
};

// The first of 0, 1, ... `count` with this name.
template <typename E>
std::optional<E> by_name(std::string_view text, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (const auto e = static_cast<E>(i); trace::name(e) == text)
            return e;
    return std::nullopt;
}

template <typename E>
std::optional<std::uint8_t> number(std::optional<E> e) {
    return e ? std::optional(static_cast<std::uint8_t>(*e)) : std::nullopt;
}

constexpr std::size_t lookup_count = static_cast<std::size_t>(trace::Lookup::nothing) + 1;
bool looks_up(EventKind kind) {
    return kind == EventKind::segment_arrived || kind == EventKind::segment_refused;
}

} // namespace

std::string_view name_of(EventKind kind) {
    for (const auto& [k, text] : kinds)
        if (k == kind)
            return text;
    return "";
}

std::optional<EventKind> event_kind(std::string_view name) {
    for (const auto& [k, text] : kinds)
        if (text == name)
            return k;
    return std::nullopt;
}

std::optional<trace::Rule> rule(std::string_view key) {
    for (const trace::RuleText& r : trace::all_rules())
        if (r.key == key)
            return r.id;
    return std::nullopt;
}

std::optional<trace::Timer> timer(std::string_view name) {
    return by_name<trace::Timer>(name, trace::timer_count);
}

std::string_view name_of_what(const trace::Event& e) {
    if (e.kind == EventKind::transition)
        return trace::name(e.trigger());
    if (e.kind == EventKind::queue_changed)
        return trace::name(e.queue());
    if (e.kind == EventKind::timer_fired)
        return trace::name(e.timer());
    if (e.kind == EventKind::counter)
        return trace::name(e.counter());
    if (looks_up(e.kind) && e.lookup() != trace::Lookup::unseen)
        return trace::name(e.lookup());
    return "";
}

std::optional<std::uint8_t> what(EventKind kind, std::string_view name) {
    if (kind == EventKind::transition)
        return number(by_name<trace::Trigger>(name, trace::trigger_count));
    if (kind == EventKind::queue_changed)
        return number(by_name<trace::Queue>(name, 2));
    if (kind == EventKind::timer_fired)
        return number(timer(name));
    if (kind == EventKind::counter)
        return number(trace::parse_counter(name));
    if (looks_up(kind) && !name.empty())
        return number(by_name<trace::Lookup>(name, lookup_count));
    return name.empty() ? std::optional<std::uint8_t>(0) : std::nullopt;
}

} // namespace record
