// What the usual tools print: each text stands beside what the real tool printed of the same thing
// (iproute2 6.1, net-tools 2.10, tcpdump 4.99.3, strace 6.1).
#include "catch.hpp"

#include "view/tools.hpp"
#include "view/words.hpp"

using namespace view;

namespace {

using Lines = std::vector<std::string>;

trace::Instant us(std::int64_t n) {
    return trace::Instant{} + trace::microseconds(n);
}
constexpr trace::Address loopback{0x7f000001}, one{0x0a000001}, two{0x0a000002};

trace::SocketView socket(trace::State state, std::uint16_t local, std::uint16_t remote,
                         std::uint32_t received = 0, std::uint32_t sent = 0) {
    trace::SocketView s;
    s.state = state;
    s.local = {loopback, local};
    s.remote = {loopback, remote};
    s.recv_queue.bytes = received;
    s.send_queue.bytes = sent;
    return s;
}

struct Calls {
    trace::Trace trace;

    Calls() { trace.hosts = {"client", "server"}; }
    trace::CallId make(trace::Call call, trace::Cookie socket, const char* text) {
        trace.calls.push_back({call, 1, socket, trace::none, 0, trace::Shutdown::rd, text});
        return static_cast<trace::CallId>(trace.calls.size() - 1);
    }
    void event(std::int64_t at, trace::EventKind kind, trace::CallId call, std::int64_t value) {
        trace::Event e;
        e.at = us(at);
        e.kind = kind;
        e.host = 1;
        e.ref = call;
        e.value = value;
        trace.events.push_back(e);
    }
    void enter(std::int64_t at, trace::CallId call) {
        event(at, trace::EventKind::call_entered, call, 0);
    }
    void leave(std::int64_t at, trace::CallId call, std::int64_t value) {
        event(at, trace::EventKind::call_returned, call, value);
    }
    void at_once(std::int64_t at, trace::CallId call, std::int64_t value) {
        enter(at, call);
        leave(at, call, value);
    }
    Lines text() const {
        return strace_text(trace, static_cast<std::uint32_t>(trace.events.size()), 1).lines;
    }
};

} // namespace

TEST_CASE("ss lists a listener by its accept queue, and columns are as wide as what they hold") {
    set_language(Language::en);
    using trace::State;
    trace::HostView host;
    trace::ListenerView listener;
    listener.local = {loopback, 18080};
    listener.limit = 1;
    listener.accept_queue.resize(1);
    host.listeners.push_back(listener);
    host.sockets = {
        socket(State::close_wait, 18080, 37614, 1),  socket(State::established, 18080, 37598, 100),
        socket(State::established, 37598, 18080),    socket(State::fin_wait_2, 37614, 18080),
        socket(State::syn_sent, 37624, 18080, 0, 1), socket(State::closed, 37630, 18080)};
    const Lines real = {"State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process",
                        "LISTEN     1      1          127.0.0.1:18080      0.0.0.0:*           ",
                        "CLOSE-WAIT 1      0          127.0.0.1:18080    127.0.0.1:37614       ",
                        "ESTAB      100    0          127.0.0.1:18080    127.0.0.1:37598       ",
                        "ESTAB      0      0          127.0.0.1:37598    127.0.0.1:18080       ",
                        "FIN-WAIT-2 0      0          127.0.0.1:37614    127.0.0.1:18080       ",
                        "SYN-SENT   0      1          127.0.0.1:37624    127.0.0.1:18080       "};
    CHECK(ss_text(host).lines == real);

    // Small records have no queues: what they waited for is not shown.
    host.listeners.clear();
    host.sockets = {socket(State::syn_recv, 80, 40002, 7, 1),
                    socket(State::time_wait, 80, 40004, 0, 1)};
    host.sockets[0].kind = trace::RecordKind::request;
    host.sockets[1].kind = trace::RecordKind::time_wait;
    const Lines small = {"State     Recv-Q Send-Q Local Address:Port Peer Address:Port Process",
                         "SYN-RECV  0      0          127.0.0.1:80      127.0.0.1:40002       ",
                         "TIME-WAIT 0      0          127.0.0.1:80      127.0.0.1:40004       "};
    CHECK(ss_text(host).lines == small);
}

