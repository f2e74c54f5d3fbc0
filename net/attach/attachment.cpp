// The thread.
#include "net/attach/attachment.hpp"

#include "net/clock.hpp"

#include <algorithm>
#include <chrono>

namespace net::attach {
namespace {

constexpr std::int64_t picture_every_ns = 250'000'000; // a list is read, not watched
constexpr std::int64_t closeup_every_ns = 33'000'000;
constexpr std::int64_t closeup_at_least_every_ns = 500'000'000;

} // namespace

Result<std::unique_ptr<Attachment>> Attachment::start(Options options) {
    Watch::Options how;
    how.way = options.way;
    auto watch = Watch::open(how);
    if (!watch)
        return watch.failure();
    return std::unique_ptr<Attachment>(new Attachment(std::move(*watch), std::move(options)));
}

Attachment::Attachment(Watch watch, Options options)
    : options_(std::move(options)), watch_(std::move(watch)), thread_([this] { run(); }) {}

Attachment::~Attachment() {
    {
        const std::lock_guard guard(mutex_);
        stop_ = true;
    }
    bell_.notify_all();
    thread_.join();
}

std::uint64_t Attachment::look_at(std::optional<Target> target, std::string left, std::string right,
                                  bool more) {
    std::uint64_t number = 0;
    {
        const std::lock_guard guard(mutex_);
        number = ++requests_;
        wish_ = Wish{number, std::move(target), std::move(left), std::move(right), more};
    }
    bell_.notify_all();
    return number;
}

void Attachment::run_sample(bool on) {
    {
        const std::lock_guard guard(mutex_);
        sample_wish_ = on;
    }
    bell_.notify_all();
}

std::shared_ptr<const Picture> Attachment::picture() const {
    const std::lock_guard guard(mutex_);
    return picture_;
}
std::shared_ptr<const Closeup> Attachment::closeup() const {
    const std::lock_guard guard(mutex_);
    return closeup_;
}
std::uint16_t Attachment::sample_port() const {
    const std::lock_guard guard(mutex_);
    return sample_port_;
}
std::string Attachment::complaint() const {
    const std::lock_guard guard(mutex_);
    return complaint_;
}

bool Attachment::collect(std::uint64_t request, std::uint64_t& books, trace::Trace& trace,
                         trace::Snapshot& snapshot) {
    std::shared_ptr<Focus> focus;
    {
        const std::lock_guard guard(mutex_);
        if (shown_request_ != request || !shown_)
            return false;
        focus = shown_;
        if (books != books_) {
            const std::vector<std::string> hosts = trace.hosts;
            trace = {};
            trace.hosts = hosts;
            for (trace::HostView& host : snapshot.hosts) { // they name sockets of the old books
                host.sockets.clear();
                host.listeners.clear();
            }
            books = books_;
        }
    }
    return focus->recorder().collect(trace, snapshot);
}

void Attachment::take_wishes() {
    std::optional<Wish> wish;
    std::optional<bool> sample;
    {
        const std::lock_guard guard(mutex_);
        wish = std::exchange(wish_, std::nullopt);
        sample = std::exchange(sample_wish_, std::nullopt);
    }
    if (sample) {
        std::string complaint;
        sample_.reset();
        if (*sample) {
            if (auto started = SampleServer::start())
                sample_.emplace(std::move(*started));
            else
                complaint = describe(started.failure());
        }
        watch_.look_at_everything();
        watch_.owners().ask();
        const std::lock_guard guard(mutex_);
        sample_port_ = sample_ ? sample_->port() : 0;
        complaint_ = complaint;
    }
    if (!wish)
        return;
    follow_.reset();
    focus_.reset();
    request_ = wish->number;
    unseen_ = lost_ = lost_events_ = lost_segments_ = passed_over_ = 0;
    more_ = wish->more;
    last_closeup_ns_ = 0;
    if (wish->target) {
        focus_ = std::make_shared<Focus>(*wish->target, wish->left, wish->right, monotonic_ns());
        follow_.emplace(watch_.reader(), watch_.owners(), *focus_,
                        More::Options{more_, options_.helper, 0});
    }
    const std::lock_guard guard(mutex_);
    shown_ = focus_;
    shown_request_ = request_;
    ++books_;
    closeup_.reset();
}

void Attachment::publish_picture() {
    auto made = std::make_shared<const Picture>(watch_.picture());
    last_picture_ns_ = made->at_ns;
    {
        const std::lock_guard guard(mutex_);
        picture_ = std::move(made);
        if (!watch_.complaint().empty())
            complaint_ = watch_.complaint();
    }
    if (options_.on_news)
        options_.on_news();
}

void Attachment::publish_closeup() {
    auto made = std::make_shared<Closeup>();
    made->target = request_;
    made->interval_ns = follow_->interval_ns();
    made->pair_looks = follow_->pair_looks();
    made->moved_meanwhile = follow_->moved_meanwhile();
    made->not_followed = focus_->not_followed();
    made->unseen = unseen_;
    made->lost = lost_;
    made->found = focus_->found();
    made->segments = {more_, More::State::waiting, "", lost_segments_};
    made->transitions = {more_, More::State::waiting, "", lost_events_};
    made->passed_over = passed_over_;
    if (const More* more = follow_->more()) {
        made->segments.state = more->segments();
        made->segments.why_not = more->why_no_segments();
        made->transitions.state = more->events();
        made->transitions.why_not = more->why_no_events();
    }
    focus_->describe(*watch_.owners().known(), *made);
    focus_->publish(monotonic_ns());
    last_closeup_ns_ = monotonic_ns();
    {
        const std::lock_guard guard(mutex_);
        closeup_ = std::move(made);
    }
    if (options_.on_news)
        options_.on_news();
}

void Attachment::run() {
    watch_.look_at_everything();
    publish_picture();
    while (true) {
        {
            std::unique_lock lock(mutex_);
            const std::int64_t due =
                std::min(watch_.next_due_ns(), follow_ ? follow_->next_due_ns() : INT64_MAX);
            const auto wait =
                std::chrono::nanoseconds(std::max<std::int64_t>(0, due - monotonic_ns()));
            bell_.wait_for(lock, wait, [&] { return stop_ || wish_ || sample_wish_; });
            if (stop_)
                return;
        }
        take_wishes();
        const bool looked = watch_.tick();
        const auto now = monotonic_ns();
        if (looked && now - last_picture_ns_ >= picture_every_ns)
            publish_picture();
        if (!follow_ || !follow_->tick())
            continue;
        bool news = last_closeup_ns_ == 0;
        for (const Change& change : focus_->take_changes()) {
            news = true;
            if (change.what == Change::What::unseen)
                unseen_ += static_cast<std::uint64_t>(change.value);
            if (change.what == Change::What::lost)
                lost_ += static_cast<std::uint64_t>(change.value);
            if (change.what == Change::What::lost_events)
                lost_events_ += static_cast<std::uint64_t>(change.value);
            if (change.what == Change::What::lost_segments)
                lost_segments_ += static_cast<std::uint64_t>(change.value);
            if (change.what == Change::What::passed_over)
                passed_over_ += static_cast<std::uint64_t>(change.value);
        }
        const auto since = monotonic_ns() - last_closeup_ns_;
        pending_ = pending_ || news;
        if ((pending_ && since >= closeup_every_ns) || since >= closeup_at_least_every_ns) {
            publish_closeup();
            pending_ = false;
        }
        // A busy listener would fill the memory.
        if (focus_->recorder().trace().events.size() > events_kept) {
            focus_->start_over(monotonic_ns());
            pending_ = true;
        }
    }
}

} // namespace net::attach
