// fork(): a second process holds every descriptor of the host, and a socket ends with its last
// holder.
#include "host.hpp"
#include "turn.hpp"

namespace world {
namespace {

constexpr std::int64_t first_child = 1001; // a process number, as fork() returns it to the parent

} // namespace

trace::CallId fork(Turn& t, trace::HostId host) {
    Contents& w = t.w;
    t.journal.begin_beat(host, trace::none);
    for (std::size_t i = 0; i < w.sockets.size(); ++i)
        if (Socket& s = w.sockets[i]; s.host == host && s.fd >= 0 && s.holders < UINT8_MAX)
            ++s.holders;
    return call_at_once(t, host, trace::Call::fork, trace::none, 0, "",
                        first_child + w.hosts[host].children++, trace::Rule::fork_shares_files);
}

bool gives_up_one_of_many(Contents& w, trace::Cookie cookie) {
    if (w.sockets[cookie].holders < 2)
        return false;
    --w.sockets[cookie].holders;
    return true;
}

} // namespace world
