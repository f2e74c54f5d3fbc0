// Following a laboratory from its own news.
#include "player.hpp"

#include "net/result.hpp"

scenario::SocketName socket_of(trace::HostId host, std::uint16_t number) {
    scenario::SocketName name;
    name.host = host;
    name.number = number;
    return name;
}

Player::Player(net::LaboratoryOptions options) {
    options.on_news = [this] { take(); };
    laboratory_ = std::make_unique<net::Laboratory>(std::move(options));
    {
        const std::lock_guard guard(mutex_);
        ready_ = true;
    }
    status_ = laboratory_->wait_until_started();
    take();
}

Player::~Player() {
    {
        const std::lock_guard guard(mutex_);
        ready_ = false;
    }
    laboratory_.reset();
}

void Player::take() {
    const std::lock_guard guard(mutex_);
    if (!ready_)
        return;
    laboratory_->collect(trace_, snapshot_);
    changed_.notify_all();
}

bool Player::wait(const Condition& condition, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return condition(trace_, snapshot_); });
}

std::int64_t Player::call(const scenario::Action& action, std::chrono::milliseconds patience) {
    std::size_t known = 0;
    {
        const std::lock_guard guard(mutex_);
        known = trace_.calls.size();
    }
    submit(action);
    std::int64_t value = -1'000'000;
    wait(
        [&](const trace::Trace& trace, const trace::Snapshot&) {
            for (std::size_t i = trace.events.size(); i-- > 0;) {
                const trace::Event& event = trace.events[i];
                if (event.kind != trace::EventKind::call_returned || event.ref < known)
                    continue;
                value = event.value;
                return true;
            }
            return false;
        },
        patience);
    return value;
}

trace::Trace Player::trace() {
    const std::lock_guard guard(mutex_);
    return trace_;
}

trace::Snapshot Player::snapshot() {
    const std::lock_guard guard(mutex_);
    return snapshot_;
}

std::string Player::states(const std::string& name) {
    const std::lock_guard guard(mutex_);
    std::string states;
    for (const trace::Event& event : trace_.events) {
        if (event.kind != trace::EventKind::transition ||
            trace::socket_name(trace_, event.socket) != name)
            continue;
        states += (states.empty() ? "" : " ") + std::string(trace::name(event.to));
    }
    return states;
}

const trace::SocketView* view(const trace::Snapshot& snapshot, const std::string& name) {
    for (const trace::HostView& host : snapshot.hosts)
        for (const trace::SocketView& socket : host.sockets)
            if (socket.name == name)
                return &socket;
    return nullptr;
}

std::string Player::state(const std::string& name) {
    const std::lock_guard guard(mutex_);
    const trace::SocketView* socket = view(snapshot_, name);
    return socket ? std::string(trace::name(socket->state)) : "";
}

trace::ListenerView Player::listener() {
    const std::lock_guard guard(mutex_);
    if (snapshot_.hosts.size() <= server || snapshot_.hosts[server].listeners.empty())
        return {};
    return snapshot_.hosts[server].listeners.front();
}

Player::Condition in_state(const std::string& name, trace::State state) {
    return [=](const trace::Trace&, const trace::Snapshot& now) {
        const trace::SocketView* socket = view(now, name);
        return socket && socket->state == state;
    };
}

Player::Condition nothing_left(const std::string& name) {
    return
        [=](const trace::Trace&, const trace::Snapshot& now) { return view(now, name) == nullptr; };
}

Player::Condition held(std::size_t count) {
    return [=](const trace::Trace&, const trace::Snapshot& now) {
        std::size_t found = 0;
        for (const trace::InFlight& segment : now.in_flight)
            found += segment.held ? 1 : 0;
        return found == count;
    };
}
