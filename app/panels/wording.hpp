// How numbers, calls and queues are put into words, in the language of the window.
#pragma once

#include "trace/event.hpp"
#include "trace/snapshot.hpp"
#include "view/words.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace panels {

using view::say;

// An age or a time left, rounded to what a reader can use: "170 ms", "1.21 s", "12 min 40 s".
std::string rounded(trace::Duration);
// A host as its panel is headed: the usual two names are translated, others are the file's own.
std::string host_title(const std::string& name);
// "connect(3, 10.0.0.2:80)", as strace prints the beginning of a line.
std::string call_text(const trace::CallRecord&);
// "0", "3", "ECONNREFUSED".
std::string result_text(std::int64_t result);
// "/ 65536 B", "100 / 16384 B", "1 / 16384 B, with a FIN"
std::string bytes_text(const trace::BufferView&);

// What the host looked for when this segment arrived, and found: "" for other events.
std::string lookup_text(const trace::Trace&, const trace::Event&);
// "2 · limit 1 (+1 fits)": length, limit and how many beyond it fit.
std::string queue_text(std::size_t length, std::uint32_t limit, std::uint32_t fits);
// "limit = min(backlog 1, somaxconn 4096)"
std::string limit_text(const trace::ListenerView&);
// The limit of the SYN queue: the listener's, or what a smaller bound leaves of it; and which
// bound.
std::uint32_t syn_queue_limit(const trace::ListenerView&);
std::string syn_limit_text(const trace::ListenerView&); // empty: the listener's
bool syn_queue_full(const trace::ListenerView&);
bool accept_queue_full(const trace::ListenerView&);

// "waits for SYNs", "connected": what a socket in this state does.
const char* meaning(trace::State);
// "2MSL", "retransmission", "zero-window probe"
const char* timer_text(trace::Timer);

} // namespace panels
