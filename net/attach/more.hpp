// What twomsl-helper adds to sampling, for one target: its segments and its every transition, each
// asked for on its own, each refused on its own, and never needed for the rest.
#pragma once

#include "net/attach/moment.hpp"
#include "net/attach/share.hpp"
#include "net/permitted/segments.hpp"
#include "net/permitted/transitions.hpp"

#include <span>
#include <string>

namespace net::attach {

class More {
public:
    struct Options {
        bool ask = false;
        std::string helper;                    // another program than the usual one
        std::uint32_t buffer_kb = 0;           // of the trace, for each CPU
        double told_per_second = Share::usual; // events and segments; of more a share is told
    };
    // `everywhere`: segments of all interfaces. `ties`: there are other network namespaces, whose
    // sockets must be told from ours.
    More(const Options& options, std::span<const std::uint16_t> ports, bool everywhere, bool ties);

    // What is new; never waits.
    struct News {
        std::vector<permitted::Packet> packets;
        std::vector<permitted::KernelEvent> events;
        Lost lost;
    };
    News read();

    enum class State : std::uint8_t { waiting, granted, refused };
    [[nodiscard]] State segments() const { return segments_state_; }
    [[nodiscard]] State events() const { return events_state_; }
    [[nodiscard]] const std::string& why_no_segments() const { return why_no_segments_; }
    [[nodiscard]] const std::string& why_no_events() const { return why_no_events_; }
    [[nodiscard]] std::int64_t events_since_ns() const { return events_since_ns_; }
    [[nodiscard]] std::int64_t segments_since_ns() const { return segments_since_ns_; }

private:
    void look_for_answers();
    template <typename Reader>
    static State take(std::optional<permitted::Permit>& permit, std::optional<Reader>& reader,
                      std::string& why, std::int64_t& since_ns);

    // The permits outlive the readers: the helper removes the instance when no file of it is open.
    std::optional<permitted::Permit> segments_permit_, events_permit_;
    std::optional<permitted::Segments> packets_;
    std::optional<permitted::Transitions> transitions_;
    State segments_state_ = State::waiting, events_state_ = State::waiting;
    std::string why_no_segments_, why_no_events_;
    std::int64_t segments_since_ns_ = 0, events_since_ns_ = 0;
};

} // namespace net::attach
