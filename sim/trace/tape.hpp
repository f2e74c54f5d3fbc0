// A log that is not kept: every segment that leaves or arrives, as a fixed-size record in a buffer
// that its owner empties, and a hash over all of them whether they are recorded or not.
#pragma once
#include <bit>
#include <cstdint>
#include <vector>

#include "event.hpp"
#include "segment.hpp"
#include "time.hpp"

namespace trace {

struct TapeRecord {
    Instant at;
    Address source, destination;
    std::uint16_t source_port = 0, destination_port = 0;
    Seq seq, ack;
    std::uint32_t length = 0;
    Cookie socket = none; // whose it is; of an arriving one: none
    std::uint16_t window = 0;
    Flags flags;
    bool sent = false; // else: arrived
};
static_assert(sizeof(TapeRecord) == 40);

class Tape {
public:
    explicit Tape(bool records) : records_(records) {}

    // Counts it and takes it into the hash. True: it is to be recorded, too.
    [[nodiscard]] bool note(Instant at, const Segment& s, bool sent) {
        // The header as four words, which two multiplications fold into one.
        const std::uint64_t who =
            std::uint64_t{s.source.address.raw} << 32 | s.destination.address.raw;
        const std::uint64_t where =
            std::uint64_t{s.source.port} << 48 | std::uint64_t{s.destination.port} << 32 | s.length;
        const std::uint64_t what = std::rotl(std::uint64_t{s.ack.raw} << 32 | s.seq.raw, 32);
        const std::uint64_t when = static_cast<std::uint64_t>(at.ns) ^
                                   std::uint64_t{s.flags.bits} << 56 ^
                                   std::uint64_t{s.window} << 40 ^ std::uint64_t{sent} << 63;
        hash_ = std::rotl(hash_, 29) * 0x9fb21c651e98df25u +
                (folded(who ^ 0x9e3779b97f4a7c15u, where ^ 0xbf58476d1ce4e5b9u) ^
                 folded(what ^ 0x94d049bb133111ebu, when ^ 0xd6e8feb86659fd93u));
        ++(sent ? sent_ : arrived_);
        return records_;
    }
    bool records_segments() const { return records_; }
    [[gnu::noinline]] void record(Instant at, const Segment& s, Cookie socket, bool sent) {
        tape_.push_back({at, s.source.address, s.destination.address, s.source.port,
                         s.destination.port, s.seq, s.ack, s.length, socket, s.window, s.flags,
                         sent});
    }

    std::uint64_t hash() const { return hash_; }
    std::uint64_t sent() const { return sent_; }
    std::uint64_t arrived() const { return arrived_; }
    // What was recorded since it was last emptied.
    const std::vector<TapeRecord>& records() const { return tape_; }
    void empty() { tape_.clear(); }

private:
    static std::uint64_t folded(std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = Wide{a} * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }
    std::vector<TapeRecord> tape_;
    std::uint64_t hash_ = 0, sent_ = 0, arrived_ = 0;
    bool records_;
};

} // namespace trace
