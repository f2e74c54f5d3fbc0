// The sick machines.
#include "machines.hpp"

namespace machines {
namespace {

std::vector<SocketRow> full_queue(std::uint32_t drops, std::uint32_t quiet_ms) {
    std::vector<SocketRow> rows = {listener(loopback(8080), 3, 2, drops)};
    for (std::uint16_t i = 0; i < 3; ++i)
        add(rows, pair(static_cast<std::uint16_t>(50000 + i), 8080, KernelState::established,
                       KernelState::established, 0));
    for (SocketRow& row : rows)
        if (row.state == KernelState::established)
            row.info->last_ack_received_ms = quiet_ms;
    SocketRow repeats = socket(KernelState::syn_sent, loopback(50009), loopback(8080), 900);
    repeats.timer = KernelTimer::retransmit;
    repeats.retransmissions = 2;
    rows.push_back(repeats);
    return rows;
}

std::vector<SocketRow> close_waits(std::uint32_t count, std::uint32_t quiet_ms) {
    std::vector<SocketRow> rows = {listener(any4(9000), 0, 128)};
    for (std::uint32_t i = 0; i < count; ++i) {
        SocketRow row = socket(KernelState::close_wait, loopback(9000),
                               loopback(static_cast<std::uint16_t>(40000 + i)), 100 + i);
        row.info->last_ack_received_ms = quiet_ms;
        rows.push_back(row);
    }
    return rows;
}

std::vector<SocketRow> half_open(std::uint32_t count, std::uint8_t repeated) {
    std::vector<SocketRow> rows = {listener(any4(8443), 0, 8)};
    for (std::uint32_t i = 0; i < count; ++i) {
        SocketRow row = socket(KernelState::syn_recv, loopback(8443),
                               loopback(static_cast<std::uint16_t>(41000 + i)), 0);
        row.timer = KernelTimer::retransmit;
        row.retransmissions = repeated;
        rows.push_back(row);
    }
    return rows;
}

std::vector<SocketRow> closed_window(std::uint32_t ms_ago) {
    std::vector<SocketRow> rows =
        pair(42000, 7000, KernelState::established, KernelState::established, 150);
    rows[0].timer = KernelTimer::zero_window_probe;
    rows[0].send_queue = 20480;
    rows[0].info->send_window = 0;
    rows[0].info->last_data_sent_ms = ms_ago;
    rows[1].recv_queue = 13192;
    rows.push_back(listener(any4(7000), 0, 8));
    return rows;
}

std::vector<SocketRow> unread(std::uint32_t quiet_ms) {
    std::vector<SocketRow> rows =
        pair(42000, 7000, KernelState::established, KernelState::established, 150);
    rows[1].recv_queue = 500;
    rows[1].info->last_data_received_ms = quiet_ms;
    return rows;
}

std::vector<SocketRow> many(KernelState state, KernelTimer timer, std::uint32_t count,
                            std::uint8_t repetitions, std::uint16_t first_port = 32768) {
    std::vector<SocketRow> rows;
    for (std::uint32_t i = 0; i < count; ++i) {
        SocketRow row =
            socket(state, loopback(static_cast<std::uint16_t>(first_port + i)), loopback(5432), 0);
        row.timer = timer;
        row.retransmissions = repetitions;
        row.expires_ms = 30'000;
        if (timer == KernelTimer::time_wait)
            row.info.reset();
        rows.push_back(row);
    }
    return rows;
}

} // namespace

std::vector<Sick> all_sick() {
    std::vector<Sick> all;
    all.push_back(
        {"accept_queue_full", {{0, full_queue(18, 20'000)}, {500, full_queue(18, 20'500)}}});
    std::vector<SocketRow> dropping = {listener(any4(80), 0, 128, 5)};
    std::vector<SocketRow> dropping_more = {listener(any4(80), 0, 128, 9)};
    all.push_back({"listener_drops", {{0, dropping}, {250, dropping_more}}});
    all.push_back(
        {"ports_used_up", {{0, many(KernelState::time_wait, KernelTimer::time_wait, 25'000, 0)}}});
    all.push_back({"close_wait_leak", {{0, close_waits(37, 720'000)}}});
    all.push_back({"half_open_pile", {{0, half_open(3, 2)}}});
    all.push_back({"zero_window", {{0, closed_window(4000)}, {1500, closed_window(5500)}}});
    all.push_back({"unread_data", {{0, unread(12'000)}}});
    auto repeating = pair(42000, 7000, KernelState::established, KernelState::established, 150);
    repeating[0].timer = KernelTimer::retransmit;
    repeating[0].retransmissions = 3;
    repeating[0].send_queue = 100;
    all.push_back({"retransmitting", {{0, repeating}}});
    all.push_back(
        {"connect_unanswered", {{0, many(KernelState::syn_sent, KernelTimer::retransmit, 2, 1)}}});
    all.push_back({"stuck_closing",
                   {{0, many(KernelState::last_ack, KernelTimer::retransmit, 4, 3)},
                    {4000, many(KernelState::last_ack, KernelTimer::retransmit, 4, 5)}}});
    auto waiting = full_queue(0, 9000);
    waiting[0].send_queue = 128;
    waiting.pop_back();
    all.push_back({"accept_queue_waits", {{0, waiting}}});
    auto was_full = full_queue(18, 100);
    auto relieved = full_queue(18, 100);
    relieved[0].recv_queue = 0;
    relieved.pop_back(); // its SYN was taken
    for (std::uint32_t i = 0; SocketRow & row : relieved)
        if (row.state == KernelState::established)
            row.inode = 200 + i++;
    all.push_back({"accept_queue_was_full", {{0, was_full}, {500, relieved}}});
    all.push_back(
        {"fin_wait_2_orphans", {{0, many(KernelState::fin_wait_2, KernelTimer::time_wait, 6, 0)}}});
    std::vector<SocketRow> waits = {listener(any4(80), 0, 128)};
    for (std::uint32_t i = 0; i < 12'000; ++i) {
        SocketRow row = socket(KernelState::time_wait, loopback(80),
                               loopback(static_cast<std::uint16_t>(20000 + i)), 0);
        row.timer = KernelTimer::time_wait;
        waits.push_back(row);
    }
    all.push_back({"time_wait_pile", {{0, waits}}});
    all.push_back({"time_wait_overflow", {{0, {waits.front()}}}, 3});
    return all;
}

} // namespace machines
