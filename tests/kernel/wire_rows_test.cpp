// What a wire of 50 ms makes visible on the real kernel: handshakes and closes from both sides,
// losses, full queues, cookies, floods.
#include "catch.hpp"
#include "support/skip.hpp"

#include "net/lab/namespaces.hpp"
#include "sources/both.hpp"
#include "world/known.hpp"

#include <fmt/format.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <thread>

using namespace std::chrono_literals;

namespace {

constexpr const char* head = "title T\nhosts client server\nwire client server delay 50ms\n";

sources::KernelPlay on_kernel(const std::string& lines) {
    auto parsed = scenario::parse(head + lines, "t", world::known());
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed))
        FAIL(scenario::format(*error));
    return sources::play_on_kernel(std::get<scenario::Scenario>(parsed));
}

std::string failure(const sources::KernelPlay& play) {
    const auto* first = play.report.first_failure();
    return first ? sentence(*first) : "";
}

// The states that a socket passed through, each seen at its time.
std::string states(const trace::Trace& trace, const std::string& name) {
    std::string all;
    for (const trace::Event& e : trace.events)
        if (e.kind == trace::EventKind::transition && trace::socket_name(trace, e.socket) == name)
            all += (all.empty() ? "" : " ") + std::string(trace::name(e.to));
    return all;
}

trace::Duration connected_after(const trace::Trace& trace) {
    trace::Instant entered, returned;
    for (const trace::Event& e : trace.events) {
        if (e.kind != trace::EventKind::call_entered && e.kind != trace::EventKind::call_returned)
            continue;
        if (trace.calls[e.ref].call != trace::Call::connect)
            continue;
        (e.kind == trace::EventKind::call_entered ? entered : returned) = e.at;
    }
    return returned - entered;
}

} // namespace

#define NEED_KERNEL(play)                                                                          \
    if (!(play).failure.empty())                                                                   \
    SKIP_TEST((play).failure.c_str())

TEST_CASE("on a wire of 50 ms a handshake is seen at its times: 50, 100 and 150 ms") {
    const auto play = on_kernel("0 server listen :80 backlog 8\n"
                                "0 client connect :80\n"
                                "25ms expect client#1 SYN_SENT\n"
                                "75ms expect server~client#1 SYN_RECV\n"
                                "+0 expect client#1 SYN_SENT\n"
                                "125ms expect client#1 ESTABLISHED\n"
                                "+0 expect server~client#1 SYN_RECV\n"
                                "200ms expect server~client#1 ESTABLISHED\n");
    NEED_KERNEL(play);
    CHECK(failure(play) == "");
    CHECK(states(play.trace, "client#1") == "SYN_SENT ESTABLISHED");
    CHECK(states(play.trace, "server~client#1") == "SYN_RECV ESTABLISHED");
    const auto took = connected_after(play.trace);
    CHECK(took >= trace::milliseconds(100));
    CHECK(took < trace::milliseconds(140) + play.lateness);
}

TEST_CASE("two shutdowns at once meet in CLOSING, and both ends wait in TIME_WAIT") {
    const auto play = on_kernel("0 server listen :80 backlog 8\n"
                                "0 client connect :80\n"
                                "200ms server accept :80\n"
                                "300ms client#1 shutdown WR\n"
                                "+0 server#1 shutdown WR\n"
                                "325ms expect client#1 FIN_WAIT_1\n"
                                "+0 expect server#1 FIN_WAIT_1\n"
                                "375ms expect client#1 CLOSING\n"
                                "+0 expect server#1 CLOSING\n"
                                "500ms expect client#1 TIME_WAIT\n"
                                "+0 expect server#1 TIME_WAIT\n");
    NEED_KERNEL(play);
    CHECK(failure(play) == "");
    CHECK(states(play.trace, "client#1") == "SYN_SENT ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT");
}

