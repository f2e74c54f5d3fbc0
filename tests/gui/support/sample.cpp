// A frame filled by hand.
#include "sample.hpp"

namespace gui {
namespace {

using trace::milliseconds;

trace::Instant at(std::int64_t ms) {
    return trace::Instant{} + milliseconds(ms);
}
constexpr trace::Address client_address{0x0a000001}, server_address{0x0a000002};

trace::SocketView connection(trace::Cookie cookie, const char* name, trace::Endpoint local,
                             trace::Endpoint remote, trace::Instant since) {
    trace::SocketView s;
    s.cookie = cookie;
    s.name = name;
    s.state = trace::State::established;
    s.since = since;
    s.local = local;
    s.remote = remote;
    s.send_queue.size = 16384;
    s.recv_queue.size = 65536;
    s.snd_wnd = s.rcv_wnd = 65535;
    return s;
}

} // namespace

Sample::Sample() {
    trace.hosts = {"client", "server"};
    const trace::Endpoint server_end{server_address, 80};
    trace.sockets.resize(6);
    trace.sockets[0] = {1, server_end, {}, trace::none, 0, true};

    snapshot.now = at(200);
    snapshot.hosts.resize(2);
    client().id = 0;
    client().name = "client";
    client().address = client_address;
    server().id = 1;
    server().name = "server";
    server().address = server_address;
    client().profile = server().profile = "linux-6.18";
    snapshot.wires = {{0, 1, milliseconds(10), 0}, {1, 0, milliseconds(10), 0}};

    const auto call = [&](trace::HostView& host, trace::Call which, trace::Cookie socket,
                          const char* text, std::int64_t result) {
        trace.calls.push_back({which, host.id, socket, trace::none, 0, trace::Shutdown::rd, text});
        host.calls.push_back({static_cast<trace::CallId>(trace.calls.size() - 1), true, result});
    };
    call(server(), trace::Call::socket, 0, "", 3);
    call(server(), trace::Call::bind, 0, "3, 0.0.0.0:80", 0);
    call(server(), trace::Call::listen, 0, "3, 1", 0);

    trace::ListenerView l;
    l.cookie = 0;
    l.name = "server:80";
    l.local = server_end;
    l.fd = 3;
    l.backlog = 1;
    l.somaxconn = 4096;
    l.limit = 1;
    l.syn_fits = l.accept_fits = 2;

    for (std::uint16_t n = 1; n <= 2; ++n) {
        const trace::Endpoint local{client_address, static_cast<std::uint16_t>(40000 + 2 * n)};
        const auto up = static_cast<trace::Cookie>(2 * n - 1),
                   down = static_cast<trace::Cookie>(2 * n);
        trace.sockets[up] = {0, local, server_end, trace::none, n, false};
        trace.sockets[down] = {1, server_end, local, 0, 0, false};
        auto mine =
            connection(up, n == 1 ? "client#1" : "client#2", local, server_end, at(n * 100 - 80));
        mine.fd = 2 + n;
        mine.iss.raw = 1000u * n;
        mine.snd_una.raw = mine.snd_nxt.raw = mine.iss.raw + 1;
        mine.irs.raw = 4000 + 1000u * n;
        mine.rcv_nxt.raw = mine.irs.raw + 1;
        client().sockets.push_back(mine);
        call(client(), trace::Call::connect, up, n == 1 ? "3, 10.0.0.2:80" : "4, 10.0.0.2:80", 0);
        auto theirs = connection(down, n == 1 ? "server~client#1" : "server~client#2", server_end,
                                 local, at(n * 100 - 70));
        theirs.listener = 0;
        theirs.iss = mine.irs;
        theirs.snd_una = theirs.snd_nxt = mine.rcv_nxt;
        theirs.irs = mine.iss;
        theirs.rcv_nxt = mine.snd_nxt;
        server().sockets.push_back(theirs);
        l.accept_queue.push_back(
            {down, local, at(n * 100 - 70), trace::State::established, 0, false});
    }
    server().listeners.push_back(l);
    server().sysctls = {{"net.core.somaxconn", 4096, 4096, 0, 2147483647, "", ""},
                        {"net.ipv4.tcp_abort_on_overflow", 0, 0, 0, 1, "", ""},
                        {"net.ipv4.tcp_synack_retries", 5, 5, 0, 255, "", ""}};

    const auto event = [&](std::int64_t ms, trace::EventKind kind, trace::HostId host,
                           trace::Cookie socket) -> trace::Event& {
        trace::Event e;
        e.at = at(ms);
        e.kind = kind;
        e.host = host;
        e.socket = socket;
        trace.events.push_back(e);
        return trace.events.back();
    };
    for (trace::Cookie n = 1; n <= 2; ++n) {
        const std::int64_t begin = n * 100 - 100;
        auto& sent = event(begin, trace::EventKind::transition, 0, 2 * n - 1);
        sent.from = trace::State::closed;
        sent.to = trace::State::syn_sent;
        sent.rule = trace::Rule::active_open;
        auto& established = event(begin + 20, trace::EventKind::transition, 0, 2 * n - 1);
        established.from = trace::State::syn_sent;
        established.to = trace::State::established;
        established.cause = static_cast<trace::EventId>(trace.events.size() - 2);
        established.rule = trace::Rule::syn_ack_establishes;
        auto& child = event(begin + 30, trace::EventKind::transition, 1, 2 * n);
        child.from = trace::State::syn_recv;
        child.to = trace::State::established;
        child.cause = static_cast<trace::EventId>(trace.events.size() - 2);
        child.rule = trace::Rule::ack_makes_child;
        auto& queued = event(begin + 30, trace::EventKind::queue_changed, 1, 0);
        queued.what = static_cast<std::uint8_t>(trace::Queue::accept);
        queued.value = n;
        queued.limit = 1;
        queued.cause = static_cast<trace::EventId>(trace.events.size() - 2);
        queued.rule = trace::Rule::ack_makes_child;
    }
    for (std::uint32_t i = 0; i < trace.events.size(); ++i)
        trace.events[i].beat = i < 4 ? i / 2 : i / 3;

    view::LessonView lesson_view;
    lesson_view.place = 11;
    lesson_view.title = "The accept queue overflows";
    lesson_view.started = true;
    lesson_view.current = 4;
    lesson_view.steps.resize(9);
    for (std::size_t i = 0; i < 4; ++i)
        lesson_view.steps[i].done = true;
    lesson_view.steps[1].question = lesson_view.steps[4].question = lesson_view.steps[7].question =
        true;
    lesson_view.steps[1].right = true;
    lesson_view.narration = "The accept queue is full: it holds backlog + 1 = 2 connections, and "
                            "the program is not calling accept(). Now a "
                            "third client sends its SYN.";
    lesson_view.terms = {"accept queue", "backlog"};
    lesson_view.question =
        view::QuestionView{"What will client#3 be, 50 ms later?",
                           {{"SYN_SENT", "The SYN is dropped silently: nothing comes back.", false},
                            {"ESTABLISHED", "That needs a SYN+ACK. The server sends none.", false},
                            {"ECONNREFUSED", "That needs a RST. A full queue sends none.", false}},
                           false,
                           false,
                           -1};
    lesson_view.highlight.what = view::Highlight::What::accept_queue;
    lesson_view.highlight.socket = 0;

    frame.snapshot = &snapshot;
    frame.trace = &trace;
    frame.visible_events = static_cast<std::uint32_t>(trace.events.size());
    frame.motion.shown = snapshot.now;
    frame.lesson = lesson_view;
    frame.upcoming = {{0, "client#3", "connect(5, 10.0.0.2:80)"}};
    frame.timeline.end = at(3000);
    const std::vector<std::string> titles = {"The three-way handshake",
                                             "Connect without accept",
                                             "Two sockets, two queues",
                                             "Nobody listens",
                                             "Bytes are numbered",
                                             "The four-way close",
                                             "Three segments close",
                                             "Half-close",
                                             "The last ACK is lost",
                                             "TIME_WAIT",
                                             "backlog + 1",
                                             "The accept queue overflows"};
    for (std::size_t i = 0; i < titles.size(); ++i)
        frame.catalogue.push_back({titles[i], i < 4, i == 11, ""});
}

void Sample::answer(int option) {
    auto& q = *lesson().question;
    q.answered = q.revealed = true;
    q.chosen = option;
    q.options[0].right = true;
    lesson().steps[4].right = option == 0;
}

void Sample::end() {
    lesson().question.reset();
    view::EndCard e;
    e.rule =
        "A full accept queue drops SYNs in silence; the clients repeat them and see only a delay.";
    e.expectations = e.expectations_held = 21;
    e.asked = 3;
    e.right = 2;
    e.new_edges = {"CLOSED → SYN_SENT", "SYN_SENT → ESTABLISHED"};
    e.what_ifs = {"backlog 5", "backlog 0"};
    e.try_in_shell = {"nstat -az TcpExtListenOverflows TcpExtListenDrops", "ss -tln"};
    e.has_next = true;
    e.next_title = "The third ACK meets a full accept queue";
    lesson().end = e;
}

void Sample::fill_accept_queue(std::size_t n, std::uint32_t limit) {
    listener().limit = limit;
    listener().backlog = limit;
    listener().accept_fits = listener().syn_fits = limit + 1;
    for (std::size_t i = 0; i < n; ++i) {
        trace::QueueEntry e;
        e.cookie = static_cast<trace::Cookie>(100 + i);
        e.remote = {client_address, static_cast<std::uint16_t>(41000 + i)};
        e.since = at(150);
        e.state = trace::State::established;
        listener().accept_queue.push_back(e);
    }
}

void Sample::refuse_third_client() {
    const trace::Endpoint local{client_address, 40006}, remote{server_address, 80};
    trace.sockets[5] = {0, local, remote, trace::none, 3, false};
    auto third = connection(5, "client#3", local, remote, at(200));
    third.state = trace::State::syn_sent;
    third.fd = 5;
    third.blocked_in = trace::Call::connect;
    third.timers.push_back({trace::Timer::retransmit, at(200), at(1200), 0});
    third.send_queue = {1, 16384, false};
    third.iss.raw = third.snd_una.raw = 3000;
    third.snd_nxt.raw = 3001;
    client().sockets.push_back(third);
    trace.calls.push_back(
        {trace::Call::connect, 0, 5, trace::none, 0, trace::Shutdown::rd, "5, 10.0.0.2:80"});
    client().calls.push_back({static_cast<trace::CallId>(trace.calls.size() - 1), false, 0});
    trace::SegmentRecord r;
    r.segment.source = local;
    r.segment.destination = remote;
    r.segment.seq.raw = 3000;
    r.segment.flags = trace::flag::syn;
    r.sent = at(200);
    r.from = 0;
    r.to = 1;
    trace.segments.push_back(r);
    trace::Event refused;
    refused.at = at(210);
    refused.kind = trace::EventKind::segment_refused;
    refused.ref = static_cast<std::uint32_t>(trace.segments.size() - 1);
    refused.host = 1;
    refused.socket = 0;
    refused.rule = trace::Rule::accept_queue_full_drops_syn;
    refused.beat = 90;
    trace.events.push_back(refused);
    trace::Event counter = refused;
    counter.kind = trace::EventKind::counter;
    counter.what = static_cast<std::uint8_t>(trace::Counter::ListenOverflows);
    counter.value = 1;
    counter.cause = static_cast<trace::EventId>(trace.events.size() - 1);
    trace.events.push_back(counter);
    server().counters = {
        {trace::Counter::ListenOverflows, 1, static_cast<trace::EventId>(trace.events.size() - 1)},
        {trace::Counter::ListenDrops, 1, static_cast<trace::EventId>(trace.events.size() - 1)}};
    frame.visible_events = static_cast<std::uint32_t>(trace.events.size());
    frame.upcoming.clear();
    snapshot.now = frame.motion.shown = at(250);
}

} // namespace gui
