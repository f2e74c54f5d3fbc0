// GLFW, OpenGL and ImGui's backends around an event-driven loop.
#include "window/window.hpp"

#include "ui/compat.hpp"
#include "window/glfw_keys.hpp"
#include "window/imgui_frame.hpp"

#include <glad/gl.h>

#include <fmt/format.h>
#include <GLFW/glfw3.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace window {

namespace {

// One frame after an input is not enough: hover and focus settle in the next ones.
constexpr int frames_per_input = 3;
constexpr int smallest_width = 640, smallest_height = 400;

} // namespace

// In one heap block that GLFW's callbacks can point at.
struct Window::State {
    GLFWwindow* glfw = nullptr;
    ui::Screen screen;
    std::vector<ui::KeyPress> keys;
    std::vector<int> pressed; // GLFW's numbers of the same keys
    std::vector<std::string> dropped;
    int frames_due = frames_per_input;
    double last_frame = 0, user_scale = 1;
    float display_scale = 1;
    bool software = false, rescaled = true;
};

namespace {

Window::State& state(GLFWwindow* window) {
    return *static_cast<Window::State*>(glfwGetWindowUserPointer(window));
}

void input(GLFWwindow* window) {
    state(window).frames_due = frames_per_input;
}

void on_key(GLFWwindow* window, int key, int scancode, int action, int modifiers) {
    input(window);
    if (action == GLFW_RELEASE) {
        return;
    }
    state(window).pressed.push_back(key);
    if (const auto press = key_press(key, scancode, modifiers)) {
        state(window).keys.push_back(*press);
    }
}

void on_drop(GLFWwindow* window, int count, const char** paths) {
    input(window);
    state(window).dropped.assign(paths, paths + count);
}

void on_scale(GLFWwindow* window, float x, float) {
    input(window);
    state(window).display_scale = x;
    state(window).rescaled = true;
}

// Before ImGui's backend installs its own: it calls these first.
void install_callbacks(GLFWwindow* window) {
    glfwSetKeyCallback(window, on_key);
    glfwSetCharCallback(window, [](GLFWwindow* w, unsigned) { input(w); });
    glfwSetCursorPosCallback(window, [](GLFWwindow* w, double, double) { input(w); });
    glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int) { input(w); });
    glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int, int, int) { input(w); });
    glfwSetScrollCallback(window, [](GLFWwindow* w, double, double) { input(w); });
    glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int) { input(w); });
    glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { input(w); });
    glfwSetWindowIconifyCallback(window, [](GLFWwindow* w, int) { input(w); });
    glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { input(w); });
    glfwSetWindowContentScaleCallback(window, on_scale);
    glfwSetDropCallback(window, on_drop);
}

bool drawn_by_software() {
    const auto* renderer = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
    return renderer != nullptr && (std::strstr(renderer, "llvmpipe") != nullptr ||
                                   std::strstr(renderer, "softpipe") != nullptr);
}

std::string glfw_error() {
    const char* reason = nullptr;
    glfwGetError(&reason);
    return reason != nullptr ? reason : "unknown reason";
}

} // namespace

Window::Window() : state_(std::make_unique<State>()) {}

std::unique_ptr<Window> Window::open(const WindowOptions& options, std::string& why) {
    if (glfwInit() != GLFW_TRUE) {
        why = fmt::format("no window can be opened: {}", glfw_error());
        return nullptr;
    }
    std::unique_ptr<Window> window(new Window);
    State& now = *window->state_;
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHintString(GLFW_X11_CLASS_NAME, "twomsl");
    glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "twomsl");
    now.glfw =
        glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
    if (now.glfw == nullptr) {
        why = fmt::format("no window with OpenGL 3.3 can be opened: {}", glfw_error());
        return nullptr;
    }
    glfwSetWindowSizeLimits(now.glfw, smallest_width, smallest_height, GLFW_DONT_CARE,
                            GLFW_DONT_CARE);
    glfwMakeContextCurrent(now.glfw);
    if (gladLoadGL(glfwGetProcAddress) == 0) {
        why = "no window can be opened: OpenGL 3.3 could not be loaded";
        return nullptr;
    }
    glfwSwapInterval(1);
    now.software = drawn_by_software();
    float ignored = 1;
    glfwGetWindowContentScale(now.glfw, &now.display_scale, &ignored);
    glfwSetWindowUserPointer(now.glfw, &now);
    install_callbacks(now.glfw);

    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().ConfigInputTextCursorBlink = false; // an idle window draws nothing
    ImGui_ImplGlfw_InitForOpenGL(now.glfw, true);
    ImGui_ImplOpenGL3_Init("#version 330 core");
    now.user_scale = options.scale;
    now.screen.theme = ui::theme(options.theme);
    now.screen.fonts.find();
    glfwGetWindowSize(now.glfw, &window->width_, &window->height_);
    return window;
}

