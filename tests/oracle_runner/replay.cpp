// A recording's calls, hand-made segments and losses, played on a world at the recorded times.
#include "replay.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "asked.hpp"
#include "cut.hpp"
#include "left_out.hpp"
#include "looks.hpp"
#include "matrix.hpp"
#include "not_compared.hpp"
#include "recorded_wire.hpp"

namespace oracle {

using scenario::SocketName;
using trace::CallId;
using trace::Fact;
using trace::HostId;
using trace::Instant;
using trace::Telling;

namespace {

constexpr std::size_t left_out_call = static_cast<std::size_t>(-1);

// A pair of numbers is one value.
std::int64_t sysctl_value(const std::string& name, const std::string& text) {
    const auto known = trace::find_sysctl(name);
    return known ? trace::parse_value(*known, text).value_or(-1) : std::atoll(text.c_str());
}

// An address that is no host's name: "192.0.2.9".
std::optional<trace::Address> dotted(const std::string& text) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (std::sscanf(text.c_str(), "%u.%u.%u.%u", &a, &b, &c, &d) != 4)
        return std::nullopt;
    return trace::Address{a << 24 | b << 16 | c << 8 | d};
}

struct Input {
    Instant at;
    const CallRow* call = nullptr;
    const SegmentRow* segment = nullptr;
    std::size_t index = 0;
};

struct Descriptor {
    HostId host = trace::no_host;
    std::uint16_t number = 0; // HOST#n
};

class Replay {
public:
    Replay(const Recording& r, const Order& order, std::string& refused)
        : r_(r),
          left_out_(order.as_told ? std::vector<CallRow>{} : left_out(r)),
          bench_(r.delay + inside + order.lag, settings(r), order, refused),
          wire_(r, bench_, order.paced),
          looks_(r),
          paced_(order.paced),
          grips_(order.grips),
          ports_(chosen_ports(r)) {
        bench_.on_departure = [this](trace::SegmentId id) { wire_.judge(id); };
        bench_.on_change = [this] { looks_.look(bench_); };
        calls_.resize(r.calls.size());
    }

    void play() {
        for (const Input& i : inputs()) {
            bench_.advance(i.at);
            if (i.segment)
                inject(*i.segment);
            else if (i.index == left_out_call)
                submit(*i.call, i.index);
            else
                call(*i.call, i.index);
            looks_.look(bench_);
        }
        bench_.advance(r_.end());
    }

    trace::Story told() {
        trace::Story story = trace::tell(bench_.log(), bench_.addresses());
        looks_.tell(story);
        // Queue lengths are compared as programs looked at them.
        // What a host sends to itself was on no wire that was recorded.
        std::erase_if(story.sequences, [](const trace::Sequence& q) {
            const bool loopback =
                q.name.starts_with("segments ") && q.name[9] == q.name[q.name.find('>') + 1];
            return loopback || q.name.starts_with("accept queue s:") ||
                   q.name.starts_with("accept queue c:");
        });
        return story;
    }
    void tell_calls(trace::Story& expected, trace::Story& got);
    const std::string& unknown_input() const { return unknown_; }
    Bench& bench() { return bench_; }
    // When each read returned; never: it has not.
    std::vector<Instant> read_at() const {
        std::vector<Instant> at;
        for (const CallId id : reads_) {
            const auto came = bench_.returned(id);
            at.push_back(came.done ? came.at : trace::never);
        }
        return at;
    }

private:
    static std::vector<Setting> settings(const Recording& r) {
        std::vector<Setting> list;
        for (const auto& [host, values] : r.sysctls)
            for (const auto& [name, value] : values)
                if (!makes_no_difference(name, value))
                    list.push_back({Bench::host(host), name, sysctl_value(name, value)});
        // Where somaxconn was changed on the way only the later value is told, and the earlier one
        // by the listener that took it.
        for (const CallRow& c : r.calls) {
            if (c.call != "sysctl" || c.arguments[0] != "net.core.somaxconn" || r.queues.empty())
                continue;
            list.push_back({Bench::host(c.host), "somaxconn", r.queues.front().limit});
            break;
        }
        return list;
    }

