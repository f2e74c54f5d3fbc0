// The decoder of inet_diag messages, on bytes that a kernel sent.
#include "net/socket_row.hpp"

#include "catch.hpp"
#include "recorded_rows.hpp"

#include <vector>

namespace {

std::vector<std::byte> bytes(std::string_view hex) {
    std::vector<std::byte> made;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        made.push_back(
            static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    return made;
}

net::SocketRow row(std::string_view hex) {
    const auto decoded = net::decode_row(bytes(hex));
    REQUIRE(decoded.has_value());
    return *decoded;
}

} // namespace

TEST_CASE("a LISTEN row tells the accept queue and its limit in the places of the byte queues") {
    const auto listener = row(recorded::listening);
    CHECK(listener.state == net::KernelState::listen);
    CHECK(net::record_of(listener) == net::Record::listener);
    CHECK(net::text(listener.pair.local) == "10.9.0.2:80");
    CHECK(listener.pair.remote.port == 0);
    CHECK(listener.recv_queue == 0);
    CHECK(listener.send_queue == 2);
    CHECK(listener.inode != 0);
    CHECK(listener.drops == 0u);
    CHECK(listener.congestion == "reno");
}

TEST_CASE("a half-open request has a SYN+ACK timer and neither inode nor tcp_info") {
    const auto request = row(recorded::half_open);
    CHECK(request.state == net::KernelState::syn_recv);
    CHECK(net::record_of(request) == net::Record::request);
    CHECK(net::text(request.pair.local) == "10.9.0.2:80");
    CHECK(net::address_text(request.pair.remote) == "10.9.0.1");
    CHECK(request.timer == net::KernelTimer::retransmit);
    CHECK(request.expires_ms == 1000);
    CHECK(request.retransmissions == 0);
    CHECK(request.inode == 0);
    CHECK_FALSE(request.info.has_value());
    CHECK_FALSE(request.drops.has_value());
}

TEST_CASE("a connection that nobody has accepted is ESTABLISHED without an inode, with tcp_info") {
    const auto connection = row(recorded::unaccepted);
    CHECK(connection.state == net::KernelState::established);
    CHECK(net::record_of(connection) == net::Record::connection);
    CHECK(connection.inode == 0);
    REQUIRE(connection.info.has_value());
    CHECK(connection.info->bytes_received == 0u);
    CHECK(connection.info->bytes_acked == 0u); // a passive opener's SYN does not count
    CHECK(connection.info->send_mss == 1448);
    CHECK(connection.info->has_wscale);
    CHECK(connection.info->receive_window.has_value());
    CHECK(connection.shutdown == 0);
    CHECK(connection.receive_buffer > 0);
    CHECK(connection.send_buffer > 0);
}

TEST_CASE("the same cookie goes from request to connection to LAST_ACK") {
    CHECK(row(recorded::half_open).cookie == row(recorded::unaccepted).cookie);
    CHECK(row(recorded::half_open).cookie == row(recorded::last_ack).cookie);
    CHECK(row(recorded::unacknowledged).cookie == row(recorded::time_wait).cookie);
    CHECK(row(recorded::unacknowledged).cookie != row(recorded::unaccepted).cookie);
}

TEST_CASE("bytes that are not acknowledged stand in the send queue with a retransmission timer") {
    const auto sender = row(recorded::unacknowledged);
    CHECK(sender.send_queue == 100);
    CHECK(sender.timer == net::KernelTimer::retransmit);
    CHECK(sender.info->bytes_acked == 1u); // an active opener's SYN counts
    CHECK(sender.info->unacked == 1);
}

TEST_CASE("unread bytes and the unread FIN stand in the receive queue together") {
    const auto half_closed = row(recorded::close_wait);
    CHECK(half_closed.state == net::KernelState::close_wait);
    CHECK(half_closed.recv_queue == 101);
    CHECK(half_closed.shutdown == 1);
}

TEST_CASE("FIN_WAIT_2 of a closed descriptor is a small record with the timer of TIME_WAIT, and "
          "still FIN_WAIT_2") {
    const auto orphan = row(recorded::orphan_fin_wait_2);
    CHECK(orphan.state == net::KernelState::fin_wait_2);
    CHECK(net::record_of(orphan) == net::Record::time_wait);
    CHECK(orphan.timer == net::KernelTimer::time_wait);
    CHECK_FALSE(orphan.info.has_value());
    const auto last = row(recorded::time_wait);
    CHECK(last.state == net::KernelState::time_wait);
    CHECK(last.expires_ms == 60'000);
}

TEST_CASE("an orphan in LAST_ACK has its FIN in the send queue") {
    const auto orphan = row(recorded::last_ack);
    CHECK(orphan.state == net::KernelState::last_ack);
    CHECK(orphan.inode == 0);
    CHECK(orphan.send_queue == 1);
    CHECK(orphan.shutdown == 3);
}

TEST_CASE("a tcp_info of an older kernel, cut short, gives what it has and nothing else") {
    // Move the end of INET_DIAG_INFO before bytes_acked (offset 120): the attribute header is
    // rewritten.
    auto message = bytes(recorded::unacknowledged);
    for (std::size_t at = 72; at + 4 <= message.size();) {
        const auto length = std::to_integer<std::size_t>(message[at]) |
                            std::to_integer<std::size_t>(message[at + 1]) << 8;
        REQUIRE(length >= 4);
        if (std::to_integer<int>(message[at + 2]) == 2) { // INET_DIAG_INFO
            message[at] = static_cast<std::byte>(4 + 104);
            message[at + 1] = std::byte{0};
            message.resize(at + 4 + 104);
            break;
        }
        at += (length + 3) & ~std::size_t{3};
    }
    const auto decoded = net::decode_row(message);
    REQUIRE(decoded.has_value());
    REQUIRE(decoded->info.has_value());
    CHECK(decoded->info->send_mss == 1448);
    CHECK(decoded->info->rto_us > 0);
    CHECK_FALSE(decoded->info->bytes_acked.has_value());
    CHECK_FALSE(decoded->info->send_window.has_value());
    CHECK_FALSE(decoded->info->receive_window.has_value());
}

TEST_CASE("messages cut at any length are refused or read, never read beyond their end") {
    for (const auto whole : {recorded::unaccepted, recorded::half_open, recorded::listening}) {
        const auto message = bytes(whole);
        for (std::size_t size = 0; size <= message.size(); ++size) {
            const std::vector<std::byte> part(message.begin(),
                                              message.begin() + static_cast<std::ptrdiff_t>(size));
            CHECK(net::decode_row(part).has_value() == (size >= 72));
        }
    }
}

TEST_CASE("a state that the kernel does not have is refused, an absurd timer is none") {
    auto message = bytes(recorded::half_open);
    message[1] = std::byte{0};
    CHECK_FALSE(net::decode_row(message).has_value());
    message[1] = std::byte{12};
    CHECK_FALSE(net::decode_row(message).has_value());
    message = bytes(recorded::half_open);
    for (std::size_t at = 52; at < 56; ++at)
        message[at] = std::byte{0xff}; // idiag_expires
    CHECK(net::decode_row(message)->expires_ms == 0);
}
