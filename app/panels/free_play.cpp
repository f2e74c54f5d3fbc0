// Acting by hand: each card's next legal calls, new clients and listeners, the wire.
#include "panels/free_play.hpp"

#include "panels/host_cards.hpp"
#include "panels/wording.hpp"
#include "ui/menu.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <array>

namespace panels {
namespace {

using view::tr;
namespace cmd = view::command;

// Buttons in rows, each as wide as its words.
class Flow {
public:
    Flow(Column& c, float height) : column(c), row_height(height) {}
    // The place of the next button; empty while only measuring.
    ui::Rect place(float width) {
        width = std::min(width, column.width);
        if (!begun || x + width > column.width) {
            if (begun)
                column.gap(5);
            row = column.take(row_height);
            begun = true;
            x = 0;
        }
        const ui::Rect at{row.x + x, row.y, width, row_height};
        x += width + column.px(5);
        return at;
    }

private:
    Column& column;
    float row_height, x = 0;
    ui::Rect row;
    bool begun = false;
};

std::string call_label(const Host& host, const view::LegalCall& call) {
    if (call.call == trace::Call::write)
        return fmt::format("write({})", host.state.write_bytes);
    if (call.call == trace::Call::shutdown)
        return fmt::format("shutdown({})", trace::name(call.how));
    if (call.call == trace::Call::listen)
        return fmt::format("listen({})", host.state.backlog);
    return fmt::format("{}()", trace::name(call.call));
}

std::int64_t argument(const Host& host, trace::Call call) {
    if (call == trace::Call::write)
        return host.state.write_bytes;
    if (call == trace::Call::listen)
        return host.state.backlog;
    return call == trace::Call::read ? 65536 : 0;
}

std::uint16_t port_of(const Host& host, trace::Cookie socket) {
    for (const auto& l : host.view.listeners)
        if (l.cookie == socket)
            return l.local.port;
    return 80;
}

// A row of numbers of which one is chosen.
void number_choice(Column& c, const std::string& id, const char* label, std::int64_t& value,
                   const std::array<std::int64_t, 4>& numbers) {
    const ui::Rect row = c.take(c.px(28));
    c.gap(5);
    if (!c.painting)
        return;
    std::vector<ui::Choice> choices;
    std::size_t current = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        choices.push_back({fmt::format("{}", numbers[i]), fmt::format("{}", numbers[i])});
        current = numbers[i] == value ? i : current;
    }
    ui::Rect rest = row;
    const ui::Rect name = ui::cut_left(rest, rest.w - c.px(96));
    ui::text_in(c.screen, name, label, ui::small, c.screen.theme.dim);
    if (const auto chosen = ui::combo(c.screen, rest, id, choices, current))
        value = numbers[*chosen];
}

} // namespace

void legal_calls(Column& c, const Host& host, trace::Cookie socket, const std::string& name) {
    // A lesson has its own calls: the user's own appear on the card that is picked.
    if (host.frame.mode == view::Mode::lesson && !host.selected(socket))
        return;
    const auto& all = host.frame.legal_calls;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.socket == socket; });
    const bool simulated =
        host.frame.mode == view::Mode::lesson || host.frame.mode == view::Mode::free_play;
    if (!simulated && (found == all.end() || found->calls.empty()))
        return;
    static const std::vector<view::LegalCall> none;
    c.gap(7);
    Flow flow(c, c.px(27));
    for (const auto& call : found == all.end() ? none : found->calls) {
        std::string id = fmt::format("call.{}.{}", name, trace::name(call.call));
        if (call.call == trace::Call::shutdown)
            id += fmt::format(".{}", trace::name(call.how));
        const std::string label = call_label(host, call);
        std::string refused;
        if (!call.enabled)
            refused = call.error == trace::Errno::ok
                          ? call.why
                          : fmt::format("{}: {}", trace::name(call.error), call.why);
        const ui::Button button{
            .id = id, .label = label, .refused = refused, .style = ui::small_code};
        const ui::Rect at = flow.place(ui::button_width(c.screen, button));
        if (c.painting && ui::button(c.screen, at, button)) {
            cmd::MakeCall make;
            make.host = host.view.id;
            make.call = call.call;
            make.socket = socket;
            make.how = call.how;
            make.port = port_of(host, socket);
            make.argument = argument(host, call.call);
            host.commands.push_back(make);
        }
    }
    if (!simulated)
        return;
    const std::string kernel_id = "kernel." + name;
    const ui::Button kernel{.id = kernel_id,
                            .label = tr("Run on the real kernel"),
                            .hint = tr("run this on the real kernel, beside the simulator"),
                            .style = ui::small};
    const ui::Rect at = flow.place(ui::button_width(c.screen, kernel));
    if (c.painting && ui::button(c.screen, at, kernel))
        host.commands.push_back(cmd::OpenCompare{});
}

