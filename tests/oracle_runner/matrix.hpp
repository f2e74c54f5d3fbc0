// State x segment and state x call: each cell in a world of its own.
#pragma once
#include "looks.hpp"
#include "replay.hpp"

namespace oracle {

inline constexpr std::uint16_t server_port = 8080, raw_port = 40000;

// One socket of host s in the state that a cell asks for, its peer x being us.
class Situation {
public:
    explicit Situation(bool timestamps = false);
    bool reach(const std::string& state,
               bool keeps_descriptor = false); // false: there is no such state here
    // `clock`: how far its timestamp is from the clock of x; nullopt: it carries none.
    void segment(const std::string& flags, std::int64_t seq, std::int64_t ack,
                 std::uint32_t length = 0, std::optional<std::int64_t> clock = 0,
                 std::uint16_t urgent = 0);
    void pass(trace::Duration);
    std::size_t segments() const { return bench_.log().segments.size(); }
    std::vector<Reply> sent_since(std::size_t segments) const;
    std::string state(const std::string& otherwise) const; // in the table of connections
    std::string poll() const;
    std::string take_error();
    std::string call(const scenario::Action&);
    scenario::SocketName socket() const;
    scenario::SocketName listener() const;
    Bench& bench() { return bench_; }
    std::uint16_t local_port() const { return local_port_; }
    void listen();
    void establish();
    void connect_to_raw_peer();
    void let_go(bool orphan);

private:
    bool reach_after_establishing(const std::string& state, bool orphan);
    std::int64_t newest_timestamp() const;
    bool timestamps_;
    std::string refused_;
    Bench bench_;
    std::uint16_t local_port_ = server_port;
    bool absolute_ = false;
};

std::string difference(std::string_view field, const std::string& expected, const std::string& got);
std::string difference(std::string_view field, const std::vector<Reply>& expected,
                       const std::vector<Reply>& got);
std::string play_cell(const SegmentCell&, bool timestamps);
Outcome replay_matrix(const Recording&);

} // namespace oracle