TEST_CASE("ss writes the ends of attached sockets as it does those of IPv6") {
    set_language(Language::en);
    using trace::State;
    constexpr trace::Address six{0xf0000001};
    trace::HostView host;
    trace::ListenerView both, alone;
    both.local = {six, 8080};
    both.accept_queue.resize(2);
    both.limit = alone.limit = 4;
    alone.local = {six, 8081};
    both.cookie = 0;
    alone.cookie = 1;
    host.listeners = {both, alone};
    host.sockets = {socket(State::established, 40000, 8080),
                    socket(State::established, 8080, 40002)};
    host.sockets[0].cookie = 2;
    host.sockets[1].cookie = 3;
    std::map<trace::Cookie, EndText> ends;
    const auto write = [&](trace::Cookie cookie, const char* local, const char* remote) {
        ends[cookie].ss_local = local;
        ends[cookie].ss_remote = remote;
    };
    write(0, "*:8080", "*:*");
    write(1, "[::]:8081", "[::]:*");
    write(2, "[::1]:40000", "[::1]:8080");
    write(3, "[::ffff:127.0.0.1]:8080", "[::ffff:127.0.0.1]:40002");
    ToolKnows knows;
    knows.ends = &ends;
    const Lines real = {
        "State  Recv-Q Send-Q      Local Address:Port        Peer Address:Port Process",
        "LISTEN 2      4                       *:8080                   *:*           ",
        "LISTEN 0      4                    [::]:8081                [::]:*           ",
        "ESTAB  0      0                   [::1]:40000              [::1]:8080        ",
        "ESTAB  0      0      [::ffff:127.0.0.1]:8080  [::ffff:127.0.0.1]:40002       "};
    CHECK(ss_text(host, knows).lines == real);
}

TEST_CASE("netstat says what was counted in its own words, in the order of the kernel") {
    set_language(Language::en);
    using trace::Counter;
    trace::HostView host;
    host.sockets = {socket(trace::State::established, 1, 2), socket(trace::State::close_wait, 1, 3),
                    socket(trace::State::fin_wait_2, 1, 4)};
    host.counters = {{Counter::ListenOverflows, 2107},
                     {Counter::ListenDrops, 2109},
                     {Counter::TCPTimeouts, 1719},
                     {Counter::ActiveOpens, 3178},
                     {Counter::InSegs, 30970},
                     {Counter::OutSegs, 27845},
                     {Counter::RetransSegs, 1755},
                     {Counter::OutRsts, 870},
                     {Counter::EstabResets, 874},
                     {Counter::AttemptFails, 10},
                     {Counter::TW, 1914},
                     {Counter::DelayedACKLost, 5}};
    const Lines real = {"Tcp:",
                        "    3178 active connection openings",
                        "    0 passive connection openings",
                        "    10 failed connection attempts",
                        "    874 connection resets received",
                        "    2 connections established",
                        "    30970 segments received",
                        "    27845 segments sent out",
                        "    1755 segments retransmitted",
                        "    870 resets sent",
                        "TcpExt:",
                        "    1914 TCP sockets finished time wait in fast timer",
                        "    Quick ack mode was activated 5 times",
                        "    2107 times the listen queue of a socket overflowed",
                        "    2109 SYNs to LISTEN sockets dropped",
                        "    TCPTimeouts: 1719"};
    CHECK(netstat_text(host).lines == real);
    CHECK(netstat_text(host).notes.size() == 1);
}

TEST_CASE("netstat has a line for every counter there is") {
    trace::HostView host;
    for (std::size_t i = 0; i < static_cast<std::size_t>(trace::Counter::count_); ++i)
        host.counters.push_back({static_cast<trace::Counter>(i), 7000 + i, trace::none});
    std::string all;
    for (const auto& line : netstat_text(host).lines)
        all += line + "\n";
    for (std::size_t i = 0; i < host.counters.size(); ++i) {
        INFO(trace::name(host.counters[i].counter));
        CHECK(all.find(std::to_string(7000 + i)) != std::string::npos);
    }
}