    std::vector<Input> inputs() const {
        std::vector<Input> list;
        for (std::size_t i = 0; i < r_.calls.size(); ++i)
            list.push_back({r_.calls[i].at, &r_.calls[i], nullptr, i});
        for (const CallRow& c : left_out_)
            list.push_back({c.at, &c, nullptr, left_out_call});
        for (const SegmentRow& s : r_.segments)
            if (s.injected || !s.is_tcp)
                list.push_back({s.at, nullptr, &s, 0});
        std::stable_sort(list.begin(), list.end(),
                         [](const Input& a, const Input& b) { return a.at < b.at; });
        return list;
    }

    void unknown(const std::string& what) {
        if (unknown_.empty())
            unknown_ = what;
    }

    void inject(const SegmentRow& s) {
        if (!s.is_tcp) {
            if (!s.icmp ||
                !bench_.inject_icmp(Bench::host(s.to), s.about, s.icmp->first, s.icmp->second))
                unknown("an ICMP message");
            return;
        }
        Bench::Crafted h;
        h.source = {bench_.address(s.from), s.source};
        h.destination = {bench_.address(s.to), s.destination};
        h.flags = s.flags;
        h.seq = s.seq_number;
        h.ack = s.ack_number;
        h.absolute_seq = s.seq.starts_with("abs:");
        h.absolute_ack = s.ack.starts_with("abs:");
        h.length = s.length;
        h.window = s.window;
        h.urgent = s.urgent;
        h.ecn = s.ecn;
        h.mss = s.mss.value_or(std::uint16_t{0});
        h.scale = s.scale.value_or(-1);
        h.sack_permitted = s.sack_permitted;
        h.timestamps = s.timestamps;
        h.sack = s.sack;
        h.fastopen = s.fastopen;
        bench_.inject(h);
    }

    SocketName name(const Descriptor& d) const {
        SocketName n;
        n.host = d.host;
        n.number = d.number;
        if (!world::listens(bench_.world(), n))
            return n;
        const world::Contents& w = bench_.world().contents();
        const world::Socket& s = w.sockets[w.hosts[d.host].names[d.number - 1u].socket];
        n.port = s.local.port;
        n.number = w.listeners[s.listener].which;
        n.kind = SocketName::Kind::listener;
        return n;
    }
    static SocketName plain(const Descriptor& d) {
        SocketName n;
        n.host = d.host;
        n.number = d.number;
        return n;
    }
    Descriptor& descriptor(const CallRow& c) {
        Descriptor& d = descriptors_[c.fd];
        if (d.number == 0) {
            d.host = Bench::host(c.host);
            d.number = ++numbers_[c.host];
        }
        return d;
    }
    std::int64_t number(const CallRow& c, std::size_t i) const {
        return i < c.arguments.size() ? std::atoll(c.arguments[i].c_str()) : 0;
    }

    void call(const CallRow& c, std::size_t index) {
        if (c.host == "lab")
            return wire_.set(c);
        calls_[index].at = bench_.world().now();
        if (c.call == "poll") {
            calls_[index].text = Looks::poll(bench_, name(descriptor(c)));
            return;
        }
        if (c.call == "getsockopt") {
            calls_[index].text = get_option(c);
            return;
        }
        if (c.call == "ioctl") {
            const std::string request = c.arguments.empty() ? "" : c.arguments[0];
            if (const auto length = queue_length(bench_.world(), name(descriptor(c)), request))
                calls_[index].text = *length;
            else
                unknown("ioctl " + request);
            return;
        }
        calls_[index].id = submit(c, index);
    }

    std::string get_option(const CallRow& c) {
        const std::string option = c.arguments.empty() ? "SO_ERROR" : c.arguments[0];
        const SocketName socket = name(descriptor(c));
        if (option == "SO_ERROR") {
            const auto cookie = bench_.world().find(socket);
            return cookie ? std::string(trace::name(bench_.take_error(*cookie))) : "EBADF";
        }
        if (const auto value = option_value(bench_.world(), socket, option))
            return *value;
        unknown("getsockopt " + option);
        return "?";
    }

