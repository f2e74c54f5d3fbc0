// The window: opens, waits, draws, and is idle when nothing happens.
#pragma once

#include "ui/screen.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace window {

struct WindowOptions {
    std::string title = "twomsl";
    int width = 1600, height = 1000;
    double scale = 1; // of text; the display's own scale comes on top
    view::Theme theme = view::Theme::dark;
};

// What the owner of the window answers after each frame.
struct Wish {
    bool quit = false;
    double wake_after = -1; // seconds until it wants to draw again without any input; < 0: never
};

class Window {
public:
    // On failure (no display, no OpenGL) nothing, and the reason in `why`.
    static std::unique_ptr<Window> open(const WindowOptions&, std::string& why);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    // Until the owner wishes to quit or the user closes the window. `draw` is called for every
    // frame and may change the screen's theme; it is called three times after each input, and again
    // after `wake_after`. screen.animating means: as soon as the display can.
    void run(const std::function<Wish(ui::Screen&)>& draw);

    // Makes `run` draw soon. The only call that other threads may make.
    static void wake();

    void set_scale(double scale);
    void announce(std::string_view text); // see Fonts::announce
    void copy(const std::string& text);   // to the clipboard
    std::vector<std::string> take_dropped_files();
    int width() const { return width_; }
    int height() const { return height_; }

    struct State;

private:
    Window();
    double frame_seconds() const; // the shortest time between two frames
    void wait(double seconds);
    Wish frame(const std::function<Wish(ui::Screen&)>& draw);

    std::unique_ptr<State> state_;
    int width_ = 0, height_ = 0;
};

} // namespace window
