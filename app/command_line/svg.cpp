// The panel, without a window around it.
#include "command_line/svg.hpp"

#include "command_line/assets.hpp"
#include "panels/sequence.hpp"
#include "record/file.hpp"
#include "ui/text.hpp"
#include "view/words.hpp"
#include "window/svg.hpp"

namespace command_line {

std::string svg(const trace::Trace& trace, const trace::Snapshot& end, const std::string& title,
                const std::string& language) {
    if (const auto folder = assets())
        view::load_words(record::read_file((*folder / "translations/zh.txt").string()).text);
    view::set_language(language == "zh" ? view::Language::zh : view::Language::en);
    view::Frame frame;
    frame.language = view::language();
    frame.trace = &trace;
    frame.snapshot = &end;
    frame.visible_events = static_cast<std::uint32_t>(trace.events.size());
    frame.motion.shown = end.now;
    const std::size_t more = trace.hosts.size() > 2 ? trace.hosts.size() - 2 : 0;
    window::SvgOptions options;
    options.width = 1000 + 300 * static_cast<float>(more);
    options.title = title;
    return window::draw_svg(options, [&](ui::Screen& screen) {
        constexpr float margin = 16;
        ui::Rect rest{margin, margin, options.width - 2 * margin, options.width};
        const float heading =
            ui::paragraph(screen, rest, title, ui::heading, screen.theme.text) + margin / 2;
        ui::cut_top(rest, heading);
        return 2 * margin + heading + panels::whole_sequence(screen, frame, rest);
    });
}

} // namespace command_line
