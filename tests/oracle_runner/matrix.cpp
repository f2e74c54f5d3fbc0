// State x segment: a socket of s is brought into the state, one segment comes in by hand, and what
// comes back within 70 ms, the state after it and what the program sees are compared.
#include "matrix.hpp"

#include <fmt/format.h>

#include "call_matrix.hpp"
#include "tcp/window.hpp"

namespace oracle {

using scenario::SocketName;
using trace::Instant;

Situation::Situation(bool timestamps)
    : timestamps_(timestamps),
      bench_(trace::Duration{}, {{1, "tcp_timestamps", timestamps ? 1 : 0}}, {}, refused_) {}

void Situation::pass(trace::Duration d) {
    bench_.advance(bench_.world().now() + d);
}

SocketName Situation::socket() const {
    SocketName n;
    n.host = 1;
    n.number = 1;
    return n;
}
SocketName Situation::listener() const {
    SocketName n;
    n.kind = SocketName::Kind::listener;
    n.host = 1;
    n.port = server_port;
    return n;
}

void Situation::segment(const std::string& flags, std::int64_t seq, std::int64_t ack,
                        std::uint32_t length, std::optional<std::int64_t> clock,
                        std::uint16_t urgent) {
    Bench::Crafted s;
    s.source = {raw_peer, raw_port};
    s.destination = {bench_.address("s"), local_port_};
    s.flags = flags;
    s.seq = seq;
    s.ack = ack;
    s.length = length;
    s.urgent = urgent;
    s.absolute_seq = s.absolute_ack = absolute_;
    if (flags.find('S') != std::string::npos) {
        s.mss = 1460;
        s.sack_permitted = true;
        s.scale = 7;
    }
    if (timestamps_ && clock)
        s.timestamps = {(bench_.world().now() - Instant{}).ns / 1'000'000 + *clock,
                        s.flags.find('.') == std::string::npos ? 0 : newest_timestamp()};
    bench_.inject(s);
}

// Of s, counted from its first: what x echoes.
std::int64_t Situation::newest_timestamp() const {
    std::optional<std::uint32_t> first, last;
    for (const trace::SegmentRecord& r : bench_.log().segments) {
        if (r.from != 1 || !r.segment.has_timestamps)
            continue;
        first = first.value_or(r.segment.ts_value);
        last = r.segment.ts_value;
    }
    return last ? std::int64_t{*last - *first} : 0;
}

// A descriptor of its own, HOST#9, so that what is accepted can be HOST#1.
void Situation::listen() {
    SocketName n = socket();
    n.number = 9;
    bench_.submit(world::MakeSocket{1, 9});
    bench_.submit(world::Bind{n, {{}, server_port}});
    bench_.submit(world::ListenOn{n, 8});
    bench_.submit(scenario::NonBlocking{listener()});
}

void Situation::connect_to_raw_peer() {
    local_port_ = 41000;
    bench_.submit(world::MakeSocket{1, 1});
    bench_.submit(scenario::NonBlocking{socket()});
    bench_.submit(world::Bind{socket(), {{}, local_port_}});
    bench_.submit(world::ConnectTo{socket(), {raw_peer, raw_port}});
}

void Situation::establish() {
    listen();
    segment("S", 0, 0);
    pass(trace::milliseconds(5));
    segment(".", 1, 1);
    pass(trace::milliseconds(5));
    bench_.submit(scenario::Accept{1, 1, server_port});
    bench_.submit(scenario::NonBlocking{socket()});
}

void Situation::let_go(bool orphan) {
    if (orphan)
        bench_.submit(scenario::Close{socket()});
    else
        bench_.submit(scenario::ShutDown{socket(), trace::Shutdown::wr});
}

// The states of a connection that was accepted: what happened to it since.
bool Situation::reach_after_establishing(const std::string& state, bool orphan) {
    const auto later = trace::milliseconds(50); // longer than any acknowledgement waits
    establish();
    pass(trace::milliseconds(5));
    if (state == "ESTABLISHED")
        return true;
    if (state == "ESTABLISHED_DATA" || state == "CLOSE_WAIT_DATA" || state == "RESET_WITH_DATA") {
        segment("P.", 1, 1, 10);
        pass(later);
        if (state == "CLOSE_WAIT_DATA")
            segment("F.", 11, 1);
        if (state == "RESET_WITH_DATA")
            segment("R.", 11, 1);
        return true;
    }
    if (state == "RESET_IN_ESTABLISHED" || state == "RESET_SEEN") {
        segment("R.", 1, 1);
        if (state == "RESET_SEEN")
            call(scenario::Read{socket(), 65536});
        return true;
    }
    if (state == "CLOSE_WAIT" || state == "LAST_ACK" || state == "AFTER_LAST_ACK" ||
        state == "RESET_IN_CLOSE_WAIT") {
        segment("F.", 1, 1);
        pass(later);
        if (state == "RESET_IN_CLOSE_WAIT")
            segment("R.", 2, 1);
        if (state == "LAST_ACK" || state == "AFTER_LAST_ACK")
            let_go(orphan);
        if (state == "AFTER_LAST_ACK")
            segment(".", 2, 2);
        return true;
    }
    let_go(orphan);
    pass(trace::milliseconds(5));
    if (state == "FIN_WAIT2" || state == "TIME_WAIT" || state == "RESET_IN_FIN_WAIT2")
        segment(".", 1, 2);
    if (state == "TIME_WAIT")
        segment("F.", 1, 2);
    if (state == "CLOSING")
        segment("F.", 1, 1);
    if (state == "RESET_IN_FIN_WAIT2")
        segment("R.", 1, 2);
    return state == "FIN_WAIT1" || state == "FIN_WAIT2" || state == "TIME_WAIT" ||
           state == "CLOSING" || state == "RESET_IN_FIN_WAIT2";
}

bool Situation::reach(const std::string& state, bool keeps_descriptor) {
    const bool orphan = state.ends_with("_ORPHAN");
    const std::string plain = orphan ? state.substr(0, state.size() - 7) : state;
    bool known = true;
    if (plain == "CLOSED") {
        absolute_ = true;
    } else if (plain == "NEW" || plain == "BOUND") {
        local_port_ = plain == "BOUND" ? 41000 : 0;
        bench_.submit(world::MakeSocket{1, 1});
        bench_.submit(scenario::NonBlocking{socket()});
        if (plain == "BOUND")
            bench_.submit(world::Bind{socket(), {{}, local_port_}});
    } else if (plain == "LISTEN") {
        listen();
        absolute_ = true;
    } else if (plain == "SYN_SENT") {
        connect_to_raw_peer();
    } else if (plain == "REFUSED") {
        connect_to_raw_peer();
        pass(trace::milliseconds(5));
        segment("R.", 0, 1);
    } else if (plain == "SYN_RECV_SIMOPEN") {
        connect_to_raw_peer();
        pass(trace::milliseconds(5));
        segment("S", 0, 0);
    } else if (plain == "SYN_RECV") {
        listen();
        segment("S", 0, 0);
    } else {
        // Of LAST_ACK the first matrix had no descriptor any more.
        known =
            reach_after_establishing(plain, orphan || (plain == "LAST_ACK" && !keeps_descriptor));
    }
    pass(trace::milliseconds(30));
    return known;
}

std::string Situation::state(const std::string& otherwise) const {
    const world::Contents& w = bench_.world().contents();
    const auto cookie = w.find({1, {bench_.address("s"), local_port_}, {raw_peer, raw_port}});
    if (!cookie)
        return otherwise;
    const trace::Snapshot snapshot = world::project(bench_.world());
    for (const trace::SocketView& s : snapshot.hosts[1].sockets)
        if (s.cookie == *cookie)
            return std::string(trace::name(s.state));
    return otherwise;
}

std::vector<Reply> Situation::sent_since(std::size_t segments) const {
    std::vector<Reply> list;
    trace::Numbering numbers;
    const auto& all = bench_.log().segments;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const trace::SegmentRecord& r = all[i];
        const bool by_hand = r.from == trace::no_host;
        const auto seen =
            numbers.look(r.segment, by_hand ? "x" : "s", by_hand ? "s" : "x", by_hand, false);
        if (by_hand || i < segments)
            continue;
        Reply reply{trace::packetdrill(r.segment.flags), seen.seq, seen.ack, r.segment.length};
        if (absolute_ && !reply.ack.empty())
            reply.ack = fmt::format("abs:{}", r.segment.ack.raw);
        list.push_back(reply);
    }
    return list;
}

