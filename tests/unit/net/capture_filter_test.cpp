// The filter of the packet socket, run here as the kernel runs it: what it lets through, and how
// much of it.
#include "net/permitted/filter.hpp"
#include "net/permitted/packet.hpp"
#include "net/permitted/protocol.hpp"

#include "catch.hpp"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <optional>

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int lo = 1, wire = 2;

struct Around { // what the kernel knows beside the bytes
    int interface = lo;
    int packet_type = PACKET_HOST;
    int protocol = ETH_P_IP;
};

// Classic BPF as in net/core/filter.c: a load beyond the packet ends the program with 0.
std::optional<std::uint32_t> load(const Bytes& packet, std::uint64_t at, unsigned size) {
    if (at + size > packet.size())
        return std::nullopt;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < size; ++i)
        value = value << 8 | packet[at + i];
    return value;
}

std::uint32_t run(const std::vector<sock_filter>& program, const Bytes& packet,
                  const Around& around) {
    std::uint32_t a = 0, x = 0;
    for (std::size_t pc = 0; pc < program.size(); ++pc) {
        const sock_filter& i = program[pc];
        const unsigned size = BPF_SIZE(i.code) == BPF_W ? 4 : BPF_SIZE(i.code) == BPF_H ? 2 : 1;
        switch (BPF_CLASS(i.code)) {
        case BPF_LD: {
            if (i.k >= static_cast<std::uint32_t>(SKF_AD_OFF)) {
                switch (static_cast<int>(i.k) - SKF_AD_OFF) {
                case SKF_AD_IFINDEX: a = static_cast<std::uint32_t>(around.interface); break;
                case SKF_AD_PKTTYPE: a = static_cast<std::uint32_t>(around.packet_type); break;
                case SKF_AD_PROTOCOL: a = static_cast<std::uint32_t>(around.protocol); break;
                default: FAIL("an ancillary load that is not known here");
                }
                break;
            }
            const std::uint64_t at = std::uint64_t{i.k} + (BPF_MODE(i.code) == BPF_IND ? x : 0);
            const auto value = load(packet, at, size);
            if (!value)
                return 0;
            a = *value;
            break;
        }
        case BPF_LDX: { // BPF_MSH alone is used
            const auto value = load(packet, i.k, 1);
            if (!value)
                return 0;
            x = (*value & 0xf) * 4;
            break;
        }
        case BPF_ALU:
            switch (BPF_OP(i.code)) {
            case BPF_AND: a &= i.k; break;
            case BPF_RSH: a >>= i.k; break;
            case BPF_ADD: a += BPF_SRC(i.code) == BPF_X ? x : i.k; break;
            default: FAIL("arithmetic that is not known here");
            }
            break;
        case BPF_JMP: {
            const bool yes = BPF_OP(i.code) == BPF_JEQ ? a == i.k : (a & i.k) != 0;
            pc += yes ? i.jt : i.jf;
            break;
        }
        case BPF_RET: return BPF_RVAL(i.code) == BPF_A ? a : i.k;
        default: FAIL("an instruction that is not known here");
        }
    }
    FAIL("the program runs beyond its end");
    return 0;
}

Bytes tcp(std::uint16_t from, std::uint16_t to, std::size_t options, std::size_t payload) {
    Bytes made(20 + options + payload);
    made[0] = static_cast<std::uint8_t>(from >> 8);
    made[1] = static_cast<std::uint8_t>(from);
    made[2] = static_cast<std::uint8_t>(to >> 8);
    made[3] = static_cast<std::uint8_t>(to);
    made[12] = static_cast<std::uint8_t>((20 + options) / 4 << 4);
    made[13] = 0x10;
    std::fill_n(made.begin() + 20, options, std::uint8_t{1}); // NOP
    std::fill_n(made.begin() + static_cast<std::ptrdiff_t>(20 + options), payload,
                std::uint8_t{'s'});
    return made;
}

