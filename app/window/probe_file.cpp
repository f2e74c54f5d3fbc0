// The probe as JSON.
#include "window/probe_file.hpp"

#include "record/file.hpp"
#include "trace/json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

namespace window {

namespace {

// The items of a list, each printed by `print`, with commas between them.
template <typename List, typename Print>
std::string joined(const List& list, Print print) {
    std::string result;
    for (const auto& item : list) {
        result += (result.empty() ? "" : ",\n  ") + print(item);
    }
    return result;
}

std::string control_json(const ui::Control& control) {
    const ui::Rect& r = control.rect;
    return fmt::format(
        R"({{"id": {}, "label": {}, "rect": [{}, {}, {}, {}], "enabled": {}, "reason": {}}})",
        trace::json_string(control.id), trace::json_string(control.label), std::lround(r.x),
        std::lround(r.y), std::lround(r.w), std::lround(r.h), control.enabled,
        trace::json_string(control.reason));
}

} // namespace

std::string probe_json(const view::Frame& frame, const ui::Probe& probe) {
    std::string sockets, listeners;
    for (const trace::HostView& host : frame.snapshot->hosts) {
        const auto add = [](std::string& to, const std::string& more) {
            to += (to.empty() || more.empty() ? "" : ",\n  ") + more;
        };
        add(sockets, joined(host.sockets, [](const trace::SocketView& socket) {
                return fmt::format(R"({{"name": {}, "state": {}}})",
                                   trace::json_string(socket.name),
                                   trace::json_string(trace::name(socket.state)));
            }));
        add(listeners, joined(host.listeners, [](const trace::ListenerView& listener) {
                return fmt::format(
                    R"({{"name": {}, "syn_queue": {}, "accept_queue": {}, "limit": {}}})",
                    trace::json_string(listener.name), listener.syn_queue.size(),
                    listener.accept_queue.size(), listener.limit);
            }));
    }
    // The number shown in the catalogue; null outside of lessons.
    const std::string lesson = frame.lesson ? fmt::format("{}", frame.lesson->place + 1) : "null";
    return fmt::format("{{\"t_ns\": {}, \"lesson\": {}, \"lang\": \"{}\",\n\"controls\": [{}],\n"
                       "\"sockets\": [{}],\n\"listeners\": [{}]}}\n",
                       frame.snapshot->now.ns, lesson,
                       frame.language == view::Language::zh ? "zh" : "en",
                       joined(probe.controls, control_json), sockets, listeners);
}

std::string ProbeFile::update(const view::Frame& frame, const ui::Probe& probe) {
    std::string text = probe_json(frame, probe);
    if (text == last_) {
        return "";
    }
    last_ = std::move(text);
    return record::replace_file(path_, last_);
}

} // namespace window
