// Finding the fonts and building ImGui's atlas from them.
#include "ui/fonts.hpp"

#include "ui/compat.hpp"
#include "ui/utf8.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ui {

namespace {

constexpr std::array all_faces = {Face::text, Face::bold, Face::mono, Face::mono_bold};
constexpr std::array all_sizes = {Size::small, Size::body, Size::heading, Size::narration,
                                  Size::title};
// Inter and JetBrains Mono both draw capitals 0.73 em high.
constexpr float cap_height = 0.73f;
constexpr const char* chinese_sample = "zh-cn";

bool bold(Face face) {
    return face == Face::bold || face == Face::mono_bold;
}
bool mono(Face face) {
    return face == Face::mono || face == Face::mono_bold;
}

} // namespace

Fonts::Source Fonts::load(const std::string& family, bool bold, const std::string& language) {
    const auto match = find_font(family, bold, language);
    if (!match) {
        return {};
    }
    if (match->family != family && !bold) {
        notices_.push_back(fmt::format("The font {} is not installed, {} stands in for it; "
                                       "third_party/install-deps.sh installs it.",
                                       family, match->family));
    }
    Source source{MappedFile::open(match->path), match->face, {}};
    const auto metrics =
        source.file ? font_metrics(source.file->bytes(), match->face) : std::nullopt;
    if (!metrics) {
        return {};
    }
    source.metrics = *metrics;
    return source;
}

void Fonts::find() {
    notices_.clear();
    for (const Face face : all_faces) {
        faces_[static_cast<std::size_t>(face)] =
            load(mono(face) ? "JetBrains Mono" : "Inter", bold(face), "");
    }
    const auto match = find_font("Noto Sans CJK SC", false, chinese_sample);
    if (match && match->family.find("CJK") != std::string::npos) {
        cjk_ = {load("Noto Sans CJK SC", false, chinese_sample),
                load("Noto Sans CJK SC", true, chinese_sample)};
    } else {
        // Whatever the system shows Chinese with; without any, the family has no Chinese at all.
        cjk_ = {load("sans-serif", false, chinese_sample),
                load("sans-serif", true, chinese_sample)};
    }
    chinese_ = cjk_[0].file != nullptr;
    // What the panels draw at once; everything else is added when it is first drawn.
    need("…·→←↑↓↗↙×−–—′“”≥≤≠±✓");
    stale_ = true;
}

void Fonts::need(std::string_view text) {
    while (!text.empty()) {
        const Character next = first_character(text);
        text.remove_prefix(next.bytes);
        if (next.code >= 0x80 && next.code <= IM_UNICODE_CODEPOINT_MAX &&
            wanted_.insert(next.code).second) {
            stale_ = stale_ || !compat::atlas_is_dynamic;
        }
    }
}

void Fonts::set_scale(float scale) {
    if (scale != scale_) {
        scale_ = scale;
        stale_ = true;
    }
}

void Fonts::add(Face face, Size size, const ImWchar* ranges, const ImWchar* cjk_ranges) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    const Source& source = faces_[static_cast<std::size_t>(face)];
    Font& font = fonts_[static_cast<std::size_t>(face)][static_cast<std::size_t>(size)];
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = 2;
    config.OversampleV = 1;
    font.em = std::round(em_at_100(size) * scale_);
    if (!source.file) {
        // No font on this machine at all: ImGui's built-in one keeps the window usable.
        config.SizePixels = font.em;
        font.imgui = atlas.AddFontDefault(&config);
        font.pixels = font.em;
        font.ascent = font.em * 0.8f;
        font.cap = font.em * 0.6f;
        font.advance = font.em * 1.4f;
        return;
    }
    // ImGui's size is ascent + descent, so that the em comes out as asked for.
    const auto add_source = [&](const Source& from, const ImWchar* which) {
        const auto bytes = from.file->bytes();
        config.FontNo = from.face;
        config.GlyphRanges = which;
        return atlas.AddFontFromMemoryTTF(const_cast<void*>(static_cast<const void*>(bytes.data())),
                                          static_cast<int>(bytes.size()),
                                          font.em * (from.metrics.ascent + from.metrics.descent),
                                          &config, which);
    };
    font.imgui = add_source(source, ranges);
    font.pixels = font.em * (source.metrics.ascent + source.metrics.descent);
    font.ascent = font.em * source.metrics.ascent;
    font.cap = font.em * cap_height;
    font.advance = std::round(font.em * 1.4f);
    const Source& cjk = cjk_[bold(face) ? 1 : 0];
    if (cjk.file && cjk_ranges[0] != 0) {
        config.MergeMode = true;
        config.OversampleH = 1;
        add_source(cjk, cjk_ranges);
    }
}

void Fonts::build() {
    // The ranges must outlive the build: the atlas keeps pointers.
    ImVector<ImWchar> ranges, cjk_ranges;
    ImFontGlyphRangesBuilder western, chinese;
    static constexpr ImWchar ascii[] = {0x20, 0x7e, 0};
    western.AddRanges(ascii);
    for (const char32_t code : wanted_) {
        (is_cjk(code) ? chinese : western).AddChar(static_cast<ImWchar>(code));
    }
    western.BuildRanges(&ranges);
    chinese.BuildRanges(&cjk_ranges);

    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
    for (const Face face : all_faces) {
        for (const Size size : all_sizes) {
            // Titles are only ever written in bold text.
            if (size == Size::title && face != Face::bold) {
                fonts_[static_cast<std::size_t>(face)][static_cast<std::size_t>(size)] =
                    get(face, Size::narration);
                continue;
            }
            add(face, size, ranges.Data, cjk_ranges.Data);
        }
    }
    compat::build_atlas(atlas);
    stale_ = false;
}

} // namespace ui
