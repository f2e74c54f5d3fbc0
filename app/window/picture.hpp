// One picture of the window, drawn without showing it.
#pragma once

#include "ui/screen.hpp"

#include <functional>
#include <string>

namespace window {

struct PictureOptions {
    int width = 1600, height = 1000;
    double scale = 1;
    view::Theme theme = view::Theme::dark;
    std::string path;
};
enum class PictureResult { drawn, impossible, not_written };
// `draw` is called for a few frames, until what it shows has settled. `why` receives the reason
// when this machine cannot draw (no OpenGL) or the file cannot be written.
PictureResult take_picture(const PictureOptions&, const std::function<void(ui::Screen&)>& draw,
                           std::string& why);

} // namespace window
