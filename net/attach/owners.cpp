// Walking /proc.
#include "net/attach/owners.hpp"

#include "net/clock.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <set>

namespace net::attach {
namespace {

std::string link_of(int folder, const char* name) {
    char buffer[128];
    const ssize_t got = ::readlinkat(folder, name, buffer, sizeof buffer);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
}

std::string program_of(int folder) {
    const int file = ::openat(folder, "comm", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return "?";
    char buffer[64];
    ssize_t got = ::read(file, buffer, sizeof buffer);
    ::close(file);
    if (got > 0 && buffer[got - 1] == '\n')
        --got;
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : "?";
}

void scan_descriptors(int process, int pid, Holdings& found) {
    const int folder = ::openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* list = folder < 0 ? nullptr : ::fdopendir(folder);
    if (!list) {
        if (errno == EACCES || errno == EPERM)
            ++found.denied;
        if (folder >= 0)
            ::close(folder);
        return;
    }
    std::string program;
    while (const dirent* entry = ::readdir(list)) {
        if (!std::isdigit(static_cast<unsigned char>(entry->d_name[0])))
            continue;
        char target[64];
        const ssize_t got = ::readlinkat(folder, entry->d_name, target, sizeof target - 1);
        constexpr std::string_view prefix = "socket:[";
        if (got <= static_cast<ssize_t>(prefix.size()) ||
            std::string_view(target, prefix.size()) != prefix)
            continue;
        target[got] = 0;
        const auto inode =
            static_cast<std::uint32_t>(std::strtoul(target + prefix.size(), nullptr, 10));
        if (program.empty())
            program = program_of(process);
        found.by_inode[inode].push_back({pid, std::atoi(entry->d_name), program});
    }
    ::closedir(list);
}

} // namespace

Holdings scan_processes(int only) {
    Holdings found;
    found.began_ns = monotonic_ns();
    DIR* list = ::opendir("/proc");
    if (!list)
        return found;
    const int root = ::dirfd(list);
    const std::string ours = link_of(root, "self/ns/net");
    std::set<std::string> others;
    while (const dirent* entry = ::readdir(list)) {
        const int pid = std::atoi(entry->d_name);
        if (pid <= 0 || (only != 0 && pid != only))
            continue;
        const int process = ::openat(root, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (process < 0)
            continue; // ended meanwhile
        ++found.processes;
        const std::string space = link_of(process, "ns/net");
        if (!space.empty() && space != ours) {
            others.insert(space);
            ++found.elsewhere; // its sockets are not in our list
        } else {
            scan_descriptors(process, pid, found);
        }
        ::close(process);
    }
    ::closedir(list);
    found.other_namespaces = others.size();
    return found;
}

Owners::Owners(std::function<void()> on_news)
    : on_news_(std::move(on_news)),
      known_(std::make_shared<Holdings>()),
      thread_([this] { run(); }) {}

Owners::~Owners() {
    {
        const std::lock_guard guard(mutex_);
        stop_ = true;
    }
    bell_.notify_all();
    thread_.join();
}

std::shared_ptr<const Holdings> Owners::known() const {
    const std::lock_guard guard(mutex_);
    return known_;
}

void Owners::ask(Urgency urgency) {
    {
        const std::lock_guard guard(mutex_);
        const bool urgent = urgency == Urgency::listener;
        if (asked_ && (urgent_ || !urgent))
            return;
        asked_ = true;
        urgent_ = urgent_ || urgent;
    }
    bell_.notify_all();
}

void Owners::run() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
        bell_.wait(lock, [&] { return stop_ || asked_; });
        if (stop_)
            return;
        asked_ = urgent_ = false;
        lock.unlock();
        const auto cost = thread_cpu_ns();
        auto found = std::make_shared<const Holdings>(scan_processes());
        const auto took = thread_cpu_ns() - cost;
        lock.lock();
        known_ = std::move(found);
        if (stop_)
            return;
        lock.unlock();
        if (on_news_)
            on_news_();
        lock.lock();
        const std::chrono::nanoseconds pause(std::max<std::int64_t>(1'000'000'000, took * 100));
        const auto stopped = [&] { return stop_; };
        bell_.wait_for(lock, pause / 4, stopped);
        bell_.wait_for(lock, pause - pause / 4, [&] { return stop_ || urgent_; });
    }
}

std::string user_text(std::uint32_t uid) {
    passwd entry{};
    passwd* found = nullptr;
    char buffer[2048];
    if (::getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found)
        return fmt::format("user {}", found->pw_name);
    return fmt::format("uid {}", uid);
}

} // namespace net::attach
