// Every state meets every kind of segment: the answers that Linux 6.18 gave, replayed.
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "catch.hpp"
#include "raw_states.hpp"

using namespace raw;
namespace flag = trace::flag;

namespace {

struct Cell {
    std::string line, state, flags;
    std::int64_t seq = 0, ack = 0;
    std::uint32_t length = 0;
    std::string replies, after, error;
};

std::string trim(const std::string& s) {
    const auto first = s.find_first_not_of(' ');
    return first == s.npos ? "" : s.substr(first, s.find_last_not_of(' ') - first + 1);
}

std::vector<Cell> cells() {
    std::ifstream file(TWOMSL_SOURCE_DIR "/tests/unit/world/arrivals.txt");
    std::vector<Cell> out;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#')
            continue;
        Cell c;
        c.line = line;
        std::istringstream words(line);
        std::string ack, bar;
        words >> c.state >> c.flags >> c.seq >> ack >> c.length >> bar;
        if (ack != "-")
            c.ack = std::stoll(ack);
        std::string rest;
        std::getline(words, rest);
        const auto first = rest.find('|'), second = rest.find('|', first + 1);
        c.replies = trim(rest.substr(0, first));
        c.after = trim(rest.substr(first + 1, second - first - 1));
        c.error = trim(rest.substr(second + 1));
        out.push_back(c);
    }
    return out;
}

// Absolute numbers are written "=n" in the file where no ISN is known; here both ISNs are 0 then.
std::string normal(std::string replies, bool absolute) {
    if (!absolute)
        return replies;
    std::string out;
    for (char c : replies)
        if (c != '=')
            out += c;
    return out;
}

} // namespace

TEST_CASE("every state answers every segment as Linux 6.18 was seen to do", "[arrivals]") {
    std::map<std::string, Prepared> prepared;
    std::size_t wrong = 0, all = 0;
    std::string differences;
    for (const Cell& c : cells()) {
        if (!prepared.contains(c.state))
            prepared.emplace(c.state, prepare(c.state));
        Prepared p = prepared.at(c.state);
        const std::size_t mark = p.peer.mark();
        const bool absolute = c.state == "CLOSED" || c.state == "LISTEN";
        // In SYN_SENT the segment's own number is the peer's ISN.
        if (c.state == "SYN_SENT")
            p.peer.isn += static_cast<std::uint32_t>(c.seq);
        const std::int64_t offset = c.state == "SYN_SENT" ? 0 : c.seq;
        p.peer.inject(parse_flags(c.flags), p.rcv_nxt + offset, p.snd_nxt + c.ack, c.length);
        p.peer.advance(trace::milliseconds(70));
        const bool begins = c.state == "LISTEN" || c.state == "TIME_WAIT";
        if (begins && c.after == "SYN_RECV")
            p.peer.read_isn();
        std::string told = p.peer.tell_since(mark);
        std::string want = normal(c.replies, absolute);
        if (absolute)
            told = normal(told, true);
        std::string after = kernel_name(p.peer.state());
        if (c.state == "LISTEN" && after == "CLOSED")
            after = "LISTEN";
        const auto error = p.peer.pending_error();
        const std::string so_error(trace::name(error));
        ++all;
        const bool same_error = c.error == "-" || so_error == c.error;
        if (told == want && after == c.after && same_error)
            continue;
        ++wrong;
        differences += c.line + "\n    got " + told + " | " + after + " | " + so_error + "\n";
    }
    CHECK(all == 1022);
    INFO(differences);
    CHECK(wrong == 0);
}
