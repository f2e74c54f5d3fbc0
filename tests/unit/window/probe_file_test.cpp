// The probe's JSON: well formed whatever the labels contain, complete for outside drivers.
#include "catch.hpp"
#include "trace/snapshot.hpp"
#include "window/probe_file.hpp"

TEST_CASE("the probe names controls, sockets and listeners in the agreed form") {
    trace::Snapshot snapshot;
    snapshot.now = trace::Instant{200'000'000};
    trace::HostView host;
    host.name = "server";
    trace::ListenerView listener;
    listener.name = "server:80";
    listener.limit = 1;
    listener.accept_queue.resize(2);
    host.listeners.push_back(listener);
    trace::SocketView socket;
    socket.name = "client#1";
    socket.state = trace::State::syn_sent;
    host.sockets.push_back(socket);
    snapshot.hosts = {host, host};
    view::Frame frame;
    frame.snapshot = &snapshot;
    ui::Probe probe;
    ui::Control next;
    next.id = "next";
    next.label = "say \"下一步\" \\ \n";
    next.rect = {10.4f, 20, 30.6f, 40};
    probe.controls = {next, next};

    const std::string json = window::probe_json(frame, probe);
    INFO(json);
    CHECK_THAT(json, ContainsSubstring("\"t_ns\": 200000000, \"lesson\": null, \"lang\": \"en\""));
    CHECK_THAT(json, ContainsSubstring(R"({"id": "next", "label": "say \"下一步\" \\ \u000a", )"
                                       R"("rect": [10, 20, 31, 40], "enabled": true,)"));
    CHECK_THAT(json, ContainsSubstring(R"({"name": "client#1", "state": "SYN_SENT"},)"));
    CHECK_THAT(json,
               ContainsSubstring(
                   R"({"name": "server:80", "syn_queue": 0, "accept_queue": 2, "limit": 1})"));
    CHECK(json.find(", }") == json.npos);
    CHECK(json.find(",\n]") == json.npos);
    frame.lesson.emplace();
    frame.language = view::Language::zh;
    CHECK_THAT(window::probe_json(frame, probe),
               ContainsSubstring("\"lesson\": 1, \"lang\": \"zh\""));
}
