// The thread of an actor and the calls it makes.
#include "net/actor.hpp"

#include "net/clock.hpp"
#include "net/interrupt.hpp"
#include "net/prompt.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>

namespace net {
namespace {

constexpr std::uint32_t most_at_once =
    1u << 20; // read without a number takes what is there, up to this

std::int64_t value_or_errno(ssize_t result) {
    return result < 0 ? -errno : result;
}

int how_number(trace::Shutdown how) {
    switch (how) {
    case trace::Shutdown::rd: return SHUT_RD;
    case trace::Shutdown::wr: return SHUT_WR;
    case trace::Shutdown::rdwr: return SHUT_RDWR;
    }
    return SHUT_RDWR;
}

std::uint32_t unread_bytes(int descriptor) {
    int bytes = 0;
    return ::ioctl(descriptor, SIOCINQ, &bytes) == 0 && bytes > 0
               ? static_cast<std::uint32_t>(bytes)
               : 0;
}

bool lingers_zero(int descriptor) {
    linger wait{};
    socklen_t size = sizeof wait;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &wait, &size) == 0 && wait.l_onoff &&
           wait.l_linger == 0;
}

} // namespace

Inbox::Inbox() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Inbox::put(CallReport report) {
    {
        const std::lock_guard guard(mutex_);
        reports_.push_back(std::move(report));
    }
    ring();
}

void Inbox::ring() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(bell_.number(), &one, sizeof one);
}

std::vector<CallReport> Inbox::take() {
    std::uint64_t rung = 0;
    [[maybe_unused]] const auto got = ::read(bell_.number(), &rung, sizeof rung);
    const std::lock_guard guard(mutex_);
    return std::exchange(reports_, {});
}

Actor::Actor(Inbox& inbox, int descriptor) : inbox_(inbox), descriptor_(descriptor) {
    make_calls_interruptible();
    thread_ = std::thread([this] { run(); });
}

Actor::~Actor() {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    // A signal that comes just before the thread blocks is lost, so it is repeated until the thread
    // is done.
    while (!changed_.wait_for(lock, std::chrono::milliseconds(1), [this] { return finished_; }))
        interrupt_calls_of(thread_.native_handle());
    lock.unlock();
    thread_.join();
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

void Actor::order(Order order) {
    const std::lock_guard guard(mutex_);
    order.idle = orders_.empty() && !busy_;
    order.ordered_ns = monotonic_ns();
    orders_.push_back(std::move(order));
    changed_.notify_all();
}

bool Actor::sleeps_in_call() const {
    if (!in_call_)
        return false;
    // proc_pid_stat(5): the state follows the name, which ends at the last parenthesis.
    const std::string path = fmt::format("/proc/self/task/{}/stat", thread_number_.load());
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 256> text;
    const ssize_t got = file.is_open() ? ::read(file.number(), text.data(), text.size()) : -1;
    if (got <= 0)
        return true; // nothing to know it by
    const std::string_view line(text.data(), static_cast<std::size_t>(got));
    const auto name_end = line.rfind(')');
    return name_end + 2 < line.size() && line[name_end + 2] == 'S' && in_call_;
}

void Actor::run() {
    thread_number_ = static_cast<int>(::gettid());
    become_prompt();
    const std::string path = fmt::format("/proc/self/task/{}/schedstat", thread_number_.load());
    scheduling_ = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || !orders_.empty(); });
        if (stopping_)
            break;
        Order next = std::move(orders_.front());
        orders_.pop_front();
        busy_ = true;
        lock.unlock();
        perform(next);
        lock.lock();
        busy_ = false;
    }
    finished_ = true;
    changed_.notify_all();
}

// /proc/PID/schedstat: time on a processor, time spent waiting for one.
std::int64_t Actor::waited_ns() const {
    std::array<char, 96> text;
    const ssize_t got =
        scheduling_.is_open() ? ::pread(scheduling_.number(), text.data(), text.size(), 0) : -1;
    if (got <= 0)
        return 0; // a kernel without it
    const std::string_view line(text.data(), static_cast<std::size_t>(got));
    std::int64_t waited = 0;
    if (const auto blank = line.find(' '); blank != line.npos)
        std::from_chars(line.data() + blank + 1, line.data() + line.size(), waited);
    return waited;
}

