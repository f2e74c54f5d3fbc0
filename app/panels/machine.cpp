// Drawing the diagram, lighting up what was walked, listing who walked it.
#include "panels/machine.hpp"

#include "panels/machine_layout.hpp"
#include "panels/pointing.hpp"
#include "ui/canvas.hpp"
#include "ui/icons.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"
#include "view/words.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace panels {

namespace {

std::string edge_id(const Edge& edge) {
    return fmt::format("edge.{}.{}", trace::name(edge.from), trace::name(edge.to));
}

bool is_chinese(const view::Frame& frame) {
    return frame.language == view::Language::zh;
}

// Each row of the edge: what makes it happen, the rule in a sentence, and where it is written.
std::string about(const view::Frame& frame, const Edge& edge) {
    std::string text;
    for (const trace::Transition* row : edge.rows) {
        const trace::RuleText& rule = trace::text(row->why);
        text += fmt::format("{}{} / {}: {} ({})", text.empty() ? "" : "\n",
                            trace::name(row->trigger), trace::name(row->emission),
                            is_chinese(frame) ? rule.zh : rule.en, row->section);
    }
    return text;
}

// The first `share` of a path.
std::vector<ui::Vec> beginning(const std::vector<ui::Vec>& path, float share) {
    float total = 0;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        total += std::hypot(path[i + 1].x - path[i].x, path[i + 1].y - path[i].y);
    }
    float left = total * share;
    std::vector<ui::Vec> part = {path.front()};
    for (std::size_t i = 0; i + 1 < path.size() && left > 0; ++i) {
        const float length = std::hypot(path[i + 1].x - path[i].x, path[i + 1].y - path[i].y);
        part.push_back(
            between(path[i], path[i + 1], length > 0 ? std::min(1.0f, left / length) : 1.0f));
        left -= length;
    }
    return part;
}

void draw_path(ui::Screen& screen, const std::vector<ui::Vec>& path, bool dashed, ui::Colour colour,
               float width, bool head) {
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        const bool last = i + 2 == path.size();
        ui::Vec end = path[i + 1];
        if (last && head) { // the head is longer than the line is wide: stop inside it
            const ui::Vec run = end - path[i];
            const float length = std::hypot(run.x, run.y);
            end = length > 0 ? end - run * std::min(1.0f, screen.dp(5) / length) : end;
        }
        if (dashed) {
            ui::dashed_line(screen, path[i], end, colour, width, 5, 3);
        } else {
            ui::line(screen, path[i], end, colour, width);
        }
    }
    if (head && path.size() >= 2) {
        ui::arrow_head(screen, path[path.size() - 2], path.back(), colour,
                       width > 2 ? 10.0f : 8.0f);
    }
}

struct Walked {
    std::vector<bool> ever, just_now;
    std::size_t selected; // the edge of the event that is selected; none: the number of edges
};

Walked walked_edges(const view::Frame& frame, const std::vector<Edge>& edges) {
    Walked walked{std::vector<bool>(edges.size(), false), std::vector<bool>(edges.size(), false),
                  edges.size()};
    for (trace::EventId id = 0; id < frame.visible_events; ++id) {
        if (const Edge* edge = edge_of(edges, frame.trace->events[id])) {
            const auto place = static_cast<std::size_t>(edge - edges.data());
            walked.ever[place] = true;
            walked.selected = id == frame.selection.event ? place : walked.selected;
            if (frame.motion.fresh != trace::none && id >= frame.motion.fresh) {
                walked.just_now[place] = true;
            }
        }
    }
    return walked;
}

ui::Colour ink_on(ui::Colour ground) {
    const ui::Colour black = ui::rgb(0x101214), white = ui::rgb(0xffffff);
    return ui::contrast(ground, black) >= ui::contrast(ground, white) ? black : white;
}

