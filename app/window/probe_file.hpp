// What `--probe FILE` writes, so that the real window can be driven and watched from outside.
#pragma once

#include "ui/probe.hpp"
#include "view/frame.hpp"

#include <string>

namespace window {

// {"t_ns", "lesson", "lang", "controls": [{"id", "label", "rect": [x, y, w, h], "enabled", …}],
// "sockets": [{"name", "state"}], "listeners": [{"name", "syn_queue", "accept_queue", "limit"}]}
// in window pixels. REQUIRES: frame.snapshot
std::string probe_json(const view::Frame& frame, const ui::Probe& probe);

// Replaces the file whenever the text has changed since the last call.
class ProbeFile {
public:
    explicit ProbeFile(std::string path) : path_(std::move(path)) {}
    // Returns "" or what went wrong.
    std::string update(const view::Frame& frame, const ui::Probe& probe);

private:
    std::string path_, last_;
};

} // namespace window
