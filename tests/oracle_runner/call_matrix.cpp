// State x call: the call, what it returns, what it sends, and what the descriptor is after it.
#include "call_matrix.hpp"

#include <fmt/format.h>

#include "tcp/urgent.hpp"
#include "tcp/window.hpp"
#include "trace/refusal.hpp"

namespace oracle {

using scenario::SocketName;

namespace {

std::string canonical(const std::string& state) {
    const auto known = trace::parse_state(state);
    return known ? std::string(trace::name(*known)) : state;
}

// One socket under the hand of a program that asks everything there is to ask.
class Asker {
public:
    Asker(Situation& here, const std::string& state)
        : here_(here),
          listens_(state == "LISTEN"),
          name_(listens_ ? here.listener() : here.socket()) {}

    std::string call(const std::string& what);
    std::string state() const;
    std::string poll() const {
        SocketName n = name_;
        if (listens_ && !here_.bench().world().find(n)) { // shut down: a descriptor like any other
            n = here_.socket();
            n.number = 9;
        }
        const std::string mask = Looks::poll(here_.bench(), n);
        return mask == "nothing" ? "" : mask;
    }

private:
    const tcp::Connection* connection() const {
        const auto cookie = here_.bench().world().find(name_);
        const world::Contents& w = here_.bench().world().contents();
        if (!cookie || w.sockets[*cookie].connection == world::no_slot)
            return nullptr;
        return &w.connections[w.sockets[*cookie].connection];
    }
    // TCP_INFO: a descriptor whose connection went on to TIME_WAIT is CLOSED.
    trace::State seen() const {
        const tcp::Connection* c = connection();
        if (listens_ && here_.bench().world().find(name_))
            return trace::State::listen;
        if (!c || c->status.state() == trace::State::time_wait)
            return trace::State::closed;
        return c->status.state();
    }
    std::string submit(const world::ByHand& step) {
        const auto came = here_.bench().returned(here_.bench().submit(step));
        return came.done ? result_text(came.value) : "it sleeps";
    }
    std::string peek();
    std::string size(const std::string& what) const;

    Situation& here_;
    bool listens_;
    SocketName name_;
};

// MSG_PEEK takes an error, but no data.
std::string Asker::peek() {
    world::World copy = here_.bench().world();
    trace::Trace log = here_.bench().log();
    const trace::CallId id = copy.submit(scenario::Read{name_, 65536}, &log);
    for (const trace::Event& e : log.events) {
        if (e.kind != trace::EventKind::call_returned || e.ref != id)
            continue;
        if (e.value < 0)
            return here_.call(scenario::Read{name_, 65536});
        return result_text(e.value);
    }
    return "it sleeps";
}

// FIONREAD, SIOCOUTQ: tcp_ioctl().
std::string Asker::size(const std::string& what) const {
    if (listens_)
        return "EINVAL";
    const tcp::Connection* c = connection();
    if (!c)
        return "EBADF";
    return fmt::format("{}", what == "fionread" ? tcp::readable_at_once(*c) : unacknowledged(*c));
}

std::string Asker::call(const std::string& what) {
    const trace::State now = seen();
    const tcp::Connection* c = connection();
    if (what == "poll")
        return poll();
    if (what == "recv")
        return here_.call(scenario::Read{name_, 65536});
    if (what == "recv_peek")
        return peek();
    if (what == "send")
        return here_.call(scenario::Write{name_, 7, ""});
    if (what == "connect_same" || what == "connect_other") {
        if (listens_)
            return result_text(
                -static_cast<int>(trace::refused(now, trace::Call::connect, {})->error));
        return submit(world::ConnectTo{
            name_,
            {raw_peer,
             static_cast<std::uint16_t>(what == "connect_same" ? raw_port : raw_port + 1)}});
    }
    if (what == "shutdown_rd")
        return here_.call(scenario::ShutDown{name_, trace::Shutdown::rd});
    if (what == "shutdown_wr")
        return here_.call(scenario::ShutDown{name_, trace::Shutdown::wr});
    if (what == "shutdown_rdwr")
        return here_.call(scenario::ShutDown{name_, trace::Shutdown::rdwr});
    if (what == "bind")
        return submit(world::Bind{name_, {{}, 42000}});
    if (what == "listen") {
        SocketName n = name_;
        n.kind = SocketName::Kind::connection;
        if (listens_)
            n.number = 9;
        return submit(world::ListenOn{n, 8});
    }
    if (what == "accept") {
        if (listens_)
            return here_.call(scenario::Accept{1, 2, server_port});
        return submit(world::Refusable{name_, trace::Call::accept});
    }
    if (what == "disconnect")
        return submit(world::Disconnect{name_});
    if (what == "so_error")
        return listens_ ? "0" : here_.take_error();
    if (what == "fionread" || what == "siocoutq")
        return size(what);
    if (what == "tcp_info")
        return std::string(trace::name(now));
    if (what == "getpeername")
        return now == trace::State::closed || now == trace::State::syn_sent || listens_ ? "ENOTCONN"
                                                                                        : "0";
    if (what == "getsockname")
        return listens_ || (c && c->local.port != 0) ? "port" : "port 0";
    if (what == "linger0_close" && !listens_)
        here_.call(scenario::SetOption{name_, "SO_LINGER", 0});
    if (what == "close" || what == "linger0_close")
        return here_.call(scenario::Close{name_});
    return "no such call";
}

std::string Asker::state() const {
    if (here_.bench().world().find(name_)) {
        const world::Contents& w = here_.bench().world().contents();
        const auto cookie = here_.bench().world().find(name_);
        if (w.sockets[*cookie].fd >= 0)
            return std::string(trace::name(world::listens(here_.bench().world(), here_.socket())
                                               ? trace::State::listen
                                               : seen()));
    }
    return here_.state("CLOSED");
}

} // namespace

std::string play_cell(const CallCell& cell) {
    Situation here;
    if (!here.reach(cell.state, true))
        return "unknown state";
    Asker asker(here, cell.state);
    const std::size_t before_this = here.segments();
    const std::string result = asker.call(cell.call);
    here.pass(trace::milliseconds(2));
    std::string wrong = difference(
        "result", cell.call == "tcp_info" ? canonical(cell.result) : cell.result, result);
    if (wrong.empty())
        wrong = difference("sent", cell.sent, here.sent_since(before_this));
    if (wrong.empty())
        wrong = difference("state", canonical(cell.after), asker.state());
    if (wrong.empty() && cell.poll_after)
        wrong = difference("poll", *cell.poll_after, asker.poll());
    return wrong;
}

} // namespace oracle
