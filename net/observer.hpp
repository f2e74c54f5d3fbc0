// The one thread of a laboratory: moves frames, looks at both ends at each of them, takes the
// reports of the actors.
//
// It alone touches the ground, the wire, the mirror and the recorder's writing side. Whoever else
// wants something leaves a command; results come out of the recorder.
#pragma once

#include "net/actor.hpp"
#include "net/ground.hpp"
#include "net/mirror.hpp"
#include "net/model.hpp"
#include "net/pace.hpp"
#include "net/recorder.hpp"
#include "net/wire.hpp"
#include "scenario/action.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace net {

class Observer {
public:
    // `complain` is told, on any thread, in one sentence what could not be done.
    using Complain = std::function<void(const std::string&)>;
    Observer(std::vector<std::string> hosts, Recorder& recorder, Inbox& inbox,
             std::unique_ptr<Ground> ground, Complain complain);
    ~Observer();

    // Runs until `stop` says so; `commands` are taken whenever the inbox rings.
    using Commands = std::vector<std::function<void(Observer&)>>;
    void run(const std::function<bool()>& stop, const std::function<Commands()>& commands,
             trace::Instant until = trace::never);

    // --- commands, to be called on the observer's thread only
    // The last call that was made for it, none if none.
    trace::CallId perform(const scenario::Action& action);
    // Until the call has returned, or its thread sleeps in one: so that what is asked for next
    // comes after it.
    void settle(trace::CallId call);
    // The header of a script; what cannot be set is told. Defaults may be refused.
    std::optional<Failure> set_up(const std::vector<scenario::WireLine>& wires,
                                  const std::vector<scenario::SetSysctl>& defaults,
                                  const std::vector<scenario::SetSysctl>& sysctls);
    std::optional<Failure> add_addresses(const std::vector<scenario::HostLine>& hosts);
    // What a kernel chooses by secrets of its own is chosen as there, where it can be.
    void follow(std::shared_ptr<const trace::Trace> model) { model_ = Model(std::move(model)); }
    void begin(); // it is 0 now
    [[nodiscard]] trace::Instant now() const;
    // How late a frame was handed over, or a thread that was woken ran, at most.
    [[nodiscard]] trace::Duration lateness() const { return lateness_; }
    [[nodiscard]] Pace pace() const; // so far
    // Everything that has happened is recorded, every socket looked at, all counters read.
    void catch_up();
    void hold_everything(bool on);
    void step(); // the oldest held frame goes on
    void set_delay(trace::Duration delay);

private:
    struct Host {
        std::string name;
        trace::EventId cause = trace::none; // what happened last at this host
        Stimulus seen;
        trace::Cookie socket = trace::none; // whose call that was
        std::uint32_t beat = 0;
        std::unique_ptr<Actor> main;                             // accepts
        std::map<std::uint16_t, std::unique_ptr<Actor>> workers; // from further listeners of a port
        std::vector<trace::Address> others;                      // addresses beside the first
        std::vector<trace::CallView> calls;
        std::vector<trace::CounterView> counters;
        trace::Instant counters_read{-1'000'000'000};
        std::vector<trace::SysctlView> sysctls;
        std::int64_t children = 0;
    };
    using ConnectionName = std::pair<trace::HostId, std::uint16_t>; // client#2
    struct Connection {
        trace::Cookie cookie = trace::none;
        std::unique_ptr<Actor> actor;
        std::vector<Order> waiting;     // ordered before accept() returned it
        std::vector<Descriptor> copies; // of children: each must be closed before the socket ends
    };
    struct ListenerName { // server:80#2
        trace::HostId host = trace::no_host;
        std::uint16_t port = 0, which = 1;
        friend auto operator<=>(const ListenerName&, const ListenerName&) = default;
    };
    struct Listener {
        trace::Cookie cookie = trace::none;
        trace::Address address; // 0.0.0.0: any of the host's
        bool reuse_port = false;
        Descriptor descriptor;
        std::shared_ptr<std::atomic<int>> number; // for the thread that accepts
        std::vector<Descriptor> copies;           // of children
    };
    enum class Holders : std::uint8_t {
        none,
        others
    }; // who still has the descriptor that is closed
    struct FloodGoing {
        scenario::Flood what;
        std::uint32_t sent = 0;
        trace::Instant due;
    };
    struct Pending {
        trace::HostId host = trace::no_host;
        trace::Cookie socket = trace::none;
        ConnectionName name{trace::no_host, 0}; // accept: what the result will be called
        trace::EventId entered = trace::none;
        const Actor* actor = nullptr; // whose thread makes it
        Holders left = Holders::none;
    };

