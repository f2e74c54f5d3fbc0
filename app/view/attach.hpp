// What is seen of the TCP sockets of this machine: verdicts, the list of listeners, one of them
// closer.
//
// Texts are in the language of the window already: a source knows the facts, panels only place
// them.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "trace/event.hpp"
#include "trace/snapshot.hpp"
#include "trace/state.hpp"

namespace view {

inline constexpr std::size_t trend_points = 60; // one for each second, the newest last

// Severity of a verdict, worst first.
enum class Severity : std::uint8_t { bad, warning, notice };

struct VerdictView {
    std::string id;        // "accept_queue_full.8080"
    std::string condition; // "accept_queue_full"
    Severity severity = Severity::notice;
    std::string where, who; // ":8080", "node (4711)"
    std::string headline;
    std::vector<std::string> evidence;
    trace::Certainty certainty = trace::Certainty::sampled;
    std::string source; // how it is known and how old that is
    std::string remedy;
    std::string lesson_file;
    int lesson = -1; // place in the catalogue, from 0; -1: none explains it
    std::string lesson_title;
    std::string ss;           // the command that shows the same
    std::uint64_t cookie = 0; // what Open opens
    std::uint16_t port = 0;
    int pid = 0;
};

struct ListenerRow {
    std::uint64_t cookie = 0; // the kernel's, of its first socket
    std::string where, who;
    std::uint16_t port = 0;
    int pid = 0;
    std::size_t sockets = 1; // that share the address (SO_REUSEPORT)
    std::array<std::uint32_t, trace::state_count> states{};
    std::uint32_t connections = 0;
    std::uint32_t length = 0, limit = 0;
    bool full = false;
    std::uint32_t drops = 0, new_drops = 0;
    std::array<std::uint32_t, trend_points> trend{}, trend_drops{};
    std::array<bool, trend_points> looked{}; // false: nobody looked in that second
    std::optional<Severity> severity;        // of the worst verdict about it
};

// One end of a connection beside the listener that was picked.
struct PeerRow {
    std::string peer; // address of the client
    std::optional<trace::State> client, server;
    std::string client_end; // when there is no state: "remote", "no socket"
    std::string seen;       // "head of the queue, 17 s", "accepted, fd 23"
    bool bad = false;
};

struct ListenerDetail {
    std::uint64_t cookie = 0;
    std::string where, who;
    trace::Instant now; // when `waiting` was looked at
    std::uint32_t length = 0, limit = 0, requests = 0;
    std::vector<trace::QueueEntry> waiting; // head first
    std::vector<PeerRow> peers;
    std::size_t more_peers = 0;
};

// The addresses of a socket, which may be IPv6, and what is known of its past.
struct EndText {
    std::string local, remote;
    std::string ss_local, ss_remote; // the same as ss prints them
    std::string note;                // "in this state already when we came", "remote", ...
};

struct AttachView {
    std::string scope;    // what is seen, and what is not and why
    std::string attached; // "attached 12 min ago"
    bool ready = false;   // the first look is done
    std::vector<VerdictView> verdicts;
    std::string rest; // "everything else: nothing wrong seen"
    std::string totals;
    std::vector<ListenerRow> listeners;
    std::string counters;          // of all listeners together
    std::string asked;             // "Is this happening to me?": the condition asked about, else ""
    std::string answer;            // ... and the answer
    std::uint16_t sample_port = 0; // our own stuck server; 0: it does not run
    std::uint64_t selected = 0;    // the listener shown beside the list
    std::optional<ListenerDetail> detail;
    // One target in full, drawn by the same panels as a simulated world.
    bool open = false;
    std::string title, opened_how; // ":8080 node (4711)"; how it is looked at
    std::map<trace::Cookie, EndText> ends;
};

} // namespace view
