// A row for each kernel, what it is beside its name; others are typed.
#include "panels/profile_menu.hpp"

#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;

constexpr float wide = 640, name_column = 176, narrow_name_column = 150;

ui::Button button_of(const view::Frame& frame, const trace::HostView& host, const std::string& id,
                     const std::string& hint) {
    return {.id = id,
            .label = host.profile,
            // In a lesson the story comes first.
            .look = frame.mode == view::Mode::lesson ? ui::Look::quiet : ui::Look::normal,
            .after = ui::Icon::chevron_down,
            .refused = frame.why_not_profile,
            .hint = hint,
            .style = ui::small_code};
}

const view::ProfileChoice* chosen_in(const view::Frame& frame, const trace::HostView& host) {
    const auto& all = frame.profiles;
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const auto& choice) { return choice.name == host.profile; });
    return found == all.end() ? nullptr : &*found;
}

// Rows as high as what they say.
struct Rows {
    ui::Screen& screen;
    float width;
    float left = screen.dp(width < screen.dp(480) ? narrow_name_column : name_column);
    float pad = screen.dp(10);

    float text_width() const { return std::max(width - left - 2 * pad, screen.dp(60)); }
    float height(const view::ProfileChoice& choice) const {
        return std::max(ui::menu_item_height(screen),
                        ui::paragraph_height(screen, text_width(), choice.sentence, ui::small) +
                            screen.dp(10));
    }
    bool draw(const ui::Rect& row, const std::string& id, const view::ProfileChoice& choice,
              bool current) const {
        const std::string hint =
            choice.differs.empty()
                ? std::string()
                : fmt::format("{}\n{}", tr("Otherwise than linux-6.18:"), choice.differs);
        const bool chosen = ui::menu_item(
            screen, row,
            {.id = id, .label = choice.name, .selected = current, .hint = hint, .style = ui::code});
        const float tall = ui::paragraph_height(screen, text_width(), choice.sentence, ui::small);
        ui::paragraph(screen, {row.x + left + pad, row.centre().y - tall / 2, text_width(), tall},
                      choice.sentence, ui::small, current ? screen.theme.text : screen.theme.dim);
        return chosen;
    }
};

} // namespace

float profile_button_width(ui::Screen& screen, const view::Frame& frame,
                           const trace::HostView& host) {
    return frame.profiles.empty() ? 0 : ui::button_width(screen, button_of(frame, host, "", ""));
}

void profile_button(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                    HostPanelState& state, const trace::HostView& host, const ui::Rect& at,
                    const std::string& id) {
    const auto choose = [&](const std::string& name) {
        if (name != host.profile)
            commands.push_back(view::command::SetProfile{host.id, name});
    };
    const auto* current = chosen_in(frame, host);
    const std::string hint = fmt::format("{}\n{}", current ? current->sentence : "",
                                         tr("Another kernel: the same calls from the beginning."));
    if (ui::button(screen, at, button_of(frame, host, id, hint))) {
        ui::open_popup(screen, id);
        state.typed_profile.clear();
    }
    if (screen.open_menu != id)
        return;
    const Rows rows{screen, std::min(screen.dp(wide), screen.area.w - screen.dp(40))};
    const float field = screen.dp(34), gap = screen.dp(5);
    float height = gap + field;
    for (const auto& choice : frame.profiles)
        height += rows.height(choice);
    auto inside = ui::begin_popup(screen, id, at, rows.width, height);
    if (!inside)
        return;
    const ui::Rect whole = *inside;
    for (const auto& choice : frame.profiles)
        if (rows.draw(ui::cut_top(*inside, rows.height(choice)),
                      fmt::format("{}.{}", id, choice.name), choice, &choice == current))
            choose(choice.name);
    ui::cut_top(*inside, gap);
    ui::Rect other = ui::cut_top(*inside, field);
    const std::string take_id = id + ".take";
    const ui::Button take{.id = take_id,
                          .label = tr("Choose"),
                          .refused = state.typed_profile.empty()
                                         ? std::string_view(tr("Type the name of a kernel first."))
                                         : std::string_view{},
                          .style = ui::small_strong};
    const ui::Rect button = ui::cut_right(other, ui::button_width(screen, take));
    ui::cut_right(other, gap);
    const bool entered =
        ui::text_field(screen, other, id + ".other", tr("another Linux, such as linux-5.10"),
                       state.typed_profile, ui::code)
            .submitted;
    if ((ui::button(screen, button, take) || entered) && !state.typed_profile.empty()) {
        choose(state.typed_profile);
        ui::close_popup(screen);
    }
    // What differs stands below the list, not upon it.
    if (!screen.tooltip.text.empty() && ui::overlap(screen.tooltip.beside, whole))
        screen.tooltip.beside = whole;
    ui::end_popup(screen);
}

} // namespace panels
