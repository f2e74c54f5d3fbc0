// The loop around Follow.
#include "watched.hpp"

#include "net/attach/lines.hpp"

#include <chrono>
#include <thread>

using namespace net::attach;

Watched::Watched(Target target, More::Options more)
    : reader(Reader::open()),
      focus(std::move(target), "client", "server", net::monotonic_ns()),
      follow(reader.ok() ? std::make_unique<Follow>(*reader, owners, focus, more) : nullptr) {}

void Watched::tick() {
    const auto left = follow->next_due_ns() - net::monotonic_ns();
    if (left > 0)
        std::this_thread::sleep_for(
            std::chrono::nanoseconds(std::min<std::int64_t>(left, 20'000'000)));
    follow->tick();
    for (Change& change : focus.take_changes())
        all.push_back(std::move(change));
}

std::string Watched::wait_for_permits() {
    if (!follow)
        return "no sock_diag";
    const bool decided = until([&] {
        const More* more = follow->more();
        return more && more->segments() != More::State::waiting &&
               more->events() != More::State::waiting;
    });
    if (!decided)
        return "the helper did not answer";
    const More& more = *follow->more();
    if (more.segments() != More::State::granted)
        return "segments: " + more.why_no_segments();
    return more.events() == More::State::granted ? "" : no_trace + more.why_no_events();
}

std::string Watched::way_of(const std::string& socket) const {
    std::string text;
    for (const Change& change : all) {
        if (change.what != Change::What::state || change.socket != socket)
            continue;
        if (text.empty())
            text = trace::name(change.from);
        text += change.certainty == trace::Certainty::exact ? ">" : "~>";
        text += trace::name(change.to);
    }
    return text;
}

std::string Watched::way(Side side, std::size_t nth) const {
    for (const Followed& socket : focus.sockets()) {
        if (socket.side != side || socket.kind == trace::RecordKind::listener)
            continue;
        if (nth-- == 0)
            return way_of(socket.name);
    }
    return "";
}

bool Watched::tells_way(Side side, const std::string& wanted, std::size_t nth) {
    return until([&] { return way(side, nth) == wanted; }, 3'000'000'000);
}

std::string Watched::segments() const {
    std::string text;
    for (const Change& change : all)
        if (change.what == Change::What::segment)
            text += (text.empty() ? "" : " ") + trace::describe(change.segment->flags);
    return text;
}

std::string Watched::told() const {
    std::string text;
    for (const Change& change : all)
        text += "\n" + text_line(change);
    return text;
}
