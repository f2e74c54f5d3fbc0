// One recording on one world: what is played and what is told of it.
#pragma once

#include "replay.hpp"

#include <map>
#include <string>
#include <vector>

#include "bench.hpp"
#include "left_out.hpp"
#include "looks.hpp"
#include "recorded_wire.hpp"

namespace oracle {

struct Input {
    trace::Instant at;
    const CallRow* call = nullptr;
    const SegmentRow* segment = nullptr;
    std::size_t index = 0;
};

struct Descriptor {
    trace::HostId host = trace::no_host;
    std::uint16_t number = 0; // HOST#n
};

// A pair of numbers is one value.
std::int64_t sysctl_value(const std::string& name, const std::string& text);

class Replay {
public:
    Replay(const Recording&, const Order&, std::string& refused);

    void play();
    trace::Story told();
    void tell_calls(trace::Story& expected, trace::Story& got);
    const std::string& unknown_input() const { return unknown_; }
    Bench& bench() { return bench_; }
    // When each read returned; never: it has not.
    std::vector<trace::Instant> read_at() const;

private:
    static std::vector<Setting> settings(const Recording& r);
    std::vector<Input> inputs() const;
    void unknown(const std::string& what) {
        if (unknown_.empty())
            unknown_ = what;
    }
    void inject(const SegmentRow& s);

    // replay_calls.cpp
    scenario::SocketName name(const Descriptor& d) const;
    static scenario::SocketName plain(const Descriptor& d);
    Descriptor& descriptor(const CallRow& c);
    std::int64_t number(const CallRow& c, std::size_t i) const;
    void call(const CallRow& c, std::size_t index);
    std::string get_option(const CallRow& c);
    trace::CallId submit(const CallRow& c, std::size_t index);
    // MSG_DONTWAIT, told by the flags or by what came back.
    static bool did_not_wait(const CallRow& c, int flags);
    trace::CallId send(const CallRow& c, const Descriptor& d);
    trace::CallId receive(const CallRow& c, const Descriptor& d);
    // sendto(fd, n, MSG_FASTOPEN, host, port): a connect() whose SYN carries data.
    trace::CallId send_to(const CallRow& c, std::size_t index, const Descriptor& d);
    // How long a woken reader waits for a processor decides how much it finds: the recording tells
    // when it had run, and by what it found which segments had come by then.
    static world::Scheduling reader(const CallRow& c);
    trace::CallId connect(const CallRow& c, std::size_t index, Descriptor& d);
    // What the recorded kernel chose is drawn by chance among what may be chosen: here the search
    // begins there, so that both logs name the connection alike.
    void suggest(trace::HostId host, std::optional<std::uint16_t> port);
    bool listens_on_chosen_port(const CallRow& listen) const;
    // The listener of a later table that no bind() has named.
    std::optional<std::uint16_t> port_of_new_listener(const CallRow& listen) const;
    std::optional<std::uint16_t> port_of_next_connect(const CallRow& bind, std::size_t index) const;
    // "1.5", or seconds and microseconds: "1,500000".
    static std::int64_t milliseconds_of(const std::string& text);
    trace::CallId set_option(const CallRow& c, std::size_t index, const Descriptor& d);

    struct Made {
        trace::Instant at;
        trace::CallId id = trace::none;
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
    std::vector<trace::CallId> reads_;
    std::vector<std::optional<std::uint16_t>> ports_;
    std::map<std::string, Descriptor> descriptors_;
    std::map<std::string, std::uint16_t> numbers_;
    std::vector<Made> calls_;
    std::string unknown_;
};

} // namespace oracle
