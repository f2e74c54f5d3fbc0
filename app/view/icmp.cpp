// What trace says of a message, with its name before it.
#include "icmp.hpp"

#include "trace/icmp.hpp"

namespace view {

std::string icmp_text(std::int64_t value, bool chinese) {
    return (chinese ? "ICMP：" : "ICMP: ") + trace::describe(trace::unpack_icmp(value), chinese);
}

} // namespace view
