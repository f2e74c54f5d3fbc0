// The two tables against the text of RFC 9293 and the measured answers of the kernel.
#include "catch.hpp"

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include "trace/refusal.hpp"
#include "trace/rule.hpp"
#include "trace/transition.hpp"

using namespace trace;
using S = State;
using T = Trigger;

namespace {
S next(S from, T trigger, Policies p) {
    const Transition* row = transition(from, trigger, p);
    REQUIRE(row != nullptr);
    return row->to;
}
} // namespace

TEST_CASE("the close of RFC 9293 figure 12 and the simultaneous close of figure 13",
          "[transition]") {
    for (Policies p : {linux_policies, rfc_policies}) {
        CHECK(next(S::established, T::close_call, p) == S::fin_wait_1);
        CHECK(next(S::fin_wait_1, T::ack_of_fin, p) == S::fin_wait_2);
        CHECK(next(S::fin_wait_2, T::fin, p) == S::time_wait);
        CHECK(next(S::time_wait, T::time_wait_over, p) == S::closed);
        CHECK(next(S::established, T::fin, p) == S::close_wait);
        CHECK(next(S::close_wait, T::close_call, p) == S::last_ack);
        CHECK(next(S::last_ack, T::ack_of_fin, p) == S::closed);
        CHECK(next(S::fin_wait_1, T::fin, p) == S::closing);
        CHECK(next(S::closing, T::ack_of_fin, p) == S::time_wait);
        CHECK(transition(S::closing, T::fin, p) == nullptr);
        CHECK(transition(S::established, T::time_wait_over, p) == nullptr);
    }
}

TEST_CASE("a SYN leaves Linux's listener alone and moves the textbook's", "[transition]") {
    const Transition* kernel = transition(S::listen, T::syn, linux_policies);
    const Transition* textbook = transition(S::listen, T::syn, rfc_policies);
    REQUIRE(kernel);
    REQUIRE(textbook);
    CHECK(kernel->to == S::listen);
    CHECK(kernel->spawn == Spawn::request);
    CHECK(kernel->spawned == S::syn_recv);
    CHECK(textbook->to == S::syn_recv);
    CHECK(kernel->emission == Emission::syn_ack);
    CHECK(textbook->emission == Emission::syn_ack);
}

TEST_CASE("no pair of rows answers the same state, trigger and policies", "[transition]") {
    std::set<std::tuple<S, T, std::uint8_t>> seen;
    for (const Transition& row : transitions())
        CHECK(seen.insert({row.from, row.trigger, row.needs.bits}).second);
}

TEST_CASE("a RST ends every synchronized state, and only TIME_WAIT waits 2MSL", "[transition]") {
    for (S s : {S::syn_recv, S::established, S::fin_wait_1, S::fin_wait_2, S::close_wait,
                S::closing, S::last_ack, S::time_wait})
        CHECK(next(s, T::rst, linux_policies) == S::closed);
    for (S s : all_states)
        CHECK((transition(s, T::time_wait_over, linux_policies) != nullptr) == (s == S::time_wait));
}

TEST_CASE("the printed diagram has one edge per row of the profile", "[transition]") {
    for (Policies p : {linux_policies, rfc_policies}) {
        const std::string text = print_diagram(p);
        std::size_t edges = 0, rows = 0;
        for (std::size_t at = text.find("-->"); at != text.npos; at = text.find("-->", at + 1))
            ++edges;
        for (const Transition& row : transitions())
            rows += p.has(row.needs) ? 1u : 0u;
        CHECK(edges == rows + 1);
        CHECK_THAT(text, ContainsSubstring("LISTEN --> SYN_RECV: SYN / SYN+ACK"));
    }
}

TEST_CASE("every rule has a key of its own and both languages", "[rule]") {
    std::set<std::string_view> keys;
    for (const RuleText& rule : all_rules()) {
        CHECK(keys.insert(rule.key).second);
        if (rule.id == Rule::none)
            continue;
        CHECK_FALSE(rule.en.empty());
        CHECK_FALSE(rule.zh.empty());
        CHECK(rule.en.back() == '.');
    }
}

TEST_CASE("refused calls carry the errno that Linux was seen to return", "[refusal]") {
    struct Row {
        S state;
        Call call;
        CallContext context;
        Errno error;
    };
    const CallContext fresh{}, old{.was_connected = true},
        nonblocking{.was_connected = true, .would_block = true, .nonblocking = true};
    const CallContext reset{
        .error_pending = true, .was_connected = true, .pending_error = Errno::econnreset};
    const CallContext shut{.was_connected = true, .shut_wr = true};
    for (const Row& row : {
             Row{S::closed, Call::read, fresh, Errno::enotconn},
             Row{S::closed, Call::write, fresh, Errno::epipe},
             Row{S::closed, Call::shutdown, fresh, Errno::enotconn},
             Row{S::closed, Call::accept, fresh, Errno::einval},
             Row{S::closed, Call::read, reset, Errno::econnreset},
             Row{S::closed, Call::write, reset, Errno::econnreset},
             Row{S::closed, Call::write, old, Errno::epipe},
             Row{S::closed, Call::connect, old, Errno::eisconn},
             Row{S::listen, Call::read, fresh, Errno::enotconn},
             Row{S::listen, Call::connect, fresh, Errno::eisconn},
             Row{S::syn_sent, Call::connect, fresh, Errno::ealready},
             Row{S::syn_sent, Call::listen, fresh, Errno::einval},
             Row{S::established, Call::read, nonblocking, Errno::eagain},
             Row{S::established, Call::connect, old, Errno::eisconn},
             Row{S::established, Call::listen, old, Errno::einval},
             Row{S::fin_wait_1, Call::write, shut, Errno::epipe},
             Row{S::last_ack, Call::write, shut, Errno::epipe},
             Row{S::time_wait, Call::shutdown, shut, Errno::enotconn},
         }) {
        const auto answer = refused(row.state, row.call, row.context);
        INFO(name(row.state) << " " << name(row.call));
        REQUIRE(answer.has_value());
        CHECK(answer->error == row.error);
    }
}

TEST_CASE("legal calls are not refused", "[refusal]") {
    CHECK_FALSE(refused(S::closed, Call::connect, {}).has_value());
    CHECK_FALSE(refused(S::closed, Call::listen, {}).has_value());
    CHECK_FALSE(
        refused(S::closed, Call::read, {.was_connected = true}).has_value()); // end of file: 0
    CHECK_FALSE(refused(S::established, Call::write, {.was_connected = true}).has_value());
    CHECK_FALSE(refused(S::established, Call::read, {.was_connected = true, .would_block = true})
                    .has_value()); // blocks
    CHECK_FALSE(refused(S::syn_sent, Call::shutdown, {}).has_value());
    CHECK_FALSE(refused(S::close_wait, Call::write, {.was_connected = true}).has_value());
    CHECK_FALSE(refused(S::listen, Call::listen, {}).has_value());
}

TEST_CASE("the README's figure is the one that the table prints", "[transition]") {
    std::ifstream file(std::string(TWOMSL_SOURCE_DIR) + "/README.md");
    std::stringstream text;
    text << file.rdbuf();
    CHECK_THAT(text.str(),
               ContainsSubstring("```mermaid\n" + print_diagram(linux_policies) + "```"));
}
