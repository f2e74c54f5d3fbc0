// Verdicts from made-up dumps: each sickness is found, health is not taken for one.
#include "net/attach/verdict.hpp"

#include "catch.hpp"
#include "machines.hpp"

#include <algorithm>
#include <fstream>
#include <set>

using namespace machines;

namespace {

std::vector<std::string> conditions(const std::vector<net::attach::Verdict>& verdicts) {
    std::vector<std::string> names;
    for (const auto& verdict : verdicts)
        names.emplace_back(net::attach::name(verdict.condition));
    return names;
}

const net::attach::Verdict* find(const Judged& judged, std::string_view condition) {
    for (const auto& verdict : judged.verdicts)
        if (net::attach::name(verdict.condition) == condition)
            return &verdict;
    return nullptr;
}

Sick sick(std::string_view condition) {
    for (Sick& one : all_sick())
        if (one.condition == condition)
            return one;
    FAIL("no machine is sick of " << condition);
    return {};
}

} // namespace

TEST_CASE("each way of being sick is found, and said without a place left open") {
    std::set<std::string> seen;
    for (const Sick& one : all_sick()) {
        INFO(one.condition);
        Judged judged;
        look(judged, one);
        const auto* verdict = find(judged, one.condition);
        REQUIRE(verdict);
        CHECK(conditions(judged.verdicts).front() == one.condition); // it is the worst there
        seen.insert(one.condition);
        for (const auto& it : judged.verdicts) {
            std::string all =
                net::attach::in_english(it.headline) + net::attach::in_english(it.remedy) + it.ss;
            for (const auto& evidence : it.evidence)
                all += net::attach::in_english(evidence);
            CHECK(all.find('{') == std::string::npos);
            CHECK_FALSE(it.ss.empty());
        }
    }
    CHECK(seen.size() == net::attach::condition_count);
}

TEST_CASE("every condition has a lesson that is in the catalogue") {
    std::ifstream list(std::string(TWOMSL_SOURCE_DIR) + "/assets/scenarios/lessons.txt");
    std::set<std::string> lessons;
    for (std::string line; std::getline(list, line);)
        lessons.insert(line);
    for (const auto& rule : net::attach::rules()) {
        INFO(rule.lesson);
        CHECK(lessons.contains(std::string(rule.lesson)));
    }
}

TEST_CASE("a busy and healthy server has nothing wrong") {
    std::vector<SocketRow> rows = {listener(any4(80), 1, 128, 3)};
    for (std::uint16_t i = 0; i < 200; ++i)
        add(rows, pair(static_cast<std::uint16_t>(33000 + i), 80, KernelState::established,
                       KernelState::established, 150));
    rows.push_back(socket(KernelState::close_wait, loopback(80), loopback(1), 151)); // just now
    rows.back().info->last_ack_received_ms = 20;
    Judged judged;
    look(judged, {"", {{0, rows}, {500, rows}}});
    CHECK(conditions(judged.verdicts).empty());
}

TEST_CASE("a full accept queue is at least as old as its newest connection") {
    Judged judged;
    look(judged, sick("accept_queue_full"));
    const auto* verdict = find(judged, "accept_queue_full");
    REQUIRE(verdict);
    CHECK(verdict->severity == net::attach::Severity::bad);
    CHECK(verdict->where == "127.0.0.1:8080");
    CHECK(verdict->who == "node (4711)");
    CHECK(net::attach::in_english(verdict->headline) ==
          "accept queue 3 · limit 2 (+1 fits), full for at least 20 s; the program is not calling "
          "accept()");
    CHECK(verdict->certainty == trace::Certainty::inferred);
    CHECK(verdict->ss == "ss -lnt 'sport = :8080'");
}

