// A listener of an own network, watched with all that the helper can be asked for, and what was
// told of it.
#pragma once

#include "apart.hpp"
#include "sockets.hpp"

#include "net/attach/follow.hpp"
#include "net/clock.hpp"

#include <memory>
#include <string>
#include <vector>

inline const std::string no_trace = "no trace: "; // how a refusal begins where there is no tracefs

#define RUN_AS_ROOT(...)                                                                           \
    if (::geteuid() != 0)                                                                          \
        SKIP_TEST("needs root: packet sockets and the kernel's trace");                            \
    const std::string said = in_own_network(__VA_ARGS__);                                          \
    if (said.rfind(no_trace, 0) == 0 || said.rfind(no_namespace, 0) == 0)                          \
        SKIP_TEST(said.c_str());                                                                   \
    CHECK(said == "")

class Watched {
public:
    explicit Watched(net::attach::Target target, net::attach::More::Options more = {true, "", 0});
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    // "" when both are granted, else what to return from the test.
    std::string wait_for_permits();
    void tick(); // waits until something is due
    template <typename Condition>
    bool until(const Condition& holds, std::int64_t patience = patience_ns) {
        const auto end = net::monotonic_ns() + patience;
        while (net::monotonic_ns() < end) {
            tick();
            if (holds())
                return true;
        }
        return false;
    }
    template <typename Condition>
    bool saw(const Condition& condition) {
        return until([&] { return count(condition) > 0; });
    }
    template <typename Condition>
    std::size_t count(const Condition& condition) const {
        return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), condition));
    }
    // "CLOSED>SYN_SENT>ESTABLISHED": what the nth socket of a side went through, from 0; listeners
    // do not count. A '~' stands before what is not told by the kernel.
    std::string way(net::attach::Side side, std::size_t nth = 0) const;
    std::string way_of(const std::string& socket) const;
    std::string told() const; // all of it, for whoever looks why a test failed
    bool tells_way(net::attach::Side side, const std::string& wanted, std::size_t nth = 0);
    // "SYN SYN+ACK ACK": all segments so far.
    std::string segments() const;

    net::Result<net::attach::Reader> reader;
    net::attach::Owners owners{{}};
    net::attach::Focus focus;
    std::unique_ptr<net::attach::Follow> follow;
    std::vector<net::attach::Change> all;
};
