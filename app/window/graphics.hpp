// An OpenGL 3.3 context without a window to look at, for pictures: EGL without any display server,
// or else a hidden window.
#pragma once

#include <memory>
#include <string>

namespace window {

class Offscreen {
public:
    virtual ~Offscreen() = default;
    // Makes the context current and loads OpenGL. On failure the reason is put into `why`.
    static std::unique_ptr<Offscreen> open(std::string& why);
};

} // namespace window
