#include "raw_states.hpp"

namespace raw {

namespace flag = trace::flag;

trace::Flags parse_flags(const std::string& text) {
    trace::Flags f;
    for (char c : text) {
        if (c == 'S')
            f = f | flag::syn;
        if (c == 'F')
            f = f | flag::fin;
        if (c == 'R')
            f = f | flag::rst;
        if (c == 'P')
            f = f | flag::psh;
        if (c == '.')
            f = f | flag::ack;
    }
    return f;
}

std::string kernel_name(trace::State s) {
    std::string n(trace::name(s));
    if (n == "FIN_WAIT_1")
        return "FIN_WAIT1";
    if (n == "FIN_WAIT_2")
        return "FIN_WAIT2";
    return n;
}

namespace {

const scenario::ShutDown shut{first(), trace::Shutdown::wr};

Prepared connecting(bool simultaneous) {
    Prepared p{Peer("sysctl host tcp_timestamps 0\n")};
    p.peer.submit(scenario::Connect{0, 1, 1, 5555, std::uint16_t{80}});
    p.peer.read_isn();
    p.peer.make_nonblocking();
    if (simultaneous)
        p.peer.inject(flag::syn, 0);
    else
        p.rcv_nxt = 0;
    return p;
}

Prepared closing_first(const std::string& state) {
    Prepared p{Peer("sysctl host tcp_timestamps 0\n")};
    p.peer.establish();
    if (state.ends_with("ORPHAN"))
        p.peer.submit(scenario::Close{first()});
    else
        p.peer.submit(shut);
    p.snd_nxt = 2;
    if (state.starts_with("FIN_WAIT2") || state == "TIME_WAIT")
        p.peer.inject(flag::ack, 1, 2);
    if (state == "TIME_WAIT")
        p.peer.inject(flag::fin | flag::ack, 1, 2);
    if (state == "CLOSING")
        p.peer.inject(flag::fin | flag::ack, 1, 1);
    if (state == "CLOSING" || state == "TIME_WAIT")
        p.rcv_nxt = 2;
    return p;
}

Prepared closing_second(const std::string& state) {
    Prepared p{Peer("sysctl host tcp_timestamps 0\n")};
    p.peer.establish();
    const std::uint32_t data = state == "CLOSE_WAIT_DATA" ? 10 : 0;
    if (data > 0)
        p.peer.inject(flag::psh | flag::ack, 1, 1, data);
    p.peer.inject(flag::fin | flag::ack, 1 + data, 1);
    p.peer.advance(trace::milliseconds(50)); // the delayed ACK of the FIN has left
    p.rcv_nxt = 2 + data;
    if (state == "LAST_ACK" || state == "AFTER_LAST_ACK") {
        p.peer.submit(shut);
        p.snd_nxt = 2;
    }
    if (state == "AFTER_LAST_ACK")
        p.peer.inject(flag::ack, 2, 2);
    return p;
}

Prepared reset(const std::string& state) {
    Prepared p = prepare(state == "RESET_IN_FIN_WAIT2"    ? "FIN_WAIT2"
                         : state == "RESET_IN_CLOSE_WAIT" ? "CLOSE_WAIT"
                         : state == "RESET_WITH_DATA"     ? "ESTABLISHED_DATA"
                                                          : "ESTABLISHED");
    p.peer.inject(flag::rst, p.rcv_nxt);
    if (state == "RESET_SEEN")
        p.peer.submit(scenario::Read{first(), {}});
    return p;
}

} // namespace

Prepared prepare(const std::string& state) {
    if (state.starts_with("RESET"))
        return reset(state);
    if (state == "SYN_SENT")
        return connecting(false);
    if (state == "SYN_RECV_SIMOPEN")
        return connecting(true);
    if (state == "REFUSED") {
        Prepared p = connecting(false);
        p.peer.inject(flag::rst | flag::ack, 0, 1);
        return p;
    }
    if (state.starts_with("FIN_WAIT") || state == "CLOSING" || state == "TIME_WAIT")
        return closing_first(state);
    if (state.starts_with("CLOSE_WAIT") || state.ends_with("LAST_ACK"))
        return closing_second(state);

    Prepared p{Peer("sysctl host tcp_timestamps 0\n")};
    Peer& peer = p.peer;
    if (state == "CLOSED" || state == "LISTEN") {
        if (state == "LISTEN")
            peer.submit(listen(8));
        peer.host_isn = peer.isn = 0;
        p.rcv_nxt = 1000;
        p.snd_nxt = 2000;
    } else if (state == "SYN_RECV") {
        peer.submit(listen(8));
        peer.inject(flag::syn, 0);
        peer.read_isn();
    } else {
        peer.establish();
        if (state == "ESTABLISHED_DATA") {
            peer.inject(flag::psh | flag::ack, 1, 1, 10);
            p.rcv_nxt = 11;
        }
    }
    return p;
}

} // namespace raw