void draw_edges(ui::Screen& screen, const view::Frame& frame, const MachineLayout& layout,
                const std::vector<Edge>& edges, const Walked& walked, std::size_t lit) {
    const ui::Theme& theme = screen.theme;
    // Not yet walked first, so that what was walked lies on top.
    for (const bool pass : {false, true}) {
        for (const EdgeItem& item : layout.edges) {
            if (walked.ever[item.edge] != pass) {
                continue;
            }
            const bool passive = edges[item.edge].passive;
            const bool hovered = item.edge == lit || item.edge == walked.selected;
            const ui::Colour colour = pass || hovered ? theme.text : theme.faint;
            draw_path(screen, item.path, passive, colour,
                      pass      ? 2.5f
                      : hovered ? 2.0f
                                : 1.0f,
                      true);
            if (item.edge == walked.selected) {
                draw_path(screen, item.path, false, ui::with_alpha(theme.accent, 120), 8, false);
                draw_path(screen, item.path, passive, theme.text, 2.5f, true);
            }
            if (walked.just_now[item.edge]) {
                const float share =
                    frame.motion.moving ? static_cast<float>(frame.motion.progress) : 1.0f;
                draw_path(screen, beginning(item.path, std::max(share, 0.02f)), passive,
                          theme.accent_border, 4, share >= 1);
                draw_path(screen, beginning(item.path, std::max(share, 0.02f)), passive,
                          theme.accent, 2.5f, share >= 1);
            }
        }
    }
    for (const EdgeItem& item : layout.edges) {
        const bool strong = walked.ever[item.edge] || item.edge == lit;
        ui::text(screen, {item.label_box.x, item.label_box.centre().y}, item.label, ui::small,
                 strong ? theme.text : theme.dim);
    }
}

// The machine as seen with the keyboard and the mouse: edges by their labels and lines.
std::size_t touch_edges(ui::Screen& screen, const view::Frame& frame, MachineState& state,
                        const MachineLayout& layout, const std::vector<Edge>& edges,
                        const ui::Rect& area) {
    std::size_t lit = edges.size();
    const auto open = [&](const Edge& edge) {
        state.from = edge.from;
        state.to = edge.to;
        ui::open_popup(screen, "machine.events");
    };
    for (const EdgeItem& item : layout.edges) {
        if (item.label.empty()) {
            continue;
        }
        const Edge& edge = edges[item.edge];
        const ui::Interaction now = ui::hotspot(screen, item.label_box, edge_id(edge), item.label,
                                                screen.menu_open ? "" : about(frame, edge));
        if (now.hovered || now.focused) {
            lit = item.edge;
        }
        if (now.focused) {
            ui::focus_ring(screen, item.label_box);
        }
        if (now.clicked) {
            open(edge);
        }
    }
    if (lit != edges.size() || screen.menu_open || !ui::hovering(screen, area)) {
        return lit;
    }
    float reach = screen.dp(5);
    for (const EdgeItem& item : layout.edges) {
        for (std::size_t i = 0; i + 1 < item.path.size(); ++i) {
            const float away = distance(screen.mouse, {item.path[i], item.path[i + 1]});
            if (away < reach) {
                reach = away;
                lit = item.edge;
            }
        }
    }
    if (lit != edges.size()) {
        screen.tooltip = {about(frame, edges[lit]),
                          {screen.mouse.x, screen.mouse.y, 1, screen.dp(16)}};
        const ui::Rect here{screen.mouse.x - 3, screen.mouse.y - 3, 6, 6};
        if (ui::hotspot(screen, here, "machine.edge_here", "").clicked) {
            open(edges[lit]);
        }
    }
    return lit;
}

void list_events(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 const MachineState& state, const std::vector<Edge>& edges,
                 const MachineLayout& layout) {
    const auto edge = std::find_if(edges.begin(), edges.end(), [&](const Edge& e) {
        return e.from == state.from && e.to == state.to;
    });
    if (edge == edges.end() || screen.open_menu != "machine.events") {
        return;
    }
    const auto taken_by = walks(*frame.trace, frame.visible_events, edges, *edge);
    ui::Rect anchor;
    for (const EdgeItem& item : layout.edges) {
        if (&edges[item.edge] == &*edge) {
            anchor = item.label_box;
        }
    }
    std::vector<std::string> lines;
    float width = screen.dp(160);
    for (const trace::EventId id : taken_by) {
        const trace::Event& event = frame.trace->events[id];
        lines.push_back(fmt::format("{}  {}", trace::format(event.at),
                                    trace::socket_name(*frame.trace, event.socket)));
        width = std::max(width, ui::text_width(screen, lines.back(), ui::code) + screen.dp(30));
    }
    const std::string nobody = view::tr("no socket has taken this edge yet");
    if (lines.empty()) {
        width = std::max(width, ui::text_width(screen, nobody, ui::small) + screen.dp(24));
    }
    const float row = ui::menu_item_height(screen);
    auto inside = ui::begin_popup(screen, "machine.events", anchor, width,
                                  row * static_cast<float>(std::max<std::size_t>(1, lines.size())));
    if (!inside) {
        return;
    }
    if (lines.empty()) {
        ui::text_in(screen, inside->inset(screen.dp(8), 0), nobody, ui::small, screen.theme.dim);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (ui::menu_item(screen, ui::cut_top(*inside, row),
                          {.id = fmt::format("machine.event.{}", taken_by[i]),
                           .label = lines[i],
                           .style = ui::code})) {
            view::Selection selection;
            selection.event = taken_by[i];
            selection.socket = frame.trace->events[taken_by[i]].socket;
            commands.push_back(view::command::Select{selection});
        }
    }
    ui::end_popup(screen);
}

