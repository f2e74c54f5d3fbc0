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
// Checked whenever a record was touched, but in release builds: prints the sentence and the last
// ten events, and ends the program.
void stop_if_broken(const Contents&, const tcp::Connection&, const trace::Trace* log);
// Every record, and that queues, tables and deadlines agree with them.
std::optional<std::string> check_everything(const World&);

} // namespace world
