// Reading the kernel's trace through the descriptors that the helper opened: all CPUs, in the order
// of time, with what was lost counted.
#pragma once

#include "net/permitted/kernel_event.hpp"
#include "net/permitted/permit.hpp"
#include "net/permitted/trace_page.hpp"

#include <vector>

namespace net::permitted {

class Transitions {
public:
    // What a granted Permit for events handed over.
    static Result<Transitions> adopt(std::vector<Handed> handed);

    struct News {
        std::vector<KernelEvent> events; // by time
        std::uint64_t lost = 0;          // since the last read
    };
    News read(); // what is there; never waits
    [[nodiscard]] const std::string& instance() const { return instance_; }
    [[nodiscard]] bool knows(std::string_view event) const;

private:
    struct Cpu {
        Descriptor pipe, stats;
        std::uint64_t lost = 0; // of it so far
    };
    Transitions() = default;
    void read_cpu(Cpu& cpu, News& news);
    void take(std::int64_t at_ns, std::span<const std::byte> record, News& news) const;

    std::vector<Cpu> cpus_;
    std::map<std::uint16_t, Format> formats_; // by id
    PageFormat page_;
    std::string instance_;
    std::vector<std::byte> buffer_;
};

} // namespace net::permitted
