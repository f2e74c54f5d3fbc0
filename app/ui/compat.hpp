// Where the versions of Dear ImGui (1.86 and later) differ. Only this file looks at
// IMGUI_VERSION_NUM; everything else calls what is here.
#pragma once

#include <imgui.h>
#include <imgui_internal.h>
#if __has_include(<imgui_impl_opengl3.h>)
#include <imgui_impl_opengl3.h>
#endif

namespace ui::compat {

// 1.92.8 swapped the last two arguments of AddRect and AddPolyline.
inline void add_rect(ImDrawList& list, ImVec2 a, ImVec2 b, ImU32 colour, float radius,
                     float thickness) {
#if IMGUI_VERSION_NUM >= 19280
    list.AddRect(a, b, colour, radius, thickness, ImDrawFlags_None);
#else
    list.AddRect(a, b, colour, radius, ImDrawFlags_None, thickness);
#endif
}

inline void add_polyline(ImDrawList& list, const ImVec2* points, int count, ImU32 colour,
                         float thickness) {
#if IMGUI_VERSION_NUM >= 19280
    list.AddPolyline(points, count, colour, thickness, ImDrawFlags_None);
#else
    list.AddPolyline(points, count, colour, ImDrawFlags_None, thickness);
#endif
}

inline void path_stroke(ImDrawList& list, ImU32 colour, float thickness) {
#if IMGUI_VERSION_NUM >= 19280
    list.PathStroke(colour, thickness, ImDrawFlags_None);
#else
    list.PathStroke(colour, ImDrawFlags_None, thickness);
#endif
}

// 1.89 renamed the tab-stop switch.
inline void push_no_tab_stop() {
#if IMGUI_VERSION_NUM >= 19140
    ImGui::PushItemFlag(ImGuiItemFlags_NoTabStop, true);
#elif IMGUI_VERSION_NUM >= 18900
    ImGui::PushTabStop(false);
#else
    ImGui::PushAllowKeyboardFocus(false);
#endif
}
inline void pop_no_tab_stop() {
#if IMGUI_VERSION_NUM >= 19140
    ImGui::PopItemFlag();
#elif IMGUI_VERSION_NUM >= 18900
    ImGui::PopTabStop();
#else
    ImGui::PopAllowKeyboardFocus();
#endif
}

// 1.92 builds glyphs when they are drawn; before, an atlas is built from ranges.
inline constexpr bool atlas_is_dynamic =
#if IMGUI_VERSION_NUM >= 19200
    true;
#else
    false;
#endif

// Adds a font whose bytes stay where they are: they are neither copied (as 1.86 does with bytes
// that the atlas does not own) nor freed.
inline ImFont* add_font(ImFontAtlas& atlas, const void* bytes, std::size_t size, float pixels,
                        ImFontConfig config, const ImWchar* ranges) {
    config.FontDataOwnedByAtlas = true;
    ImFont* font = atlas.AddFontFromMemoryTTF(const_cast<void*>(bytes), static_cast<int>(size),
                                              pixels, &config, ranges);
#if IMGUI_VERSION_NUM >= 19200
    atlas.Sources.back().FontDataOwnedByAtlas = false;
#else
    atlas.ConfigData.back().FontDataOwnedByAtlas = false;
#endif
    return font;
}

inline void build_atlas(ImFontAtlas& atlas) {
#if IMGUI_VERSION_NUM >= 19200
    (void)atlas;
#else
    atlas.Build();
#endif
}

#if __has_include(<imgui_impl_opengl3.h>)
// The backend's texture again, after build_atlas. Not by way of DestroyDeviceObjects: 1.86 forgets
// to forget the sizes of its buffers there, and draws nothing until one of them has to grow.
inline void renew_font_texture() {
#if IMGUI_VERSION_NUM < 19200
    if (ImGui::GetFrameCount() == 0) {
        return; // the backend's first NewFrame makes it
    }
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
#endif
}
#endif

inline void push_font(ImFont* font, float size) {
#if IMGUI_VERSION_NUM >= 19200
    ImGui::PushFont(font, size);
#else
    (void)size;
    ImGui::PushFont(font);
#endif
}

// Before 1.87 the window's backend wrote key states directly, so that a key pressed and released
// between two frames was never seen down. `native` is the backend's own number of the key.
inline void show_key_down(ImGuiIO& io, int native, bool down) {
#if IMGUI_VERSION_NUM >= 18700
    (void)io, (void)native, (void)down;
#else
    if (native >= 0 && native < IM_ARRAYSIZE(io.KeysDown)) {
        io.KeysDown[native] = down;
    }
#endif
}

// Input as a test gives it; the window's backend does this by itself.
inline void mouse_position(ImGuiIO& io, float x, float y) {
#if IMGUI_VERSION_NUM >= 18700
    io.AddMousePosEvent(x, y);
#else
    io.MousePos = {x, y};
#endif
}
inline void mouse_button(ImGuiIO& io, int button, bool down) {
#if IMGUI_VERSION_NUM >= 18700
    io.AddMouseButtonEvent(button, down);
#else
    io.MouseDown[button] = down;
#endif
}
inline void mouse_wheel(ImGuiIO& io, float by) {
#if IMGUI_VERSION_NUM >= 18700
    io.AddMouseWheelEvent(0, by);
#else
    io.MouseWheel += by;
#endif
}
// The few keys that a text field knows; before 1.87 they need numbers of their own first.
inline void key(ImGuiIO& io, ImGuiKey which, bool down) {
#if IMGUI_VERSION_NUM >= 18700
    io.AddKeyEvent(which, down);
#else
    io.KeyMap[which] = static_cast<int>(which);
    io.KeysDown[which] = down;
#endif
}

} // namespace ui::compat
