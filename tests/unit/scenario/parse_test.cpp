// What the parser understands.
#include "catch.hpp"
#include "files.hpp"

#include "scenario/print.hpp"
#include "scenario/scenario.hpp"

using namespace scenario;

namespace {

// The scenario, or a failed test that shows the error.
Scenario good(const std::string& text) {
    auto result = parse(text, "t.twomsl");
    if (const auto* error = std::get_if<ParseError>(&result))
        FAIL(format(*error));
    return std::get<Scenario>(result);
}

Scenario body(const std::string& lines, const std::string& hosts = "client server") {
    return good("title T\nhosts " + hosts + "\n" + lines);
}

template <typename T>
const T& action(const Scenario& s, std::size_t line) {
    return std::get<T>(std::get<Act>(s.lines.at(line).what).action);
}
const Expectation& expectation(const Scenario& s, std::size_t line) {
    return std::get<Expectation>(s.lines.at(line).what);
}

const std::string setup =
    "0 server listen :80 backlog 1\n0 client connect :80\n0 server accept :80\n";

} // namespace

TEST_CASE("Every scenario file of the project is understood") {
    const auto paths = files::all();
    CHECK(paths.size() >= 18);
    for (const auto& path : paths) {
        const auto result = parse(files::read(path), path.filename().string());
        if (const auto* error = std::get_if<ParseError>(&result))
            FAIL_CHECK(format(*error));
    }
}

