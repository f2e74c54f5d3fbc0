// What a host panel keeps folded until it is asked for: descriptors, settings, counters.
#include "panels/host_cards.hpp"
#include "panels/profile_menu.hpp"
#include "panels/wording.hpp"
#include "trace/sysctl.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;
using What = view::Highlight::What;

// "net.core.somaxconn" is long: its last word says enough.
std::string_view last_word(std::string_view name) {
    const auto dot = name.rfind('.');
    return dot == name.npos ? name : name.substr(dot + 1);
}

// The head of one of the window's folds. Every host's fold of a kind opens and closes together.
bool head(Column& c, const Host& host, view::Panel panel, const char* id, const char* label,
          const std::string& trailing) {
    const ui::Rect row = c.take(c.px(32));
    const bool open = host.frame.open(panel);
    if (c.painting) {
        const std::string full_id = fmt::format("{}.{}", id, host.view.name);
        const float room = row.w - ui::text_width(c.screen, label, ui::small_strong) - c.px(70);
        const std::string shown =
            room > c.px(40) ? ui::elide(c.screen, trailing, room, ui::small_code) : std::string();
        if (ui::collapsible(c.screen, row,
                            {.id = full_id,
                             .label = label,
                             .trailing = open ? std::string_view{} : shown,
                             .style = ui::small_strong},
                            open))
            host.commands.push_back(view::command::Show{panel, !open});
    }
    return open;
}

struct Descriptor {
    int fd;
    int holders; // processes that hold it: they share one file
    std::string file;
};

std::vector<Descriptor> descriptors(const Host& host) {
    std::vector<Descriptor> all;
    for (const auto& l : host.view.listeners)
        if (l.fd >= 0)
            all.push_back({l.fd, l.holders, say("listener :{}", l.local.port)});
    for (const auto& s : host.view.sockets)
        if (s.fd >= 0)
            all.push_back({s.fd, s.holders, s.name});
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.fd < b.fd; });
    return all;
}

void chain(Column& c, const Descriptor& d) {
    const ui::Theme& theme = c.screen.theme;
    const ui::Rect row = c.take(c.px(28));
    if (!c.painting)
        return;
    float x = row.x;
    const auto box = [&](std::string_view text, float width) {
        const ui::Rect at{x, row.y + c.px(2), width, row.h - c.px(4)};
        ui::box(c.screen, at, theme.card, theme.card_border, 3);
        ui::text_in(c.screen, at.inset(c.px(6), 0), text, ui::small_code, theme.text,
                    ui::Align::centre);
        x = at.right();
    };
    const auto to = [&] {
        ui::arrow(c.screen, {x, row.centre().y}, {x + c.px(16), row.centre().y}, theme.stroke, 1,
                  6);
        x += c.px(16);
    };
    box(fmt::format("{}", d.fd), c.px(34));
    to();
    const std::string file =
        d.holders > 1 ? fmt::format("{} ×{}", tr("file"), d.holders) : std::string(tr("file"));
    box(file, ui::text_width(c.screen, file, ui::small_code) + c.px(16));
    to();
    box(d.file,
        std::min(row.right() - x, ui::text_width(c.screen, d.file, ui::small_code) + c.px(16)));
}

} // namespace

void descriptor_fold(Column& c, const Host& host) {
    const auto all = descriptors(host);
    if (all.empty())
        return;
    std::string summary = fmt::format("{} → {}", all.front().fd, all.front().file);
    if (all.size() > 1)
        summary = fmt::format("{} … {}", all.front().fd, all.back().fd);
    if (!head(c, host, view::Panel::descriptors, "descriptors", tr("fd table"), summary))
        return;
    for (const auto& d : all)
        chain(c, d);
}

