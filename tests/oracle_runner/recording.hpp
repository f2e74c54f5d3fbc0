// One recording of a real kernel as plain values: the rows of a file in tests/oracle.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "trace/time.hpp"

namespace oracle {

struct CallRow {
    trace::Instant at;
    std::string host, fd, call;
    std::vector<std::string> arguments; // numbers as digits, the pair of SO_LINGER as "1,0"
    std::string result; // "0", "1000", "fd:s1", "IN|OUT", "ECONNRESET"; "?": never returned
    trace::Duration lasted;
    std::optional<std::uint16_t> peer; // of accept: the port
};

struct SegmentRow {
    trace::Instant at;
    std::string from, to;
    std::uint16_t source = 0, destination = 0;
    std::string flags;    // "S.", as packetdrill writes them
    std::string seq, ack; // "101", "abs:0", "" without the ACK flag
    std::int64_t seq_number = 0, ack_number = 0;
    std::uint32_t length = 0;
    std::uint16_t window = 0, urgent = 0;
    std::uint8_t ecn = 0; // of the IP header
    std::optional<std::uint16_t> mss;
    std::optional<int> scale;
    bool sack_permitted = false;
    std::optional<std::pair<std::int64_t, std::int64_t>> timestamps;
    std::vector<std::pair<std::int64_t, std::int64_t>> sack;
    std::optional<std::string> fastopen; // the cookie in hexadecimal, "": asks for one
    bool injected = false, copy = false, new_flow = false, lost = false, to_raw_peer = false;
    bool is_tcp = true;
    bool ruled = false;                      // a wire rule has hit it
    std::optional<trace::Instant> delivered; // where that was not one delay later
    std::string note;
    std::optional<std::pair<std::uint8_t, std::uint8_t>> icmp; // type and code; it quotes `about`
    std::int64_t about = 0;
};

struct StateRow {
    trace::Instant at;
    std::string host;
    std::uint16_t local = 0, remote = 0;
    std::string from, to;
};

// What the program saw of a socket when it looked.
struct SocketRow {
    trace::Instant at;
    std::string fd, state, poll;
    std::int64_t unread = 0, unacknowledged = 0;
};

struct QueueRow {
    trace::Instant at;
    std::string fd;
    std::int64_t length = 0, limit = 0;
};

// What `ss` showed at one host.
struct TableRow {
    trace::Instant at;
    std::string host, label;
    std::map<std::string, int> states;
    std::vector<std::string> sockets; // "ESTABLISHED 8080-40002 recvq 1 sendq 0", sorted
    bool complete = true;             // false: the list was left out
};

struct WireRule {
    std::string from, to, act;
    std::optional<std::string> exact, has;
    std::optional<std::uint32_t> least, most; // payload
    std::vector<std::uint32_t> nth;           // empty: all
    trace::Duration time;
};

// One reply, or one segment sent by a call.
struct Reply {
    std::string flags, seq, ack;
    std::uint32_t length = 0;
    friend bool operator==(const Reply&, const Reply&) = default;
};

// State x segment.
struct SegmentCell {
    std::string state, flags;
    std::int64_t seq_offset = 0, ack_offset = 0;
    std::uint32_t length = 0;
    std::uint16_t urgent = 0;              // pointer
    std::optional<std::int64_t> clock = 0; // of its timestamp, from the clock of x
    std::vector<Reply> replies;
    std::int64_t rcv_nxt = 0, snd_nxt = 0, snd_una = 0;
    std::string after;
    std::optional<std::string> poll, error, received;
    std::optional<int> accepted;
};

// State x call.
struct CallCell {
    std::string state, call, result, after;
    std::vector<Reply> sent;
    std::optional<std::string> poll_after;
};

struct Recording {
    std::string id, title;
    trace::Duration delay;
    std::map<std::string, std::map<std::string, std::string>> sysctls; // host -> name -> value
    std::vector<WireRule> rules;
    std::vector<CallRow> calls;
    std::vector<SegmentRow> segments;
    std::vector<StateRow> states;
    std::vector<SocketRow> sockets;
    std::vector<QueueRow> queues;
    std::vector<TableRow> tables;
    std::map<std::string, std::map<std::string, std::int64_t>> counters; // host -> name -> value
    std::map<std::string, std::int64_t> segment_counts;                  // "c>s S." -> how many
    std::vector<SegmentCell> segment_cells;
    std::vector<CallCell> call_cells;
    std::map<std::string, std::int64_t> numbers; // params that are whole numbers
    std::map<std::string, std::string> derived;  // as JSON text, without the matrix
    trace::Instant watched_until;                // longer than the last row tells
    bool tells_ecn = false;                      // of its segments
    bool cut = false;                            // not every row was kept
    trace::Instant end() const;
    trace::Instant last_row() const; // nothing was written down later
};

// The recording, or what is wrong with the file.
std::variant<Recording, std::string> read_recording(const std::string& path);

} // namespace oracle
