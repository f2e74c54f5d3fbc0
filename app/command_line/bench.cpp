// `twomsl bench`: how fast the machine is, on workloads that other stacks run too.
#include <fmt/format.h>

#include "bench/workload.hpp"
#include "command_line/command.hpp"

namespace command_line {

int bench(std::span<const std::string> given) {
    if (given.size() < 2)
        return refuse("bench takes a workload, 1 to 5, and a count; see twomsl --help");
    bench::Asked asked = bench::parse(given[0], given[1]);
    for (const std::string& option : given.subspan(2))
        bench::parse(option, asked);
    if (!asked.mistake.empty())
        return refuse(asked.mistake);
    fmt::print("{}\n", bench::format(asked.options, bench::run(asked.options)));
    return Exit::held;
}

} // namespace command_line
