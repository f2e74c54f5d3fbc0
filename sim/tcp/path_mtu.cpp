// A router's "fragmentation needed": the path is remembered, segments shrink, and what was too
// large is sent again at once.
#include "path_mtu.hpp"

#include <algorithm>

#include "headers.hpp"
#include "policy.hpp"
#include "scoreboard.hpp"
#include "window.hpp"

namespace tcp {

using trace::Rule;

namespace {

constexpr std::uint16_t least_believed = 552;                      // net.ipv4.route.min_pmtu
constexpr trace::Duration is_remembered = trace::seconds(10 * 60); // net.ipv4.route.mtu_expires

// __ip_rt_update_pmtu()
void path_is_narrower(Paths& paths, trace::Address to, std::uint16_t mtu, trace::Instant now) {
    const auto place =
        std::find_if(paths.begin(), paths.end(), [&](const KnownPath& p) { return p.to == to; });
    const Path known = path_to(paths, to, now);
    if (known.locked || known.mtu < mtu)
        return;
    const bool locked = mtu < least_believed;
    const KnownPath learnt{to, locked ? std::min(known.mtu, least_believed) : mtu, locked,
                           now + is_remembered};
    if (place == paths.end())
        paths.push_back(learnt);
    else if (place->mtu != learnt.mtu || locked || place->until - now <= is_remembered / 2)
        *place = learnt;
}

bool is_too_large(const Connection& c, std::size_t begin, std::size_t end, std::uint32_t mss) {
    const Sent& first = c.sent[begin];
    const bool fin = end - begin == 1 && c.snd.fin && first.end == c.snd.end + 1;
    return first.end - first.begin - (fin ? 1u : 0u) > mss; // tcp_skb_seglen()
}

// An ICMP message does not set the clock of the connection (tcp_mstamp): what leaves for it bears
// the time of the last thing that was sent or received, and is measured from there.
trace::Instant latest_look_at_clock(const Connection& c) {
    trace::Instant latest = std::max(c.heard, c.congestion.last_data);
    for (const Sent& t : c.sent)
        latest = std::max(latest, t.at);
    return latest;
}

// tcp_v4_mtu_reduced(), ip_sk_accept_pmtu()
bool believes_routers(const Options& o) {
    switch (o.discovery) {
    case PathDiscovery::dont:
    case PathDiscovery::interface:
    case PathDiscovery::omit: return false;
    case PathDiscovery::want:
    case PathDiscovery::always:
    case PathDiscovery::probe: return true;
    }
    return true;
}

} // namespace

PathDiscovery path_discovery(const Stack& s) {
    return s[Sysctl::ip_no_pmtu_disc] != 0 ? PathDiscovery::dont : PathDiscovery::want;
}

bool may_be_fragmented(const Options& o, Path path) {
    if (o.discovery == PathDiscovery::want)
        return path.locked;
    return o.discovery != PathDiscovery::always;
}

void discovery_was_set(Connection& c, const Moment& m) {
    c.path.fragments = may_be_fragmented(c.options, path_to(m.paths, c.remote.address, m.now()));
}

std::uint32_t mss_for(const Connection& c, std::uint16_t mtu, const Moment& m) {
    const std::uint32_t payload = std::min<std::uint32_t>(mtu - bare_headers, c.path.peer_takes);
    const auto least = static_cast<std::uint32_t>(m.stack[Sysctl::tcp_min_snd_mss]);
    return std::max(payload, least) - usual_options(c.agreed.timestamps);
}

void fit_segments(Connection& c, std::uint16_t mtu, const Moment& m) {
    c.path.mtu = mtu;
    if (!c.path.search.empty())
        c.path.search.front().high = std::min(c.path.search.front().high, mtu);
    c.agreed.mss = static_cast<std::uint16_t>(found_to_pass(c, mss_for(c, mtu, m), m));
}

// A buffer is lost whose segments do not fit. Less is under way in bytes,
// not in segments, so the congestion window stays.
void repeat_too_large(Connection& c, Moment& m, Rule why, trace::Instant stamp) {
    if (c.status.state() == trace::State::syn_sent) {
        if (c.fast_open.in_syn > 0) { // the SYN with data: again, without
            repeat_head(c, m, why);
            m.bump(trace::Counter::TCPSlowStartRetrans);
            start_retransmission_timer(c, m, c.resend.by);
        }
        return;
    }
    const std::uint32_t mss = mss_now(c);
    for (std::size_t i = 0, next = 0; i < c.sent.size(); i = next) {
        next = i + 1;
        while (next < c.sent.size() && !c.sent[next].begins_buffer)
            ++next;
        if (is_too_large(c, i, next, mss))
            for (std::size_t k = i; k < next; ++k)
                mark_lost(c, c.sent[k], m);
    }
    if (c.recovery.lost == 0)
        return;
    if (!c.agreed.sack)
        limit_duplicates(c);
    repeat_without_blame(c, m, why, stamp);
}

Path path_to(const Paths& paths, trace::Address to, trace::Instant now) {
    for (const KnownPath& p : paths)
        if (p.to == to && now < p.until)
            return {p.mtu, p.locked};
    return {};
}

void begin_path(Connection& c, const Moment& m) {
    const Path path = path_to(m.paths, c.remote.address, m.now());
    c.path.mtu = path.mtu;
    c.path.advertised = advertised_mss(c.options, path.mtu);
    c.path.fragments = may_be_fragmented(c.options, path);
}

void peer_is_known(Connection& c, const Moment& m) {
    c.path.peer_takes =
        static_cast<std::uint16_t>(c.agreed.mss + usual_options(c.agreed.timestamps));
    fit_segments(c, c.path.mtu, m);
}

void look_at_path(Connection& c, const Moment& m) {
    if (m.paths.empty() || c.path.stale)
        return;
    const Path path = path_to(m.paths, c.remote.address, m.now());
    c.path.fragments = may_be_fragmented(c.options, path);
    if (path.mtu != c.path.mtu)
        fit_segments(c, path.mtu, m);
}

bool does_not_get_out(Connection& c, std::uint32_t length, Moment& m) {
    if (!c.path.stale)
        return false;
    const Path path = path_to(m.paths, c.remote.address, m.now());
    const std::uint32_t mss = std::min(length, mss_now(c));
    const std::uint32_t packet = usual_headers(c.agreed.timestamps) + mss;
    if (may_be_fragmented(c.options, path) || packet <= path.mtu)
        return false;
    // Each of its segments makes a message to ourselves; of those that are numbered beyond what
    // has left the first alone is looked at.
    m.add(trace::Counter::OutOfWindowIcmps, (length + mss - 1) / mss - 1);
    c.path.refused = true;
    if (!c.path.owned)
        owns_path(c, false, m);
    return true;
}

void owns_path(Connection& c, bool owned, Moment& m) {
    c.path.owned = owned;
    if (owned || !c.path.refused)
        return;
    c.path.refused = c.path.stale = false;
    fit_segments(c, path_to(m.paths, c.remote.address, m.now()).mtu, m);
    repeat_too_large(c, m, Rule::path_is_narrower, latest_look_at_clock(c));
}

trace::Rule fragmentation_is_needed(Connection& c, std::uint16_t mtu, Moment& m) {
    // With ip_no_pmtu_disc nothing is believed (icmp_unreach()): the least is taken instead. 3 asks
    // for more of the packet that was too large, which TCP always looks at.
    const std::int64_t mode = m.stack[Sysctl::ip_no_pmtu_disc];
    const bool believed = mode == 0 || mode == 3;
    path_is_narrower(m.paths, c.remote.address, believed ? mtu : std::uint16_t{0}, m.now());
    const Path path = path_to(m.paths, c.remote.address, m.now());
    c.path.fragments = may_be_fragmented(c.options, path);
    if (!believes_routers(c.options) || c.path.mtu <= path.mtu)
        return Rule::path_is_known;
    m.explain(path.locked ? Rule::path_allows_fragments : Rule::path_is_narrower);
    fit_segments(c, path.mtu, m);
    repeat_too_large(c, m, Rule::path_is_narrower, latest_look_at_clock(c));
    return Rule::none;
}

} // namespace tcp
