// Which socket a segment belongs to: host and 4-tuple, looked up in a table of plain arrays.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "trace/event.hpp"
#include "trace/segment.hpp"

namespace world {

struct Flow {
    trace::HostId host = trace::no_host;
    trace::Endpoint local, remote;
    friend bool operator==(const Flow&, const Flow&) = default;
};
std::uint64_t hash(const Flow&);

// Open addressing, linear probing, deletion by shifting back: no tombstones, no allocation but
// growth.
class Flows {
public:
    std::optional<trace::Cookie> find(const Flow&) const;
    void set(const Flow&, trace::Cookie);
    void remove(const Flow&);
    // Only if it is this one's.
    void remove(const Flow&, trace::Cookie);
    std::size_t size() const { return size_; }
    std::size_t bytes() const { return entries_.capacity() * sizeof(Entry); }
    friend bool operator==(const Flows&, const Flows&) = default;

private:
    // The words of a flow side by side, without gaps.
    struct Entry {
        std::uint32_t local = 0, remote = 0, ports = 0;
        trace::Cookie cookie = trace::none; // none: empty
        trace::HostId host = trace::no_host;
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    static Entry entry(const Flow&, trace::Cookie = trace::none);
    static Flow flow(const Entry&);
    std::size_t place(const Flow&) const; // where it is, or where it would go
    void grow();
    std::vector<Entry> entries_;
    std::size_t size_ = 0;
};

} // namespace world
