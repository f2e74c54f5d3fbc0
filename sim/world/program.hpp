// Calls of a program that holds sockets by the thousand: by cookie, at once, none of them waits.
// The names and threads of a script are not involved; the machine and its rules are the same.
#pragma once
#include <cstdint>
#include <vector>

#include "slots.hpp"
#include "trace/event.hpp"
#include "trace/segment.hpp"
#include "trace/tape.hpp"

namespace world {

struct ProgramCall {
    enum class What : std::uint8_t {
        listen,    // makes the socket; local: where; number: the backlog
        connect,   // makes the socket; local: bound to it (port 0: the host picks), remote
        connected, // connect() once more: what became of it
        accept,    // socket: the listener; makes a descriptor of the head of its queue
        write,     // number: bytes; as many as there is room for
        read,      // number: at most; 0: everything there is
        close,
    };
    What what = What::read;
    trace::HostId host = trace::no_host;
    trace::Cookie socket = trace::none;
    trace::Endpoint local, remote;
    std::int64_t number = 0;
    friend bool operator==(const ProgramCall&, const ProgramCall&) = default;
};

struct ProgramResult {
    std::int64_t value = 0;             // of the call, or -errno
    trace::Cookie socket = trace::none; // what listen, connect and accept made
};

// What a step or a call brought about that such a program wants to know. Emptied by the program.
struct Happened {
    struct Ready {
        trace::Cookie socket = trace::none;
        Slot connection = no_slot; // where it was then; it may be gone meanwhile
    };
    std::vector<Ready> ready;    // sockets to which something happened, listeners too
    trace::Tape* tape = nullptr; // every segment is noted there
};

} // namespace world
