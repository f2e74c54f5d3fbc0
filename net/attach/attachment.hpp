// Attach with a thread of its own: looks at the machine, and at one target more closely, and hands
// finished pictures over. Whoever draws never waits for the kernel.
#pragma once

#include "net/attach/follow.hpp"
#include "net/attach/sample.hpp"
#include "net/attach/watch.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

namespace net::attach {

// What is said of a target beside its snapshot.
struct Closeup {
    std::uint64_t target = 0;     // which request of look_at() this belongs to
    std::int64_t interval_ns = 0; // between two exact looks
    std::uint64_t pair_looks = 0, moved_meanwhile = 0;
    std::size_t not_followed = 0;
    std::uint64_t unseen = 0; // connections that came and went between two looks
    std::uint64_t lost = 0;
    bool found = false; // the target is there, or was
    // Segments and transitions: asked for of a target that is opened, not of one beside the list.
    struct Permitted {
        bool asked = false;
        More::State state = More::State::waiting;
        std::string why_not;
        std::uint64_t lost = 0;
    };
    Permitted segments, transitions;
    std::uint64_t passed_over = 0; // more came at once than is told one by one
    struct End {
        std::string local, remote;       // addresses with ports
        std::string ss_local, ss_remote; // the same as ss prints them
        Far far = Far::remote;
        bool connecting = false;    // in SYN_SENT
        bool first_seen_so = false; // in this state already when we came
        bool waits = false, orphan = false;
        std::string who;
        Opener opener = Opener::unknown; // first: this end opened actively
    };
    std::unordered_map<trace::Cookie, End> ends;
};

class Attachment {
public:
    struct Options {
        std::function<void()> on_news; // on the thread of the attachment
        Reader::Way way = Reader::Way::best;
        std::string helper; // another twomsl-helper than the usual one
    };
    static Result<std::unique_ptr<Attachment>> start(Options options);
    ~Attachment();
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;

    // Look more closely at this, or at nothing; returns the number of the request. `more`: also
    // what the helper permits, segments and every transition.
    std::uint64_t look_at(std::optional<Target> target, std::string left, std::string right,
                          bool more = false);
    void run_sample(bool on);

    // The newest picture, nullptr before the first. Nothing of these waits for the kernel.
    [[nodiscard]] std::shared_ptr<const Picture> picture() const;
    [[nodiscard]] std::shared_ptr<const Closeup> closeup() const;
    // What is new of the target; false: nothing. `books` tells when the story began anew (after
    // very many events): the trace is then emptied first.
    bool collect(std::uint64_t request, std::uint64_t& books, trace::Trace& trace,
                 trace::Snapshot& snapshot);
    [[nodiscard]] std::uint16_t sample_port() const; // 0: it does not run
    [[nodiscard]] std::string complaint() const;

private:
    struct Wish {
        std::uint64_t number = 0;
        std::optional<Target> target;
        std::string left, right;
        bool more = false;
    };
    explicit Attachment(Watch watch, Options options);
    void run();
    void take_wishes();
    void publish_picture();
    void publish_closeup();

    Options options_;
    // The thread's own.
    Watch watch_;
    std::shared_ptr<Focus> focus_;
    std::optional<Follow> follow_;
    std::optional<SampleServer> sample_;
    std::uint64_t request_ = 0;
    bool more_ = false;
    std::uint64_t unseen_ = 0, lost_ = 0, lost_events_ = 0, lost_segments_ = 0, passed_over_ = 0;
    bool pending_ = false; // something changed since the last closeup
    std::int64_t last_picture_ns_ = 0, last_closeup_ns_ = 0;

    mutable std::mutex mutex_; // guards what follows
    std::condition_variable bell_;
    bool stop_ = false;
    std::optional<Wish> wish_;
    std::optional<bool> sample_wish_;
    std::uint64_t requests_ = 0;
    std::shared_ptr<const Picture> picture_;
    std::shared_ptr<const Closeup> closeup_;
    std::shared_ptr<Focus> shown_; // whose recorder collect() reads
    std::uint64_t shown_request_ = 0, books_ = 0;
    std::uint16_t sample_port_ = 0;
    std::string complaint_;
    std::thread thread_;
};

} // namespace net::attach
