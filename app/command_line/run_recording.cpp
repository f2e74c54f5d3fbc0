// `twomsl run` on a recording.
#include "command_line/run_recording.hpp"

#include <fmt/format.h>

#include "command_line/command.hpp"
#include "command_line/output.hpp"
#include "command_line/svg.hpp"
#include "record/format.hpp"
#include "record/pcapng.hpp"
#include "view/cells.hpp"
#include "view/ladder.hpp"
#include "view/mermaid.hpp"

namespace command_line {

int run_recording(std::string_view text, std::string_view file, const RecordingWishes& wishes) {
    const auto read = record::read(text, file);
    if (const auto* mistake = std::get_if<std::string>(&read)) {
        fmt::print(stderr, "{}\n", *mistake);
        return Exit::bad_input;
    }
    const auto& recording = std::get<record::Recording>(read);
    if (!recording.cut.empty())
        fmt::print(stderr, "twomsl: {}\n", recording.cut);
    if (wishes.format == "pcapng")
        return put_out(record::pcapng(recording.trace, recording.about.began, wishes.language),
                       wishes.path, false);
    if (wishes.format == "json")
        return refuse(
            "a recording is JSON already; --format takes text, mermaid, svg or pcapng for it");
    const auto end = record::snapshot(recording.looks.back());
    if (wishes.format == "svg")
        return put_out(svg(recording.trace, end, recording.about.scope, wishes.language),
                       wishes.path, true);
    std::string out;
    for (const auto& line : view::wrap(
             fmt::format("{} ({})", recording.about.scope, recording.about.kernel), wishes.width))
        out += line + "\n";
    out += "\n";
    view::LadderOptions options;
    options.width = wishes.width;
    options.language = wishes.language;
    options.snapshot = &end;
    if (wishes.format == "mermaid")
        return put_out(view::mermaid(recording.trace, options, recording.about.scope), wishes.path,
                       true);
    for (const auto& line : view::ladder(recording.trace, options))
        out += line + "\n";
    return put_out(out, wishes.path, true);
}

} // namespace command_line
