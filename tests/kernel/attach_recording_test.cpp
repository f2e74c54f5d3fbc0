// A session with somebody's listener, kept and opened again without the kernel.
#include "watched.hpp"

#include "record/format.hpp"
#include "record/pcapng.hpp"
#include "sources/focus_source.hpp"
#include "sources/keeper.hpp"
#include "sources/recorded_source.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace {

using namespace net::attach;

bool shows(const trace::Trace& trace, trace::State state) {
    return std::any_of(trace.events.begin(), trace.events.end(), [&](const trace::Event& event) {
        return event.kind == trace::EventKind::transition && event.to == state &&
               event.certainty == trace::Certainty::exact;
    });
}

} // namespace

TEST_CASE("an attached session with its segments is kept, opened again, scrubbed and exported") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        auto started = Attachment::start({});
        HOLDS(started.ok());
        const std::shared_ptr<Attachment> attachment(std::move(*started));
        sources::FocusSource source(attachment, ListenerTarget{server.at}, "one", "client",
                                    "server");
        sources::Keeper keeper(source);
        const auto until = [&](const auto& holds) {
            const auto end = net::monotonic_ns() + 8'000'000'000;
            while (net::monotonic_ns() < end) {
                if (source.poll())
                    keeper.look(source);
                if (holds())
                    return true;
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
            return false;
        };
        HOLDS(until([&] {
            return source.can().scope.find("captured") != std::string::npos ||
                   source.can().scope.find("not seen") != std::string::npos;
        }));
        if (!source.can().segments)
            return "segments: " + source.can().scope;
        HOLDS(until([&] {
            return source.can().scope.find("Every transition") != std::string::npos ||
                   source.can().scope.find("only sampled") != std::string::npos;
        }));
        if (source.can().scope.find("Every transition") == std::string::npos)
            return no_trace + source.can().scope;
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        HOLDS(::send(client.number(), "abc", 3, 0) == 3);
        char bytes[4];
        HOLDS(::recv(accepted.number(), bytes, sizeof bytes, 0) == 3);
        client.reset();
        HOLDS(until([&] { return shows(source.trace(), trace::State::close_wait); }));
        accepted.reset();
        HOLDS(until([&] {
            return shows(source.trace(), trace::State::last_ack) &&
                   shows(source.trace(), trace::State::fin_wait_1);
        }));
        keeper.look(source);
        const std::string text = keeper.text();
        auto read = record::read(text, "kept");
        if (const auto* mistake = std::get_if<std::string>(&read))
            return *mistake;
        auto recording = std::get<record::Recording>(std::move(read));
        HOLDS(recording.about.scope.find("Every transition") != std::string::npos);
        HOLDS(recording.trace == source.trace());
        // To the end and back to the beginning, look by look.
        sources::RecordedSource again(std::move(recording));
        HOLDS(again.can().segments);
        std::size_t looks = 1;
        while (again.step())
            ++looks;
        HOLDS(again.visible_events() == source.trace().events.size());
        HOLDS(looks > 2);
        while (again.step_back())
            --looks;
        HOLDS(looks == 1);
        const std::string capture =
            record::pcapng(again.trace(), again.recording().about.began, "en");
        HOLDS(capture.size() > 500);
        return "";
    });
}
