// The faces and sizes that the window writes with, built for the characters that are shown.
#pragma once

#include "ui/font_file.hpp"

#include <array>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

struct ImFont;

namespace ui {

enum class Face { text, bold, mono, mono_bold };
// At 100 %: 13, 15, 17, 20 and 28 pixels from em to em.
enum class Size { small, body, heading, narration, title };
inline constexpr std::size_t face_count = 4, size_count = 5;
// The size of an em in pixels at 100 %.
constexpr float em_at_100(Size size) {
    constexpr std::array<float, size_count> ems = {13, 15, 17, 20, 28};
    return ems[static_cast<std::size_t>(size)];
}

struct Font {
    ImFont* imgui = nullptr;
    float pixels = 0;  // what ImGui calls size: ascent + descent
    float em = 0;      // the size that people mean
    float ascent = 0;  // from the top of a line to the baseline
    float cap = 0;     // height of a capital letter
    float advance = 0; // from line to line
};

class Fonts {
public:
    // Looks for Inter, JetBrains Mono and Noto Sans CJK SC. Call once per ImGui context.
    void find();
    // Sentences about fonts that are missing and what stands in for them.
    const std::vector<std::string>& notices() const { return notices_; }
    bool has_chinese() const { return chinese_; }

    const Font& get(Face face, Size size) const { return fonts_[index(face)][index(size)]; }

    // Makes sure that the characters of `text` are in the next build of this face and size. Drawing
    // and measuring do this by themselves; announcing a longer text saves building again for it.
    void need(std::string_view text, Face face, Size size);
    // Texts that are likely to be shown sooner or later. A face and size that writes Chinese gets
    // all Chinese characters of them with its next build, so that none is built for a few more.
    void announce(std::string_view text);
    // `scale` 1 is 100 %. Nothing is built here: see `stale`.
    void set_scale(float scale);
    // True when a build would change what is seen: then call `build` between two frames, give the
    // atlas to the graphics backend again, and draw the frame once more.
    bool stale() const { return stale_; }
    void build();

private:
    struct Source {
        std::shared_ptr<const MappedFile> file;
        int face = 0;
        FontMetrics metrics;
    };
    struct Wanted {
        bool used = false;
        std::set<char32_t> characters; // beyond ASCII
        std::size_t chinese = 0;       // of them
    };
    bool writes_chinese(const Wanted&) const;
    static std::size_t index(auto name) { return static_cast<std::size_t>(name); }
    Source load(const std::string& family, bool bold, const std::string& language);
    void measure();
    struct Ranges;
    void add(Face face, Size size, Ranges& ranges);

    std::array<Source, face_count> faces_;
    std::array<Source, 2> cjk_; // regular, bold
    std::array<std::array<Font, size_count>, face_count> fonts_{};
    std::vector<std::string> notices_;
    std::array<std::array<Wanted, size_count>, face_count> wanted_;
    std::set<char32_t> announced_; // Chinese ones
    float scale_ = 1;
    bool stale_ = true, chinese_ = false;
};

} // namespace ui
