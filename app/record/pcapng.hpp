// The segments of a log as a capture that Wireshark and tshark open (pcapng, raw IP).
//
// Each segment stands once, at the instant it left its host, on that host's interface; headers are
// byte for byte, payload bytes are not kept (captured length < original length). Comments say what
// became of segments that were lost, refused, held or repeated.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "trace/event.hpp"

namespace record {

// `began`: the trace's instant 0 in nanoseconds since 1970. `language`: of the comments ("en",
// "zh").
std::string pcapng(const trace::Trace&, std::int64_t began, std::string_view language);

} // namespace record