    // observer.cpp
    void read_frames(trace::HostId host);
    void frame_left(trace::HostId host, std::vector<std::byte> bytes, trace::Instant at);
    void deliver_due();
    void deliver(WireFrame frame);
    void note_lateness(const WireFrame& frame, trace::Duration late);
    void tick();
    bool look_at_sockets(trace::HostId host); // false: a frame or a report will tell the same
    void take_news();
    [[nodiscard]] bool has_news_of(trace::HostId host) const;
    [[nodiscard]] trace::Duration tick_interval() const;
    void publish();
    void publish_changes() {
        if (mirror_.take_changed())
            publish(); // after each happening, so that no queue length is passed over
    }

    // observer_frames.cpp
    void record_departure(WireFrame& frame);
    void apply_verdict(const Verdict& verdict, const WireFrame& frame);
    std::optional<trace::Rule> refusal(const WireFrame& frame, const std::vector<SocketRow>& rows);
    void put_on_wire(trace::EventKind kind, trace::Rule rule, const WireFrame& frame);
    void duplicate(const WireFrame& frame, trace::Instant due);

    // observer_calls.cpp
    void take_reports();
    void call_entered(const CallReport& report, Pending& pending);
    void call_returned(const CallReport& report, Pending& pending);
    void accepted(const CallReport& report, const Pending& pending);
    void hand_over(const ConnectionName& name, trace::Cookie cookie, int descriptor);
    trace::CallId record_call(trace::CallRecord record, const Pending& pending);
    trace::EventId call_event(trace::EventKind kind, trace::CallId id, const Pending& pending,
                              trace::Instant at, std::int64_t value);
    void order(const scenario::SocketName& name, trace::CallRecord record, Order order);
    void order(const ConnectionName& name, trace::CallRecord record, Order order);
    // A call that never waits: made here and now.
    void call_at_once(trace::HostId host, trace::Cookie socket, trace::CallRecord record,
                      int descriptor, const std::function<std::int64_t()>& call,
                      Holders left = Holders::none);
    void close_copy(trace::HostId host, trace::Cookie socket, std::vector<Descriptor>& copies);
    void call_nobody(const scenario::SocketName& name, trace::CallRecord record);
    std::optional<ConnectionName> resolve(const scenario::SocketName& name) const;

    // observer_actions.cpp
    void act(const scenario::Connect& action);
    void act(const scenario::Accept& action);
    void act(const scenario::Write& action);
    void act(const scenario::Read& action);
    void act(const scenario::ShutDown& action);
    void act(const scenario::Close& action);
    void act(const scenario::SetOption& action);
    void act(const scenario::NonBlocking& action);
    void act(const scenario::SetSysctl& action);
    void act(const scenario::Fork& action);

    // observer_listeners.cpp
    void act(const scenario::Listen& action);
    void close_listener(const ListenerName& name);
    ListenerName name_of(const scenario::Listen& action) const;
    Listener*
    listener_of(const scenario::SocketName& name); // nullptr: no listener's name, or closed

    // observer_wire.cpp
    void act(const scenario::WireRule& action);
    void act(const scenario::Verdict& action);
    void act(const scenario::SetWire& action);

    // observer_by_hand.cpp
    void act(const scenario::Raw& action);
    void act(const scenario::Flood& action);
    void send_by_hand(trace::HostId host, const trace::Segment& segment, trace::Instant at);
    void floods_go_on();
    [[nodiscard]] trace::Instant flood_due() const;
    void tell_sender(const WireFrame& frame);
    [[nodiscard]] trace::HostId host_at(trace::Address address) const;
    void steer(const WireFrame& frame);

    // observer_counters.cpp
    void read_counters(trace::HostId host, trace::Duration at_least_since);
    void read_sysctls();

    void stimulate(trace::HostId host, trace::EventId cause, Stimulus seen,
                   trace::Cookie socket = trace::none);
    Look look_now(trace::HostId host, trace::Instant at, trace::Certainty certainty) const;
    void look(trace::HostId host, trace::Instant at);

    Recorder& recorder_;
    Inbox& inbox_;
    std::unique_ptr<Ground> ground_;
    Complain complain_;
    bool frames_are_ours_ = false;
    std::int64_t start_ns_ = 0;
    std::vector<Host> hosts_;
    Mirror mirror_;
    Wire wire_;
    std::map<ConnectionName, Connection> connections_;
    std::map<ListenerName, Listener> listeners_; // by the scenario's port
    std::map<std::pair<trace::HostId, std::uint16_t>, std::vector<std::uint16_t>>
        groups_; // SO_REUSEPORT: who shares a port, in the kernel's order
    std::vector<FloodGoing> floods_;
    Model model_;
    std::map<trace::CallId, Pending> pending_;
    trace::Instant last_activity_;
    trace::CallId last_call_ = trace::none;
    trace::Duration lateness_;
    Pace pace_;
};

// "tcp_syncookies" is net.ipv4.tcp_syncookies.
std::string full_sysctl_name(const std::string& name);

} // namespace net
