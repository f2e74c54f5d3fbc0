// What programs and `ss` see, looked at after everything that happens.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench.hpp"
#include "recording.hpp"
#include "trace/story.hpp"

namespace oracle {

class Looks {
public:
    // Only descriptors, listeners and hosts that the recording looked at are followed.
    explicit Looks(const Recording&);
    void name(const std::string& fd, const scenario::SocketName& socket) { names_[fd] = socket; }
    void look(Bench&);
    void tell(trace::Story&) const;
    static std::string poll(const Bench&, const scenario::SocketName&);

private:
    void add(const std::string& sequence, trace::Fact);
    void look_at_queue_events(const Bench&);
    void look_now(Bench&);
    // Bytes that reads have taken since the last look.
    std::uint32_t just_read(const Bench&, trace::Cookie) const;
    std::size_t events_ = 0, seen_events_ = 0;
    std::map<std::string, scenario::SocketName> names_;
    std::vector<std::string> descriptors_, listeners_, tables_;
    std::vector<trace::Sequence> seen_;
};

// "ESTABLISHED 8080-40002 recvq 1 sendq 0", sorted, as recordings of tables are read.
trace::Fact table_fact(trace::Instant, const std::map<std::string, int>& states,
                       const std::vector<std::string>& sockets);
// SIOCOUTQ, tcp_ioctl(): a SYN does not count, a FIN does.
std::uint32_t unacknowledged(const tcp::Connection&);
std::map<std::string, std::int64_t> counters(const Bench&, trace::HostId);
// Of these, how many the recorded host may have counted only after the end: a timer may be late,
// and what arrived after the last row may have arrived after the counters were read.
std::map<std::string, std::int64_t> counted_too_late(const Bench&, trace::HostId,
                                                     trace::Instant last_row, trace::Instant end);

} // namespace oracle