TEST_CASE("tcpdump sees what leaves and what reaches a host, from its first segment on") {
    trace::Trace trace;
    trace.hosts = {"client", "server"};
    const auto send = [&](std::int64_t at, trace::Segment s, trace::EventKind kind,
                          trace::HostId host) {
        trace.segments.push_back({s, us(at), 0, 1});
        trace::Event e;
        e.at = us(at);
        e.kind = kind;
        e.host = host;
        e.ref = static_cast<std::uint32_t>(trace.segments.size() - 1);
        trace.events.push_back(e);
    };
    trace::Segment syn;
    syn.source = {one, 40002};
    syn.destination = {two, 80};
    syn.seq.raw = 1000;
    syn.flags = trace::flag::syn;
    syn.window = 64240;
    syn.mss = 1460;
    syn.sack_permitted = syn.has_timestamps = true;
    syn.ts_value = 1010;
    syn.window_scale = 10;
    send(10000, syn, trace::EventKind::segment_sent, 0);
    trace::Segment data;
    data.source = syn.source;
    data.destination = syn.destination;
    data.seq.raw = 1001;
    data.ack.raw = 5001;
    data.length = 100;
    data.flags = trace::flag::psh | trace::flag::ack;
    data.window = 63;
    data.has_timestamps = true;
    data.ts_value = 1060;
    data.ts_echo = 1010;
    send(50000, data, trace::EventKind::segment_sent, 0);
    send(60000, data, trace::EventKind::segment_refused, 1);
    trace::Segment fin = data;
    fin.length = 0;
    fin.flags = trace::flag::fin | trace::flag::ack;
    fin.seq.raw = 1101;
    fin.destination.port = 81;
    send(3'661'000'001, fin, trace::EventKind::segment_sent, 0);
    const Lines real = {
        " 00:00:00.000000 IP 10.0.0.1.40002 > 10.0.0.2.80: Flags [S], seq 1000, win 64240, options "
        "[mss 1460,sackOK,TS val 1010 ecr 0,nop,wscale 10], length 0",
        " 00:00:00.040000 IP 10.0.0.1.40002 > 10.0.0.2.80: Flags [P.], seq 1001:1101, ack 5001, "
        "win "
        "63, options [nop,nop,TS val 1060 ecr 1010], length 100: HTTP",
        " 01:01:00.990001 IP 10.0.0.1.40002 > 10.0.0.2.81: Flags [F.], seq 1101, ack 5001, win 63, "
        "options [nop,nop,TS val 1060 ecr 1010], length 0"};
    CHECK(tcpdump_text(trace, 4, 0).lines == real);
    REQUIRE(tcpdump_text(trace, 4, 1).lines.size() == 1);
    CHECK(tcpdump_text(trace, 4, 1).lines[0].starts_with(" 00:00:00.000000 IP"));
    CHECK(tcpdump_text(trace, 1, 0).lines.size() == 1); // no more is told yet
}

TEST_CASE("strace pads to column 40, and resumes what another thread interrupted") {
    set_language(Language::en);
    using trace::Call;
    Calls c;
    c.trace.sockets.resize(2);
    c.trace.sockets[0].is_listener = true;
    c.trace.sockets[1].remote = {loopback, 46884};
    c.at_once(831759, c.make(Call::socket, 0, ""), 3);
    c.at_once(831812, c.make(Call::setsockopt, 0, "3, SO_REUSEADDR, 1"), 0);
    c.at_once(831848, c.make(Call::bind, 0, "3, 0.0.0.0:18081"), 0);
    c.at_once(831889, c.make(Call::listen, 0, "3, 1"), 0);
    const auto accept = c.make(Call::accept, 0, "3");
    c.enter(832434, accept);
    const auto read = c.make(Call::read, 1, "4, 50");
    c.enter(888954, read);
    c.leave(942797, read, 50);
    c.at_once(943081, c.make(Call::setsockopt, 1, "4, SO_LINGER, 0"), 0);
    c.at_once(943139, c.make(Call::setsockopt, 1, "4, TCP_USER_TIMEOUT, 5000"), 0);
    c.at_once(943189, c.make(Call::close, 1, "4"), 0);
    c.leave(943300, accept, 5);
    const Lines real = {
        "0.831759 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3",
        "0.831812 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0",
        "0.831848 bind(3, {sa_family=AF_INET, sin_port=htons(18081), "
        "sin_addr=inet_addr(\"0.0.0.0\")}, 16) = 0",
        "0.831889 listen(3, 1)                   = 0",
        "0.832434 accept(3,  <unfinished ...>",
        "[pid     2] 0.888954 read(4, …, 50)     = 50",
        "[pid     2] 0.943081 setsockopt(4, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=0}, 8) = 0",
        "[pid     2] 0.943139 setsockopt(4, SOL_TCP, TCP_USER_TIMEOUT, [5000], 4) = 0",
        "[pid     2] 0.943189 close(4)           = 0",
        "[pid     1] 0.943300 <... accept resumed>NULL, NULL) = 5"};
    CHECK(c.text() == real);
}

TEST_CASE("strace names what went wrong, and what of a call is not known") {
    set_language(Language::en);
    using trace::Call;
    Calls c;
    c.trace.sockets.resize(1);
    c.at_once(945047, c.make(Call::connect, 0, "4, 127.0.0.1:18089"),
              -static_cast<std::int64_t>(trace::Errno::econnrefused));
    c.at_once(945100, c.make(Call::write, 0, "4, \"hello\", 5"),
              -static_cast<std::int64_t>(trace::Errno::epipe));
    c.at_once(945200, c.make(Call::write, 0, "4, 100, MSG_OOB"), 100);
    c.at_once(945300, c.make(Call::read, 0, "4"), 0);
    c.at_once(945400, c.make(Call::sysctl, trace::none, "tcp_fin_timeout = 5"), 0);
    const Lines real = {
        "0.945047 connect(4, {sa_family=AF_INET, sin_port=htons(18089), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 ECONNREFUSED (Connection refused)",
        "0.945100 write(4, \"hello\", 5)           = -1 EPIPE (Broken pipe)",
        "0.945200 sendto(4, …, 100, MSG_OOB, NULL, 0) = 100",
        "0.945300 read(4, \"\", …)                 = 0"};
    CHECK(c.text() == real);
    CHECK(strace_text(c.trace, 0, 1).lines.empty());
    CHECK(strace_text(c.trace, 0, 1).notes.size() == 1);
}
