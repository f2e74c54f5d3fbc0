// One thread of a process under our command: makes real socket calls one after the other, and
// reports each.
//
// Calls block for real, in the kernel; results come back as reports. A call that is ordered while
// an earlier one is blocked waits for it, as in any thread.
#pragma once

#include "net/descriptor.hpp"
#include "net/endpoint.hpp"
#include "trace/call.hpp"
#include "trace/event.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace net {

// One line of the report: a call is being made, or has returned.
struct CallReport {
    trace::CallId call = trace::none;
    bool returned = false;
    std::int64_t at_ns = 0; // CLOCK_MONOTONIC
    std::int64_t value = 0; // returned: result, or -errno
    int descriptor = -1;    // connect: the socket made; accept: the socket accepted
    trace::Call failed_in = trace::Call::connect; // connect: bind, when that failed on the way
    std::uint64_t cookie = 0;                     // of that descriptor
    Pair pair;                                    // of that descriptor, as far as it is known
    std::uint32_t unread = 0;                     // close: bytes that nobody has read
    bool idle = false;           // its thread had nothing else to do when it was ordered
    std::int64_t ordered_ns = 0; // CLOCK_MONOTONIC
    std::int64_t began_ns = 0;   // returned: when it was made
    std::int64_t waited_ns = 0;  // returned: for a processor, within the call
    bool aborts = false;         // close: unread bytes or SO_LINGER 0, so RST instead of FIN
};

// Where actors leave their reports; a descriptor becomes readable when there are any.
class Inbox {
public:
    Inbox();
    void put(CallReport report);
    std::vector<CallReport> take();
    void ring(); // wakes the reader without a report
    [[nodiscard]] int bell() const { return bell_.number(); }

private:
    Descriptor bell_; // eventfd
    std::mutex mutex_;
    std::vector<CallReport> reports_;
};

struct Order {
    trace::CallId id = trace::none;
    trace::Call call = trace::Call::close;
    std::shared_ptr<const std::atomic<int>> listener; // accept: its descriptor, -1 once closed
    Endpoint to;                                      // connect
    std::optional<std::uint16_t> from_port;           // connect
    std::optional<std::uint32_t> fastopen; // connect: as sendto(MSG_FASTOPEN) of so many bytes
    std::optional<Endpoint> bind_to;       // connect: bind to this address first
    std::uint32_t bytes = 0;               // read, write
    int flags = 0;                         // read, write: MSG_OOB, MSG_PEEK, ...
    std::string text;                      // write: literal payload
    trace::Shutdown how = trace::Shutdown::wr;
    std::string option; // setsockopt
    std::int64_t option_value = 0;
    bool idle = false; // the thread had nothing else to do when it came
    std::int64_t ordered_ns = 0;
    bool set_nonblocking = false;            // connect: first; else instead of a call
    std::function<Descriptor()> make_socket; // connect
};

class Actor {
public:
    explicit Actor(Inbox& inbox, int descriptor = -1);
    ~Actor(); // interrupts what blocks; closes the descriptor
    Actor(const Actor&) = delete;
    Actor& operator=(const Actor&) = delete;

    void order(Order order);
    // The thread sleeps in a call, in the kernel.
    [[nodiscard]] bool sleeps_in_call() const;

private:
    void run();
    void perform(Order& order);
    [[nodiscard]] std::int64_t waited_ns() const;
    std::int64_t call(Order& order, CallReport& report);
    std::int64_t connect(Order& order, CallReport& entered);

    Inbox& inbox_;
    int descriptor_; // used by the thread only, after the constructor
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Order> orders_;
    bool stopping_ = false;
    bool busy_ = false;
    bool finished_ = false;
    Descriptor scheduling_; // of the thread: how long it has waited for a processor
    std::atomic<bool> in_call_ = false;
    std::atomic<int> thread_number_ = 0;
    std::thread thread_;
};

Endpoint endpoint_from_kernel(const void* address); // sockaddr_storage
std::uint64_t socket_cookie(int descriptor);
Pair pair_of(int descriptor);

// setsockopt by the name that scenario files use; 0 or errno, ENOPROTOOPT for a name that is not
// known.
int set_option(int descriptor, const std::string& name, std::int64_t value);

} // namespace net
