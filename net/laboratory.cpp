// The observer thread's life, and the box that commands are left in.
#include "net/laboratory.hpp"

#include "net/observer.hpp"
#include "net/prompt.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace net {

struct Laboratory::Inside {
    explicit Inside(LaboratoryOptions given)
        : options(std::move(given)), recorder(options.hosts, options.on_news) {
        thread = std::thread([this] { run(); });
    }

    void run();
    void leave(std::function<void(Observer&)> command) {
        {
            const std::lock_guard guard(mutex);
            commands.push_back(std::move(command));
        }
        inbox.ring();
    }

    LaboratoryOptions options;
    Recorder recorder;
    Inbox inbox;
    mutable std::mutex mutex; // guards what follows
    std::condition_variable changed;
    Status status = Status::starting;
    Failure failure;
    std::string scope, notice;
    Observer::Commands commands;
    bool stopping = false;
    std::thread thread;
};

void Laboratory::Inside::run() {
    become_prompt();
    // On this thread, because the namespaces die with the thread that asked for them.
    auto ground = options.ground == GroundKind::namespaces
                      ? open_namespaces(static_cast<unsigned>(options.hosts.size()), options.helper)
                      : open_loopback();
    if (!ground) {
        const std::lock_guard guard(mutex);
        failure = ground.failure();
        status = Status::failed;
        changed.notify_all();
        return;
    }
    {
        const std::lock_guard guard(mutex);
        scope = (*ground)->scope();
    }
    Observer observer(options.hosts, recorder, inbox, std::move(*ground),
                      [this](const std::string& sentence) {
                          const std::lock_guard guard(mutex);
                          notice = sentence;
                      });
    observer.set_delay(options.delay);
    if (options.hold_everything)
        observer.hold_everything(true);
    {
        const std::lock_guard guard(mutex);
        status = Status::running;
        changed.notify_all();
    }
    observer.run(
        [this] {
            const std::lock_guard guard(mutex);
            return stopping;
        },
        [this] {
            const std::lock_guard guard(mutex);
            return std::exchange(commands, {});
        });
}

Laboratory::Laboratory(LaboratoryOptions options)
    : inside_(std::make_unique<Inside>(std::move(options))) {}

Laboratory::~Laboratory() {
    {
        const std::lock_guard guard(inside_->mutex);
        inside_->stopping = true;
    }
    inside_->inbox.ring();
    inside_->thread.join();
}

Laboratory::Status Laboratory::status() const {
    const std::lock_guard guard(inside_->mutex);
    return inside_->status;
}

Failure Laboratory::failure() const {
    const std::lock_guard guard(inside_->mutex);
    return inside_->failure;
}

Laboratory::Status Laboratory::wait_until_started() {
    std::unique_lock lock(inside_->mutex);
    inside_->changed.wait(lock, [this] { return inside_->status != Status::starting; });
    return inside_->status;
}

Abilities Laboratory::abilities() const {
    if (inside_->options.ground == GroundKind::namespaces)
        return {true, true, true, ""};
    return {false, false, false,
            "A pair on 127.0.0.1 is only sampled: its segments never pass through twomsl, and its "
            "sysctls are this machine's"};
}

std::string Laboratory::scope() const {
    const std::lock_guard guard(inside_->mutex);
    return inside_->scope;
}

std::string Laboratory::notice() const {
    const std::lock_guard guard(inside_->mutex);
    return inside_->notice;
}

void Laboratory::submit(scenario::Action action) {
    inside_->leave([action = std::move(action)](Observer& observer) { observer.perform(action); });
}

void Laboratory::hold_everything(bool on) {
    inside_->leave([on](Observer& observer) { observer.hold_everything(on); });
}

void Laboratory::step() {
    inside_->leave([](Observer& observer) { observer.step(); });
}

bool Laboratory::collect(trace::Trace& trace, trace::Snapshot& snapshot) {
    return inside_->recorder.collect(trace, snapshot);
}

} // namespace net
