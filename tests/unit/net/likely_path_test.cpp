// What must have happened between two looks.
#include "net/likely_path.hpp"

#include "catch.hpp"

namespace {

using trace::State;

net::Stimulus called(trace::Call call) {
    net::Stimulus seen;
    seen.call = call;
    return seen;
}
net::Stimulus arrived(trace::Flags flags) {
    net::Stimulus seen;
    seen.arrived = trace::Segment{};
    seen.arrived->flags = flags;
    return seen;
}

std::string told(const net::LikelyPath& path) {
    std::string text;
    for (const auto& leg : path.legs)
        text += (text.empty() ? std::string(trace::name(leg.from)) : "") + " " +
                std::string(trace::name(leg.to));
    return text;
}

} // namespace

TEST_CASE("one row of the table needs no inference, and what was seen chooses among several rows") {
    CHECK(net::likely_path(State::established, State::close_wait, {}).legs.at(0).trigger ==
          trace::Trigger::fin);
    CHECK(net::likely_path(State::established, State::fin_wait_1, called(trace::Call::close))
              .legs.at(0)
              .trigger == trace::Trigger::close_call);
    CHECK(net::likely_path(State::established, State::fin_wait_1, called(trace::Call::shutdown))
              .legs.at(0)
              .trigger == trace::Trigger::shutdown_wr_call);
    CHECK(net::likely_path(State::established, State::closed, arrived(trace::flag::rst))
              .legs.at(0)
              .trigger == trace::Trigger::rst);
    auto abort = called(trace::Call::close);
    abort.abort = trace::Rule::linger_zero;
    CHECK(net::likely_path(State::established, State::closed, abort).legs.at(0).trigger ==
          trace::Trigger::abort);
    CHECK(net::likely_path(State::established, State::closed, abort).legs.at(0).rule ==
          trace::Rule::linger_zero);
    CHECK(net::likely_path(State::fin_wait_2, State::closed, {}).legs.at(0).trigger ==
          trace::Trigger::gave_up);
    CHECK(net::likely_path(State::time_wait, State::closed, {}).legs.at(0).trigger ==
          trace::Trigger::time_wait_over);
}

TEST_CASE("a request comes out of LISTEN by a SYN") {
    const auto path = net::likely_path(State::listen, State::syn_recv, arrived(trace::flag::syn));
    REQUIRE(path.legs.size() == 1);
    CHECK(path.legs[0].trigger == trace::Trigger::syn);
}

TEST_CASE("a loopback connect() is filled in on both sides") {
    CHECK(told(net::likely_path(State::closed, State::established, called(trace::Call::connect))) ==
          "CLOSED SYN_SENT ESTABLISHED");
    CHECK(told(net::likely_path(State::listen, State::established, {})) ==
          "LISTEN SYN_RECV ESTABLISHED");
    CHECK(told(net::likely_path(State::close_wait, State::closed, called(trace::Call::close))) ==
          "CLOSE_WAIT LAST_ACK CLOSED");
}

TEST_CASE(
    "a reset is not supposed where an orderly close explains the same, unless there is a reason") {
    CHECK(told(net::likely_path(State::established, State::closed, {})) ==
          "ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED");
    net::Stimulus reason;
    reason.peer_aborted = true;
    CHECK(told(net::likely_path(State::established, State::closed, reason)) ==
          "ESTABLISHED CLOSED");
}

