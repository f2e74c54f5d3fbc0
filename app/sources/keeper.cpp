// Keeping what a live source shows.
#include "keeper.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

namespace sources {
namespace {

record::About about(const view::Source& source) {
    record::About about;
    about.scope = source.can().scope;
    utsname system{};
    if (::uname(&system) == 0)
        about.kernel = fmt::format("{} {}", system.sysname, system.release);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    about.began =
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() - source.now().ns;
    return about;
}

} // namespace

Keeper::Keeper(const view::Source& source) : about_(about(source)), writer_(about_) {
    look(source);
}

void Keeper::look(const view::Source& source) {
    if (full())
        return;
    view::Frame frame;
    source.fill(frame);
    if (!frame.snapshot || frame.snapshot->hosts.empty())
        return;
    // What is attached to begins a new story after very many events: so does the recording.
    const auto& trace = source.trace();
    if (trace.events.size() < events_ || trace.segments.size() < segments_)
        writer_ = record::Writer(about_);
    events_ = trace.events.size();
    segments_ = trace.segments.size();
    about_.scope = source.can().scope; // what could be seen shows only after a while
    writer_.add(trace, *frame.snapshot);
}

std::string file_for(bool capture) {
    const char* home = std::getenv("HOME");
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    char date[32];
    std::strftime(date, sizeof date, "%Y%m%d-%H%M%S", &local);
    return fmt::format("{}/twomsl-{}.{}", home && *home ? home : ".", date,
                       capture ? "pcapng" : "twomsl-recording");
}

} // namespace sources
