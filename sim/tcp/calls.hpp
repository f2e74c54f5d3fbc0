// What a program asks of a connection: RFC 9293 §3.10.1 to §3.10.6, with the errno values of Linux.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "moment.hpp"
#include "trace/refusal.hpp"

namespace tcp {

// How far a call has come.
struct Progress {
    bool finished = false;
    std::int64_t value = 0;  // >= 0, or -errno
    trace::Rule why = trace::Rule::call_returns;
};

// connect(): the first SYN leaves. The numbers and addresses are set already.
void open(Connection&, Seq iss, Moment&);
// Whether connect() has an answer now.
Progress connect_result(Connection&);
// connect(AF_UNSPEC), and what a failed connect() does: the socket is as new (tcp_disconnect()).
[[gnu::cold]] void disconnect(Connection&, Moment&);
// Flags of send() and recv().
struct SendFlags {
    bool urgent = false;        // MSG_OOB: the last byte is
    bool more = false;          // MSG_MORE
    bool end_of_record = false; // MSG_EOR
};
struct ReceiveFlags {
    bool peek = false;     // MSG_PEEK
    bool wait_all = false; // MSG_WAITALL
    bool woken = false;    // it has slept: woken when the low-water mark was reached
    bool goes_on = false;  // it will look for more before it returns: finish_reading()
};
// What there is, at most `most`; `taken` is what it has read before it slept.
Progress read(Connection&, std::optional<std::uint32_t> most, std::uint32_t& taken, Moment&,
              ReceiveFlags = {});
// A read that went on returns so many bytes: tcp_cleanup_rbuf().
[[gnu::cold]] void finish_reading(Connection&, std::uint32_t taken, Moment&);
// Adds to `written`; finished when all `bytes` are in the send queue, or on an error.
Progress write(Connection&, std::uint32_t bytes, std::uint32_t& written, Moment&, SendFlags = {});
// SO_RCVTIMEO, SO_SNDTIMEO are over: what the call returns.
Progress timed_out(Connection&, std::uint32_t so_far);
Progress shut_down(Connection&, trace::Shutdown, Moment&);
// The program lets go; the connection ends by itself, or is CLOSED at once. With SO_LINGER it may
// sleep first.
Progress close(Connection&, Moment&);
// RST, now: what close() does with unread data or SO_LINGER 0, or a listener to its children.
[[gnu::cold]] void abort(Connection&, Moment&, trace::Rule why);

// getsockopt(SO_ERROR): the pending error, or a soft one; taken.
[[gnu::cold]] trace::Errno take_error(Connection&);
// Those of options().
[[gnu::cold]] Progress set_option(Connection&, std::string_view name, std::int64_t value, Moment&);

// The facts that the table of refusals asks for.
trace::CallContext context(const Connection&, bool would_block);

}  // namespace tcp
