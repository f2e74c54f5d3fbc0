// Every row of the table of transitions, driven from outside: by calls, by segments of a hand-made
// peer, and by time. How to get to a row's state is looked up in the table itself.
#include <set>

#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
using trace::State;
using trace::Trigger;
namespace flag = trace::flag;

namespace {

// What stands for the host's end now.
std::optional<trace::SocketView> view(const Peer& p) {
    const auto& w = p.world.contents();
    const auto cookie =
        w.find({0, {w.hosts[0].address, p.host_port}, {w.hosts[1].address, p.port}});
    if (!cookie)
        return std::nullopt;
    const auto snapshot = project(p.world);
    const auto* v = trace::find_socket(snapshot, *cookie);
    return v ? std::optional(*v) : std::nullopt;
}

class Player {
public:
    explicit Player(const std::string& profile) : peer("profile " + profile + "\n") {}

    void play(Trigger t) {
        const State from = peer.state();
        const auto v = view(peer);
        const std::int64_t rcv = v ? std::int64_t{v->rcv_nxt.raw} - peer.isn : 1;
        const std::int64_t snd = v ? std::int64_t{v->snd_nxt.raw} - peer.host_isn : 1;
        switch (t) {
        case Trigger::listen_call: peer.submit(listen(4)); break;
        case Trigger::connect_call:
            peer.submit(scenario::Connect{0, 1, 1, 5555, std::uint16_t{80}});
            peer.read_isn();
            if (peer.state() == State::syn_sent)
                peer.make_nonblocking();
            break;
        case Trigger::close_call: peer.submit(scenario::Close{target()}); break;
        case Trigger::shutdown_wr_call: shut(trace::Shutdown::wr); break;
        case Trigger::shutdown_rd_call: shut(trace::Shutdown::rd); break;
        case Trigger::abort:
            peer.submit(scenario::SetOption{first(), "SO_LINGER", 0});
            peer.submit(scenario::Close{first()});
            break;
        case Trigger::syn:
            peer.inject(flag::syn, from == State::time_wait ? rcv + 1000 : 0);
            peer.read_isn();
            break;
        case Trigger::syn_again: peer.inject(flag::syn, 100); break;
        case Trigger::syn_ack: peer.inject(flag::syn | flag::ack, 0, 1); break;
        case Trigger::ack_of_syn:
            peer.inject(flag::ack, 1, 1);
            if (passive())
                peer.submit(scenario::Accept{0, 1, 80});
            break;
        case Trigger::fin:
            peer.inject(flag::fin | flag::ack, from == State::time_wait ? rcv - 1 : rcv,
                        from == State::fin_wait_1 ? snd - 1 : snd);
            break;
        case Trigger::ack_of_fin: peer.inject(flag::ack, rcv, snd); break;
        case Trigger::rst:
            if (from == State::syn_sent)
                peer.inject(flag::rst | flag::ack, 0, 1);
            else
                peer.inject(flag::rst, rcv);
            break;
        case Trigger::gave_up:
            if (from == State::established || from == State::close_wait)
                peer.submit(scenario::Write{first(), 10, ""});
            peer.advance(trace::seconds(1200));
            break;
        case Trigger::time_wait_over: peer.advance(trace::seconds(250)); break;
        }
    }

    bool took(const trace::Transition& row) const {
        for (const trace::Event& e : peer.log.events) {
            if (e.kind != trace::EventKind::transition || e.trigger() != row.trigger)
                continue;
            if (e.from == row.from && e.to == row.to)
                return true;
            const bool spawned = row.spawn == trace::Spawn::request && e.to == row.spawned;
            if (e.from == row.from && spawned)
                return true;
        }
        return false;
    }

private:
    void shut(trace::Shutdown how) { peer.submit(scenario::ShutDown{target(), how}); }
    bool passive() const { return !peer.world.contents().hosts[0].listeners.empty(); }
    // Before there is a connection, calls are on the listener.
    scenario::SocketName target() const {
        const auto& names = peer.world.contents().hosts[0].names;
        if (!names.empty() && names[0].known)
            return first();
        scenario::SocketName l;
        l.kind = scenario::SocketName::Kind::listener;
        l.host = 0;
        l.port = 80;
        return l;
    }

    Peer peer;
};

using Path = std::vector<Trigger>;

// All ways through the table to a state that visit no state twice.
void ways(State goal, State at, trace::Policies p, Path& so_far, std::set<State>& seen,
          std::vector<Path>& out) {
    if (at == goal) {
        out.push_back(so_far);
        return;
    }
    for (const trace::Transition& row : trace::transitions()) {
        if (row.from != at || !p.has(row.needs))
            continue;
        const State next = row.spawn == trace::Spawn::request ? row.spawned : row.to;
        if (next == State::closed || !seen.insert(next).second)
            continue;
        so_far.push_back(row.trigger);
        ways(goal, next, p, so_far, seen, out);
        so_far.pop_back();
        seen.erase(next);
    }
}

std::vector<Path> reach(State goal, trace::Policies p) {
    std::vector<Path> out;
    Path so_far;
    std::set<State> seen{State::closed};
    ways(goal, State::closed, p, so_far, seen, out);
    return out;
}

bool driven(const trace::Transition& row, trace::Policies p, const std::string& profile) {
    for (const Path& way : reach(row.from, p)) {
        Player player(profile);
        for (Trigger t : way)
            player.play(t);
        player.play(row.trigger);
        if (player.took(row))
            return true;
    }
    return false;
}

} // namespace

TEST_CASE("every row of the table of transitions is taken by a world", "[rows]") {
    for (const trace::Transition& row : trace::transitions()) {
        INFO(trace::name(row.from)
             << " --" << trace::name(row.trigger) << "--> " << trace::name(row.to));
        const bool in_linux = trace::linux_policies.has(row.needs);
        const bool in_text = trace::rfc_policies.has(row.needs);
        // An orphan's FIN_WAIT_2 has no end in the text of RFC 9293; only Linux answers another SYN
        // to a half-open request in that way, the text has no requests.
        const bool linux_only =
            (row.from == State::fin_wait_2 && row.trigger == Trigger::gave_up) ||
            row.trigger == Trigger::syn_again;
        if (in_linux)
            CHECK(driven(row, trace::linux_policies, "linux-6.18"));
        if (in_text && !linux_only)
            CHECK(driven(row, trace::rfc_policies, "rfc9293"));
    }
}
