// Scope, answer, verdicts, and where the list and the listener beside it stand.
#include "panels/attach.hpp"

#include "panels/column.hpp"
#include "panels/tab_strip.hpp"
#include "panels/window_layout.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <cctype>

namespace panels {
namespace {

using view::tr;
namespace cmd = view::command;

constexpr float gap = gap_between_panels;

const char* certainty_name(trace::Certainty certainty) {
    switch (certainty) {
    case trace::Certainty::exact: return tr("exact");
    case trace::Certainty::sampled: return tr("sampled");
    case trace::Certainty::inferred: return tr("inferred");
    case trace::Certainty::unknown: return tr("unknown");
    }
    return "";
}

ui::Icon icon_of(view::Severity severity) {
    switch (severity) {
    case view::Severity::bad:
    case view::Severity::warning: return ui::Icon::warning;
    case view::Severity::notice: return ui::Icon::info;
    }
    return ui::Icon::info;
}

const char* severity_name(view::Severity severity) {
    switch (severity) {
    case view::Severity::bad: return tr("bad");
    case view::Severity::warning: return tr("warning");
    case view::Severity::notice: return tr("notice");
    }
    return "";
}

// Buttons from the left, in as many rows as they need.
template <typename Place>
void buttons(Column& c, std::initializer_list<std::pair<ui::Button, bool>> all,
             const Place& pressed) {
    const float height = c.px(28), between = c.px(8);
    float x = 0;
    ui::Rect row = c.take(height);
    std::size_t index = 0;
    for (const auto& [button, there] : all) {
        const std::size_t which = index++;
        if (!there)
            continue;
        const float width = std::min(c.width, ui::button_width(c.screen, button));
        if (x > 0 && x + width > c.width) {
            c.gap(5);
            row = c.take(height);
            x = 0;
        }
        if (c.painting && ui::button(c.screen, {row.x + x, row.y, width, height}, button))
            pressed(which);
        x += width + between;
    }
}

float chip_width_of(ui::Screen& screen, std::string_view chip) {
    return ui::text_width(screen, chip, ui::small) + screen.dp(22);
}

// All of them in one row.
float verdict_buttons_width(ui::Screen& screen, const view::VerdictView& v) {
    const std::string lesson = say("Lesson {} explains", v.lesson + 1);
    const float between = screen.dp(8);
    float width =
        chip_width_of(screen, certainty_name(v.certainty)) + between +
        ui::button_width(screen, {.id = "", .label = tr("Open"), .style = ui::small_strong}) +
        between + ui::button_width(screen, {.id = "", .label = v.ss, .style = ui::small_code});
    if (v.lesson >= 0)
        width += between +
                 ui::button_width(screen, {.id = "", .label = lesson, .style = ui::small_strong});
    return width + 1;
}

// How sure it is, and what can be done with it. Sampled is drawn whole, inferred dashed; the chip
// tells how it is known and how old that is.
void verdict_buttons(Column& c, const view::VerdictView& v, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const std::string chip = certainty_name(v.certainty);
    const std::string lesson = say("Lesson {} explains", v.lesson + 1);
    const std::string open_id = "verdict.open." + v.id, lesson_id = "verdict.lesson." + v.id,
                      ss_id = "verdict.ss." + v.id, sure_id = "verdict.certainty." + v.id;
    const float chip_width = chip_width_of(c.screen, chip);
    const ui::Rect at{c.x, c.y, chip_width, c.px(28)};
    Column rest{c.screen, c.x + chip_width + c.px(8), c.y, c.width - chip_width - c.px(8),
                c.painting};
    if (c.painting) {
        const auto now = ui::hotspot(c.screen, at, sure_id, chip, v.source);
        const ui::Rect pill = at.inset(0, c.px(3));
        if (v.certainty == trace::Certainty::sampled || v.certainty == trace::Certainty::exact)
            ui::outline(c.screen, pill, theme.stroke, 10);
        else
            ui::dashed_outline(c.screen, pill, theme.stroke);
        ui::text_in(c.screen, at, chip, ui::small, theme.text, ui::Align::centre);
        if (now.focused)
            ui::focus_ring(c.screen, at);
    }
    const ui::Button open{.id = open_id,
                          .label = tr("Open"),
                          .look = v.severity == view::Severity::bad ? ui::Look::accent
                                                                    : ui::Look::normal,
                          .style = ui::small_strong};
    const ui::Button explains{
        .id = lesson_id, .label = lesson, .hint = v.lesson_title, .style = ui::small_strong};
    const ui::Button shell{.id = ss_id,
                           .label = v.ss,
                           .hint = tr("shows the same in a shell; a click copies it"),
                           .style = ui::small_code};
    buttons(rest, {{open, true}, {explains, v.lesson >= 0}, {shell, true}}, [&](std::size_t which) {
        if (which == 0)
            commands.push_back(cmd::AttachOpen{v.port, v.cookie, v.pid});
        else if (which == 1)
            commands.push_back(cmd::OpenLesson{v.lesson});
        else
            commands.push_back(cmd::Copy{v.ss});
    });
    c.y = std::max(rest.y, at.bottom());
}

// In a wide window its headline stands at the left and what can be done at the right.
void verdict_card(Column& c, const view::VerdictView& v, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const bool bad = v.severity == view::Severity::bad;
    const CardLook look{theme.panel, bad ? theme.refused : theme.panel_border, bad ? 2.0f : 1.0f,
                        false};
    const ui::Rect frame = card(c, look, [&](Column& in) {
        const float side = in.px(30);
        const std::string subject =
            v.where + (v.where.empty() || v.who.empty() ? "" : "  ") + v.who;
        if (in.painting)
            ui::icon(in.screen, icon_of(v.severity), {in.x + in.px(9), in.y + in.px(11)}, 18,
                     bad ? theme.refused : theme.text);
        const float wanted = verdict_buttons_width(in.screen, v), apart = in.px(24);
        const bool beside = wanted + apart + side + in.px(520) <= in.width;
        Column text{in.screen, in.x + side, in.y, in.width - side - (beside ? wanted + apart : 0),
                    in.painting};
        const float subject_width = ui::text_width(in.screen, subject, ui::code_strong);
        const float headline_width = ui::text_width(in.screen, v.headline, ui::strong);
        const ui::Colour colour = bad ? theme.refused_text : theme.text;
        if (subject_width + in.px(16) + headline_width <= text.width) {
            const ui::Rect line = text.take_line(ui::strong);
            if (in.painting) {
                ui::text_in(in.screen, line, subject, ui::code_strong, theme.text);
                ui::text(in.screen, {line.x + subject_width + in.px(16), line.centre().y},
                         v.headline, ui::strong, colour);
            }
        } else {
            text.paragraph(subject, ui::code_strong, theme.text);
            text.paragraph(v.headline, ui::strong, colour);
        }
        if (beside) {
            Column right{in.screen, in.x + in.width - wanted, in.y, wanted, in.painting};
            verdict_buttons(right, v, commands);
            text.y = std::max(text.y, right.y);
            text.width = in.width - side;
            text.gap(2);
        } else {
            text.gap(6);
            verdict_buttons(text, v, commands);
            text.gap(5);
        }
        // Below the buttons: its numbers change while somebody reaches for them.
        std::string evidence = tr("evidence:");
        for (std::size_t i = 0; i < v.evidence.size(); ++i)
            evidence += (i == 0 ? " " : " · ") + v.evidence[i];
        if (!v.evidence.empty())
            text.paragraph(evidence, ui::small, theme.text);
        text.paragraph(say("what to do: {}", v.remedy), ui::small, theme.dim);
        in.y = text.y;
    });
    if (!c.painting)
        return;
    ui::fill(c.screen, {frame.x, frame.y, c.px(5), frame.h}, bad ? theme.refused : theme.stroke, 2);
    ui::mark(c.screen, "verdict." + v.id,
             std::string(severity_name(v.severity)) + ": " + v.headline, frame);
}

void write_verdicts(Column& c, const view::AttachView& view, view::Commands& commands) {
    for (const view::VerdictView& verdict : view.verdicts) {
        verdict_card(c, verdict, commands);
        c.gap(7);
    }
}

constexpr float rest_height = 36;

// Below the verdicts, and never scrolled away by them.
void write_rest(Column& c, const view::AttachView& view, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const ui::Rect row = c.take(c.px(rest_height));
    ui::box(c.screen, row, theme.panel, theme.panel_border, 6);
    ui::icon(c.screen, ui::Icon::check, {row.x + c.px(22), row.centre().y}, 16, theme.text);
    const std::string rest = view.ready ? view.rest : tr("Looking …");
    ui::text_in(c.screen, row.inset(c.px(42), 0), rest, ui::body, theme.text);
    ui::mark(c.screen, "attach.rest", rest, row);
    const std::string label = view.sample_port == 0
                                  ? std::string(tr("Start a sample stuck server"))
                                  : say("Stop the sample server (:{})", view.sample_port);
    const ui::Button sample{.id = "attach.sample",
                            .label = label,
                            .hint =
                                tr("a listener of this program whose accept() nobody calls, and "
                                   "clients of its own"),
                            .style = ui::small_strong};
    const float width = ui::button_width(c.screen, sample);
    if (ui::button(c.screen,
                   {row.right() - width - c.px(6), row.y + c.px(4), width, row.h - c.px(8)},
                   sample))
        commands.push_back(cmd::AttachSample{view.sample_port == 0});
}

std::string lower(std::string_view text) {
    std::string made(text);
    std::transform(made.begin(), made.end(), made.begin(), [](unsigned char character) {
        return static_cast<char>(std::tolower(character));
    });
    return made;
}

float strip_height(ui::Screen& screen, float width, const std::string& text, float side) {
    return std::max(screen.dp(34),
                    ui::paragraph_height(screen, width - screen.dp(52) - side, text, ui::small) +
                        screen.dp(14));
}

} // namespace

FilteredList filter_listeners(const std::vector<view::ListenerRow>& rows, std::string_view typed) {
    FilteredList list;
    const std::string wanted = lower(typed);
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string text =
            lower(fmt::format("{} {} {}", rows[i].where, rows[i].who, rows[i].pid));
        const bool matching = !wanted.empty() && text.find(wanted) != std::string::npos;
        (matching ? list.order : others).push_back(i);
    }
    list.matching = list.order.size();
    list.order.insert(list.order.end(), others.begin(), others.end());
    return list;
}

