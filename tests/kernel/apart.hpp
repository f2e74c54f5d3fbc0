// What a test says and does whose work runs in a network of its own (own_network.hpp).
#pragma once

#include "own_network.hpp"
#include "support/skip.hpp"

#include <cstdint>
#include <string>

// Inside a child process: the first thing that does not hold is what the child says.
#define HOLDS(condition)                                                                           \
    if (!(condition))                                                                              \
    return std::string(__FILE__ ":") + std::to_string(__LINE__) + ": not so: " #condition
#define RUN_APART(...)                                                                             \
    const std::string said = in_own_network(__VA_ARGS__);                                          \
    if (said.rfind(no_namespace, 0) == 0)                                                          \
        SKIP_TEST(said.c_str());                                                                   \
    CHECK(said == "")

inline constexpr std::int64_t patience_ns = 8'000'000'000;
