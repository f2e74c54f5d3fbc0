// What a run costs: processor time and resident memory of this process.
#pragma once
#include <cstdint>

namespace bench {

double processor_seconds();  // of this process, user and system
double wall_seconds();       // since some moment
std::int64_t resident_kib(); // now
std::int64_t most_resident_kib();

} // namespace bench
