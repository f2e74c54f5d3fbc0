// The codes of type 3 that a host meets, others by their number.
#include "icmp.hpp"

#include <fmt/format.h>

namespace view {
namespace {

struct Code {
    int code;
    const char *en, *zh;
};
constexpr Code codes[] = {
    {0, "network unreachable", "网络不可达"},  {1, "host unreachable", "主机不可达"},
    {2, "protocol unreachable", "协议不可达"}, {3, "port unreachable", "端口不可达"},
    {4, "fragmentation needed", "需要分片"},   {13, "prohibited", "被禁止"},
};

} // namespace

std::string icmp_text(std::int64_t code, bool chinese) {
    for (const Code& known : codes)
        if (known.code == code)
            return fmt::format("{}{}",
                               chinese ? "ICMP：" : "ICMP: ", chinese ? known.zh : known.en);
    return fmt::format(fmt::runtime(chinese ? "ICMP：不可达（{}）" : "ICMP: unreachable ({})"),
                       code);
}

} // namespace view