Bytes ipv4(const Bytes& inner, std::size_t options = 0, std::uint8_t protocol = IPPROTO_TCP,
           std::uint16_t fragment = 0) {
    Bytes made(20 + options);
    made[0] = static_cast<std::uint8_t>(0x40 | (20 + options) / 4);
    made[2] = static_cast<std::uint8_t>((made.size() + inner.size()) >> 8);
    made[3] = static_cast<std::uint8_t>(made.size() + inner.size());
    made[6] = static_cast<std::uint8_t>(fragment >> 8);
    made[7] = static_cast<std::uint8_t>(fragment);
    made[9] = protocol;
    made[12] = 127;
    made[15] = 1;
    made[16] = 127;
    made[19] = 1;
    made.insert(made.end(), inner.begin(), inner.end());
    return made;
}

Bytes ipv6(const Bytes& inner, std::uint8_t next = IPPROTO_TCP) {
    Bytes made(40);
    made[0] = 0x60;
    made[4] = static_cast<std::uint8_t>(inner.size() >> 8);
    made[5] = static_cast<std::uint8_t>(inner.size());
    made[6] = next;
    made[7] = 64;
    made[23] = made[39] = 1; // ::1
    made.insert(made.end(), inner.begin(), inner.end());
    return made;
}

const std::vector<std::uint16_t> watched = {80, 8080};

std::uint32_t taken(const Bytes& packet, const Around& around = {}) {
    return run(net::permitted::headers_of(watched, lo), packet, around);
}

const Around over_ipv6{lo, PACKET_HOST, ETH_P_IPV6};

} // namespace

TEST_CASE("of a watched port's segments exactly the headers are taken, with all their options") {
    for (const std::size_t ip_options : {0u, 4u, 40u})
        for (const std::size_t options : {0u, 12u, 40u})
            for (const std::size_t payload : {0u, 1u, 1000u})
                for (const auto& [from, to] :
                     {std::pair<std::uint16_t, std::uint16_t>{40000, 80}, {8080, 40000}}) {
                    const Bytes inner = tcp(from, to, options, payload);
                    CHECK(taken(ipv4(inner, ip_options)) == 20 + ip_options + 20 + options);
                    CHECK(taken(ipv6(inner), over_ipv6) == 40 + 20 + options);
                }
}

TEST_CASE("not a byte is taken of other ports, protocols, fragments and other people's packets") {
    const Bytes inner = tcp(40000, 80, 0, 10);
    REQUIRE(taken(ipv4(inner)) == 40);
    CHECK(taken(ipv4(tcp(40000, 81, 0, 10))) == 0);
    CHECK(taken(ipv4(tcp(20480, 40000, 0, 10))) == 0); // 80 in the wrong byte order
    CHECK(taken(ipv4(inner, 0, IPPROTO_UDP)) == 0);
    CHECK(taken(ipv6(inner, IPPROTO_UDP), over_ipv6) == 0);
    CHECK(taken(ipv6(tcp(40000, 81, 0, 10)), over_ipv6) == 0);
    CHECK(taken(ipv4(inner, 0, IPPROTO_TCP, 0x0001)) == 0);  // its ports are in another fragment
    CHECK(taken(ipv4(inner, 0, IPPROTO_TCP, 0x4000)) == 40); // DF alone is no fragment
    CHECK(taken(ipv4(inner), {lo, PACKET_HOST, ETH_P_ARP}) == 0);
    CHECK(taken(ipv4(inner), {wire, PACKET_OTHERHOST, ETH_P_IP}) == 0);
    CHECK(taken(ipv4(inner), {wire, PACKET_BROADCAST, ETH_P_IP}) == 0);
}

TEST_CASE("what passes lo twice, leaving and arriving, is taken once; on a wire both ways are") {
    const Bytes packet = ipv4(tcp(40000, 80, 0, 0));
    CHECK(taken(packet, {lo, PACKET_HOST, ETH_P_IP}) == 40);
    CHECK(taken(packet, {lo, PACKET_OUTGOING, ETH_P_IP}) == 0);
    CHECK(taken(packet, {wire, PACKET_HOST, ETH_P_IP}) == 40);
    CHECK(taken(packet, {wire, PACKET_OUTGOING, ETH_P_IP}) == 40);
}