TEST_CASE("Times are absolute or since the previous timed line") {
    const auto s =
        body("0 server listen :80 backlog 1\n+1.5ms client connect :80\n+0 client connect :80\n"
             "1s client#1 close\n+250us client#2 close\n");
    CHECK(s.lines[0].at.ns == 0);
    CHECK(s.lines[1].at.ns == 1'500'000);
    CHECK(s.lines[2].at.ns == 1'500'000);
    CHECK(s.lines[3].at.ns == 1'000'000'000);
    CHECK(s.lines[4].at.ns == 1'000'250'000);
    CHECK(s.end.ns == 1'000'250'000);
}

TEST_CASE("connect and accept lines are numbered together per host, in file order") {
    const auto s = body(
        "0 server listen :80 backlog 1\n0 client listen :81 backlog 1\n"
        "0 client connect :80\n0 client accept :81\n0 server connect :81\n0 server accept :80\n"
        "0 client connect :80\n");
    CHECK(action<Connect>(s, 2).number == 1);
    CHECK(action<Accept>(s, 3).number == 2);
    CHECK(action<Connect>(s, 4).number == 1);
    CHECK(action<Accept>(s, 5).number == 2);
    CHECK(action<Connect>(s, 6).number == 3);
}

TEST_CASE("connect :80 goes to the other host of two; HOST:PORT names one of many") {
    const auto two = body("0 client connect :80 from :4000\n0 server connect :81\n");
    CHECK(action<Connect>(two, 0).to == 1);
    CHECK(action<Connect>(two, 0).from_port == 4000);
    CHECK(action<Connect>(two, 1).to == 0);
    const auto three = body("0 a connect c:80\n", "a b c");
    CHECK(action<Connect>(three, 0).to == 2);
}

TEST_CASE("A call may say what it returns") {
    const auto s =
        body(setup + "+1s client#1 write \"GET / -> # x\" -> EPIPE\n+0 client#1 read -> 0\n"
                     "+0 client#1 read 50 -> 10\n+0 client#1 shutdown RDWR\n");
    CHECK(action<Write>(s, 3).text == "GET / -> # x");
    CHECK(action<Write>(s, 3).bytes == 12);
    CHECK(std::get<Act>(s.lines[3].what).returns == -32);
    CHECK(!action<Read>(s, 4).most);
    CHECK(std::get<Act>(s.lines[4].what).returns == 0);
    CHECK(action<Read>(s, 5).most == 50u);
    CHECK(action<ShutDown>(s, 6).how == trace::Shutdown::rdwr);
    CHECK(!std::get<Act>(s.lines[6].what).returns);
}

TEST_CASE("server~client#1 is the other end") {
    const auto s = body(setup + "+0 expect server~client#1 SYN_RCVD\n");
    const SocketName expected{SocketName::Kind::other_end, 1, 1, 0, 0};
    CHECK(expectation(s, 3).socket == expected);
    CHECK(expectation(s, 3).state == trace::State::syn_recv);
}

TEST_CASE("Every form of expectation is understood") {
    const auto s = body(setup + "+0 expect server:80 accept_queue 2 limit 1\n"
                                "+0 expect client#1 returned ETIMEDOUT\n"
                                "+0 expect client#1 blocked read\n"
                                "+0 expect server counter ListenOverflows 3\n"
                                "+0 expect client#1 timer time_wait due 60s\n"
                                "+0 expect sent client>server SYN+ACK 2\n"
                                "+1s expect never client#1 CLOSED until +5s\n"
                                "+0 expect never sent server>client RST 1 until 7s\n");
    CHECK(expectation(s, 3).what == Quantity::accept_queue);
    CHECK(expectation(s, 3).number == 2);
    CHECK(expectation(s, 3).limit == 1u);
    CHECK(expectation(s, 4).number == -110);
    CHECK(expectation(s, 5).call == trace::Call::read);
    CHECK(expectation(s, 6).counter == trace::Counter::ListenOverflows);
    CHECK(expectation(s, 6).host == 1);
    CHECK(expectation(s, 7).due == trace::seconds(60));
    CHECK(expectation(s, 8).kind == trace::SegmentKind::syn_ack);
    CHECK(expectation(s, 9).never);
    CHECK(expectation(s, 9).until.ns == 6'000'000'000);
    CHECK(expectation(s, 10).until.ns == 7'000'000'000);
    CHECK(s.end.ns == 7'000'000'000);
}

TEST_CASE("Hands on the wire") {
    const auto s = body("0 wire drop client>server DATA\n0 wire delay 2s client>server FIN 3\n"
                        "0 wire dup after 5ms server>client * all\n0 wire dup server>client ACK\n"
                        "0 wire pass server>client *\n0 wire release client>server SYN 2\n"
                        "0 wire drop client>server SYN flying 2\n");
    using What = WireRule::What;
    CHECK(action<WireRule>(s, 0) == WireRule{What::drop, 0, 1, trace::SegmentKind::data, 1, {}});
    CHECK(action<WireRule>(s, 1) ==
          WireRule{What::delay, 0, 1, trace::SegmentKind::fin, 3, trace::seconds(2)});
    CHECK(action<WireRule>(s, 2) == WireRule{What::duplicate, 1, 0, trace::SegmentKind::any,
                                             std::nullopt, trace::milliseconds(5)});
    CHECK(action<WireRule>(s, 3).time == trace::Duration{});
    CHECK(action<WireRule>(s, 4).what == What::pass);
    CHECK(action<WireRule>(s, 5).nth == 2u);
    CHECK(std::get<FlyingVerdict>(s.lines[6].what).nth == 2);
}

TEST_CASE("The header sets stacks, wires and first sequence numbers, in any order") {
    const auto s = good("hosts a b\nprofile linux-4.3 b\nprofile rfc9293\ntitle T\n"
                        "wire a b delay 20ms loss 10%\nwire b>a delay 5ms seed 7\n"
                        "sysctl b net.core.somaxconn 5\nisn a#1 4294967295\n0 a connect :80\n");
    CHECK(s.hosts[0].profile == "rfc9293");
    CHECK(s.hosts[1].profile == "linux-4.3");
    REQUIRE(s.wires.size() == 2);
    CHECK(s.wires[0].delay == trace::milliseconds(20));
    CHECK(s.wires[0].loss == 0.1);
    CHECK(s.wires[1].delay == trace::milliseconds(5));
    CHECK(s.wires[1].loss == 0.1);
    CHECK(s.wires[1].seed == 7);
    CHECK(s.sysctls[0].value == 5);
    CHECK(s.isns[0].isn == 4294967295u);
}

TEST_CASE("Without a line, a wire takes 10 ms and loses nothing") {
    const auto s = body("0 client connect :80\n");
    CHECK(s.wires[0].delay == trace::milliseconds(10));
    CHECK(s.wires[0].loss == 0);
    CHECK(s.hosts[0].profile == "linux-6.18");
}

TEST_CASE("A note without TIME is shown just before the next timed line") {
    const auto s =
        body("note One # is text\nnote.zh 一\n5ms client connect :80\nnote Two\n"
             "+5ms expect never client#1 CLOSED until +20ms\nnote Three\nhighlight client#1\n");
    CHECK(s.lines[0].at.ns == 5'000'000);
    CHECK(std::get<Note>(s.lines[0].what).text.in("en") == "One # is text");
    CHECK(std::get<Note>(s.lines[0].what).text.in("zh") == "一");
    CHECK(s.lines[2].at.ns == 10'000'000);
    CHECK(s.lines[4].at.ns == 30'000'000);
    CHECK(s.lines[4].step == 3);
    CHECK(s.lines[4].highlight->what == Highlight::What::socket);
    CHECK(s.steps == 3);
}

TEST_CASE("A question has its text and its options in every language") {
    const auto s = body(
        "0 predict segment server>client after 1s\nask What?\nask.zh 什么？\n"
        "option \"SYN+ACK seq 5000 ack 1001\" Yes.\noption.zh \"SYN+ACK seq 5000 ack 1001\" 对。\n"
        "+0 option nothing No.\nshow machine\nterm initial sequence number\n+0 client connect "
        ":80\n");
    const auto& p = std::get<Prediction>(s.lines[0].what);
    CHECK(p.after == trace::seconds(1));
    CHECK(p.ask.in("zh") == "什么？");
    REQUIRE(p.options.size() == 2);
    CHECK(p.options[0].text.in("zh") == "对。");
    CHECK(p.options[1].text.in("zh") == "No.");
    CHECK(s.lines[0].show == std::vector<std::string>{"machine"});
    CHECK(s.lines[0].terms == std::vector<std::string>{"initial sequence number"});
}

TEST_CASE("CRLF, a byte order mark and a missing last newline change nothing") {
    const auto s = good(
        "\xef\xbb\xbftitle T\r\nhosts client server\r\n0 client connect :80 # one\r\n1s note N");
    REQUIRE(s.lines.size() == 2);
    CHECK(s.title.in("") == "T");
    CHECK(s.lines[0].source == "0 client connect :80");
    CHECK(s.lines[0].sentence == "client connect :80");
}

TEST_CASE("A what-if takes the place of its like and leaves the story out") {
    const auto s = body(
        "sysctl server somaxconn 3\n0 server listen :80 backlog 1\n+1ms client connect :80 -> 0\n"
        "note A\n+1ms expect client#1 SYN_SENT\nwhatif backlog 5\nchange 0 server listen :80 "
        "backlog 5\n"
        "whatif one more\nchange 500us wire drop client>server SYN\n"
        "whatif other limit\nchange sysctl server net.core.somaxconn 9\n");
    const auto changed = [&](std::size_t i) { return std::get<Scenario>(what_if(s, i)); };
    const auto backlog = changed(0);
    REQUIRE(backlog.lines.size() == 2);
    CHECK(action<Listen>(backlog, 0).backlog == 5);
    CHECK(!std::get<Act>(backlog.lines[1].what).returns);
    CHECK(backlog.end == s.end);
    const auto drop = changed(1);
    REQUIRE(drop.lines.size() == 3);
    CHECK(action<WireRule>(drop, 1).what == WireRule::What::drop);
    const auto limit = changed(2);
    REQUIRE(limit.sysctls.size() == 1);
    CHECK(limit.sysctls[0].value == 9);
}

TEST_CASE("What the machine does not have is refused where it stands") {
    Machine machine;
    machine.profile = [](std::string_view name) {
        return name == "linux-6.18" ? std::string() : "no such profile";
    };
    machine.sysctl = [](std::string_view, std::string_view name, std::int64_t) {
        return name == "somaxconn" ? std::string() : "no such sysctl";
    };
    const auto error = [&](const std::string& text) {
        const auto result = parse(text, "t", machine);
        return format(std::get<ParseError>(result));
    };
    CHECK(error("title T\nprofile plan9\nhosts a b\n") == "t:2:9: no such profile");
    CHECK(error("title T\nhosts a b\nsysctl a tcp_x 1\n") == "t:3:10: no such sysctl");
    CHECK(error("title T\nhosts a b\n0 a sysctl tcp_x 1\n") == "t:3:12: no such sysctl");
}

TEST_CASE("oob after a write or a read asks for the urgent byte, and is printed again") {
    const auto s = body(setup + "1s client#1 write 12 oob\n+0 client#1 write \"now\" oob\n"
                                "+0 server#1 read oob -> 1\n+0 server#1 read 5 oob\n"
                                "+0 server#1 read 5\n");
    CHECK(action<Write>(s, 3).urgent);
    CHECK(action<Write>(s, 4).urgent);
    CHECK(action<Read>(s, 5).urgent);
    CHECK_FALSE(action<Read>(s, 5).most);
    CHECK(action<Read>(s, 6).urgent);
    CHECK(action<Read>(s, 6).most == 5u);
    CHECK_FALSE(action<Read>(s, 7).urgent);
    std::string again;
    for (std::size_t i = 3; i < s.lines.size(); ++i)
        again += print(std::get<Act>(s.lines[i].what).action, s, {}, {}) + "\n";
    CHECK(again == "client#1 write 12 oob\nclient#1 write \"now\" oob\nserver#1 read oob\n"
                   "server#1 read 5 oob\nserver#1 read 5\n");
}

TEST_CASE("a segment by hand may carry an urgent pointer") {
    const auto asks = body("0 server raw :80>:4000 SYN+ECE+CWR seq 7 ce ae\n");
    const auto& syn = action<Raw>(asks, 0).segment;
    CHECK(syn.flags == (trace::flag::syn | trace::flag::ece | trace::flag::cwr));
    CHECK(syn.ecn == trace::Ecn::congestion);
    CHECK(syn.accurate_ecn);
    CHECK(print(syn).ends_with("SYN+ECE+CWR seq 7 ce ae"));
    const auto s = body("0 server raw :80>:4000 ACK+URG seq 7 ack 9 len 20 urgent 13\n");
    CHECK(action<Raw>(s, 0).segment.urgent == 13);
    CHECK(print(action<Raw>(s, 0).segment) ==
          "10.0.0.2:80>10.0.0.1:4000 URG+ACK seq 7 ack 9 len 20 urgent 13");
}
