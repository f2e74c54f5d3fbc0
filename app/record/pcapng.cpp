// Writing pcapng: draft-ietf-opsawg-pcapng, little endian, every block padded to 32 bits.
#include "pcapng.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "trace/header.hpp"

namespace record {
namespace {

class Bytes {
public:
    void u8(std::uint8_t v) { out_ += static_cast<char>(v); }
    void u16(std::uint16_t v) {
        u8(static_cast<std::uint8_t>(v));
        u8(static_cast<std::uint8_t>(v >> 8));
    }
    void u32(std::uint32_t v) {
        u16(static_cast<std::uint16_t>(v));
        u16(static_cast<std::uint16_t>(v >> 16));
    }
    void raw(std::string_view text) { out_ += text; }
    void pad() { out_.append((4 - out_.size() % 4) % 4, '\0'); }
    const std::string& text() const { return out_; }

private:
    std::string out_;
};

enum class Block : std::uint32_t {
    section = 0x0a0d0d0a,
    interface = 1,
    names = 4,
    packet = 6,
};
namespace option {
constexpr std::uint16_t end = 0, comment = 1;
constexpr std::uint16_t user_application = 4;          // of a section
constexpr std::uint16_t name = 2, time_resolution = 9; // of an interface
constexpr std::uint16_t flags = 2;                     // of a packet
} // namespace option

void add_option(Bytes& b, std::uint16_t code, std::string_view value) {
    b.u16(code);
    b.u16(static_cast<std::uint16_t>(value.size()));
    b.raw(value);
    b.pad();
}

void add_block(std::string& out, Block type, const std::string& body) {
    Bytes b;
    const auto length = static_cast<std::uint32_t>(body.size() + 12);
    b.u32(static_cast<std::uint32_t>(type));
    b.u32(length);
    b.raw(body);
    b.u32(length);
    out += b.text();
}

std::string section() {
    Bytes b;
    b.u32(0x1a2b3c4d); // byte order
    b.u16(1);          // version 1.0
    b.u16(0);
    b.u32(0xffffffff); // length of the section: not given
    b.u32(0xffffffff);
    add_option(b, option::user_application, "twomsl");
    add_option(b, option::end, "");
    return b.text();
}

std::string interface(std::string_view host) {
    Bytes b;
    b.u16(228); // LINKTYPE_IPV4 (that of any IP, 101, libpcap reads for one interface only)
    b.u16(0);
    b.u32(0); // no limit on the captured length
    add_option(b, option::name, host);
    add_option(b, option::time_resolution, std::string_view("\x09", 1)); // nanoseconds
    add_option(b, option::end, "");
    return b.text();
}

// Whose address is whose, as the segments say it.
std::string names(const trace::Trace& trace) {
    std::map<std::string, std::string> hosts; // by address, in the order of the network
    const auto note = [&](std::string address, trace::HostId host) {
        const auto [at, is_new] = hosts.emplace(std::move(address), trace.hosts[host]);
        if (!is_new && at->second != trace.hosts[host])
            at->second.clear(); // of both (127.0.0.1): a name would be wrong for one of them
    };
    for (trace::SegmentId id = 0; id < trace.segments.size(); ++id) {
        const trace::SegmentRecord& s = trace.segments[id];
        const auto header = trace::header_of(trace, id).bytes;
        const bool is_ipv4 = header[0] >> 4 == 4;
        const std::string_view bytes(reinterpret_cast<const char*>(header.data()), header.size());
        const std::size_t at = is_ipv4 ? 12 : 8, size = is_ipv4 ? 4 : 16;
        note(std::string(bytes.substr(at, size)), s.from);
        note(std::string(bytes.substr(at + size, size)), s.to);
    }
    Bytes b;
    for (const auto& [address, host] : hosts) {
        if (host.empty())
            continue;
        b.u16(address.size() == 4 ? 1 : 2); // a record of IPv4 or IPv6
        b.u16(static_cast<std::uint16_t>(address.size() + host.size() + 1));
        b.raw(address);
        b.raw(host);
        b.u8(0);
        b.pad();
    }
    b.u32(0); // end of records
    return b.text();
}

std::string packet(const trace::Trace& trace, trace::SegmentId id, std::int64_t at,
                   const std::string& comment) {
    const trace::SegmentRecord& s = trace.segments[id];
    const trace::Header header = trace::header_of(trace, id);
    const auto captured = static_cast<std::uint32_t>(header.bytes.size());
    const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(at, 0));
    Bytes b;
    b.u32(s.from);
    b.u32(static_cast<std::uint32_t>(time >> 32));
    b.u32(static_cast<std::uint32_t>(time));
    b.u32(captured);
    b.u32(captured + s.segment.length);
    b.raw({reinterpret_cast<const char*>(header.bytes.data()), header.bytes.size()});
    b.pad();
    if (!comment.empty())
        add_option(b, option::comment, comment);
    add_option(b, option::flags, std::string_view("\x02\0\0\0", 4)); // outbound
    add_option(b, option::end, "");
    return b.text();
}

// What deserves a word: all but leaving and arriving.
bool is_remarkable(const trace::Event& e) {
    using enum trace::EventKind;
    return e.kind == segment_refused || e.kind == segment_lost || e.kind == segment_held ||
           e.kind == segment_released;
}

} // namespace

std::string pcapng(const trace::Trace& trace, std::int64_t began, std::string_view language) {
    std::vector<std::string> comments(trace.segments.size());
    for (const trace::Event& e : trace.events) {
        const bool again =
            e.kind == trace::EventKind::segment_sent && trace.segments[e.ref].transmission > 1;
        if (!again && !is_remarkable(e))
            continue;
        std::string& comment = comments[e.ref];
        comment += (comment.empty() ? "" : "\n") + trace::sentence(trace, e, language);
    }
    std::vector<trace::SegmentId> order(trace.segments.size());
    for (trace::SegmentId i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](trace::SegmentId a, trace::SegmentId b) {
        return trace.segments[a].sent < trace.segments[b].sent;
    });

    std::string out;
    add_block(out, Block::section, section());
    for (const std::string& host : trace.hosts)
        add_block(out, Block::interface, interface(host));
    add_block(out, Block::names, names(trace));
    for (const trace::SegmentId id : order) {
        const trace::SegmentRecord& s = trace.segments[id];
        add_block(out, Block::packet, packet(trace, id, began + s.sent.ns, comments[id]));
    }
    return out;
}

} // namespace record
