// Fast Open on both sides.
#include "fast_open.hpp"

#include <algorithm>

#include "arrival.hpp"
#include "output.hpp"
#include "policy.hpp"

namespace tcp {

using trace::Counter;
using trace::Rule;
using trace::Segment;
namespace flag = trace::flag;

namespace {

constexpr std::int8_t cookie_length = 8; // TCP_FASTOPEN_COOKIE_SIZE
constexpr trace::Duration reset_is_remembered = trace::seconds(60);

// tcp_fastopen_queue_check(): is there a place?
bool has_place(FastOpenQueue& q, std::uint32_t pending, Moment& m) {
    if (q.most == 0)
        return false;
    std::erase_if(q.reset, [&](trace::Instant t) { return t <= m.now(); });
    if (pending + q.reset.size() < q.most)
        return true;
    m.bump(Counter::TCPFastOpenListenOverflow);
    return false;
}

} // namespace

std::uint64_t fastopen_cookie(std::uint64_t secret, trace::Address client, trace::Address server) {
    std::uint64_t x = secret ^ (std::uint64_t{client.raw} << 32 | server.raw); // splitmix64
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

FastOpenAnswer try_fast_open(Listener& l, const Segment& syn, Moment& m, std::uint64_t secret,
                             std::uint32_t pending) {
    const bool has_option = syn.fastopen >= 0;
    if (!has_option && syn.length == 0)
        return {};
    if (syn.fastopen == 0)
        m.bump(Counter::TCPFastOpenCookieReqd);
    if (!fastopen_server(m.stack))
        return {false, false, Rule::fastopen_data_ignored};
    const std::uint64_t overflows =
        m.counters.value[static_cast<std::size_t>(Counter::TCPFastOpenListenOverflow)];
    if (!has_place(l.fast_open, pending, m)) {
        const bool full =
            m.counters.value[static_cast<std::size_t>(Counter::TCPFastOpenListenOverflow)] !=
            overflows;
        return {false, false, full ? Rule::fastopen_queue_full : Rule::fastopen_data_ignored};
    }
    // tcp_fastopen_no_cookie(): then whatever the option holds will do, and no data need come.
    const bool anyone = fastopen_server_without_cookie(m.stack) || l.inherited.fastopen_no_cookie;
    if (!anyone && syn.fastopen == 0)
        return {false, true, Rule::fastopen_cookie_asked};
    if (!anyone && !has_option)
        return {false, false, Rule::fastopen_data_ignored};
    if (!anyone && syn.fastopen_cookie !=
                       fastopen_cookie(secret, syn.source.address, syn.destination.address)) {
        m.bump(Counter::TCPFastOpenPassiveFail);
        return {false, true, Rule::fastopen_cookie_wrong};
    }
    m.bump(Counter::TCPFastOpenPassive);
    return {true, false, Rule::fastopen_data_taken};
}

void fill_syn(Connection& c, Segment& s) {
    FastOpen& f = c.fast_open;
    if (!f.asked)
        return;
    f.tried = true;
    if (!f.without_cookie) {
        s.fastopen = f.has_cookie ? cookie_length : std::int8_t{0};
        s.fastopen_cookie = f.cookie;
    }
    if (!f.has_cookie && !f.without_cookie)
        return;
    // What one segment holds, less room for all options: tcp_send_syn_data().
    const std::uint32_t mss =
        f.mss != 0 ? std::min(f.mss, c.path.advertised) : c.path.advertised;
    f.in_syn = std::min(f.promised, mss - 40);
    s.length = f.in_syn;
}

bool syn_data_was_refused(Connection& c, const Segment& s, Moment& m) {
    FastOpen& f = c.fast_open;
    if (!f.asked)
        return false;
    // tcp_fastopen_cache_set(): the MSS always, a cookie if there is one and it was asked for.
    f.learned = true;
    f.mss = s.mss;
    if (s.fastopen >= 4 && !f.without_cookie) { // TCP_FASTOPEN_COOKIE_MIN
        f.has_cookie = true;
        f.cookie = s.fastopen_cookie;
    }
    if (f.in_syn == 0)
        return false;
    if (!before(s.ack, c.snd.iss + 1 + f.in_syn)) {
        m.bump(Counter::TCPFastOpenActive);
        // The SYN was repeated without its data, and yet the data has arrived: the timeout was
        // spurious, as F-RTO tells (tcp_process_loss()).
        if (!c.sent.empty() && c.sent.front().transmissions > 1 &&
            detects_spurious_timeouts(m.stack)) {
            m.bump(Counter::TCPSpuriousRTOs);
            m.bump(Counter::TCPLossUndo);
        }
        return false;
    }
    m.bump(Counter::TCPFastOpenActiveFail);
    return true;
}

void look_for_black_hole(const Connection& c, bool ends, Moment& m) {
    if (c.retransmissions == 2 || (c.retransmissions < 2 && ends))
        m.bump(Counter::TCPFastOpenActiveFail);
}

void take_syn_data(Connection& c, const Segment& s, const Moment& m) {
    if (s.length == 0)
        return;
    c.fast_open.tried = true;
    const auto [memory, room] = memory_of_received(m.stack, s.length, 40);
    keep_in_order(c, c.rcv.nxt, c.rcv.nxt + s.length, memory, room);
    c.rcv.nxt = c.rcv.nxt + s.length;
}

bool answers_same_syn(Connection& c, const Segment& s, Moment& m) {
    if (!c.fast_open.passive || c.status.state() != trace::State::syn_recv || s.seq != c.rcv.irs ||
        !s.flags.has(flag::syn) || s.flags.has(flag::ack) || s.flags.has(flag::rst))
        return false;
    if (!may_answer(c.last_answer, s, m, Counter::TCPACKSkippedSynRecv)) {
        m.refuse(Rule::duplicate_syn_answered);
        return true;
    }
    m.explain(Rule::duplicate_syn_answered);
    send_syn(c, m, Rule::duplicate_syn_answered, true);
    start_retransmission_timer(c, m, c.resend.by);
    return true;
}

} // namespace tcp
