// A world on the bench: two hosts c and s, a raw peer x that no host is, and hands to put segments
// in.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "recording.hpp"
#include "scenario/action.hpp"
#include "trace/event.hpp"
#include "trace/story.hpp"
#include "world/deadlines.hpp"
#include "world/world.hpp"

namespace oracle {

inline constexpr trace::Address raw_peer{0x0a0000fa}; // 10.0.0.250
inline constexpr std::uint32_t raw_isn = 7'000'000;   // its first number

struct Setting {
    trace::HostId host;
    std::string name;
    std::int64_t value;
};

// What a real run leaves to chance: which of two things due at once comes first, how late timers
// are.
struct Order {
    world::Ties ties = world::Ties::as_inserted;
    world::Timers timers = world::Timers::exact;
    trace::Duration phase{}; // of the timer wheel
    bool paced = false; // the wire takes each segment when the recorded one did, if that is later
    trace::Duration lag{};               // of the wire, beyond the usual
    bool as_told = false; // no call is missing from the recording
    std::vector<world::Grip> grips = {}; // how its reads fell among the segments of bursts
};

class Bench {
public:
    // `way`: one-way delay. `refused` gets what this machine has no knob for.
    Bench(trace::Duration way, const std::vector<Setting>&, const Order&, std::string& refused);

    const world::World& world() const { return world_; }
    const trace::Trace& log() const { return log_; }
    trace::Address address(const std::string& host) const;
    static trace::HostId host(const std::string& name) {
        return name == "c" ? 0 : name == "s" ? 1 : trace::no_host;
    }
    trace::Addresses addresses() const;

    // Called after everything that happens, and for each segment that a host has just sent.
    std::function<void()> on_change;
    std::function<void(trace::SegmentId)> on_departure;

    void advance(trace::Instant);
    trace::CallId submit(const scenario::Action&);
    trace::CallId submit(const world::ByHand&);
    void ask_for_room(trace::Cookie cookie) { world_.ask_for_room(cookie); }
    trace::Errno take_error(trace::Cookie cookie) { return world_.take_error(cookie); }
    // By-hand segment. Numbers are relative to the SYNs of the two sides unless it says absolute.
    struct Crafted {
        trace::Endpoint source, destination;
        std::string flags;
        std::int64_t seq = 0, ack = 0;
        bool absolute_seq = false, absolute_ack = false;
        std::uint32_t length = 0;
        std::uint16_t window = 65535, mss = 0, urgent = 0;
        std::uint8_t ecn = 0;
        int scale = -1;
        bool sack_permitted = false;
        std::optional<std::pair<std::int64_t, std::int64_t>> timestamps;
        std::vector<std::pair<std::int64_t, std::int64_t>> sack; // of the other side's numbers
        std::optional<std::string> fastopen; // the cookie, in hexadecimal; "": asks for one
    };
    void inject(const Crafted&);
    // About the newest segment of this host with that relative number; false: there is none.
    bool inject_icmp(trace::HostId to, std::int64_t about, std::uint8_t type, std::uint8_t code);
    // What has come back from a call, as recordings spell it: "0", "ECONNREFUSED", "?" while it
    // sleeps.
    struct Returned {
        bool done = false;
        trace::Instant at;
        std::int64_t value = 0;
        trace::Rule rule = trace::Rule::none;
        trace::EventId event = trace::none;
    };
    Returned returned(trace::CallId) const;

private:
    struct Side {
        trace::Endpoint who, to;
        trace::Seq isn;
        bool known = false;
        std::uint32_t first_timestamp = 0, last_timestamp = 0;
        bool has_timestamp = false;
    };
    Side& side(trace::Endpoint who, trace::Endpoint to);
    void look_at_new_events();

    world::World world_;
    trace::Trace log_;
    std::size_t looked_ = 0;
    std::vector<Side> sides_;
};

trace::Flags parse_flags(const std::string& packetdrill);
std::string result_text(std::int64_t value);

} // namespace oracle
