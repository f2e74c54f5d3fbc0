// Sorting by time, with neighbours that belong together put right.
#include "net/attach/moment.hpp"

#include <algorithm>

namespace net::attach {
namespace {

constexpr std::int64_t neighbours_within_ns = 100'000;

using permitted::KernelEvent;
using permitted::Packet;

enum class Relation : std::uint8_t { none, segment_first, event_first };

// Which of the two came first, when this segment and this transition of one socket belong together.
Relation relation(const Packet& packet, const KernelEvent& event) {
    using enum KernelState;
    const trace::Flags flags = packet.segment.flags;
    const bool syn = flags.has(trace::flag::syn), fin = flags.has(trace::flag::fin),
               ack = flags.has(trace::flag::ack), rst = flags.has(trace::flag::rst);
    const bool arrives = canonical(packet.pair.remote) == event.pair.local &&
                         canonical(packet.pair.local) == event.pair.remote;
    // A socket that connects has no port yet when it enters SYN_SENT.
    const bool sends =
        canonical(packet.pair.remote) == event.pair.remote &&
        (event.pair.local.port == 0 || canonical(packet.pair.local) == event.pair.local);
    if (event.what != KernelEvent::What::state)
        return Relation::none;
    if (arrives) {
        const bool causes =
            (event.from == syn_sent && event.to == established && syn && ack) ||
            (event.to == syn_recv && ack && !syn) || (event.from == syn_recv && ack && !syn) ||
            (event.to == close_wait && fin) || (event.to == closing && fin) ||
            (event.to == fin_wait_2 && ack) ||
            (event.from == fin_wait_2 && event.to == closed && fin) ||
            (event.from == closing && event.to == closed && ack) ||
            (event.from == last_ack && event.to == closed && ack) || (event.to == closed && rst);
        return causes ? Relation::segment_first : Relation::none;
    }
    if (sends) {
        const bool made_by = (event.to == syn_sent && syn && !ack) ||
                             ((event.to == fin_wait_1 || event.to == last_ack) && fin);
        return made_by ? Relation::event_first : Relation::none;
    }
    return Relation::none;
}

struct Place {
    std::int64_t at_ns = 0;
    int rank = 0; // among equals: before, at, after the segment
};

} // namespace

void put_in_causal_order(std::vector<Moment>& moments) {
    const auto by_time = [](const Moment& a, const Moment& b) { return a.at_ns < b.at_ns; };
    if (!std::is_sorted(moments.begin(), moments.end(), by_time))
        std::stable_sort(moments.begin(), moments.end(), by_time);
    if (std::none_of(moments.begin(), moments.end(), [](const Moment& moment) {
            return std::holds_alternative<Told>(moment.what);
        }))
        return; // nothing of the trace: the times say it all
    std::vector<std::pair<Place, std::size_t>> order;
    order.reserve(moments.size());
    for (std::size_t i = 0; i < moments.size(); ++i) {
        Place place{moments[i].at_ns, 0};
        const auto* told = std::get_if<Told>(&moments[i].what);
        const auto consider = [&](std::size_t j) {
            const auto* packet = std::get_if<Packet>(&moments[j].what);
            if (!packet)
                return false;
            const Relation found = relation(*packet, told->event);
            if (found == Relation::segment_first && moments[j].at_ns >= place.at_ns)
                place = {moments[j].at_ns, 1};
            else if (found == Relation::event_first && moments[j].at_ns <= place.at_ns)
                place = {moments[j].at_ns, -1};
            return found != Relation::none;
        };
        if (told) {
            bool found = false;
            for (std::size_t j = i;
                 !found && j-- > 0 && moments[i].at_ns - moments[j].at_ns <= neighbours_within_ns;)
                found = consider(j);
            for (std::size_t j = i + 1; !found && j < moments.size() &&
                                        moments[j].at_ns - moments[i].at_ns <= neighbours_within_ns;
                 ++j)
                found = consider(j);
        }
        order.push_back({place, i});
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return std::pair(a.first.at_ns, a.first.rank) < std::pair(b.first.at_ns, b.first.rank);
    });
    std::vector<Moment> sorted;
    sorted.reserve(moments.size());
    for (const auto& [place, i] : order) {
        sorted.push_back(std::move(moments[i]));
        sorted.back().at_ns = place.at_ns;
    }
    moments = std::move(sorted);
}

} // namespace net::attach