TEST_CASE("two connects to each other meet in SYN_RECV and become one connection") {
    const auto play = on_kernel("0 client connect server:5000 from :4000\n"
                                "0 server connect client:4000 from :5000\n"
                                "75ms expect client#1 SYN_RECV\n"
                                "+0 expect server#1 SYN_RECV\n"
                                "200ms expect client#1 ESTABLISHED\n"
                                "+0 expect server#1 ESTABLISHED\n"
                                "+0 expect client#1 returned 0\n");
    NEED_KERNEL(play);
    CHECK(failure(play) == "");
}

TEST_CASE("a lost SYN, or a lost SYN+ACK, makes connect() take a second more") {
    for (const char* lost : {"wire drop client>server SYN", "wire drop server>client SYN+ACK"}) {
        const auto play = on_kernel(fmt::format("0 server listen :80 backlog 8\n0 {}\n"
                                                "0 client connect :80 -> 0\n"
                                                "1300ms expect client#1 ESTABLISHED\n",
                                                lost));
        NEED_KERNEL(play);
        CHECK(failure(play) == "");
        const auto took = connected_after(play.trace);
        CHECK(took >= trace::milliseconds(1100));
        CHECK(took < trace::milliseconds(1200) + play.lateness);
    }
}

TEST_CASE("six SYNs at listen(2): three requests; without cookies three clients wait, with cookies "
          "they are connected to nobody") {
    const std::string six = "0 server listen :80 backlog 2\n"
                            "10ms client connect :80\n+0 client connect :80\n"
                            "+0 client connect :80\n+0 client connect :80\n"
                            "+0 client connect :80\n+0 client connect :80\n"
                            "85ms expect server:80 syn_queue 3\n"
                            "300ms expect server:80 accept_queue 3 limit 2\n"
                            "+0 expect client#3 ESTABLISHED\n";
    const auto plain = on_kernel("sysctl server tcp_syncookies 0\n" + six +
                                 "+0 expect client#4 SYN_SENT\n"
                                 "+0 expect client#6 SYN_SENT\n");
    NEED_KERNEL(plain);
    CHECK(failure(plain) == "");
    const auto cookies = on_kernel("sysctl server tcp_syncookies 1\n" + six +
                                   "+0 expect client#4 ESTABLISHED\n"
                                   "+0 expect client#6 ESTABLISHED\n"
                                   "+0 expect server~client#6 CLOSED\n");
    CHECK(failure(cookies) == "");
}

TEST_CASE("third segments that meet a full accept queue leave their requests waiting; accept() "
          "makes room for them") {
    const auto play = on_kernel("0 server listen :80 backlog 2\n"
                                "0 client connect :80\n+0 client connect :80\n"
                                "300ms client connect :80\n+0 client connect :80\n"
                                "+0 client connect :80\n"
                                "600ms expect server:80 accept_queue 3 limit 2\n"
                                "+0 expect server:80 syn_queue 2\n"
                                "+0 expect client#3 ESTABLISHED\n"
                                "+0 expect client#4 ESTABLISHED\n"
                                "+0 expect client#5 ESTABLISHED\n"
                                "2500ms expect server:80 syn_queue 2\n"
                                "+0 server accept :80\n+0 server accept :80\n"
                                "+0 server accept :80\n"
                                "+4s expect server:80 syn_queue 0\n"
                                "+0 expect server:80 accept_queue 2\n");
    NEED_KERNEL(play);
    CHECK(failure(play) == "");
}