namespace {

std::string describe(const std::vector<Reply>& list) {
    std::string text;
    for (const Reply& r : list) {
        text += fmt::format("{}{} seq {}", text.empty() ? "" : ", ", r.flags, r.seq);
        if (!r.ack.empty())
            text += " ack " + r.ack;
        if (r.length != 0)
            text += fmt::format(" len {}", r.length);
    }
    return text.empty() ? "nothing" : text;
}

std::string canonical(const std::string& state) {
    const auto known = trace::parse_state(state);
    return known ? std::string(trace::name(*known)) : state;
}

} // namespace

std::string difference(std::string_view field, const std::string& expected,
                       const std::string& got) {
    return expected == got ? ""
                           : fmt::format("{} expected {}, got {}", field,
                                         expected.empty() ? "nothing" : expected,
                                         got.empty() ? "nothing" : got);
}

std::string difference(std::string_view field, const std::vector<Reply>& expected,
                       const std::vector<Reply>& got) {
    return difference(field, describe(expected), describe(got));
}

// "" when the cell agrees.
std::string play_cell(const SegmentCell& cell, bool timestamps) {
    Situation here(timestamps);
    if (!here.reach(cell.state))
        return "unknown state";
    const std::size_t before_this = here.segments();
    const bool absolute = cell.state == "CLOSED" || cell.state == "LISTEN";
    here.segment(cell.flags, absolute ? 1000 + cell.seq_offset : cell.rcv_nxt + cell.seq_offset,
                 absolute ? 2000 + cell.ack_offset : cell.snd_nxt + cell.ack_offset, cell.length,
                 cell.clock, cell.urgent);
    here.pass(trace::milliseconds(70));
    std::string wrong = difference("reply", cell.replies, here.sent_since(before_this));
    if (wrong.empty())
        wrong = difference("state", canonical(cell.after),
                           here.state(cell.state == "LISTEN" ? "LISTEN" : "CLOSED"));
    if (wrong.empty() && cell.poll)
        wrong = difference("poll", *cell.poll, here.poll());
    if (wrong.empty() && cell.error)
        wrong = difference("SO_ERROR", *cell.error, here.take_error());
    if (wrong.empty() && cell.received) {
        const std::string got = here.call(scenario::Read{here.socket(), 65536});
        wrong = difference("recv", *cell.received, got == "0" ? "EOF" : got);
    }
    if (wrong.empty() && cell.accepted) {
        const std::string got = here.call(scenario::Accept{1, 1, server_port});
        wrong = difference("accepted", fmt::format("{}", *cell.accepted),
                           got.starts_with("E") ? "0" : "1");
    }
    return wrong;
}