TEST_CASE("a queue that was seen to become full is full for exactly that long, as sampled") {
    auto rows = sick("accept_queue_full").looks[0].second;
    for (SocketRow& row : rows)
        if (row.info)
            row.info->last_ack_received_ms = 10;
    auto before = rows;
    before[0].recv_queue = 2;
    std::erase_if(before, [](const SocketRow& row) { // the third had not come yet
        return row.pair.local.port == 50002 || row.pair.remote.port == 50002;
    });
    auto later = rows;
    Judged judged;
    look(judged, {"", {{0, before}, {1000, rows}, {15'000, later}}});
    const auto* verdict = find(judged, "accept_queue_full");
    REQUIRE(verdict);
    CHECK_THAT(net::attach::in_english(verdict->headline), ContainsSubstring("full for 14 s;"));
    CHECK(verdict->certainty == trace::Certainty::sampled);
}

TEST_CASE("drops are the listener's own, and only those since we look are news") {
    auto rows = sick("accept_queue_full").looks[0].second;
    auto later = rows;
    later[0].drops = 21;
    Judged judged;
    look(judged, {"", {{0, rows}, {500, later}}});
    const auto* verdict = find(judged, "accept_queue_full");
    REQUIRE(verdict);
    std::string all;
    for (const auto& evidence : verdict->evidence)
        all += net::attach::in_english(evidence) + "\n";
    CHECK_THAT(all, ContainsSubstring("own drops: +3 since we look"));
    CHECK_THAT(all, ContainsSubstring("1 clients on this machine repeat their SYN"));
    CHECK_FALSE(find(judged, "listener_drops")); // explained by the queue
    CHECK_FALSE(find(judged, "connect_unanswered"));
}

TEST_CASE("CLOSE_WAIT is charged to the process that does not close, with its descriptors") {
    Judged judged;
    look(judged, sick("close_wait_leak"));
    const auto* verdict = find(judged, "close_wait_leak");
    REQUIRE(verdict);
    CHECK(verdict->count == 37);
    CHECK(verdict->pid == 4711);
    CHECK(net::attach::in_english(verdict->headline) ==
          "holds 37 sockets in CLOSE_WAIT, the oldest for at least 12 min: the peers closed, this "
          "program has not");
    std::string all;
    for (const auto& evidence : verdict->evidence)
        all += net::attach::in_english(evidence) + "\n";
    CHECK_THAT(all, ContainsSubstring("37 of the 37 connections of :9000"));
    CHECK_THAT(all, ContainsSubstring("read the end of file, and not called close()"));
    CHECK_THAT(all, ContainsSubstring("file descriptors 10, 11, 12, 13, …"));
}

TEST_CASE("a half-closed connection that still sends is no leak") {
    auto rows = sick("close_wait_leak").looks[0].second;
    for (SocketRow& row : rows)
        row.send_queue = 100;
    rows[0].send_queue = 128;
    Judged judged;
    look(judged, {"", {{0, rows}}});
    CHECK_FALSE(find(judged, "close_wait_leak"));
}

TEST_CASE("sockets in CLOSE_WAIT of two processes are two verdicts") {
    auto one = sick("close_wait_leak");
    for (auto& row : one.looks[0].second)
        if (row.inode >= 110)
            row.inode += 1000; // nobody that we may look into
    Judged judged;
    look(judged, one);
    CHECK(std::count_if(judged.verdicts.begin(), judged.verdicts.end(), [](const auto& v) {
              return v.condition == net::attach::Condition::close_wait_leak;
          }) == 2);
}

TEST_CASE("a closed window is charged to the reader, an unread byte is not said twice") {
    Judged judged;
    look(judged, sick("zero_window"));
    const auto* verdict = find(judged, "zero_window");
    REQUIRE(verdict);
    CHECK(verdict->who == "node (4711)");
    CHECK_THAT(net::attach::in_english(verdict->headline),
               ContainsSubstring("at least 5 s") && ContainsSubstring("13192 bytes wait there") &&
                   ContainsSubstring("20480 bytes at the sender"));
    CHECK_FALSE(find(judged, "unread_data"));
}

TEST_CASE("ports are counted for each destination, not for the machine") {
    auto one = sick("ports_used_up");
    auto& rows = one.looks[0].second;
    for (std::size_t i = 0; i < rows.size(); i += 2)
        rows[i].pair.remote.port = 5433;
    Judged judged;
    look(judged, one);
    CHECK_FALSE(find(judged, "ports_used_up")); // 12 500 of 28 232 each
}

TEST_CASE("an accept() that makes room is seen, and the past overflow is told") {
    Judged judged;
    look(judged, sick("accept_queue_was_full"));
    const auto* verdict = find(judged, "accept_queue_was_full");
    REQUIRE(verdict);
    CHECK(verdict->severity == net::attach::Severity::warning);
    CHECK_FALSE(find(judged, "accept_queue_full"));
    const auto* past = judged.history.listener(judged.table.rows[0].cookie);
    REQUIRE(past);
    CHECK(past->last_accept_ns == judged.table.at_ns);
}

TEST_CASE("a reused pair of addresses is another life: its state is as young as its cookie") {
    Judged judged;
    std::vector<SocketRow> rows = {socket(KernelState::close_wait, loopback(80), loopback(1), 150)};
    auto again = rows;
    again[0].cookie += 2;
    look(judged, {"", {{0, rows}, {10'000, again}}});
    REQUIRE(judged.history.socket(again[0].cookie));
    CHECK(judged.history.socket(again[0].cookie)->since_ns == judged.table.at_ns);
    CHECK_FALSE(judged.history.socket(rows[0].cookie));
}