void Actor::perform(Order& order) {
    if (order.call == trace::Call::connect && descriptor_ < 0) {
        if (Descriptor made = order.make_socket(); made.is_open())
            descriptor_ = made.give_up();
    }
    CallReport report;
    report.call = order.id;
    report.descriptor = order.call == trace::Call::accept ? -1 : descriptor_;
    report.cookie = report.descriptor < 0 ? 0 : socket_cookie(report.descriptor);
    if (order.call == trace::Call::close && descriptor_ >= 0) {
        report.unread = unread_bytes(descriptor_);
        report.aborts = report.unread > 0 || lingers_zero(descriptor_);
    }
    report.idle = order.idle;
    report.ordered_ns = order.ordered_ns;
    report.at_ns = monotonic_ns();
    inbox_.put(report); // may cost us the processor

    const std::int64_t waited_before = waited_ns();
    in_call_ = true;
    report.began_ns = monotonic_ns();
    report.value = call(order, report);
    in_call_ = false;
    report.at_ns = monotonic_ns();
    report.waited_ns = waited_ns() - waited_before;
    report.returned = true;
    if (report.descriptor >= 0) {
        report.cookie = socket_cookie(report.descriptor);
        report.pair = pair_of(report.descriptor);
    }
    inbox_.put(report);
}

std::int64_t Actor::connect(Order& order, CallReport& report) {
    if (descriptor_ < 0)
        return -EBADF;
    if (order.set_nonblocking)
        ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
    if (order.bind_to || order.from_port) {
        const int on = 1;
        ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in from{};
        from.sin_family = AF_INET;
        if (order.bind_to)
            std::memcpy(&from.sin_addr, order.bind_to->address.data(), 4);
        from.sin_port = htons(order.from_port.value_or(0));
        if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&from), sizeof from) < 0) {
            report.failed_in = trace::Call::bind;
            return -errno;
        }
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    std::memcpy(&to.sin_addr, order.to.address.data(), 4);
    to.sin_port = htons(order.to.port);
    if (order.fastopen) {
        const std::string payload(*order.fastopen, 'x');
        return value_or_errno(::sendto(descriptor_, payload.data(), payload.size(),
                                       MSG_FASTOPEN | MSG_NOSIGNAL,
                                       reinterpret_cast<const sockaddr*>(&to), sizeof to));
    }
    return value_or_errno(
        ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to));
}

std::int64_t Actor::call(Order& order, CallReport& report) {
    const int on = order.listener ? order.listener->load() : descriptor_;
    if (order.set_nonblocking && order.call != trace::Call::connect)
        return value_or_errno(::fcntl(on, F_SETFL, ::fcntl(on, F_GETFL) | O_NONBLOCK));
    switch (order.call) {
    case trace::Call::connect: return connect(order, report);
    case trace::Call::accept:
        report.descriptor = ::accept4(on, nullptr, nullptr, SOCK_CLOEXEC);
        return value_or_errno(report.descriptor);
    case trace::Call::read: {
        std::vector<char> room(order.bytes == 0 ? most_at_once : order.bytes);
        return value_or_errno(::recv(on, room.data(), room.size(), order.flags));
    }
    case trace::Call::write: {
        const std::string payload = order.text.empty() ? std::string(order.bytes, 'x') : order.text;
        return value_or_errno(
            ::send(on, payload.data(), payload.size(), MSG_NOSIGNAL | order.flags));
    }
    case trace::Call::shutdown: return value_or_errno(::shutdown(on, how_number(order.how)));
    case trace::Call::close: {
        report.descriptor = -1;
        if (descriptor_ < 0)
            return -EBADF;
        return value_or_errno(::close(std::exchange(descriptor_, -1)));
    }
    case trace::Call::setsockopt: return -set_option(on, order.option, order.option_value);
    case trace::Call::socket:
    case trace::Call::bind:
    case trace::Call::listen:
    case trace::Call::fork:
    case trace::Call::sysctl: break; // never block: the observer makes them itself
    }
    return -EOPNOTSUPP;
}

} // namespace net