Outcome replay_matrix(const Recording& r) {
    Outcome o;
    const auto count = [&](const std::string& cell, const std::string& wrong) {
        ++o.cells;
        if (wrong.empty()) {
            ++o.agreeing_cells;
            return;
        }
        o.what = Outcome::What::differs;
        if (o.why.empty())
            o.why = fmt::format("{}: {}", cell, wrong);
        o.all.push_back(fmt::format("{}: {}", cell, wrong));
    };
    const bool timestamps = r.id.starts_with("13-matrix-ts");
    for (const SegmentCell& c : r.segment_cells)
        count(fmt::format("{} x {} seq {:+} ack {:+} len {}", c.state, c.flags, c.seq_offset,
                          c.ack_offset, c.length),
              play_cell(c, timestamps));
    for (const CallCell& c : r.call_cells)
        count(fmt::format("{} x {}", c.state, c.call), play_cell(c));
    return o;
}

std::string Situation::poll() const {
    const std::string mask = Looks::poll(bench_, socket());
    return mask == "nothing" ? "" : mask;
}

std::string Situation::take_error() {
    const auto cookie = bench_.world().find(socket());
    return cookie ? std::string(trace::name(bench_.take_error(*cookie))) : "EBADF";
}

std::string Situation::call(const scenario::Action& a) {
    const auto came = bench_.returned(bench_.submit(a));
    return came.done ? result_text(came.value) : "it sleeps";
}

} // namespace oracle
