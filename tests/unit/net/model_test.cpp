// Numbers that a script writes for segments by hand, as those of a kernel that chose its own.
#include <memory>

#include "catch.hpp"
#include "net/model.hpp"

using namespace trace;

namespace {

Segment syn(std::uint32_t seq) {
    Segment s;
    s.source = {{0x0a000001}, 5001};
    s.destination = {{0x0a000002}, 80};
    s.flags = flag::syn;
    s.seq = {seq};
    return s;
}

void add(Trace& log, const Segment& s, std::int64_t ms, Rule rule) {
    SegmentRecord record;
    record.segment = s;
    record.sent = Instant{} + milliseconds(ms);
    record.from = 0;
    log.segments.push_back(record);
    Event e;
    e.kind = EventKind::segment_sent;
    e.at = record.sent;
    e.ref = static_cast<SegmentId>(log.segments.size() - 1);
    e.rule = rule;
    log.events.push_back(e);
}

} // namespace

TEST_CASE("a SYN by hand stands to the kernel's SYN as the script's to the simulator's") {
    auto played = std::make_shared<Trace>();
    add(*played, syn(1000), 10, Rule::active_open);
    add(*played, syn(1007), 20, Rule::made_by_hand);
    Trace kernel;
    add(kernel, syn(777'000), 11, Rule::observed);
    const net::Model model(played);
    const auto later = Instant{} + milliseconds(21);
    CHECK(model.translated(syn(1007), kernel, later).seq.raw == 777'007);
    add(kernel, syn(777'007), 21, Rule::made_by_hand);
    CHECK(model.translated(syn(1001), kernel, later).seq.raw == 777'001);
}
