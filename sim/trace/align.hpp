// Two logs of one script, made comparable: ephemeral ports are each world's own choice.
#pragma once
#include "event.hpp"

namespace trace {

// Whether it is the end of a connection that called connect() and so has a port to be aligned.
bool opens(const SocketRecord&);

// `log` with the ports that `model` has for the same connections (client#1, ...).
Trace with_ports_of(const Trace& model, Trace log);

// A sequence of a story as people name it: "segments client#1>server:80" for
// "segments client:32768>server:80".
std::string with_names(std::string sequence, const Trace&);

} // namespace trace
