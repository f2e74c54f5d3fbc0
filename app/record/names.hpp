// Names in files, and back: what is counted in the code goes by its name outside.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "trace/event.hpp"

namespace record {

std::string_view name_of(trace::EventKind);
// The meaning of Event::what by the kind of the event; "" where it has none.
std::string_view name_of_what(const trace::Event&);

std::optional<trace::EventKind> event_kind(std::string_view);
std::optional<trace::Rule> rule(std::string_view);
std::optional<trace::Timer> timer(std::string_view);
std::optional<std::uint8_t> what(trace::EventKind, std::string_view);

} // namespace record
