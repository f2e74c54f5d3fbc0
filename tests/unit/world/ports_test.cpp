// The bind table: who holds which port, who may share it, and what is left when all are gone.
#include <vector>

#include "catch.hpp"
#include "world/ports.hpp"

using world::PortOwner;
using world::Ports;

namespace {

PortOwner owner(trace::Address at = {}, bool reuse_address = false, bool reuse_port = false) {
    PortOwner o;
    o.address = at;
    o.reuse_address = reuse_address;
    o.reuse_port = reuse_port;
    return o;
}

constexpr trace::Address here{0x0a000001}, there{0x0a000002};

bool refused(const Ports& ports, const PortOwner& asking) {
    return ports.conflict(80, asking, Ports::nothing, true, true);
}

} // namespace

TEST_CASE("a port is shared by SO_REUSEADDR on both sockets unless one of them listens",
          "[ports]") {
    Ports ports;
    const auto first = ports.add(80, owner({}, true));
    CHECK_FALSE(refused(ports, owner({}, true)));
    CHECK(refused(ports, owner({}, false)));
    ports[first].listening = true;
    CHECK(refused(ports, owner({}, true)));
    ports[first].listening = false;
    ports[first].reuse_address = false;
    CHECK(refused(ports, owner({}, true)));
}

TEST_CASE("SO_REUSEPORT shares a port among listeners, when all of them have it", "[ports]") {
    Ports ports;
    const auto first = ports.add(80, owner({}, false, true));
    ports[first].listening = true;
    CHECK_FALSE(refused(ports, owner({}, false, true)));
    CHECK(refused(ports, owner({}, true, false)));
    ports.add(80, owner({}, true, false));
    CHECK(refused(ports, owner({}, false, true)));
}

TEST_CASE("sockets on different addresses do not meet, those on 0.0.0.0 meet all", "[ports]") {
    Ports ports;
    ports.add(80, owner(here));
    CHECK_FALSE(refused(ports, owner(there)));
    CHECK(refused(ports, owner(here)));
    CHECK(refused(ports, owner({})));
}

TEST_CASE("a socket does not exclude itself, and a search for a free port does not share",
          "[ports]") {
    Ports ports;
    const auto me = ports.add(80, owner({}, true));
    CHECK_FALSE(ports.conflict(80, owner(), me, true, true));
    CHECK(ports.conflict(80, owner({}, true), Ports::nothing, false, false));
    CHECK_FALSE(ports.conflict(80, owner({}, true), Ports::nothing, true, false));
}

TEST_CASE("a port is connect()'s own until somebody binds it", "[ports]") {
    Ports ports;
    PortOwner chosen = owner();
    chosen.by_connect = true;
    const auto one = ports.add(40000, chosen);
    CHECK(ports.is_connects_own(40000, false));
    const auto bound = ports.add(40000, owner());
    CHECK_FALSE(ports.is_connects_own(40000, true));
    ports.remove(bound);
    CHECK(ports.is_connects_own(40000, true));
    CHECK_FALSE(ports.is_connects_own(40000, false)); // before 6.18 the port is spoilt
    ports.remove(one);
    CHECK(ports.is_connects_own(40000, false));
}

TEST_CASE("thousands of holds come and go in any order, and none is forgotten", "[ports]") {
    Ports ports;
    std::vector<std::pair<std::uint16_t, Ports::Handle>> held;
    std::uint64_t x = 1;
    const auto random = [&](std::uint64_t below) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        return (x >> 33) % below;
    };
    std::vector<int> count(3000);
    for (int i = 0; i < 40000; ++i) {
        if (held.empty() || random(5) < 3) {
            const auto port = static_cast<std::uint16_t>(random(3000));
            held.emplace_back(port, ports.add(port, owner()));
            ++count[port];
        } else {
            const std::size_t at = random(held.size());
            REQUIRE(ports.port_of(held[at].second) == held[at].first);
            ports.remove(held[at].second);
            --count[held[at].first];
            held[at] = held.back();
            held.pop_back();
        }
    }
    for (std::uint16_t port = 0; port < 3000; ++port)
        CHECK(ports.is_held(port) == (count[port] > 0));
}
