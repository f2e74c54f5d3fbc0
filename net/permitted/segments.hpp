// Reading the packet socket that the helper opened: a ring in memory shared with the kernel.
#pragma once

#include "net/permitted/packet.hpp"
#include "net/permitted/permit.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace net::permitted {

class Segments {
public:
    // What a granted Permit for segments handed over.
    static Result<Segments> adopt(std::vector<Handed> handed);
    Segments(Segments&& other) noexcept;
    Segments& operator=(Segments&&) = delete;
    Segments(const Segments&) = delete;
    ~Segments();

    struct News {
        std::vector<Packet> packets;   // in the order of the kernel
        std::uint64_t lost = 0;        // since the last read, counted by the kernel
        std::uint64_t passed_over = 0; // more than `most` came at once
    };
    News read(std::size_t most = 4000); // what is there; never waits
    [[nodiscard]] int descriptor() const { return socket_.number(); }

private:
    Segments(Descriptor socket, std::byte* ring, std::size_t size, int loopback);
    void read_block(std::byte* block, std::int64_t realtime_ahead_ns, std::size_t most, News& news);
    bool seen_on_another_interface(const Packet& packet);

    Descriptor socket_;
    std::byte* ring_ = nullptr;
    std::size_t size_ = 0, next_block_ = 0;
    int loopback_ = 0;
    std::deque<Packet> recent_; // of interfaces other than lo
};

} // namespace net::permitted