void draw_tokens(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 const MachineLayout& layout) {
    for (const TokenItem& token : layout.tokens) {
        const ui::Colour ground = screen.theme.of(token.state).lane;
        ui::fill(screen, token.box, ground, 4);
        ui::text(screen, token.box.centre(), token.text, ui::small_code_strong, ink_on(ground),
                 ui::Align::centre);
        if (token.cookie == trace::none) {
            ui::mark(screen, fmt::format("token.{}", trace::name(token.state)), token.text,
                     token.box);
            continue;
        }
        const std::string name = trace::socket_name(*frame.trace, token.cookie);
        const ui::Interaction now =
            ui::hotspot(screen, token.box, fmt::format("token.{}", name),
                        fmt::format("{} {}", token.text, trace::name(token.state)),
                        fmt::format("{} {}", name, trace::name(token.state)));
        if (now.clicked) {
            view::Selection selection;
            selection.socket = token.cookie;
            commands.push_back(view::command::Select{selection});
        }
        if (now.focused) {
            ui::focus_ring(screen, token.box);
        }
        if (frame.selection.socket == token.cookie) {
            ui::outline(screen, token.box.inset(-screen.dp(2)), screen.theme.accent, 5, 2);
        }
    }
}

} // namespace

void machine(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
             MachineState& state, ui::Rect area) {
    const ui::Rect inside = ui::panel(screen, area, "machine", view::tr("State machine"));
    point_at_panel(screen, frame, "machine", area);
    // In a wide panel the title stands where the figure is empty; the figure has its whole height.
    const float title = ui::text_width(screen, view::tr("State machine"), ui::heading);
    const std::string legend =
        view::tr("thick: walked · dashed: passive · RST or timeout: to CLOSED");
    ui::Rect room = inside;
    if (inside.w > 5 * title) {
        room = {inside.x, area.y + screen.dp(6), inside.w, area.h - screen.dp(12)};
    }
    const bool with_legend =
        inside.h > screen.dp(280) && ui::text_width(screen, legend, ui::small) < inside.w;
    if (with_legend) {
        const ui::Rect row = ui::cut_bottom(room, ui::line_height(screen, ui::small));
        ui::text_in(screen, row, legend, ui::small, screen.theme.dim);
    }
    MachineStyle style;
    style.scale = screen.scale;
    style.title = {inside.x, area.y, title, ui::line_height(screen, ui::heading) + screen.dp(8)};
    style.node_height = ui::state_pill_height(screen);
    style.line_height = ui::line_height(screen, ui::small);
    style.token_height = ui::line_height(screen, ui::small_code) + screen.dp(2);
    style.node_width = [&](trace::State s) { return ui::state_pill_width(screen, s); };
    style.label_width = [&](std::string_view text) {
        return ui::text_width(screen, text, ui::small);
    };
    style.token_width = [&](std::string_view text) {
        return ui::text_width(screen, text, ui::small_code_strong) + screen.dp(10);
    };

    // Hosts may differ in profile; the figure is the first one's, and all share its states.
    const std::vector<Edge> edges = edges_of(
        policies_of(frame.snapshot->hosts.empty() ? "" : frame.snapshot->hosts.front().profile));
    const Walked walked = walked_edges(frame, edges);
    const MachineLayout layout = lay_machine(room, edges, walked.ever, *frame.snapshot, style);

    for (const NodeItem& node : layout.nodes) {
        if (!node.end) {
            ui::mark(screen, fmt::format("state.{}", trace::name(node.state)),
                     trace::name(node.state), node.box);
        }
    }
    const std::size_t lit = touch_edges(screen, frame, state, layout, edges, room);
    draw_edges(screen, frame, layout, edges, walked, lit);
    for (const NodeItem& node : layout.nodes) {
        ui::state_pill(screen, {node.box.x, node.box.centre().y}, node.state);
    }
    draw_tokens(screen, frame, commands, layout);
    list_events(screen, frame, commands, state, edges, layout);
}

} // namespace panels