namespace {

std::uint16_t checksum(const std::vector<std::uint8_t>& bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2)
        sum +=
            static_cast<std::uint32_t>(bytes[i] << 8) + (i + 1 < bytes.size() ? bytes[i + 1] : 0);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

// A SYN from an address that nobody has, to 10.0.0.2:80.
std::vector<std::uint8_t> spoofed_syn(unsigned n) {
    const auto port = static_cast<std::uint16_t>(20000 + n);
    std::vector<std::uint8_t> tcp = {0, 0, 0,    80,   0,    0,    0x10, 0, 0, 0,
                                     0, 0, 0x50, 0x02, 0x72, 0x10, 0,    0, 0, 0};
    tcp[0] = static_cast<std::uint8_t>(port >> 8);
    tcp[1] = static_cast<std::uint8_t>(port & 0xff);
    const std::vector<std::uint8_t> ends = {10, 0, 0, 77, 10, 0, 0, 2};
    std::vector<std::uint8_t> pseudo = ends;
    pseudo.insert(pseudo.end(), {0, 6, 0, 20});
    pseudo.insert(pseudo.end(), tcp.begin(), tcp.end());
    const std::uint16_t sum = checksum(pseudo);
    tcp[16] = static_cast<std::uint8_t>(sum >> 8);
    tcp[17] = static_cast<std::uint8_t>(sum & 0xff);
    std::vector<std::uint8_t> ip = {0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0};
    ip.insert(ip.end(), ends.begin(), ends.end());
    const std::uint16_t header = checksum(ip);
    ip[10] = static_cast<std::uint8_t>(header >> 8);
    ip[11] = static_cast<std::uint8_t>(header & 0xff);
    std::vector<std::uint8_t> frame = {0x02, 0x32, 0x4d, 0x53, 0x4c, 2, 2, 2, 2, 2, 2, 2, 8, 0};
    frame.insert(frame.end(), ip.begin(), ip.end());
    frame.insert(frame.end(), tcp.begin(), tcp.end());
    return frame;
}

std::size_t half_open(net::lab::Namespaces& lab) {
    net::DumpRequest wanted;
    wanted.states = net::only(net::KernelState::syn_recv);
    const auto rows = lab.hosts[1].diag.dump(wanted);
    return rows ? rows->size() : 9999;
}

std::string counter(net::lab::Namespaces& lab, const std::string& name) {
    std::array<char, 16 * 1024> room;
    const ssize_t got = ::pread(lab.hosts[1].netstat.number(), room.data(), room.size(), 0);
    std::string text(room.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    const auto names = text.substr(0, text.find('\n'));
    auto values = text.substr(names.size() + 1);
    values = values.substr(0, values.find('\n'));
    const auto at = names.find(" " + name + " ");
    if (at == std::string::npos)
        return "?";
    const auto before =
        std::count(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(at) + 1, ' ');
    std::size_t from = 0;
    for (auto n = before; n > 0; --n)
        from = values.find(' ', from) + 1;
    return values.substr(from, values.find(' ', from) - from);
}

// 40 of them at listen(8).
std::unique_ptr<net::lab::Namespaces> flooded(const char* cookies, std::string& refused) {
    auto started = net::lab::Namespaces::start(2);
    if (!started) {
        refused = net::describe(started.failure());
        return nullptr;
    }
    auto lab = std::move(*started);
    (void)lab->write_sysctl(1, "net.ipv4.tcp_syncookies", cookies);
    (void)lab->write_sysctl(1, "net.ipv4.tcp_synack_retries", "1");
    (void)lab->write_sysctl(1, "net.ipv4.conf.all.rp_filter", "0");
    auto listener = lab->tcp_socket(1);
    REQUIRE(listener.ok());
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(80);
    const int number = listener->give_up(); // open as long as the test runs
    REQUIRE(::bind(number, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(number, 8) == 0);
    for (unsigned n = 0; n < 40; ++n) {
        const auto frame = spoofed_syn(n);
        REQUIRE(::send(lab->hosts[1].packets.number(), frame.data(), frame.size(), 0) ==
                static_cast<ssize_t>(frame.size()));
    }
    return lab;
}

} // namespace

TEST_CASE("forty SYNs of nobody at listen(8) leave nine requests; the others are dropped, or "
          "answered by cookies") {
    std::string refused;
    const auto dropped = flooded("0", refused);
    if (!dropped)
        SKIP_TEST(refused.c_str());
    CHECK(half_open(*dropped) == 9);
    CHECK(counter(*dropped, "TCPReqQFullDrop") == "31");
    const auto answered = flooded("1", refused);
    REQUIRE(answered);
    CHECK(half_open(*answered) == 9);
    CHECK(counter(*answered, "SyncookiesSent") == "31");
    // With tcp_synack_retries 1 they are repeated after 1 s and forgotten after 3 s.
    for (int n = 0; n < 500 && half_open(*dropped) > 0; ++n)
        std::this_thread::sleep_for(10ms);
    CHECK(half_open(*dropped) == 0);
}
