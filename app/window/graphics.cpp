// Offscreen contexts through EGL surfaceless or a hidden GLFW window.
#include "window/graphics.hpp"

#include <glad/gl.h>

#include <fmt/format.h>
#include <GLFW/glfw3.h>
#ifdef TWOMSL_HAVE_EGL
#include <EGL/egl.h>
#include <EGL/eglext.h>
#endif

namespace window {

namespace {

#ifdef TWOMSL_HAVE_EGL
class Surfaceless : public Offscreen {
public:
    ~Surfaceless() override {
        eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        if (context_ != EGL_NO_CONTEXT) {
            eglDestroyContext(display_, context_);
        }
        if (display_ != EGL_NO_DISPLAY) {
            eglTerminate(display_);
        }
    }

    bool start() {
        const auto get_display = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(
            eglGetProcAddress("eglGetPlatformDisplayEXT"));
        if (get_display == nullptr) {
            return false;
        }
        display_ = get_display(EGL_PLATFORM_SURFACELESS_MESA,
                               static_cast<void*>(EGL_DEFAULT_DISPLAY), nullptr);
        if (display_ == EGL_NO_DISPLAY || !eglInitialize(display_, nullptr, nullptr) ||
            !eglBindAPI(EGL_OPENGL_API)) {
            return false;
        }
        constexpr EGLint config_wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE,
                                            EGL_OPENGL_BIT, EGL_NONE};
        EGLConfig config = nullptr;
        EGLint count = 0;
        eglChooseConfig(display_, config_wanted, &config, 1, &count);
        constexpr EGLint context_wanted[] = {EGL_CONTEXT_MAJOR_VERSION,
                                             3,
                                             EGL_CONTEXT_MINOR_VERSION,
                                             3,
                                             EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                             EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                                             EGL_NONE};
        context_ = eglCreateContext(display_, count > 0 ? config : EGL_NO_CONFIG_KHR,
                                    EGL_NO_CONTEXT, context_wanted);
        return context_ != EGL_NO_CONTEXT &&
               eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_) &&
               gladLoadGL(eglGetProcAddress) != 0;
    }

private:
    EGLDisplay display_ = EGL_NO_DISPLAY;
    EGLContext context_ = EGL_NO_CONTEXT;
};
#endif

class HiddenWindow : public Offscreen {
public:
    ~HiddenWindow() override {
        if (started_) {
            glfwTerminate();
        }
    }

    std::string start() {
        const char* reason = nullptr;
        started_ = glfwInit() == GLFW_TRUE;
        if (started_) {
            glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
            glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
            glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
            glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
            GLFWwindow* window = glfwCreateWindow(64, 64, "twomsl", nullptr, nullptr);
            if (window != nullptr) {
                glfwMakeContextCurrent(window);
                return gladLoadGL(glfwGetProcAddress) != 0 ? "" : "OpenGL 3.3 could not be loaded";
            }
        }
        glfwGetError(&reason);
        return reason != nullptr ? reason : "no window";
    }

private:
    bool started_ = false;
};

} // namespace

std::unique_ptr<Offscreen> Offscreen::open(std::string& why) {
#ifdef TWOMSL_HAVE_EGL
    auto surfaceless = std::make_unique<Surfaceless>();
    if (surfaceless->start()) {
        return surfaceless;
    }
    surfaceless.reset();
#endif
    auto hidden = std::make_unique<HiddenWindow>();
    const std::string reason = hidden->start();
    if (reason.empty()) {
        return hidden;
    }
    why = fmt::format("nothing to draw with here: EGL offers no context without a display, and a "
                      "hidden window failed ({})",
                      reason);
    return nullptr;
}

} // namespace window