    CallId submit(const CallRow& c, std::size_t index) {
        Descriptor& d = descriptor(c);
        const auto argument = [&](std::size_t i) {
            return i < c.arguments.size() ? c.arguments[i] : std::string();
        };
        if (c.call == "sysctl")
            return bench_.submit(scenario::SetSysctl{Bench::host(c.host), argument(0),
                                                     sysctl_value(argument(0), argument(1))});
        if (c.call == "socket") {
            calls_[index].text = "0"; // recordings do not tell descriptor numbers
            looks_.name(c.fd, plain(d));
            return bench_.submit(world::MakeSocket{d.host, d.number});
        }
        if (c.call == "listen" && !listens_on_chosen_port(c))
            suggest(d.host, port_of_new_listener(c));
        if (c.call == "listen")
            return bench_.submit(world::ListenOn{plain(d), number(c, 0)});
        if (c.call == "fcntl") {
            const auto says = [&](const char* word) {
                return std::any_of(c.arguments.begin(), c.arguments.end(), [&](const auto& a) {
                    return a.find(word) != std::string::npos;
                });
            };
            if (says("F_GETFL")) {
                calls_[index].text = fmt::format("{}", status_flags(bench_.world(), name(d)));
                return trace::none;
            }
            if (says("O_NONBLOCK"))
                return bench_.submit(scenario::NonBlocking{name(d)});
            return bench_.submit(world::Blocking{name(d)});
        }
        if (c.call == "bind") {
            const auto port = static_cast<std::uint16_t>(number(c, 1));
            if (port == 0)
                suggest(d.host, port_of_next_connect(c, index));
            return bench_.submit(
                world::Bind{name(d),
                            {argument(0) == "self" ? bench_.address(c.host)
                                                   : dotted(argument(0)).value_or(trace::Address{}),
                             port}});
        }
        if (c.call == "connect")
            return connect(c, index, d);
        if (c.call == "accept") {
            const std::uint16_t made = ++numbers_[c.host];
            const SocketName listener = name(d);
            if (listener.kind != SocketName::Kind::listener)
                return bench_.submit(world::Refusable{listener, trace::Call::accept});
            calls_[index].accepted = made;
            if (c.result.starts_with("fd:")) {
                Descriptor& child = descriptors_[c.result.substr(3)];
                child.host = d.host;
                child.number = made;
                looks_.name(c.result.substr(3), plain(child));
            }
            return bench_.submit(scenario::Accept{d.host, made, listener.port, listener.number});
        }
        if (c.call == "send" || c.call == "write" || c.call == "sendmsg")
            return send(c, d);
        if (c.call == "sendto")
            return send_to(c, index, d);
        if (c.call == "recv" || c.call == "read" || c.call == "recvmsg")
            return receive(c, d);
        if (c.call == "shutdown") {
            const auto how = argument(0) == "SHUT_WR"   ? trace::Shutdown::wr
                             : argument(0) == "SHUT_RD" ? trace::Shutdown::rd
                                                        : trace::Shutdown::rdwr;
            return bench_.submit(scenario::ShutDown{name(d), how});
        }
        if (c.call == "close")
            return bench_.submit(scenario::Close{name(d)});
        if (c.call == "setsockopt")
            return set_option(c, index, d);
        unknown(c.call);
        return trace::none;
    }

    // MSG_DONTWAIT, told by the flags or by what came back.
    static bool did_not_wait(const CallRow& c, int flags) {
        return (flags & MSG_DONTWAIT) != 0 ||
               (c.result == "EAGAIN" && c.lasted == trace::Duration{});
    }
    CallId send(const CallRow& c, const Descriptor& d) {
        const int flags = message_flags(c.arguments, 1);
        return bench_.submit(scenario::Write{name(d), static_cast<std::uint32_t>(number(c, 0)), "",
                                             (flags & MSG_OOB) != 0, (flags & MSG_MORE) != 0,
                                             (flags & MSG_EOR) != 0, did_not_wait(c, flags)});
    }
    CallId receive(const CallRow& c, const Descriptor& d) {
        const int flags = message_flags(c.arguments, 1);
        if (paced_)
            bench_.submit(world::Scheduled{name(d), reader(c)});
        if (reads_.size() < grips_.size())
            bench_.submit(world::Gripped{name(d), grips_[reads_.size()]});
        reads_.push_back(bench_.submit(scenario::Read{
            name(d), static_cast<std::uint32_t>(number(c, 0)), (flags & MSG_OOB) != 0,
            (flags & MSG_PEEK) != 0, (flags & MSG_WAITALL) != 0, did_not_wait(c, flags)}));
        return reads_.back();
    }
    // sendto(fd, n, MSG_FASTOPEN, host, port): a connect() whose SYN carries data.
    CallId send_to(const CallRow& c, std::size_t index, const Descriptor& d) {
        if (c.arguments.size() < 4 || (message_flags({c.arguments[1]}, 0) & MSG_FASTOPEN) == 0)
            return send(c, d);
        suggest(d.host, ports_[index]);
        const HostId to = Bench::host(c.arguments[2]);
        const trace::Address address = to == trace::no_host
                                           ? dotted(c.arguments[2]).value_or(raw_peer)
                                           : bench_.address(c.arguments[2]);
        return bench_.submit(world::ConnectTo{name(d),
                                              {address, static_cast<std::uint16_t>(number(c, 3))},
                                              static_cast<std::uint32_t>(number(c, 0))});
    }

