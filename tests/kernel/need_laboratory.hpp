// Leaves a test that needs namespaces on a machine that refuses them (and fails it where none may
// be skipped).
#pragma once

#include "player.hpp"

#include "net/result.hpp"
#include "support/skip.hpp"

#define NEED_LABORATORY(player)                                                                    \
    if (!(player).runs())                                                                          \
    SKIP_TEST(net::describe((player).failure()).c_str())