void host_actions(Column& c, const Host& host) {
    if (host.frame.mode != view::Mode::free_play || !host.frame.can.act)
        return;
    const auto make = [&](trace::Call call, std::int64_t argument, int times) {
        cmd::MakeCall m;
        m.host = host.view.id;
        m.call = call;
        m.argument = argument;
        m.times = times;
        return m;
    };
    struct Action {
        std::string id, label;
        cmd::MakeCall call;
    };
    std::vector<Action> actions;
    const bool listens = !host.view.listeners.empty();
    if (!listens) {
        actions.push_back(
            {"connect." + host.view.name, tr("+ client"), make(trace::Call::connect, 0, 1)});
        actions.push_back({"connect5." + host.view.name, tr("+ 5 clients at once"),
                           make(trace::Call::connect, 0, 5)});
        actions.push_back({"listen." + host.view.name,
                           fmt::format("listen(:80, {})", host.state.backlog),
                           make(trace::Call::listen, host.state.backlog, 1)});
    }
    Flow flow(c, c.px(30));
    for (const auto& action : actions) {
        const bool code = action.call.call == trace::Call::listen;
        const ui::Button button{.id = action.id,
                                .label = action.label,
                                .style = code ? ui::small_code : ui::small_strong};
        const ui::Rect at = flow.place(ui::button_width(c.screen, button));
        if (c.painting && ui::button(c.screen, at, button))
            host.commands.push_back(action.call);
    }
    if (!actions.empty())
        c.gap(6);
    number_choice(c, "write_bytes." + host.view.name, tr("bytes per write()"),
                  host.state.write_bytes, {1, 100, 1460, 20000});
    number_choice(c, "backlog." + host.view.name, tr("backlog of listen()"), host.state.backlog,
                  {0, 1, 2, 128});
}