    // How long a woken reader waits for a processor decides how much it finds: the recording tells
    // when it had run, and by what it found which segments had come by then.
    static world::Scheduling reader(const CallRow& c) {
        world::Scheduling how;
        if (c.result == "?")
            how.latency = trace::microseconds(300); // as most do
        if (c.lasted.ns > 0) {
            how.until = c.at + c.lasted;
            how.most = trace::milliseconds(2);
            how.enough = static_cast<std::uint32_t>(std::max(0, std::atoi(c.result.c_str())));
        }
        return how;
    }

    CallId connect(const CallRow& c, std::size_t index, Descriptor& d) {
        const std::string target = c.arguments.empty() ? "" : c.arguments[0];
        if (world::listens(bench_.world(), plain(d)))
            return bench_.submit(world::Refusable{name(d), trace::Call::connect});
        const HostId to = Bench::host(target);
        if (to == trace::no_host)
            suggest(d.host, ports_[index]);
        if (const auto address = dotted(target))
            return bench_.submit(
                world::ConnectTo{name(d), {*address, static_cast<std::uint16_t>(number(c, 1))}});
        if (target == "x")
            return bench_.submit(
                world::ConnectTo{name(d), {raw_peer, static_cast<std::uint16_t>(number(c, 1))}});
        if (to == trace::no_host) {
            unknown("connect to " + target);
            return trace::none;
        }
        suggest(d.host, ports_[index]);
        return bench_.submit(scenario::Connect{
            d.host, d.number, to, static_cast<std::uint16_t>(number(c, 1)), std::nullopt});
    }

    // What the recorded kernel chose is drawn by chance among what may be chosen: here the search
    // begins there, so that both logs name the connection alike.
    void suggest(HostId host, std::optional<std::uint16_t> port) {
        if (port)
            bench_.submit(world::SuggestPort{host, *port});
    }
    bool listens_on_chosen_port(const CallRow& listen) const {
        return std::any_of(r_.calls.begin(), r_.calls.end(), [&](const CallRow& c) {
            return c.call == "bind" && c.fd == listen.fd && c.host == listen.host &&
                   c.result == "0" && number(c, 1) != 0;
        });
    }
    // The listener of a later table that no bind() has named.
    std::optional<std::uint16_t> port_of_new_listener(const CallRow& listen) const {
        for (const TableRow& t : r_.tables) {
            if (t.host != listen.host || t.at < listen.at)
                continue;
            for (const std::string& s : t.sockets) {
                if (!s.starts_with("LISTEN "))
                    continue;
                const auto port = std::atoll(s.c_str() + 7);
                const bool named =
                    std::any_of(r_.calls.begin(), r_.calls.end(), [&](const CallRow& c) {
                        return c.call == "bind" && number(c, 1) == port;
                    });
                if (!named)
                    return static_cast<std::uint16_t>(port);
            }
        }
        return std::nullopt;
    }
    std::optional<std::uint16_t> port_of_next_connect(const CallRow& bind,
                                                      std::size_t index) const {
        for (std::size_t i = index + 1; i < r_.calls.size(); ++i)
            if (r_.calls[i].fd == bind.fd && r_.calls[i].host == bind.host &&
                r_.calls[i].call == "connect")
                return ports_[i];
        return std::nullopt;
    }

    // "1.5", or seconds and microseconds: "1,500000".
    static std::int64_t milliseconds_of(const std::string& text) {
        const auto comma = text.find(',');
        if (comma != std::string::npos)
            return std::atoll(text.c_str()) * 1000 + std::atoll(text.c_str() + comma + 1) / 1000;
        return static_cast<std::int64_t>(std::strtod(text.c_str(), nullptr) * 1000 + 0.5);
    }

