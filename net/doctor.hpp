// `twomsl doctor`: what this machine offers, tier by tier, each really tried, and how to get the
// rest.
#pragma once

#include <cstdio>

namespace net {

// Changes nothing outside of namespaces and sockets of its own. Always 0: it has said what there
// is.
int doctor(std::FILE* out);

} // namespace net