TEST_CASE("an orderly end between two looks is supposed only where the far end waits for 2MSL") {
    const auto end = [](State from, net::FarEnd far) {
        net::Stimulus seen;
        seen.far = far;
        return net::likely_path(from, State::closed, seen);
    };
    using enum net::FarEnd;
    CHECK(told(end(State::established, in_time_wait)) == "ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED");
    CHECK(told(end(State::close_wait, in_time_wait)) == "CLOSE_WAIT LAST_ACK CLOSED");
    for (const State from : {State::established, State::close_wait}) {
        // It is on this machine, and is in no TIME_WAIT: one of the two has reset.
        const auto reset = end(from, elsewhere);
        REQUIRE(reset.legs.size() == 1);
        CHECK(reset.legs[0].trigger == trace::Trigger::rst);
        CHECK(reset.has_alternatives);
        CHECK_FALSE(reset.is_unknown);
    }
    for (const State from : {State::established, State::close_wait, State::fin_wait_1,
                             State::fin_wait_2, State::syn_sent, State::syn_recv}) {
        net::Stimulus seen;
        seen.far = not_to_be_seen;
        seen.cannot_time_out = true;
        const auto path = net::likely_path(from, State::closed, seen);
        INFO(trace::name(from));
        REQUIRE(path.legs.size() == 1);
        CHECK(path.is_unknown);
        CHECK(path.legs[0].rule == trace::Rule::end_not_seen);
    }
    // What speaks for itself is no guess.
    CHECK_FALSE(end(State::fin_wait_2, not_to_be_seen).is_unknown); // tcp_fin_timeout
    CHECK_FALSE(end(State::time_wait, not_to_be_seen).is_unknown);
    CHECK_FALSE(end(State::last_ack, not_to_be_seen).is_unknown);
}

TEST_CASE("one transition that the kernel told is one step, whatever else would explain it") {
    net::Stimulus seen;
    seen.one_step = true;
    const auto ended = net::likely_path(State::established, State::closed, seen);
    CHECK(told(ended) == "ESTABLISHED CLOSED");
    CHECK(ended.is_unknown); // that it is by a RST nobody has said
    seen.peer_aborted = true;
    CHECK_FALSE(net::likely_path(State::established, State::closed, seen).is_unknown);
}

TEST_CASE("where TIME_WAIT has no room, that is why FIN_WAIT_2 ends") {
    net::Stimulus seen = arrived(trace::flag::fin);
    seen.no_time_wait = true;
    for (const State from : {State::fin_wait_1, State::fin_wait_2, State::closing})
        CHECK(net::likely_path(from, State::closed, seen).legs.back().rule ==
              trace::Rule::time_wait_overflow);
    seen.peer_aborted = true; // a RST needs no TIME_WAIT
    CHECK(net::likely_path(State::fin_wait_2, State::closed, seen).legs.back().rule !=
          trace::Rule::time_wait_overflow);
}

TEST_CASE("nobody passes TIME_WAIT between two looks") {
    CHECK(told(net::likely_path(State::fin_wait_1, State::closed, arrived(trace::flag::ack))) ==
          "FIN_WAIT_1 FIN_WAIT_2 CLOSED");
    CHECK(told(net::likely_path(State::fin_wait_2, State::closed, arrived(trace::flag::fin))) ==
          "FIN_WAIT_2 CLOSED");
}

TEST_CASE("a server's end is ESTABLISHED before it is closed") {
    CHECK(told(net::likely_path(State::listen, State::fin_wait_2, {})) ==
          "LISTEN SYN_RECV ESTABLISHED FIN_WAIT_1 FIN_WAIT_2");
}

TEST_CASE("two ways of the same length are said to be two") {
    const auto path = net::likely_path(State::fin_wait_1, State::time_wait, {});
    CHECK(path.has_alternatives); // through FIN_WAIT_2 or through CLOSING
    CHECK(told(path) == "FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT");
    CHECK_FALSE(net::likely_path(State::closed, State::established, {}).has_alternatives);
}

TEST_CASE("every pair of states has an answer that begins and ends where it should, or none") {
    for (const State from : trace::all_states)
        for (const State to : trace::all_states) {
            if (from == to)
                continue;
            const auto path = net::likely_path(from, to, {});
            if (path.legs.empty())
                continue;
            CHECK(path.legs.front().from == from);
            CHECK(path.legs.back().to == to);
            for (std::size_t i = 1; i < path.legs.size(); ++i)
                CHECK(path.legs[i].from == path.legs[i - 1].to);
        }
    CHECK(net::likely_path(State::time_wait, State::fin_wait_1, {}).legs.size() != 1);
}
