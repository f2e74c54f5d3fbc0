// Looking at one target in time: its sockets exactly, 60 times a second (more than eight of them
// more rarely); what is new around it, four times, or once where segments and transitions would
// tell of it and are silent, and a quarter as often while no segment passes at all; what is told is
// read 60 times a second, 20 times while it is silent.
// Where they would tell of everything and nothing waits to be read or accepted, nothing can change
// unheard: such a target is at rest, and is asked for four times a second (a crowd half as often as
// else) until something is heard.
//
// Both ends of a connection are read as A, B, A again: when A's counters did not move meanwhile,
// the three are one moment. When neither moved since the looks before, A and B are one already:
// nothing happened from the last look at B, before this one at A, to this one at B.
#pragma once

#include "net/attach/endings.hpp"
#include "net/attach/focus.hpp"
#include "net/attach/more.hpp"
#include "net/attach/reader.hpp"
#include "net/attach/share.hpp"
#include "net/attach/stillness.hpp"

#include <optional>
#include <unordered_set>

namespace net::attach {

struct PairLook {
    std::optional<SocketRow> first, second;
    bool one_moment = false; // nothing moved between the looks
};
// `first` and `second`: as they were at their last looks.
Result<PairLook> look_at_pair(Reader& reader, const SocketRow& first, const SocketRow& second);

class Follow {
public:
    Follow(Reader& reader, Owners& owners, Focus& focus, More::Options more = {});

    bool tick(); // true: it has looked, or something was told
    [[nodiscard]] std::int64_t next_due_ns() const;
    [[nodiscard]] const std::string& complaint() const { return complaint_; }
    [[nodiscard]] std::int64_t interval_ns() const { return interval_ns_; }
    // So often so many sockets are looked at.
    [[nodiscard]] static std::int64_t interval_of(std::size_t sockets);
    [[nodiscard]] std::uint64_t pair_looks() const { return pair_looks_; }
    [[nodiscard]] std::uint64_t moved_meanwhile() const { return moved_meanwhile_; }
    [[nodiscard]] std::uint64_t walks() const { return walks_; } // over all sockets around it

    // Segments and transitions; nullptr: not asked for (yet).
    [[nodiscard]] const More* more() const { return more_ ? &*more_ : nullptr; }

private:
    void discover();
    void look_exactly();
    Looked looked(const SocketRow& known, std::optional<SocketRow> row, std::int64_t began_ns);
    FarEnd far_end_of(const SocketRow& gone);
    bool time_wait_overflowed(); // just now
    // --- follow_more.cpp
    void ask_for_more(const Selected& selected);
    void read_more();
    void take_events(std::vector<permitted::KernelEvent>& events);
    std::size_t ours_among(const std::vector<permitted::KernelEvent>& events) const;
    void meet_requests(const std::vector<permitted::Packet>& packets);
    enum class Whose : std::uint8_t { ours, strangers, undecided };
    Whose whose(const Told& told) const;
    void decide_late();
    bool tell(); // what is old enough that nothing earlier can still come; true: there was some
    void keep(std::int64_t at_ns, decltype(Moment::what) what) {
        moments_.push_back({at_ns, std::move(what)});
    }

    Reader& reader_;
    Owners& owners_;
    Focus& focus_;
    More::Options more_options_;
    std::optional<More> more_;
    Share share_;
    std::vector<Moment> moments_;
    std::unordered_map<std::uint64_t, std::uint64_t>
        cookies_;                             // by the kernel's address of a socket
    std::unordered_set<std::uint64_t> ended_; // cookies of ours, announced lately
    std::unordered_map<Pair, std::int64_t, PairHash>
        on_our_wire_;             // both ends of captured segments, canonical: the last one's time
    std::vector<Told> undecided_; // ours, or of another namespace's
    bool others_ = false;         // there are other network namespaces
    std::optional<Endings> endings_;
    std::unordered_set<std::uint32_t> asked_for_;
    std::uint64_t overflows_ = 0; // TCPTimeWaitOverflow
    std::int64_t overflowed_ns_ = 0;
    void discover_soon() { next_discovery_ns_ = may_discover_ns_; } // somebody is new
    void discover_in_time(); // something moved: no longer than where nothing tells
    [[nodiscard]] bool knows_the_pair() const; // both ends are being looked at
    // Whatever comes or goes would be told by segments and transitions, or is looked at.
    [[nodiscard]] bool hears_everything() const;
    void note_moved(const SocketRow& before, const std::optional<SocketRow>& now);
    [[nodiscard]] bool is_quiet() const; // nothing was heard or has moved for a while
    [[nodiscard]] bool at_rest() const;
    [[nodiscard]] std::int64_t discovery_interval() const;
    bool walk_may_wait();
    void wake(); // something was heard, or has moved
    Stillness stillness_;
    std::shared_ptr<const Holdings> walked_with_;
    std::int64_t discovered_ns_ = 0, may_discover_ns_ = 0;
    std::int64_t next_discovery_ns_ = 0, next_exact_ns_ = 0, next_reading_ns_ = INT64_MAX;
    std::int64_t interval_ns_ = 16'000'000;
    std::int64_t woken_ns_ = 0;
    bool may_change_unheard_ = true; // as the sockets were at the last exact look
    std::uint64_t pair_looks_ = 0, moved_meanwhile_ = 0, walks_ = 0;
    std::string complaint_;
};

} // namespace net::attach
