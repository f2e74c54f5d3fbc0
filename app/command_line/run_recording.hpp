// `twomsl run` on a recording: what was seen, as a ladder or as a capture.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace command_line {

struct RecordingWishes {
    std::string format = "text"; // or "mermaid", "svg", "pcapng"
    std::string language = "en";
    std::size_t width = 100;
    std::optional<std::string> path; // -o
};
// `text` is that of `file`. Returns an exit code.
int run_recording(std::string_view text, std::string_view file, const RecordingWishes&);

} // namespace command_line
