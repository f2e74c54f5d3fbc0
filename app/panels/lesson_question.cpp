// A question: its options to choose from, and after the answer what was right and why.
#include "panels/lesson_parts.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;

constexpr float option_height = 46, option_gap = 8;

// "I don't know" is the last option.
struct Shown {
    std::string id, key, label;
    bool code = true;
    int option = -1;
};

// The few values that are words, not names of TCP.
std::string value_text(const std::string& value) {
    if (value == "blocked")
        return tr("blocked");
    if (value == "nobody")
        return tr("nobody");
    return value == "nothing" ? std::string(tr("nothing")) : value;
}

std::vector<Shown> shown_options(const view::QuestionView& q) {
    std::vector<Shown> all;
    for (std::size_t i = 0; i < q.options.size(); ++i)
        all.push_back({fmt::format("option.{}", i + 1), fmt::format("{}", i + 1),
                       value_text(q.options[i].value), true, static_cast<int>(i)});
    const std::size_t last = all.size() + 1;
    all.push_back(
        {fmt::format("option.{}", last), fmt::format("{}", last), tr("I don't know"), false, -1});
    return all;
}

ui::Button option_button(const Shown& option, const view::QuestionView& q) {
    ui::Button b{
        .id = option.id, .label = option.label, .look = ui::Look::option, .badge = option.key};
    b.style = option.code ? ui::code : ui::strong;
    b.align = ui::Align::left;
    if (q.answered) {
        b.selected = q.chosen == option.option;
        b.refused = tr("Answered");
    }
    return b;
}

void ask(Column& c, const view::QuestionView& q, view::Commands& commands) {
    const auto options = shown_options(q);
    float widest = 0;
    for (const auto& option : options)
        widest = std::max(widest, ui::button_width(c.screen, option_button(option, q)));
    const float gap = c.px(option_gap);
    const std::size_t columns = 2 * widest + gap <= c.width ? 2 : 1;
    const float width =
        (c.width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const float height = c.px(columns == 2 ? option_height : 36);
    for (std::size_t i = 0; i < options.size(); i += columns) {
        ui::Rect row = c.take(height);
        c.gap(i + columns < options.size() ? option_gap : 0);
        for (std::size_t k = i; k < std::min(i + columns, options.size()); ++k) {
            const ui::Rect place = ui::cut_left(row, width);
            ui::cut_left(row, gap);
            if (c.painting && ui::button(c.screen, place, option_button(options[k], q)))
                commands.push_back(view::command::Answer{options[k].option});
        }
    }
}

const view::OptionView* right_one(const view::QuestionView& q) {
    const auto found =
        std::find_if(q.options.begin(), q.options.end(), [](const auto& o) { return o.right; });
    return found == q.options.end() ? nullptr : &*found;
}

std::string verdict(const view::QuestionView& q, const view::OptionView* right) {
    const std::string what = right ? value_text(right->value) : "";
    if (q.chosen < 0)
        return say("It is {}.", what);
    const auto& chosen = q.options[static_cast<std::size_t>(q.chosen)];
    return chosen.right ? say("Right: {}.", what)
                        : say("Not {}, but {}.", value_text(chosen.value), what);
}

void sentence_of(Column& c, const view::OptionView& option, bool chosen) {
    const ui::Theme& theme = c.screen.theme;
    c.gap(6);
    const ui::Rect head = c.take_line(ui::code_strong);
    if (c.painting) {
        float x = head.x;
        ui::icon(c.screen, option.right ? ui::Icon::check : ui::Icon::cross,
                 {x + c.px(7), head.centre().y}, 13, theme.text);
        x += c.px(22);
        x = ui::text(c.screen, {x, head.centre().y}, value_text(option.value), ui::code_strong,
                     theme.text)
                .right();
        if (chosen)
            ui::text(c.screen, {x + c.px(10), head.centre().y}, tr("your answer"), ui::small,
                     theme.dim);
    }
    Column indented{c.screen, c.x + c.px(22), c.y, c.width - c.px(22), c.painting};
    indented.paragraph(option.text, ui::body, theme.text);
    c.y = indented.y;
}

void explain(Column& c, const view::QuestionView& q) {
    const auto* const right = right_one(q);
    const std::string text = verdict(q, right);
    const float before = c.y;
    c.paragraph(text, ui::heading, c.screen.theme.text);
    if (c.painting)
        ui::mark(c.screen, "verdict", text, {c.x, before, c.width, c.y - before});
    const auto* const chosen =
        q.chosen >= 0 ? &q.options[static_cast<std::size_t>(q.chosen)] : nullptr;
    if (chosen && chosen != right)
        sentence_of(c, *chosen, true);
    if (right)
        sentence_of(c, *right, chosen == right);
}

} // namespace

void question(Column& c, const view::QuestionView& q, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const float before = c.y;
    c.paragraph(q.ask, q.revealed ? ui::body : ui::heading, q.revealed ? theme.dim : theme.text);
    if (c.painting)
        ui::mark(c.screen, "question", q.ask, {c.x, before, c.width, c.y - before});
    c.gap(q.revealed ? 4 : 8);
    if (q.revealed)
        explain(c, q);
    else
        ask(c, q, commands);
}

} // namespace panels