namespace {

constexpr std::array<std::int64_t, 6> delays_ms = {1, 10, 20, 50, 100, 500};
constexpr std::array<int, 5> losses_percent = {0, 5, 10, 30, 100};

void wire_controls(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                   Flow& flow, bool painting) {
    for (const auto& wire : frame.snapshot->wires) {
        if (wire.from > wire.to)
            continue; // both directions are set together
        const auto& hosts = frame.snapshot->hosts;
        if (wire.from >= hosts.size() || wire.to >= hosts.size())
            continue;
        const std::string name = fmt::format("{}-{}", hosts[wire.from].name, hosts[wire.to].name);
        const auto set = [&](trace::Duration delay, double loss) {
            commands.push_back(cmd::SetWire{wire.from, wire.to, delay, loss});
            commands.push_back(cmd::SetWire{wire.to, wire.from, delay, loss});
        };
        std::vector<ui::Choice> delays, losses;
        std::size_t delay = delays_ms.size(), loss = losses_percent.size();
        for (std::size_t i = 0; i < delays_ms.size(); ++i) {
            delays.push_back(
                {fmt::format("{}ms", delays_ms[i]), fmt::format("{} ms", delays_ms[i])});
            if (trace::milliseconds(delays_ms[i]) == wire.delay)
                delay = i;
        }
        if (delay == delays_ms.size())
            delays.push_back({"now", rounded(wire.delay)});
        for (std::size_t i = 0; i < losses_percent.size(); ++i) {
            losses.push_back(
                {fmt::format("{}", losses_percent[i]), fmt::format("{} %", losses_percent[i])});
            if (std::abs(wire.loss * 100 - losses_percent[i]) < 0.01)
                loss = i;
        }
        if (loss == losses_percent.size())
            losses.push_back({"now", fmt::format("{:.1f} %", wire.loss * 100)});
        const std::string label =
            fmt::format("{} – {}", hosts[wire.from].name, hosts[wire.to].name);
        const ui::Rect named =
            flow.place(ui::text_width(screen, label, ui::small_strong) + screen.dp(8));
        const ui::Rect first = flow.place(screen.dp(152)), second = flow.place(screen.dp(136));
        if (!painting)
            continue;
        ui::text_in(screen, named, label, ui::small_strong, screen.theme.text);
        const std::string refused = frame.can.wire ? std::string() : frame.can.why_not_wire;
        if (const auto chosen =
                ui::combo(screen, first, "delay." + name, delays, delay, tr("delay"), refused);
            chosen && *chosen < delays_ms.size())
            set(trace::milliseconds(delays_ms[*chosen]), wire.loss);
        if (const auto chosen =
                ui::combo(screen, second, "loss." + name, losses, loss, tr("loss"), refused);
            chosen && *chosen < losses_percent.size())
            set(wire.delay, losses_percent[*chosen] / 100.0);
    }
}

// What was seen may be kept: whole, or its segments as a capture.
void keep_buttons(Column& c, const view::Frame& frame, view::Commands& commands, Flow& flow) {
    using As = cmd::SaveRecording::As;
    const auto button = [&](const ui::Button& b, As as) {
        const ui::Rect at = flow.place(ui::button_width(c.screen, b));
        if (c.painting && ui::button(c.screen, at, b))
            commands.push_back(cmd::SaveRecording{as, ""});
    };
    if (frame.mode != view::Mode::recording)
        button({.id = "save.recording",
                .label = tr("Save recording"),
                .hint = tr("All that was seen, to be opened again without the kernel")},
               As::recording);
    const std::string refused =
        frame.can.segments ? std::string() : std::string(tr("No segments are seen here."));
    button({.id = "save.capture",
            .label = tr("Save capture"),
            .refused = refused,
            .hint = tr("The segments as pcapng, for Wireshark")},
           As::pcapng);
}

void write_bar(Column& c, const view::Frame& frame, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const bool lab = frame.mode == view::Mode::lab;
    const std::string text =
        !frame.nothing_due.empty() ? frame.nothing_due
        : frame.mode == view::Mode::recording
            ? view::tr("A recording: step, play and scrub it.") + (" " + frame.can.scope)
        : frame.attach ? frame.attach->title
        : lab
            ? std::string(tr("The real kernel: its timers run by themselves, its calls are yours."))
            : std::string(tr("Nothing happens by itself: time goes on only by Step or Play."));
    const float before = c.y;
    c.paragraph(text, ui::body, theme.text);
    if (c.painting)
        ui::mark(c.screen, "free_play.text", text, {c.x, before, c.width, c.y - before});
    c.gap(6);
    Flow flow(c, ui::control_height(c.screen));
    if (frame.mode == view::Mode::free_play || (lab && frame.can.wire))
        wire_controls(c.screen, frame, commands, flow, c.painting);
    if (frame.attach) {
        const ui::Button back{.id = "attach.back", .label = tr("All listeners")};
        const ui::Rect at = flow.place(ui::button_width(c.screen, back));
        if (c.painting && ui::button(c.screen, at, back))
            commands.push_back(cmd::AttachList{});
    }
    if (lab || frame.attach || frame.mode == view::Mode::recording)
        keep_buttons(c, frame, commands, flow);
    if (lab) {
        // Beside the laboratory, the plainest real pair there is: seen by sampling only.
        const bool stepped = frame.can.segments;
        const ui::Button other{.id = "lab.other",
                               .label = stepped ? tr("A plain pair on 127.0.0.1 instead")
                                                : tr("The laboratory, frame by frame, instead")};
        const ui::Rect at = flow.place(ui::button_width(c.screen, other));
        if (c.painting && ui::button(c.screen, at, other))
            commands.push_back(cmd::OpenLab{stepped});
        return;
    }
    if (frame.mode != view::Mode::free_play)
        return;
    const ui::Button host{.id = "add_host",
                          .label = tr("+ host"),
                          .refused = frame.can.act ? std::string_view{}
                                                   : std::string_view(frame.can.why_not_act)};
    const ui::Rect at = flow.place(ui::button_width(c.screen, host));
    if (c.painting && ui::button(c.screen, at, host))
        commands.push_back(cmd::AddHost{});
    const auto& branches = frame.timeline.branches;
    if (!branches.empty() && branches.back().set_aside) {
        const std::string back = say("Back to {}", branches.back().label);
        const ui::Button undo{.id = "set_aside",
                              .label = back,
                              .before = ui::Icon::step_back,
                              .hint =
                                  tr("What was played before is kept: a branch of the timeline.")};
        const ui::Rect place_back = flow.place(ui::button_width(c.screen, undo));
        if (c.painting && ui::button(c.screen, place_back, undo))
            commands.push_back(cmd::SwitchBranch{static_cast<int>(branches.size()) - 1});
    }
    const bool script = frame.open(view::Panel::script);
    const ui::Button lines{
        .id = "show_script", .label = tr("What you did, as a script"), .selected = script};
    const ui::Rect place = flow.place(ui::button_width(c.screen, lines));
    if (c.painting && ui::button(c.screen, place, lines))
        commands.push_back(cmd::Show{view::Panel::script, !script});
}

} // namespace

float free_play_bar_height(ui::Screen& screen, const view::Frame& frame, float width) {
    view::Commands none;
    return height_of(screen, width - screen.dp(32), [&](Column& c) { write_bar(c, frame, none); }) +
           screen.dp(22);
}

void free_play_bar(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                   ui::Rect area) {
    if (area.empty())
        return;
    ui::box(screen, area, screen.theme.panel, screen.theme.panel_border, 6);
    ui::mark(screen, "free_play", tr("Free play"), area);
    const ui::Rect inside = area.inset(screen.dp(16), screen.dp(11));
    const float needed =
        height_of(screen, inside.w, [&](Column& c) { write_bar(c, frame, commands); });
    if (needed <= inside.h + 1) {
        Column c{screen, inside.x, inside.y, inside.w, true};
        write_bar(c, frame, commands);
        return;
    }
    const float narrower = height_of(screen, inside.w - screen.dp(14),
                                     [&](Column& c) { write_bar(c, frame, commands); });
    const ui::Rect content = ui::begin_scroll(screen, inside, "free_play.scroll", narrower);
    Column c{screen, content.x, content.y, content.w, true};
    write_bar(c, frame, commands);
    ui::end_scroll(screen);
}

} // namespace panels
