// Fields by name.
#include "net/permitted/kernel_event.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace net::permitted {
namespace {

class Record {
public:
    Record(const Format& format, std::span<const std::byte> bytes)
        : format_(format), bytes_(bytes) {}

    // In the machine's own byte order; 0 when there is no such field.
    std::uint64_t number(std::string_view name) const {
        const Field* field = format_.field(name);
        if (!holds(field) || field->size > 8)
            return 0;
        const std::byte* at = bytes_.data() + field->offset;
        switch (field->size) {
        case 1: return std::to_integer<std::uint64_t>(*at);
        case 2: return as<std::uint16_t>(at);
        case 4: return as<std::uint32_t>(at);
        case 8: return as<std::uint64_t>(at);
        }
        return 0;
    }
    bool holds(const Field* field) const {
        return field && field->offset + std::size_t{field->size} <= bytes_.size();
    }
    Endpoint endpoint(const char* port, const char* v4, const char* v6) const {
        Endpoint made;
        made.port = static_cast<std::uint16_t>(number(port));
        made.family = static_cast<std::uint8_t>(number("family"));
        const Field* field = format_.field(made.family == AF_INET6 ? v6 : v4);
        if (holds(field))
            std::memcpy(made.address.data(), bytes_.data() + field->offset,
                        std::min<std::size_t>(field->size, made.family == AF_INET6 ? 16 : 4));
        return canonical(made);
    }
    // A sockaddr as a field: tcp_probe and tcp_send_reset write them so.
    Endpoint address(const char* name) const {
        Endpoint made;
        const Field* field = format_.field(name);
        if (!holds(field) || field->size < sizeof(sockaddr_in6))
            return made;
        sockaddr_in6 any{};
        std::memcpy(&any, bytes_.data() + field->offset, sizeof any);
        made.family = static_cast<std::uint8_t>(any.sin6_family);
        made.port = ntohs(any.sin6_port);
        if (made.family == AF_INET) {
            sockaddr_in four{};
            std::memcpy(&four, &any, sizeof four);
            std::memcpy(made.address.data(), &four.sin_addr, 4);
        } else {
            std::memcpy(made.address.data(), &any.sin6_addr, 16);
        }
        return canonical(made);
    }

private:
    template <typename T>
    static T as(const std::byte* at) {
        T value{};
        std::memcpy(&value, at, sizeof value);
        return value;
    }
    const Format& format_;
    std::span<const std::byte> bytes_;
};

std::optional<KernelState> state(std::uint64_t number) {
    constexpr std::uint64_t new_syn_recv = 12; // a request: SYN_RECV to everybody else
    if (number == new_syn_recv)
        return KernelState::syn_recv;
    if (number < 1 || number > static_cast<std::uint64_t>(KernelState::closing))
        return std::nullopt;
    return static_cast<KernelState>(number);
}

std::optional<KernelEvent::What> what(std::string_view name) {
    using enum KernelEvent::What;
    if (name == "inet_sock_set_state")
        return state;
    if (name == "tcp_retransmit_skb")
        return retransmitted;
    if (name == "tcp_retransmit_synack")
        return synack_again;
    if (name == "tcp_send_reset")
        return reset_sent;
    if (name == "tcp_receive_reset")
        return reset_received;
    if (name == "tcp_destroy_sock")
        return destroyed;
    if (name == "tcp_probe")
        return tie;
    return std::nullopt;
}

} // namespace

std::optional<KernelEvent> read_event(const Format& format, std::span<const std::byte> record) {
    const auto kind = what(format.name);
    if (!kind)
        return std::nullopt;
    const Record fields(format, record);
    KernelEvent event;
    event.what = *kind;
    event.socket = fields.number("skaddr");
    event.cookie = fields.number("sock_cookie");
    const Field* source = format.field("saddr");
    if (source && source->size > 16) {
        event.pair = {fields.address("saddr"), fields.address("daddr")};
    } else {
        event.pair = {fields.endpoint("sport", "saddr", "saddr_v6"),
                      fields.endpoint("dport", "daddr", "daddr_v6")};
    }
    if (event.what == KernelEvent::What::state) {
        const auto from = state(fields.number("oldstate")), to = state(fields.number("newstate"));
        if (!from || !to || fields.number("protocol") != IPPROTO_TCP)
            return std::nullopt;
        event.from = *from;
        event.to = *to;
    }
    if (event.what == KernelEvent::What::reset_sent)
        if (const auto at = format.reasons.find(fields.number("reason"));
            at != format.reasons.end())
            event.reason = at->second;
    return event;
}

} // namespace net::permitted
