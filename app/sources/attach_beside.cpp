// The listener beside My server's list: its queue, and each of its connections from both ends.
#include "attach_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "view/words.hpp"

namespace sources {
namespace attach = net::attach;

namespace {

using view::say;
using view::tr;

constexpr std::size_t peers_shown = 60;

} // namespace

std::string age(std::int64_t ns) {
    const std::int64_t seconds = std::max<std::int64_t>(0, ns) / 1'000'000'000;
    if (seconds < 120)
        return fmt::format("{} s", seconds);
    if (seconds < 7200)
        return fmt::format("{} min", seconds / 60);
    return fmt::format("{} h", seconds / 3600);
}

std::optional<view::ListenerDetail> AttachSource::detail() const {
    const attach::ListenerLine* line = line_of(selected_);
    if (!line)
        return std::nullopt;
    view::ListenerDetail made;
    made.cookie = line->cookie;
    made.where = line->where;
    made.who = line->who;
    made.length = line->length;
    made.limit = line->limit;
    if (detail_snapshot_.hosts.size() < 2 || !closeup_)
        return made;
    made.now = detail_snapshot_.now;
    const trace::HostView& clients = detail_snapshot_.hosts[0];
    const trace::HostView& servers = detail_snapshot_.hosts[1];
    const auto end_of = [&](trace::Cookie cookie) -> const attach::Closeup::End* {
        const auto at = closeup_->ends.find(cookie);
        return at == closeup_->ends.end() ? nullptr : &at->second;
    };
    std::map<trace::Cookie, std::string> in_queue;
    for (const trace::ListenerView& listener : servers.listeners) {
        made.requests += static_cast<std::uint32_t>(listener.syn_queue.size());
        for (std::size_t i = 0; i < listener.accept_queue.size(); ++i) {
            const trace::QueueEntry& entry = listener.accept_queue[i];
            made.waiting.push_back(entry);
            // Which of two that came within a few milliseconds is first, nobody can see.
            const bool first =
                i == 0 && (listener.accept_queue.size() == 1 ||
                           listener.accept_queue[1].since - entry.since > trace::milliseconds(10));
            in_queue[entry.cookie] = say(first ? "head of the queue, {}" : "in the queue, {}",
                                         age((detail_snapshot_.now - entry.since).ns));
        }
        for (const trace::QueueEntry& entry : listener.syn_queue)
            in_queue[entry.cookie] = entry.acked
                                         ? std::string(tr("third ACK refused or lost"))
                                         : say("SYN+ACK repeated {} times", entry.synacks_resent);
    }
    std::vector<std::pair<int, view::PeerRow>> rows;
    std::map<std::string, const trace::SocketView*> client_ends;
    for (const trace::SocketView& socket : clients.sockets)
        if (const auto* end = end_of(socket.cookie))
            client_ends[end->local] = &socket;
    for (const trace::SocketView& socket : servers.sockets) {
        const auto* end = end_of(socket.cookie);
        if (!end)
            continue;
        view::PeerRow row;
        row.peer = end->remote;
        row.server = socket.state;
        if (const auto at = client_ends.find(end->remote); at != client_ends.end()) {
            row.client = at->second->state;
            client_ends.erase(at);
        } else {
            row.client_end = end->far == attach::Far::remote ? tr("remote") : tr("no socket");
        }
        int rank = 3;
        if (const auto at = in_queue.find(socket.cookie); at != in_queue.end()) {
            row.seen = at->second;
            row.bad = socket.kind == trace::RecordKind::request;
            rank = socket.kind == trace::RecordKind::request ? 1 : 0;
        } else if (socket.fd >= 0) {
            row.seen = say("accepted, fd {}", socket.fd);
        } else if (socket.kind == trace::RecordKind::time_wait && !socket.timers.empty()) {
            row.seen = say("{} left", age((socket.timers[0].due - detail_snapshot_.now).ns));
            rank = 4;
        } else if (end->orphan) {
            row.seen = tr("closed by the program");
        }
        rows.emplace_back(rank, std::move(row));
    }
    for (const auto& [local, socket] : client_ends) {
        view::PeerRow row;
        row.peer = local;
        row.client = socket->state;
        row.client_end.clear();
        if (socket->state == trace::State::syn_sent) {
            const int again = socket->timers.empty() ? 0 : socket->timers[0].repetitions;
            row.seen = say("SYN not taken, repeated ×{}", again);
            row.bad = again > 0;
        } else {
            row.seen = tr("no socket for it at the server");
        }
        rows.emplace_back(2, std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [rank, row] : rows)
        if (made.peers.size() < peers_shown)
            made.peers.push_back(std::move(row));
        else
            ++made.more_peers;
    made.more_peers += closeup_->not_followed;
    return made;
}

} // namespace sources
