// `live --pair` as a program would run it: lines, exit code, time.
#include "net/doctor.hpp"
#include "net/live.hpp"

#include "support/skip.hpp"

#include <chrono>
#include <string>

namespace {

struct Outcome {
    int code = 0;
    std::string text;
    std::chrono::steady_clock::duration took{};
};

template <typename Work>
Outcome run(Work work) {
    Outcome outcome;
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* out = ::open_memstream(&text, &size);
    const auto began = std::chrono::steady_clock::now();
    outcome.code = work(out);
    outcome.took = std::chrono::steady_clock::now() - began;
    std::fclose(out);
    outcome.text.assign(text, size);
    std::free(text);
    return outcome;
}

bool has(const Outcome& outcome, const std::string& part) {
    return outcome.text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("live --pair in the laboratory ends with 0 within 3 s and shows the whole life of a "
          "connection") {
    const auto outcome = run([](std::FILE* out) {
        return net::live_pair({net::LiveFormat::text, net::PairGround::namespaces}, out);
    });
    if (outcome.code == 3)
        SKIP_TEST(outcome.text.c_str());
    INFO(outcome.text);
    CHECK(outcome.code == 0);
    CHECK(outcome.took < std::chrono::seconds(3));
    for (const char* line : {"CLOSED -> SYN_SENT",
                             "LISTEN -> SYN_RECV",
                             "SYN_SENT -> ESTABLISHED",
                             "SYN_RECV -> ESTABLISHED",
                             "ESTABLISHED -> FIN_WAIT_1",
                             "ESTABLISHED -> CLOSE_WAIT",
                             "FIN_WAIT_1 -> FIN_WAIT_2",
                             "CLOSE_WAIT -> LAST_ACK",
                             "FIN_WAIT_2 -> TIME_WAIT",
                             "LAST_ACK -> CLOSED",
                             "client > server  SYN  seq",
                             "server > client  SYN+ACK",
                             "accept queue 1",
                             "accept queue 0",
                             "SYN queue 1",
                             "SYN queue 0",
                             "send queue 100 B",
                             "receive queue 100 B",
                             "send queue 50 B",
                             "receive queue 50 B",
                             "read() = 0"})
        CHECK(has(outcome, line));
    CHECK_FALSE(has(outcome, "inferred"));
}

TEST_CASE("live --pair on loopback ends with 0 and names the transitions that it inferred") {
    const auto outcome = run([](std::FILE* out) {
        return net::live_pair({net::LiveFormat::text, net::PairGround::loopback}, out);
    });
    INFO(outcome.text);
    CHECK(outcome.code == 0);
    CHECK(outcome.took < std::chrono::seconds(3));
    CHECK(has(outcome, "transitions were inferred, not seen: "));
    CHECK(has(outcome, "client#1 CLOSED -> SYN_SENT"));
    CHECK(has(outcome, "TIME_WAIT"));
}

TEST_CASE("live --pair --format json prints one object per line") {
    const auto outcome = run([](std::FILE* out) {
        return net::live_pair({net::LiveFormat::json, net::PairGround::best}, out);
    });
    INFO(outcome.text);
    CHECK(outcome.code == 0);
    std::size_t lines = 0;
    for (std::size_t at = 0; at < outcome.text.size(); ++lines) {
        const auto end = outcome.text.find('\n', at);
        REQUIRE(end != std::string::npos);
        const auto line = outcome.text.substr(at, end - at);
        CHECK(line.front() == '{');
        CHECK(line.back() == '}');
        CHECK(line.find("\"kind\":\"") != std::string::npos);
        at = end + 1;
    }
    CHECK(lines > 20);
    CHECK(has(outcome, "\"to\":\"TIME_WAIT\""));
}

TEST_CASE("doctor tries every tier and says what came of it") {
    const auto outcome = run([](std::FILE* out) { return net::doctor(out); });
    INFO(outcome.text);
    CHECK(outcome.code == 0);
    for (const char* tier : {"simulator", "pair on 127.0.0.1, sampled", "laboratory, stepped",
                             "sockets of others", "their segments", "their every transition"})
        CHECK(has(outcome, tier));
    CHECK(has(outcome, "yes  pair on 127.0.0.1"));
}
