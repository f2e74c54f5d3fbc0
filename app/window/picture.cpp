// Drawing into a framebuffer object and reading it back.
#include "window/picture.hpp"

#include "window/graphics.hpp"
#include "window/imgui_frame.hpp"
#include "window/png.hpp"

#include <glad/gl.h>

#include <imgui.h>
#include <imgui_impl_opengl3.h>

#include <cstdint>
#include <vector>

namespace window {

namespace {

struct Target {
    GLuint frame = 0, colour = 0;
    Target(int width, int height) {
        glGenFramebuffers(1, &frame);
        glGenRenderbuffers(1, &colour);
        glBindRenderbuffer(GL_RENDERBUFFER, colour);
        glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
        glBindFramebuffer(GL_FRAMEBUFFER, frame);
        glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, colour);
    }
    ~Target() {
        glDeleteRenderbuffers(1, &colour);
        glDeleteFramebuffers(1, &frame);
    }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
};

} // namespace

PictureResult take_picture(const PictureOptions& options,
                           const std::function<void(ui::Screen&)>& draw, std::string& why) {
    const auto context = Offscreen::open(why);
    if (context == nullptr) {
        return PictureResult::impossible;
    }
    GLint largest = 0;
    glGetIntegerv(GL_MAX_RENDERBUFFER_SIZE, &largest);
    if (options.width > largest || options.height > largest) {
        why = "the picture is larger than OpenGL can draw here";
        return PictureResult::impossible;
    }
    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DeltaTime = 1.0f / 60;
    io.DisplaySize = {static_cast<float>(options.width), static_cast<float>(options.height)};
    ImGui_ImplOpenGL3_Init("#version 330 core");
    const Target target(options.width, options.height);

    ui::Screen screen;
    screen.theme = ui::theme(options.theme);
    screen.scale = static_cast<float>(options.scale);
    screen.fonts.find();
    screen.fonts.set_scale(screen.scale);
    constexpr int frames_to_settle = 3;
    for (int i = 0; i < frames_to_settle; ++i) {
        draw_frame(
            screen, {}, [] { ImGui_ImplOpenGL3_NewFrame(); }, draw);
    }
    glViewport(0, 0, options.width, options.height);
    glClearColor(0, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    const auto bytes =
        4 * static_cast<std::size_t>(options.width) * static_cast<std::size_t>(options.height);
    std::vector<std::uint8_t> pixels(bytes);
    glReadPixels(0, 0, options.width, options.height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    for (std::size_t i = 3; i < pixels.size(); i += 4) {
        pixels[i] = 255;
    }
    ImGui_ImplOpenGL3_Shutdown();
    ImGui::DestroyContext();
    why = write_png(options.path, options.width, options.height, pixels);
    return why.empty() ? PictureResult::drawn : PictureResult::not_written;
}

} // namespace window
