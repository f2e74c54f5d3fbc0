// ss -tan: a line for each socket, columns as wide as what stands in them (render_calc_width()).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tools.hpp"
#include "words.hpp"

namespace view {
namespace {

const char* state_name(trace::State state) {
    switch (state) {
    case trace::State::closed: return "UNCONN";
    case trace::State::listen: return "LISTEN";
    case trace::State::syn_sent: return "SYN-SENT";
    case trace::State::syn_recv: return "SYN-RECV";
    case trace::State::established: return "ESTAB";
    case trace::State::fin_wait_1: return "FIN-WAIT-1";
    case trace::State::fin_wait_2: return "FIN-WAIT-2";
    case trace::State::close_wait: return "CLOSE-WAIT";
    case trace::State::closing: return "CLOSING";
    case trace::State::last_ack: return "LAST-ACK";
    case trace::State::time_wait: return "TIME-WAIT";
    }
    return "UNKNOWN";
}

struct Row {
    std::string state, received, sent, local, local_port, peer, peer_port;
};

// "[::1]:80" apart.
void name_ends(Row& row, const EndText& ends) {
    const auto part = [](const std::string& end, std::string& address, std::string& port) {
        const auto colon = end.rfind(':');
        address = end.substr(0, colon);
        port = end.substr(colon + 1);
    };
    part(ends.ss_local, row.local, row.local_port);
    part(ends.ss_remote, row.peer, row.peer_port);
}

Row row_of(const trace::ListenerView& l) {
    // The address that was bound, not the one by which the window names it.
    return {"LISTEN",
            fmt::format("{}", l.accept_queue.size()),
            fmt::format("{}", l.limit),
            trace::format(l.local.address),
            fmt::format("{}", l.local.port),
            "0.0.0.0",
            "*"};
}

Row row_of(const trace::SocketView& s) {
    // A request and a TIME_WAIT are small records without queues.
    const bool small =
        s.kind == trace::RecordKind::request || s.kind == trace::RecordKind::time_wait;
    return {state_name(s.state),
            fmt::format("{}", small ? 0 : s.recv_queue.bytes),
            fmt::format("{}", small ? 0 : s.send_queue.bytes),
            trace::format(s.local.address),
            fmt::format("{}", s.local.port),
            trace::format(s.remote.address),
            fmt::format("{}", s.remote.port)};
}

} // namespace

ToolText ss_text(const trace::HostView& host, const ToolKnows& knows) {
    std::vector<Row> rows = {
        {"State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port"}};
    const auto add = [&](const auto& socket) {
        rows.push_back(row_of(socket));
        if (!knows.ends)
            return;
        if (const auto ends = knows.ends->find(socket.cookie); ends != knows.ends->end())
            name_ends(rows.back(), ends->second);
    };
    for (const trace::ListenerView& listener : host.listeners)
        add(listener);
    // What is CLOSED stands in no table of the kernel: it is not found.
    for (const trace::SocketView& socket : host.sockets)
        if (socket.kind != trace::RecordKind::listener && socket.state != trace::State::closed)
            add(socket);
    std::array<std::size_t, 7> width{};
    const auto cell = [](const Row& row, std::size_t i) -> const std::string& {
        const std::array all = {&row.state,      &row.received, &row.sent,     &row.local,
                                &row.local_port, &row.peer,     &row.peer_port};
        return *all[i];
    };
    for (const Row& row : rows)
        for (std::size_t i = 0; i < width.size(); ++i)
            width[i] = std::max(width[i], cell(row, i).size());
    ToolText text;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const Row& row = rows[r];
        text.lines.push_back(fmt::format(
            "{:<{}} {:<{}} {:<{}} {:>{}}:{:<{}} {:>{}}:{:<{}}{:<7}", row.state, width[0],
            row.received, width[1], row.sent, width[2], row.local, width[3], row.local_port,
            width[4], row.peer, width[5], row.peer_port, width[6], r == 0 ? "Process" : ""));
    }
    text.notes.push_back(tr("A kernel lists sockets in the order of its hash tables; here they "
                            "stand in the order in which they came."));
    return text;
}

} // namespace view
