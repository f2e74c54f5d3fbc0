// What takes a privilege, asked of the real helper: segments by a packet socket, transitions by the
// kernel's trace, and what is left when somebody dies.
#include "watched.hpp"

#include "net/actor.hpp"
#include "net/clock.hpp"
#include "net/permitted/segments.hpp"
#include "net/permitted/transitions.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace {

using namespace net::permitted;
using net::KernelState;

constexpr int patience_ms = 5000;

Request about(std::uint16_t port, Ask ask) {
    Request request;
    request.ask = ask;
    request.ports = 1;
    request.port[0] = port;
    return request;
}

template <typename Reader, typename Condition>
bool until(Reader& reader, const Condition& holds) {
    const auto end = net::monotonic_ns() + std::int64_t{patience_ms} * 1'000'000;
    while (net::monotonic_ns() < end) {
        if (holds(reader.read()))
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
}

} // namespace

TEST_CASE("the helper's packet socket shows each segment of a port on lo once, headers only") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 4), other = sockets::serve("127.0.0.1", 4);
        auto permit = Permit::ask(about(server.at.port, Ask::segments));
        HOLDS(permit.ok());
        if (permit->wait(patience_ms) != Permit::State::granted)
            return describe(permit->failure());
        auto segments = Segments::adopt(permit->take());
        HOLDS(segments.ok());
        const auto strangers = sockets::connect_to(other.at);
        const auto began = net::monotonic_ns();
        const auto client = sockets::connect_to(server.at);
        const auto accepted = sockets::accept_from(server);
        HOLDS(::send(client.number(), "secret", 6, 0) == 6);
        std::vector<Packet> all;
        HOLDS(until(*segments, [&](const Segments::News& news) {
            all.insert(all.end(), news.packets.begin(), news.packets.end());
            return all.size() >= 5;
        }));
        HOLDS(all.size() == 5); // SYN, SYN+ACK, ACK, six bytes, their ACK: each once
        HOLDS(all[0].segment.flags == trace::flag::syn);
        HOLDS(all[0].segment.mss == 65495);
        HOLDS(all[1].segment.ack == all[0].segment.seq + 1);
        HOLDS(all[3].segment.length == 6);
        HOLDS(all[3].segment.seq == all[0].segment.seq + 1);
        for (const Packet& packet : all) {
            HOLDS(packet.loopback);
            HOLDS(packet.pair.local == server.at || packet.pair.remote == server.at);
            HOLDS(packet.at_ns >= began && packet.at_ns <= net::monotonic_ns());
        }
        return "";
    });
}

TEST_CASE("the kernel's trace tells every transition of a port, by a descriptor from the helper") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 4);
        auto permit = Permit::ask(about(server.at.port, Ask::events));
        HOLDS(permit.ok());
        if (permit->wait(patience_ms) != Permit::State::granted)
            return no_trace + describe(permit->failure());
        auto transitions = Transitions::adopt(permit->take());
        HOLDS(transitions.ok());
        HOLDS(permit->janitor_lives());
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        ::shutdown(client.number(), SHUT_WR);
        accepted.reset();
        std::vector<KernelEvent> all;
        using enum KernelState;
        HOLDS(until(*transitions, [&](const Transitions::News& news) {
            for (const KernelEvent& event : news.events)
                if (event.what == KernelEvent::What::state)
                    all.push_back(event);
            return all.size() >= 10;
        }));
        HOLDS(all.size() == 10);
        const auto has = [&](KernelState from, KernelState to) {
            return std::count_if(all.begin(), all.end(), [&](const KernelEvent& e) {
                       return e.from == from && e.to == to;
                   }) == 1;
        };
        HOLDS(has(closed, syn_sent) && has(syn_sent, established));
        HOLDS(has(listen, syn_recv) && has(syn_recv, established));
        HOLDS(has(established, fin_wait_1) && has(fin_wait_1, fin_wait_2));
        HOLDS(has(established, close_wait) && has(close_wait, last_ack) && has(last_ack, closed));
        HOLDS(has(fin_wait_2, closed)); // never TIME_WAIT
        return "";
    });
}
