// TCP Fast Open (RFC 7413, net/ipv4/tcp_fastopen.c): data in the SYN of a client that shows a
// cookie which it was given before.
#pragma once
#include <cstdint>
#include <vector>

#include "trace/rule.hpp"
#include "trace/segment.hpp"
#include "trace/time.hpp"

namespace tcp {

struct Connection;
struct Listener;
struct Moment;

// Of a connection, on either side.
struct FastOpen {
    bool asked = false;          // client: its SYN carries the option
    bool has_cookie = false;     // ... with this cookie
    bool tried = false;          // either side: syn_fastopen, syn_data, syn_data_acked
    bool passive = false;        // server: made by a SYN, its final ACK has not come (fastopen_rsk)
    bool learned = false;        // client: the SYN+ACK has brought a cookie
    bool without_cookie = false; // client: the SYN carries data and no option
    bool deferred = false;       // client: connect() has returned, write() will send the SYN
    std::uint16_t mss = 0; // client: what the server announced when it was met last; 0: unknown
    std::uint64_t cookie = 0;
    std::uint32_t promised = 0; // client: bytes that sendto() was given
    std::uint32_t in_syn = 0;   // client: how many of them went with the SYN
    friend bool operator==(const FastOpen&, const FastOpen&) = default;
};

// Of a listener: how many of its connections may be so at a time; after a RST each place stays
// taken for a minute.
struct FastOpenQueue {
    std::uint32_t most = 0; // 0: TCP_FASTOPEN is not set
    std::vector<trace::Instant> reset;
    friend bool operator==(const FastOpenQueue&, const FastOpenQueue&) = default;
};

// A client as the host knows it, by address only.
std::uint64_t fastopen_cookie(std::uint64_t secret, trace::Address client, trace::Address server);

// tcp_try_fastopen(): what the SYN is good for. `why` is none where it asks for nothing of it.
struct FastOpenAnswer {
    bool takes_data = false;   // a connection at once
    bool gives_cookie = false; // the SYN+ACK carries one
    trace::Rule why = trace::Rule::none;
};
[[gnu::cold]] FastOpenAnswer try_fast_open(Listener&, const trace::Segment& syn, Moment&,
                                           std::uint64_t secret, std::uint32_t pending);

// Client: the data of the SYN, as much as fits; and what the SYN+ACK says of it: whether it must be
// sent again (tcp_rcv_fastopen_synack()).
void fill_syn(Connection&, trace::Segment& syn);
bool syn_data_was_refused(Connection&, const trace::Segment& syn_ack, Moment&);

// A timeout, after so many repetitions and perhaps the last, of a connection that tried it:
// somebody on the way may swallow such SYNs (tcp_fastopen_active_detect_blackhole()).
[[gnu::cold]] void look_for_black_hole(const Connection&, bool ends, Moment&);

// Server: the bytes of the SYN are received (tcp_fastopen_add_skb()).
[[gnu::cold]] void take_syn_data(Connection&, const trace::Segment& syn, const Moment&);
// Server: the client's SYN once more is answered by the SYN+ACK once more (tcp_check_req()).
bool answers_same_syn(Connection&, const trace::Segment&, Moment&);

} // namespace tcp