float attach_verdicts_height(ui::Screen& screen, const view::Frame& frame, float width) {
    view::Commands none;
    return height_of(screen, width, [&](Column& c) { write_verdicts(c, *frame.attach, none); }) +
           screen.dp(rest_height);
}

void attach_verdicts(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                     ui::Rect area) {
    const ui::Rect foot = ui::cut_bottom(area, screen.dp(rest_height));
    const auto height_at = [&](float width) {
        return attach_verdicts_height(screen, frame, width) - foot.h;
    };
    const float bar = screen.dp(14);
    const float width = area.w - (height_at(area.w) > area.h + 1 ? bar : 0);
    const ui::Rect content =
        ui::begin_scroll(screen, area, "attach.verdicts.scroll", height_at(width));
    Column c{screen, content.x, content.y, width, true};
    write_verdicts(c, *frame.attach, commands);
    ui::end_scroll(screen);
    Column rest{screen, foot.x, foot.y, foot.w, true};
    write_rest(rest, *frame.attach, commands);
}

void attach(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
            AttachState& state, ui::Rect area) {
    const view::AttachView& view = *frame.attach;
    const ui::Theme& theme = screen.theme;
    ui::Rect rest = area.inset(screen.dp(gap), screen.dp(gap));
    if (!frame.message.empty()) {
        const float height = notice_height(screen, frame, rest.w);
        notice(screen, frame, ui::cut_top(rest, height));
        ui::cut_top(rest, screen.dp(gap));
    }
    const std::string scope = view.ready ? view.scope : tr("Looking …");
    const float side = ui::text_width(screen, view.attached, ui::small) + screen.dp(20);
    const ui::Rect strip = ui::cut_top(rest, strip_height(screen, rest.w, scope, side));
    ui::cut_top(rest, screen.dp(8));
    ui::box(screen, strip, theme.panel, theme.panel_border, 6);
    ui::icon(screen, ui::Icon::info, {strip.x + screen.dp(20), strip.centre().y}, 16, theme.text);
    ui::paragraph(
        screen,
        {strip.x + screen.dp(38), strip.y + screen.dp(7), strip.w - screen.dp(52) - side, strip.h},
        scope, ui::small, theme.text);
    ui::mark(screen, "attach.scope", scope, strip);
    ui::text_in(screen, strip.inset(screen.dp(14), 0), view.attached, ui::small, theme.dim,
                ui::Align::right);
    if (!view.answer.empty()) {
        const ui::Rect line = ui::cut_top(
            rest, ui::paragraph_height(screen, rest.w - screen.dp(28), view.answer, ui::strong) +
                      screen.dp(14));
        ui::cut_top(rest, screen.dp(8));
        ui::box(screen, line, theme.accent_soft, theme.accent_border, 6);
        ui::paragraph(screen, line.inset(screen.dp(14), screen.dp(7)), view.answer, ui::strong,
                      theme.text);
        ui::mark(screen, "attach.answer", view.answer, line);
    }
    const float wanted = attach_verdicts_height(screen, frame, rest.w);
    attach_verdicts(screen, frame, commands,
                    ui::cut_top(rest, std::min(wanted, std::max(rest.h * 0.44f, screen.dp(120)))));
    ui::cut_top(rest, screen.dp(gap));
    // Beside each other where both have room, else the list alone: Enter opens a listener in full.
    if (view.detail && rest.w >= screen.dp(900)) {
        attach_list(screen, frame, commands, state, ui::cut_left(rest, rest.w * 0.58f));
        ui::cut_left(rest, screen.dp(gap));
        attach_detail(screen, frame, commands, rest);
    } else {
        attach_list(screen, frame, commands, state, rest);
    }
}

} // namespace panels
