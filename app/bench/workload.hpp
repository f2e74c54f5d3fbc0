// Five workloads by which TCP stacks and simulators are compared: a client host and a server host,
// 5 ms of wire each way, and programs that open, use and close connections. The programs are
// outside the world; everything that they do is a call on it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bench {

enum class Work : std::uint8_t {
    lifecycle = 1, // one connection a millisecond: 100 B, 1000 B back, the client closes, TIME_WAIT
    concurrent,    // one each 0.1 ms, all stay idle, later all close
    lossy,         // as the first, each segment lost with probability 0.01
    accept_burst,  // one SYN each 0.1 ms to a backlog of 128, one accept a millisecond for 30 s
    bulk,          // one connection carries `count` million bytes over 100 Mbit/s
};

enum class Record : std::uint8_t { nothing, binary, text };

struct Options {
    Work work = Work::lifecycle;
    std::uint32_t count = 1000; // connections; of bulk: millions of bytes
    std::optional<double> loss; // by default what the workload says
    std::int64_t time_wait = 60;
    double hold = 10; // seconds; of the second workload
    Record record = Record::nothing;
    bool yardstick = false; // a plain simulation of as many events runs afterwards, to compare with
};

struct Result {
    std::uint64_t connected = 0, accepted = 0;
    std::uint64_t done = 0; // responses that reached their client; concurrent: ends that reached
                            // the server; bulk: bytes at the server
    std::uint64_t lost = 0, repeated = 0;
    std::uint64_t events = 0, segments = 0;
    std::uint64_t trace_hash = 0;
    double simulated = 0, last_done = 0; // seconds
    double cpu = 0, wall = 0;            // seconds, from the first event to the last
    std::int64_t resident_before = 0, resident_sample = 0; // KiB
    double yardstick = 0; // nanoseconds an event, if it was asked for
    double units = 0;     // connections, or segments of 1460 B
};

// "1" to "5" and the count; then key=value of loss, tw, hold, trace, yardstick. `mistake`: one
// sentence, or
// "".
struct Asked {
    Options options;
    std::string mistake;
};
Asked parse(std::string_view work, std::string_view count);
void parse(std::string_view key_and_value, Asked&);

Result run(const Options&);
// One line of key=value.
std::string format(const Options&, const Result&);

} // namespace bench
