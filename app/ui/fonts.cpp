// Finding the fonts and building ImGui's atlas from them.
#include "ui/fonts.hpp"

#include "ui/compat.hpp"
#include "ui/utf8.hpp"

#include <fmt/format.h>

#include <cmath>
#include <deque>

namespace ui {

namespace {

constexpr std::array all_faces = {Face::text, Face::bold, Face::mono, Face::mono_bold};
constexpr std::array all_sizes = {Size::small, Size::body, Size::heading, Size::narration,
                                  Size::title};
// Inter and JetBrains Mono both draw capitals 0.73 em high.
constexpr float cap_height = 0.73f;
constexpr const char* chinese_sample = "zh-cn";
// Of a face and size: fewer are the button that switches to Chinese, or a name.
constexpr std::size_t few_chinese = 8;

bool bold(Face face) {
    return face == Face::bold || face == Face::mono_bold;
}
bool mono(Face face) {
    return face == Face::mono || face == Face::mono_bold;
}

} // namespace

// The atlas keeps pointers to these until it is built.
struct Fonts::Ranges {
    std::deque<ImVector<ImWchar>> lists;
};

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
    measure();
    stale_ = true;
}

// Sizes do not wait for the build: layouts rely on them.
void Fonts::measure() {
    for (const Face face : all_faces) {
        const Source& source = faces_[index(face)];
        for (const Size size : all_sizes) {
            Font& font = fonts_[index(face)][index(size)];
            font.em = std::round(em_at_100(size) * scale_);
            font.cap = font.em * cap_height;
            font.advance = std::round(font.em * 1.4f);
            // Without any font file ImGui's built-in font keeps the window usable.
            font.ascent = font.em * (source.file ? source.metrics.ascent : 0.8f);
            font.pixels =
                source.file ? font.em * (source.metrics.ascent + source.metrics.descent) : font.em;
        }
    }
}

void Fonts::need(std::string_view text, Face face, Size size) {
    Wanted& wanted = wanted_[index(face)][index(size)];
    if (!wanted.used) {
        wanted.used = true;
        stale_ = true;
    }
    while (!text.empty()) {
        const Character next = first_character(text);
        text.remove_prefix(next.bytes);
        if (next.code >= 0x80 && next.code <= IM_UNICODE_CODEPOINT_MAX &&
            wanted.characters.insert(next.code).second) {
            wanted.chinese += is_cjk(next.code) ? 1 : 0;
            stale_ = stale_ || !compat::atlas_is_dynamic;
        }
    }
}

void Fonts::announce(std::string_view text) {
    while (!text.empty()) {
        const Character next = first_character(text);
        text.remove_prefix(next.bytes);
        if (is_cjk(next.code) && next.code <= IM_UNICODE_CODEPOINT_MAX) {
            announced_.insert(next.code);
        }
    }
}

bool Fonts::writes_chinese(const Wanted& wanted) const {
    return wanted.chinese >= few_chinese && !announced_.empty();
}

void Fonts::set_scale(float scale) {
    if (scale != scale_) {
        scale_ = scale;
        measure();
        stale_ = true;
    }
}

void Fonts::add(Face face, Size size, Ranges& ranges) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    const Source& source = faces_[index(face)];
    Font& font = fonts_[index(face)][index(size)];
    ImFontConfig config;
    config.OversampleH = 2;
    config.OversampleV = 1;
    if (!source.file) {
        config.SizePixels = font.em;
        font.imgui = atlas.AddFontDefault(&config);
        return;
    }
    ImFontGlyphRangesBuilder western, chinese;
    static constexpr ImWchar ascii[] = {0x20, 0x7e, 0};
    western.AddRanges(ascii);
    western.AddText("…"); // with which long texts are shortened
    for (const char32_t code : wanted_[index(face)][index(size)].characters) {
        (is_cjk(code) ? chinese : western).AddChar(static_cast<ImWchar>(code));
    }
    if (Wanted& wanted = wanted_[index(face)][index(size)]; writes_chinese(wanted)) {
        for (const char32_t code : announced_) {
            chinese.AddChar(static_cast<ImWchar>(code));
        }
        // What is in the atlas need not make it stale when it is asked for.
        wanted.characters.insert(announced_.begin(), announced_.end());
    }
    ImVector<ImWchar>& western_ranges = ranges.lists.emplace_back();
    ImVector<ImWchar>& chinese_ranges = ranges.lists.emplace_back();
    western.BuildRanges(&western_ranges);
    chinese.BuildRanges(&chinese_ranges);
    // ImGui's size is ascent + descent, so that the em comes out as asked for.
    const auto add_source = [&](const Source& from, const ImWchar* which) {
        config.FontNo = from.face;
        return compat::add_font(atlas, from.file->bytes().data(), from.file->bytes().size(),
                                font.em * (from.metrics.ascent + from.metrics.descent), config,
                                which);
    };
    font.imgui = add_source(source, western_ranges.Data);
    const Source& cjk = cjk_[bold(face) ? 1 : 0];
    if (cjk.file && chinese_ranges[0] != 0) {
        config.MergeMode = true;
        config.OversampleH = 1;
        add_source(cjk, chinese_ranges.Data);
    }
}

void Fonts::build() {
    Ranges ranges;
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
    wanted_[index(Face::text)][index(Size::body)].used = true; // there must be one
    for (const Face face : all_faces) {
        for (const Size size : all_sizes) {
            fonts_[index(face)][index(size)].imgui = nullptr;
            if (wanted_[index(face)][index(size)].used) {
                add(face, size, ranges);
            }
        }
    }
    compat::build_atlas(atlas);
    // What has not been used yet is drawn with this one, in a frame that will be drawn again.
    ImFont* const any = get(Face::text, Size::body).imgui;
    for (auto& face : fonts_) {
        for (Font& font : face) {
            font.imgui = font.imgui != nullptr ? font.imgui : any;
        }
    }
    stale_ = false;
}

} // namespace ui
