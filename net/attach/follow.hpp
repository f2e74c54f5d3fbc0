// Looking at one target in time: its sockets exactly, 60 times a second; what is new around it,
// four times.
//
// Both ends of a connection are read as A, B, A again: when A's counters did not move meanwhile,
// the three are one moment.
#pragma once

#include "net/attach/endings.hpp"
#include "net/attach/focus.hpp"
#include "net/attach/reader.hpp"

#include <optional>
#include <unordered_set>

namespace net::attach {

struct PairLook {
    std::optional<SocketRow> first, second;
    bool one_moment = false; // nothing moved between the looks
};
Result<PairLook> look_at_pair(Reader& reader, const SocketRow& first, const SocketRow& second);

class Follow {
public:
    Follow(Reader& reader, Owners& owners, Focus& focus);

    bool tick(); // true: it has looked
    [[nodiscard]] std::int64_t next_due_ns() const;
    [[nodiscard]] const std::string& complaint() const { return complaint_; }
    [[nodiscard]] std::int64_t interval_ns() const { return interval_ns_; }
    [[nodiscard]] std::uint64_t pair_looks() const { return pair_looks_; }
    [[nodiscard]] std::uint64_t moved_meanwhile() const { return moved_meanwhile_; }

private:
    void discover();
    void look_exactly();

    Reader& reader_;
    Owners& owners_;
    Focus& focus_;
    std::optional<Endings> endings_;
    std::unordered_set<std::uint32_t> asked_for_;
    std::int64_t next_discovery_ns_ = 0, next_exact_ns_ = 0;
    std::int64_t interval_ns_ = 16'000'000;
    std::uint64_t pair_looks_ = 0, moved_meanwhile_ = 0;
    std::string complaint_;
};

} // namespace net::attach
