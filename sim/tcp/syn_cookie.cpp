// secure_tcp_syn_cookie() and its inverse, with a hash that anybody may read.
#include "syn_cookie.hpp"

#include <array>

#include "output.hpp"

namespace tcp {

namespace {

constexpr std::array<std::uint16_t, 4> mss_table = {536, 1300, 1440, 1460}; // msstab[]
constexpr std::uint32_t cookie_bits = 24, cookie_mask = (1u << cookie_bits) - 1;
constexpr std::uint32_t most_age = 2; // MAX_SYNCOOKIE_AGE, in minutes
constexpr trace::Duration minute = trace::seconds(60);

// TS_OPT_WSCALE_MASK, TS_OPT_SACK, TS_OPT_ECN
constexpr std::uint32_t scale_mask = 0xf, sack_bit = 0x10, ecn_bit = 0x20;
constexpr std::uint32_t option_bits = 6;                   // TSBITS

std::uint32_t cookie_time(trace::Instant now) {
    return static_cast<std::uint32_t>(now.ns / minute.ns);
}

// cookie_hash(): of the ends of the connection, a count and one of two secrets.
std::uint32_t hash(std::uint64_t secret, const trace::Endpoint& from, const trace::Endpoint& to,
                   std::uint32_t count, std::uint32_t which) {
    const auto mix = [](std::uint64_t x) {
        x += 0x9e3779b97f4a7c15u; // splitmix64
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        return x ^ (x >> 31);
    };
    std::uint64_t h = mix(secret ^ which);
    h = mix(h ^ (std::uint64_t{from.address.raw} << 32 | to.address.raw));
    h = mix(h ^ (std::uint64_t{from.port} << 48 | std::uint64_t{to.port} << 32 | count));
    return static_cast<std::uint32_t>(h >> 32);
}

std::uint32_t index_of(std::uint16_t announced) {
    std::uint32_t i = mss_table.size() - 1;
    while (i > 0 && announced < mss_table[i])
        --i;
    return i;
}

} // namespace

void note_cookie(SynCookies& c, trace::Instant now) {
    ++c.count;
    if (c.sent == trace::never || now - c.sent > trace::seconds(1)) // tcp_synq_overflow()
        c.sent = now;
}

bool cookies_are_about(const SynCookies& c, trace::Instant now) {
    return c.sent != trace::never && now - c.sent <= minute * most_age;
}

std::uint16_t mss_in_cookie(std::uint16_t announced) {
    return mss_table[index_of(announced)];
}

trace::Seq make_cookie(std::uint64_t secret, const trace::Segment& syn, trace::Instant now) {
    const std::uint32_t count = cookie_time(now);
    const std::uint32_t data = index_of(syn.mss == 0 ? std::uint16_t{536} : syn.mss);
    return {hash(secret, syn.source, syn.destination, 0, 0) + syn.seq.raw + (count << cookie_bits) +
            ((hash(secret, syn.source, syn.destination, count, 1) + data) & cookie_mask)};
}

std::uint16_t check_cookie(std::uint64_t secret, const trace::Segment& ack, trace::Instant now) {
    const std::uint32_t count = cookie_time(now);
    const std::uint32_t peer_isn = ack.seq.raw - 1;
    const std::uint32_t rest =
        ack.ack.raw - 1 - hash(secret, ack.source, ack.destination, 0, 0) - peer_isn;
    const std::uint32_t age = (count - (rest >> cookie_bits)) & (0xffffffffu >> cookie_bits);
    if (age >= most_age)
        return 0;
    const std::uint32_t data =
        (rest - hash(secret, ack.source, ack.destination, count - age, 1)) & cookie_mask;
    return data < mss_table.size() ? mss_table[data] : std::uint16_t{0};
}

std::uint32_t timestamp_of_cookie(trace::Instant now, const Agreed& agreed, bool ecn) {
    const std::uint32_t clock = timestamp(now);
    std::uint32_t options =
        agreed.scaling ? static_cast<std::uint32_t>(agreed.send_scale) : scale_mask;
    if (agreed.sack)
        options |= sack_bit;
    if (ecn)
        options |= ecn_bit;
    const std::uint32_t ts = (clock >> option_bits << option_bits) | options;
    return ts > clock ? ts - (1u << option_bits) : ts;
}

bool read_timestamp_of_cookie(const trace::Segment& ack, bool timestamps_on, bool sack_on,
                              bool scaling_on, Agreed& agreed) {
    agreed = {};
    if (!ack.has_timestamps || !timestamps_on)
        return true; // nothing is remembered, and nothing was offered
    agreed.timestamps = true;
    agreed.sack = (ack.ts_echo & sack_bit) != 0;
    if (agreed.sack && !sack_on)
        return false;
    if ((ack.ts_echo & scale_mask) == scale_mask)
        return true;
    agreed.scaling = true;
    agreed.send_scale = static_cast<std::int8_t>(ack.ts_echo & scale_mask);
    return scaling_on;
}

bool ecn_in_cookie(const trace::Segment& ack, const Agreed& agreed) {
    return agreed.timestamps && (ack.ts_echo & ecn_bit) != 0;
}

} // namespace tcp