    CallId set_option(const CallRow& c, std::size_t index, const Descriptor& d) {
        const std::string option = c.arguments.empty() ? "" : c.arguments[0];
        std::int64_t value = number(c, 1);
        if (option == "SO_LINGER") { // "1,0": on, seconds
            const std::string& pair = c.arguments[1];
            const bool on = pair.starts_with("1");
            value = on ? std::atoll(pair.substr(pair.find(',') + 1).c_str()) : -1;
        }
        if (option == "SO_RCVTIMEO" || option == "SO_SNDTIMEO")
            value = milliseconds_of(c.arguments.size() > 1 ? c.arguments[1] : "0");
        if (makes_no_difference(option)) {
            calls_[index].text = "0";
            return trace::none;
        }
        return bench_.submit(scenario::SetOption{name(d), option, value});
    }

    struct Made {
        Instant at;
        CallId id = trace::none;
        std::string text;           // decided here
        std::uint16_t accepted = 0; // the number of what accept() makes
    };

    const Recording& r_;
    const std::vector<CallRow> left_out_;
    Bench bench_;
    RecordedWire wire_;
    Looks looks_;
    bool paced_;
    const std::vector<world::Grip> grips_;
    std::vector<CallId> reads_;
    std::vector<std::optional<std::uint16_t>> ports_;
    std::map<std::string, Descriptor> descriptors_;
    std::map<std::string, std::uint16_t> numbers_;
    std::vector<Made> calls_;
    std::string unknown_;
};

void Replay::tell_calls(trace::Story& expected, trace::Story& got) {
    struct Pair {
        Fact expected, got;
        bool returned = false;
    };
    std::map<std::string, std::vector<Pair>> by_descriptor;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        const CallRow& row = r_.calls[i];
        const Made& made = calls_[i];
        if (row.host == "lab")
            continue;
        const auto came = bench_.returned(made.id);
        std::string wanted = row.result, found = made.text;
        if (wanted.starts_with("fd:"))
            wanted = fmt::format("descriptor, peer {}", row.peer.value_or(0));
        if (found.empty())
            found = came.done ? result_text(came.value) : "?? still sleeping";
        if (made.accepted != 0 && came.done && came.value >= 0) {
            const auto socket = bench_.log().calls[made.id].accepted;
            found =
                fmt::format("descriptor, peer {}", socket < bench_.log().sockets.size()
                                                       ? bench_.log().sockets[socket].remote.port
                                                       : 0);
        }
        if (wanted == "?" && !came.done)
            found = "?";
        Pair p;
        p.expected.at = row.at + row.lasted;
        p.got.at = came.done ? came.at : made.at;
        p.expected.fields = {{"call", row.call}, {"result", wanted.empty() ? "nothing" : wanted}};
        p.got.fields = {{"call", row.call}, {"result", found.empty() ? "nothing" : found}};
        p.got.rule = came.rule;
        p.got.event = came.event;
        by_descriptor[row.host + " " + row.fd].push_back(std::move(p));
    }
    for (auto& [who, pairs] : by_descriptor) {
        std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
            return a.expected.at < b.expected.at;
        });
        for (Pair& p : pairs) {
            expected.sequence("calls on " + who).facts.push_back(std::move(p.expected));
            got.sequence("calls on " + who).facts.push_back(std::move(p.got));
        }
    }
}

std::optional<trace::Difference> at_once(std::string field, std::string expected, std::string got) {
    return trace::Difference{{},
                             "the recording",
                             std::move(field),
                             std::move(expected),
                             std::move(got),
                             trace::Rule::none,
                             trace::none};
}

} // namespace

std::optional<trace::Difference> replay_once(const Recording& r, const Order& order,
                                             trace::Story* told, trace::Story* recorded,
                                             std::vector<trace::Instant>* read_at) {
    std::string refused;
    Replay play(r, order, refused);
    if (!refused.empty())
        return at_once("sysctl", refused, "no such knob");
    play.play();
    if (read_at)
        *read_at = play.read_at();
    trace::Story expected, got;
    if (r.cut) {
        tell_counts(r, play.bench(), expected, got);
    } else {
        expected = story_of(r);
        got = play.told();
        play.tell_calls(expected, got);
    }
    tell_counters(r, play.bench(), expected, got);
    auto difference = trace::compare(expected, got,
                                     order.timers == world::Timers::by_wheel ? trace::both_late()
                                                                             : trace::Slack{});
    if (!difference && !play.unknown_input().empty())
        difference = at_once("input", play.unknown_input(), "cannot be played");
    if (told)
        *told = std::move(got);
    if (recorded)
        *recorded = std::move(expected);
    return difference;
}

} // namespace oracle