Window::~Window() {
    if (ImGui::GetCurrentContext() != nullptr) {
        ImGui_ImplOpenGL3_Shutdown();
        ImGui_ImplGlfw_Shutdown();
        ImGui::DestroyContext();
    }
    if (state_->glfw != nullptr) {
        glfwDestroyWindow(state_->glfw);
    }
    glfwTerminate();
}

void Window::wake() {
    glfwPostEmptyEvent();
}

void Window::set_scale(double scale) {
    state_->user_scale = scale;
    state_->rescaled = true;
}

void Window::announce(std::string_view text) {
    state_->screen.fonts.announce(text);
}

void Window::copy(const std::string& text) {
    glfwSetClipboardString(state_->glfw, text.c_str());
}

std::vector<std::string> Window::take_dropped_files() {
    return std::exchange(state_->dropped, {});
}

double Window::frame_seconds() const {
    // Without a graphics card each frame costs a core 10 to 20 ms.
    return state_->software ? 1.0 / 30 : 1.0 / 60;
}

void Window::wait(double seconds) {
    if (seconds < 0) {
        glfwWaitEvents();
    } else if (seconds > 0) {
        glfwWaitEventsTimeout(seconds);
    } else {
        glfwPollEvents();
    }
}

Wish Window::frame(const std::function<Wish(ui::Screen&)>& draw) {
    State& now = *state_;
    glfwGetWindowSize(now.glfw, &width_, &height_);
    if (std::exchange(now.rescaled, false)) {
        int pixels = 0, ignored = 0;
        glfwGetFramebufferSize(now.glfw, &pixels, &ignored);
        // Where a window is measured in pixels the display's scale is ours to apply; elsewhere
        // (macOS, Wayland) the system enlarges the window.
        const float display = pixels == width_ ? now.display_scale : 1.0f;
        now.screen.scale = static_cast<float>(now.user_scale) * display;
        now.screen.fonts.set_scale(now.screen.scale);
    }
    // A key that was pressed and released since the last frame must still be seen down once.
    ImGuiIO& io = ImGui::GetIO();
    for (const int key : now.pressed) {
        ui::compat::show_key_down(io, key, true);
    }
    Wish wish;
    draw_frame(
        now.screen, std::exchange(now.keys, {}),
        [] {
            ImGui_ImplOpenGL3_NewFrame();
            ImGui_ImplGlfw_NewFrame();
        },
        [&](ui::Screen& screen) { wish = draw(screen); });
    for (const int key : std::exchange(now.pressed, {})) {
        ui::compat::show_key_down(io, key, glfwGetKey(now.glfw, key) == GLFW_PRESS);
    }

    int width = 0, height = 0;
    glfwGetFramebufferSize(now.glfw, &width, &height);
    glViewport(0, 0, width, height);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    glfwSwapBuffers(now.glfw);
    return wish;
}

void Window::run(const std::function<Wish(ui::Screen&)>& draw) {
    State& now = *state_;
    while (glfwWindowShouldClose(now.glfw) == GLFW_FALSE) {
        now.last_frame = glfwGetTime();
        const Wish wish = frame(draw);
        now.frames_due = std::max(0, now.frames_due - 1);
        if (wish.quit) {
            return;
        }
        double pause = wish.wake_after;
        if (now.frames_due > 0 || now.screen.animating || now.rescaled) {
            pause = 0;
        }
        const double next = now.last_frame + frame_seconds();
        if (pause != 0) {
            wait(pause); // an input, a wake() or the time ends it
        }
        // Inputs may come faster than frames should: gather them until the next one is due.
        for (double left = next - glfwGetTime(); left > 0; left = next - glfwGetTime()) {
            wait(left);
        }
        glfwPollEvents();
        // While the window is not shown there is nothing to draw for.
        while (glfwGetWindowAttrib(now.glfw, GLFW_ICONIFIED) == GLFW_TRUE &&
               glfwWindowShouldClose(now.glfw) == GLFW_FALSE) {
            glfwWaitEventsTimeout(0.5);
        }
    }
}

} // namespace window