namespace {

// What was typed, brought into range; nothing if it is no value at all.
std::optional<std::int64_t> setting(const trace::SysctlView& s, const std::string& typed) {
    const auto known = trace::find_sysctl(s.name);
    if (!known)
        return std::nullopt;
    const auto value = trace::parse_value(*known, typed);
    if (!value || !(trace::is_pair(*known) || trace::is_triple(*known)))
        return value ? std::optional(std::clamp(*value, s.least, s.most)) : std::nullopt;
    return trace::refuse_value(*known, *value).empty() ? value : std::nullopt;
}

// "net.core.somaxconn: 4096 by default, from 0 to 2147483647"
std::string range_text(const trace::SysctlView& s) {
    return say("{}: {} by default, from {} to {}", s.name, trace::format_value(s.name, s.standard),
               s.least, s.most);
}

// Open: the whole name, its default and range, what it does, and a field for the value.
void sysctl_editor(Column& c, const Host& host, const trace::SysctlView& s, const std::string& id) {
    const auto close = [&] {
        host.state.editing.clear();
        host.state.typed.clear();
    };
    card(c, {c.screen.theme.card, c.screen.theme.accent_border, 1, false}, [&](Column& in) {
        in.paragraph(range_text(s), ui::small_code, in.screen.theme.text);
        in.gap(3);
        in.paragraph(view::language() == view::Language::zh ? s.zh : s.en, ui::small,
                     in.screen.theme.dim);
        in.gap(5);
        const std::string value = trace::format_value(s.name, s.value);
        const std::string default_id = id + ".default", close_id = id + ".close";
        const ui::Button standard{.id = default_id, .label = tr("default"), .style = ui::small};
        const ui::Button done{.id = close_id,
                              .label = "",
                              .look = ui::Look::quiet,
                              .before = ui::Icon::cross,
                              .hint = tr("Close")};
        ui::Rect row = in.take(in.px(28));
        if (!in.painting)
            return;
        if (ui::button(in.screen, ui::cut_right(row, row.h), done))
            close();
        ui::cut_right(row, in.px(4));
        if (s.value != s.standard) {
            const float width = ui::button_width(in.screen, standard);
            if (ui::button(in.screen, ui::cut_right(row, width), standard)) {
                host.commands.push_back(view::command::SetSysctl{host.view.id, s.name, s.standard});
                close();
            }
            ui::cut_right(row, in.px(6));
        }
        if (ui::text_field(in.screen, row, id + ".value", value, host.state.typed, ui::small_code)
                .submitted) {
            if (const auto typed = setting(s, host.state.typed))
                host.commands.push_back(view::command::SetSysctl{host.view.id, s.name, *typed});
            close();
        }
    });
}

void sysctl_row(Column& c, const Host& host, const trace::SysctlView& s) {
    const ui::Theme& theme = c.screen.theme;
    const std::string id = fmt::format("sysctl.{}.{}", host.view.name, s.name);
    if (host.state.editing.contains(id)) {
        sysctl_editor(c, host, s, id);
        return;
    }
    const bool editable = host.frame.can.act && s.least < s.most;
    const bool changed = s.value != s.standard;
    const ui::Rect row = c.take(editable ? c.px(28) : ui::line_height(c.screen, ui::small_code));
    if (!c.painting)
        return;
    const std::string value = trace::format_value(s.name, s.value);
    const ui::TextStyle style = changed ? ui::small_code_strong : ui::small_code;
    const std::string hint =
        fmt::format("{}\n{}", range_text(s), view::language() == view::Language::zh ? s.zh : s.en);
    ui::Rect name_place = row;
    const float needed = ui::text_width(c.screen, value, style) + c.px(26);
    const ui::Rect right = ui::cut_right(name_place, std::max(row.w * 0.3f, needed));
    ui::cut_right(name_place, c.px(6));
    ui::text_in(c.screen, name_place, last_word(s.name), style, changed ? theme.text : theme.dim);
    if (!editable) {
        ui::text_in(c.screen, right, value, style, theme.text, ui::Align::right);
        const auto now = ui::hotspot(c.screen, row, id, value, hint);
        if (now.focused)
            ui::focus_ring(c.screen, row);
        return;
    }
    if (ui::button(c.screen, right,
                   {.id = id, .label = value, .selected = changed, .hint = hint, .style = style})) {
        host.state.editing = {id};
        host.state.typed = value;
        ui::focus(c.screen, id + ".value");
    }
}

// The defaults are those of a kernel: which one is said, and chosen, above them.
void profile_row(Column& c, const Host& host) {
    const float wanted = profile_button_width(c.screen, host.frame, host.view);
    if (wanted <= 0)
        return;
    ui::Rect row = c.take(c.px(28));
    c.gap(4);
    if (!c.painting)
        return;
    const ui::Rect right = ui::cut_right(row, std::min(wanted, row.w * 0.75f));
    ui::text_in(c.screen, row, tr("profile"), ui::small, c.screen.theme.dim);
    profile_button(c.screen, host.frame, host.commands, host.state, host.view, right,
                   "sysctls.profile." + host.view.name);
}

} // namespace

