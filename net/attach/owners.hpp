// Which process holds which socket: the links /proc/PID/fd/N -> socket:[inode].
//
// A scan costs from half a millisecond to twenty; it runs in a thread of its own and only when
// somebody asks about an inode that is not known yet. Of processes that may not be looked into
// nothing is known but the user, whom sock_diag tells.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace net::attach {

struct Holder {
    int pid = 0;
    int fd = -1;
    std::string program; // /proc/PID/comm

    friend bool operator==(const Holder&, const Holder&) = default;
};

struct Holdings {
    std::int64_t began_ns = 0; // CLOCK_MONOTONIC, of this scan
    std::unordered_map<std::uint32_t, std::vector<Holder>> by_inode; // after fork several
    std::size_t processes = 0;
    std::size_t denied = 0;           // processes that we may not look into
    std::size_t other_namespaces = 0; // network namespaces of processes, besides ours
    std::size_t elsewhere = 0;        // processes that live in those
};

// One scan, on the calling thread. Given a pid, of that process alone.
Holdings scan_processes(int pid = 0);

class Owners {
public:
    // `on_news` is called on the scanning thread after each scan.
    explicit Owners(std::function<void()> on_news);
    ~Owners();
    Owners(const Owners&) = delete;
    Owners& operator=(const Owners&) = delete;

    // What is known now. Never waits.
    std::shared_ptr<const Holdings> known() const;
    // Scan: not more often than every second, nor more than one hundredth of the time; a listener
    // that nobody knows is worth four times that.
    enum class Urgency : std::uint8_t { usual, listener };
    void ask(Urgency urgency = Urgency::usual);

private:
    void run();

    std::function<void()> on_news_;
    mutable std::mutex mutex_;
    std::condition_variable bell_;
    std::shared_ptr<const Holdings> known_;
    bool asked_ = true, urgent_ = false, stop_ = false;
    std::thread thread_;
};

std::string user_text(std::uint32_t uid); // "www-data", or "uid 1234"

} // namespace net::attach