TEST_CASE("a packet cut short is not taken, and the filter ends at each length") {
    const Bytes four = ipv4(tcp(80, 40000, 12, 0)), six = ipv6(tcp(80, 40000, 12, 0));
    for (std::size_t size = 0; size < four.size(); ++size)
        CHECK((taken({four.begin(), four.begin() + static_cast<std::ptrdiff_t>(size)}) == 0) ==
              (size <= 20 + 12)); // the data offset is what is read last
    for (std::size_t size = 0; size < six.size(); ++size)
        CHECK((taken({six.begin(), six.begin() + static_cast<std::ptrdiff_t>(size)}, over_ipv6) ==
               0) == (size <= 40 + 12));
}

TEST_CASE("the filter holds as many ports as a target may have, and each of them counts") {
    std::vector<std::uint16_t> ports;
    for (std::uint16_t i = 0; i < net::permitted::ports_at_most; ++i)
        ports.push_back(static_cast<std::uint16_t>(1000 + i));
    const auto program = net::permitted::headers_of(ports, lo);
    CHECK(program.size() < 4096); // BPF_MAXINSNS
    for (const std::uint16_t port : ports) {
        CHECK(run(program, ipv4(tcp(port, 9, 0, 0)), {}) == 40);
        CHECK(run(program, ipv4(tcp(9, port, 0, 0)), {}) == 40);
        CHECK(run(program, ipv6(tcp(9, port, 0, 0)), over_ipv6) == 60);
    }
    CHECK(run(program, ipv4(tcp(999, 1000 + net::permitted::ports_at_most, 0, 0)), {}) == 0);
}

TEST_CASE(
    "a captured packet is read with its addresses and its header whole; damaged it is nothing") {
    const auto parse = [](const Bytes& bytes, std::size_t kept, std::size_t length) {
        return net::permitted::parse_packet(
            {reinterpret_cast<const std::byte*>(bytes.data()), kept},
            static_cast<std::uint32_t>(length));
    };
    Bytes inner = tcp(40000, 80, 12, 7);
    const Bytes sack = {1, 1, 5, 10, 0, 0, 0, 9, 0, 0, 0, 12};
    std::copy(sack.begin(), sack.end(), inner.begin() + 20);
    for (const bool is_ipv6 : {false, true}) {
        const Bytes whole = is_ipv6 ? ipv6(inner) : ipv4(inner, 4);
        const std::size_t headers = whole.size() - 7;
        const auto packet = parse(whole, headers, whole.size());
        REQUIRE(packet);
        CHECK(packet->segment.length == 7);
        CHECK(net::text(packet->pair.local) == (is_ipv6 ? "[::1]:40000" : "127.0.0.1:40000"));
        CHECK(net::text(packet->pair.remote) == (is_ipv6 ? "[::1]:80" : "127.0.0.1:80"));
        CHECK(packet->segment.sack_blocks == 1);
        CHECK(packet->segment.sack[0].first.raw == 9);
        CHECK(packet->segment.sack[0].last.raw == 12);
        const auto header = packet->header();
        CHECK(std::equal(header.begin(), header.end(), whole.begin(),
                         whole.begin() + static_cast<std::ptrdiff_t>(headers)));
        for (std::size_t kept = 0; kept < headers; ++kept)
            CHECK_FALSE(parse(whole, kept, whole.size()));
        CHECK_FALSE(parse(whole, headers, headers - 1)); // shorter than its own headers
        for (const int version : {0x05, 0x50, 0xf5}) {
            Bytes other = whole;
            other[0] = static_cast<std::uint8_t>(version);
            CHECK_FALSE(parse(other, headers, whole.size()));
        }
    }
    Bytes long_header = ipv4(inner);
    long_header[0] = 0x4f; // 60 bytes of IP header: the TCP header would begin in the payload
    CHECK_FALSE(parse(long_header, long_header.size() - 7, long_header.size()));
}
