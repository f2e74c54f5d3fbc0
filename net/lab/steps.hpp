// What each step of building a laboratory is called, and what to do when it is refused.
#pragma once

#include "net/lab/protocol.hpp"
#include "net/result.hpp"

namespace net::lab {

Failure explain(Step step, int error);

} // namespace net::lab
