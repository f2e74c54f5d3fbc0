// What must always be true, one sentence each; a broken one stops the program with the last events.
#pragma once
#include <optional>
#include <string>

#include "world.hpp"

namespace world {

// The first sentence that does not hold, with the record it is about.
std::optional<std::string> broken(const Contents&, const tcp::Connection&);
std::optional<std::string> broken(const Contents&, const tcp::Request&);
std::optional<std::string> broken(const Contents&, const tcp::TimeWait&);
std::optional<std::string> broken(const Contents&, const tcp::Listener&);
// Every record, and that queues, tables and deadlines agree with them.
std::optional<std::string> check_everything(const World&);

}  // namespace world
