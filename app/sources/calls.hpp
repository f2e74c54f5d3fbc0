// Calls by hand, for simulated and real sockets alike: which are legal now, and what they do.
#pragma once
#include <optional>
#include <vector>

#include "scenario/action.hpp"
#include "view/frame.hpp"

namespace sources {

// By the table of refusals: every socket that a program holds, with the calls its card offers.
std::vector<view::SocketCalls> legal_calls(const trace::Snapshot&);
// A socket as a script would name it; nullopt: no line and nobody made it (a child nobody
// accepted).
std::optional<scenario::SocketName> name_of(trace::Cookie, const trace::Trace&);
// The actions that a call asks for (several for + 5 clients); none: nobody holds that socket.
// `next_number` is the n of the next client#n.
std::vector<scenario::Action> actions(const view::command::MakeCall&, const trace::Snapshot&,
                                      const trace::Trace&, std::uint16_t next_number);
// An action as the card of its socket announces it; nullopt: not a call.
std::optional<view::UpcomingCall> upcoming(const scenario::Action&,
                                           const std::vector<std::string>& hosts);

} // namespace sources
