// The messages that a host meets, in words; others by their number.
#include "icmp.hpp"

#include <fmt/format.h>

namespace trace {
namespace {

struct Code {
    std::uint8_t code;
    const char *en, *zh;
};
constexpr Code codes[] = {
    {0, "network unreachable", "网络不可达"},
    {1, "host unreachable", "主机不可达"},
    {2, "protocol unreachable", "协议不可达"},
    {3, "port unreachable", "端口不可达"},
    {13, "prohibited", "被禁止"},
};

} // namespace

std::string describe(Icmp m, bool chinese) {
    if (m.wants_fragments())
        return fmt::format(fmt::runtime(chinese ? "需要分片，至多 {} 字节"
                                                : "fragmentation needed, at most {} bytes"),
                           m.mtu);
    if (m.type == Icmp::time_exceeded)
        return chinese ? "超时" : "time exceeded";
    if (m.type == Icmp::parameter_problem)
        return chinese ? "参数问题" : "parameter problem";
    for (const Code& known : codes)
        if (known.code == m.code)
            return chinese ? known.zh : known.en;
    return fmt::format(fmt::runtime(chinese ? "不可达（{}）" : "unreachable ({})"), m.code);
}

} // namespace trace
