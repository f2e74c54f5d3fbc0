// Writing the program: jumps by name, resolved at the end.
#include "net/permitted/filter.hpp"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>

#include <cstddef>

namespace net::permitted {
namespace {

enum Label : std::uint8_t {
    next,
    not_loopback,
    take_sides,
    ipv4,
    ipv6,
    take_4,
    take_6,
    drop,
    labels
};

class Program {
public:
    void load(std::uint16_t size_and_mode, std::uint32_t at) { add(BPF_LD | size_and_mode, at); }
    void add(std::uint16_t code, std::uint32_t k) {
        code_.push_back({code, 0, 0, k});
        jumps_.push_back({next, next});
    }
    void jump(std::uint16_t test, std::uint32_t k, Label yes, Label no) {
        code_.push_back({static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), 0, 0, k});
        jumps_.push_back({yes, no});
    }
    void here(Label label) { places_[label] = code_.size(); }
    std::vector<sock_filter> done() {
        for (std::size_t i = 0; i < code_.size(); ++i) {
            code_[i].jt = distance(i, jumps_[i].yes);
            code_[i].jf = distance(i, jumps_[i].no);
        }
        return code_;
    }

private:
    struct Jump {
        Label yes, no;
    };
    std::uint8_t distance(std::size_t from, Label to) const {
        return to == next ? 0 : static_cast<std::uint8_t>(places_[to] - from - 1);
    }
    std::vector<sock_filter> code_;
    std::vector<Jump> jumps_;
    std::size_t places_[labels] = {};
};

constexpr std::uint32_t about(int fact) {
    return static_cast<std::uint32_t>(SKF_AD_OFF + fact);
}

} // namespace

std::vector<sock_filter> headers_of(std::span<const std::uint16_t> ports, int loopback_index) {
    constexpr std::uint32_t ipv6_header = 40;
    Program p;
    p.load(BPF_W | BPF_ABS, about(SKF_AD_IFINDEX));
    p.jump(BPF_JEQ, static_cast<std::uint32_t>(loopback_index), next, not_loopback);
    p.load(BPF_B | BPF_ABS, about(SKF_AD_PKTTYPE));
    p.jump(BPF_JEQ, PACKET_HOST, take_sides, drop);
    p.here(not_loopback); // neither what was sent to others, nor broadcasts
    p.load(BPF_B | BPF_ABS, about(SKF_AD_PKTTYPE));
    p.jump(BPF_JEQ, PACKET_HOST, take_sides, next);
    p.jump(BPF_JEQ, PACKET_OUTGOING, take_sides, drop);
    p.here(take_sides);
    p.load(BPF_W | BPF_ABS, about(SKF_AD_PROTOCOL));
    p.jump(BPF_JEQ, ETH_P_IP, ipv4, next);
    p.jump(BPF_JEQ, ETH_P_IPV6, ipv6, drop);

    p.here(ipv4);
    p.load(BPF_B | BPF_ABS, 9);
    p.jump(BPF_JEQ, IPPROTO_TCP, next, drop);
    p.load(BPF_H | BPF_ABS, 6);
    p.jump(BPF_JSET, 0x1fff, drop, next);
    p.add(BPF_LDX | BPF_B | BPF_MSH, 0); // X: length of the IP header
    for (const std::uint32_t side : {0u, 2u}) {
        p.load(BPF_H | BPF_IND, side);
        for (const std::uint16_t port : ports)
            p.jump(BPF_JEQ, port, take_4, next);
    }
    p.add(BPF_RET | BPF_K, 0);
    p.here(take_4);
    p.load(BPF_B | BPF_IND, 12); // data offset, in words, in the upper half
    p.add(BPF_ALU | BPF_AND | BPF_K, 0xf0);
    p.add(BPF_ALU | BPF_RSH | BPF_K, 2);
    p.add(BPF_ALU | BPF_ADD | BPF_X, 0);
    p.add(BPF_RET | BPF_A, 0);

    p.here(ipv6);
    p.load(BPF_B | BPF_ABS, 6);
    p.jump(BPF_JEQ, IPPROTO_TCP, next, drop);
    for (const std::uint32_t side : {0u, 2u}) {
        p.load(BPF_H | BPF_ABS, ipv6_header + side);
        for (const std::uint16_t port : ports)
            p.jump(BPF_JEQ, port, take_6, next);
    }
    p.here(drop);
    p.add(BPF_RET | BPF_K, 0);
    p.here(take_6);
    p.load(BPF_B | BPF_ABS, ipv6_header + 12);
    p.add(BPF_ALU | BPF_AND | BPF_K, 0xf0);
    p.add(BPF_ALU | BPF_RSH | BPF_K, 2);
    p.add(BPF_ALU | BPF_ADD | BPF_K, ipv6_header);
    p.add(BPF_RET | BPF_A, 0);
    return p.done();
}

} // namespace net::permitted
