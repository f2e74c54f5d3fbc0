// One page of the kernel's ring buffer, as trace_pipe_raw gives it: a time, how much is in it,
// records with the time since the one before (Documentation/trace/ring-buffer-design.rst).
#pragma once

#include "net/permitted/trace_format.hpp"

#include <cstddef>
#include <functional>

namespace net::permitted {

struct PageLoss {
    bool any = false;        // the kernel overwrote what was not read yet, before this page
    std::uint64_t count = 0; // how much, 0: it had no room to say so
};

// Calls `use` for each record with its time in ns; whatever the bytes are, nothing beyond them is
// read. Returns what was lost before it.
PageLoss read_page(const PageFormat& format, std::span<const std::byte> page,
                   const std::function<void(std::int64_t, std::span<const std::byte>)>& use);

} // namespace net::permitted
