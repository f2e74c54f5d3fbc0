// Every state, every call: what Linux 6.18 returned on a non-blocking descriptor, replayed.
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "raw_states.hpp"

using namespace raw;

namespace {

std::string trim(const std::string& s) {
    const auto first = s.find_first_not_of(' ');
    return first == s.npos ? "" : s.substr(first, s.find_last_not_of(' ') - first + 1);
}

scenario::Action action(const std::string& call) {
    if (call == "recv")
        return scenario::Read{first(), {}};
    if (call == "send")
        return scenario::Write{first(), 7, ""};
    if (call == "shutdown_rd")
        return scenario::ShutDown{first(), trace::Shutdown::rd};
    if (call == "shutdown_wr")
        return scenario::ShutDown{first(), trace::Shutdown::wr};
    if (call == "shutdown_rdwr")
        return scenario::ShutDown{first(), trace::Shutdown::rdwr};
    return scenario::Close{first()};
}

std::string print(std::int64_t result) {
    if (result >= 0)
        return std::to_string(result);
    return std::string(trace::name(static_cast<trace::Errno>(-result)));
}

} // namespace

TEST_CASE("every call in every state returns and sends what Linux 6.18 was seen to", "[calls]") {
    std::ifstream file(TWOMSL_SOURCE_DIR "/tests/unit/world/calls.txt");
    std::size_t all = 0, wrong = 0;
    std::string differences;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#')
            continue;
        std::istringstream words(line);
        std::string state, call, result, bar, rest;
        words >> state >> call >> result >> bar;
        std::getline(words, rest);
        const auto cut = rest.find('|');
        const std::string sent = trim(rest.substr(0, cut)), after = trim(rest.substr(cut + 1));

        Prepared p = prepare(state);
        p.peer.make_nonblocking();
        if (call == "linger0_close")
            p.peer.submit(scenario::SetOption{first(), "SO_LINGER", 0});
        const std::size_t mark = p.peer.mark();
        p.peer.submit(action(call));
        const std::string got = print(p.peer.last_result());
        const std::string told = p.peer.tell_since(mark);
        std::string now = kernel_name(p.peer.state());
        // The recordings say CLOSE while the descriptor lives, CLOSED when it is gone, and look at
        // a descriptor in TIME_WAIT, which is CLOSE to its program.
        if (p.peer.descriptor_is_open() && (now == "CLOSED" || now == "TIME_WAIT"))
            now = "CLOSE";
        ++all;
        if (got == result && told == sent && now == after)
            continue;
        ++wrong;
        differences += line + "\n    got " + got + " | " + told + " | " + now + "\n";
    }
    INFO(differences);
    CHECK(all == 85);
    CHECK(wrong == 0);
}