void sysctl_fold(Column& c, const Host& host) {
    if (host.view.sysctls.empty())
        return;
    const auto& all = host.view.sysctls;
    const auto shown = std::find_if(all.begin(), all.end(), [](const auto& s) {
        return s.name.find("somaxconn") != s.name.npos;
    });
    const auto changed =
        std::find_if(all.begin(), all.end(), [](const auto& s) { return s.value != s.standard; });
    // One that is not as usual says most; else the one that lessons speak of.
    const auto& first = changed != all.end() ? *changed : shown == all.end() ? all.front() : *shown;
    if (!head(c, host, view::Panel::sysctls, "sysctls", tr("Settings"),
              fmt::format("{} {}", last_word(first.name),
                          trace::format_value(first.name, first.value))))
        return;
    profile_row(c, host);
    for (const auto& s : all) {
        sysctl_row(c, host, s);
        c.gap(2);
    }
}

void counter_fold(Column& c, const Host& host) {
    if (host.view.counters.empty() && !host.frame.open(view::Panel::counters))
        return;
    const ui::Theme& theme = c.screen.theme;
    const auto& all = host.view.counters;
    const auto* h = host.highlight();
    const bool points_here =
        h && h->what == What::counter && (h->host == host.view.id || h->host == trace::no_host);
    std::string summary = tr("all 0");
    if (!all.empty()) {
        // What went wrong says more than how much came and went.
        const auto telling = std::find_if(all.begin(), all.end(), [](const auto& v) {
            return v.counter <= trace::Counter::TCPReqQFullDoCookies ||
                   v.counter == trace::Counter::SyncookiesFailed;
        });
        const auto& one = telling == all.end() ? all.front() : *telling;
        summary = fmt::format("{} {}", trace::name(one.counter), one.value);
    }
    const bool open =
        head(c, host, view::Panel::counters, "counters", tr("Counters"), summary) || points_here;
    if (!open)
        return;
    for (const auto& counter : all) {
        const bool pointed = points_here && h->counter == counter.counter;
        const std::string name(trace::name(counter.counter)),
            value = fmt::format("{}", counter.value);
        c.gap(3);
        const float top = c.y;
        const bool fresh = counter.last != trace::none && counter.last >= host.frame.motion.fresh &&
                           counter.last < host.frame.visible_events;
        c.pair(name, ui::small_code, theme.text, value,
               fresh || pointed ? ui::code_strong : ui::small_code_strong, theme.text);
        // The event that bumped it last.
        if (counter.last < host.frame.visible_events &&
            counter.last < host.frame.trace->events.size()) {
            const auto& bump = host.frame.trace->events[counter.last];
            const bool has_cause = bump.cause < host.frame.trace->events.size();
            const auto& event = has_cause ? host.frame.trace->events[bump.cause] : bump;
            const std::string text =
                fmt::format("{}  {}", rounded(bump.at - trace::Instant{}),
                            trace::sentence(*host.frame.trace, event,
                                            view::language() == view::Language::zh ? "zh" : "en"));
            const ui::Rect row = c.take(ui::line_height(c.screen, ui::small));
            if (c.painting) {
                const auto now = ui::hotspot(
                    c.screen, row, fmt::format("counter.{}.{}", host.view.name, name), text, text);
                ui::text_in(c.screen, row, text, ui::small, now.hovered ? theme.text : theme.dim);
                if (now.focused)
                    ui::focus_ring(c.screen, row);
                if (now.clicked) {
                    view::Selection s;
                    s.event = has_cause ? bump.cause : counter.last;
                    host.commands.push_back(view::command::Select{s});
                }
            }
        }
        if (c.painting && pointed)
            point_at(c.screen, host,
                     ui::Rect{c.x, top, c.width, c.y - top}.inset(-c.px(3), -c.px(1)));
    }
}

} // namespace panels
