// The null backend: an ImGui context that nobody looks at.
#include "stage.hpp"

#include "catch.hpp"
#include "drawn_text.hpp"
#include "ui/compat.hpp"
#include "ui/utf8.hpp"

#include <fmt/format.h>

namespace gui {

Stage::Stage(StageOptions options) {
    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {options.width, options.height};
    io.DeltaTime = 1.0f / 60;
    io.IniFilename = nullptr;
    screen.theme = ui::theme(options.theme);
    screen.scale = options.scale;
    screen.fonts.find();
    screen.fonts.set_scale(options.scale);
}

Stage::~Stage() {
    ImGui::DestroyContext();
}

void Stage::frame(std::vector<ui::KeyPress> keys) {
    // As in the window: a frame that drew characters not built yet is drawn again.
    for (int attempt = 0; attempt < 3; ++attempt) {
        if (screen.fonts.stale()) {
            screen.fonts.build();
            ImGui::GetIO().Fonts->SetTexID(ImTextureID(1));
        }
        ImGui::NewFrame();
        ui::begin_frame(screen, std::exchange(keys, {}));
        if (draw_) {
            draw_(screen);
        }
        ui::end_frame(screen);
        if (!screen.fonts.stale()) {
            break;
        }
        ImGui::EndFrame();
    }
    ImGui::Render();
    texts_ = drawn_text();
}

void Stage::frames(int count) {
    for (int i = 0; i < count; ++i) {
        frame();
    }
}

void Stage::show(std::function<void(ui::Screen&)> draw) {
    draw_ = std::move(draw);
    frames(2);
}

void Stage::resize(float width, float height) {
    ImGui::GetIO().DisplaySize = {width, height};
    frames(2);
}

void Stage::mouse(ui::Vec to) {
    ui::compat::mouse_position(ImGui::GetIO(), to.x, to.y);
    frame();
}

void Stage::button(int which, bool down) {
    ui::compat::mouse_button(ImGui::GetIO(), which, down);
    frames(2);
}

const ui::Control& Stage::control(std::string_view id) const {
    const ui::Control* found = screen.probe.find(id);
    std::string ids;
    for (const ui::Control& there : screen.probe.controls) {
        ids += there.id + " ";
    }
    INFO("looking for " << std::string(id) << " among: " << ids);
    REQUIRE(found != nullptr);
    return *found;
}

void Stage::hover(std::string_view id) {
    const ui::Control there = control(id);
    INFO("hovering " << there.id);
    REQUIRE_FALSE(there.rect.empty());
    mouse(there.rect.centre());
    frames(1);
}

void Stage::click(std::string_view id) {
    hover(id);
    button(0, true);
    button(0, false);
}

void Stage::right_click(std::string_view id) {
    hover(id);
    button(1, true);
    button(1, false);
}

void Stage::drag(std::string_view id, ui::Vec by) {
    hover(id);
    const ui::Vec from = control(id).rect.centre();
    button(0, true);
    mouse(from + by * 0.5f);
    mouse(from + by);
    button(0, false);
}

void Stage::press(ui::Key key, ui::Modifiers modifiers) {
    frame({{key, modifiers}});
    frames(2);
}

void Stage::type(std::string_view id, std::string_view text) {
    click(id);
    ImGui::GetIO().AddInputCharactersUTF8(std::string(text).c_str());
    frames(2);
}

void Stage::type_character(char32_t character) {
    ImGui::GetIO().AddInputCharacter(character);
    frames(2);
}

void Stage::wheel(std::string_view id, float by) {
    hover(id);
    ui::compat::mouse_wheel(ImGui::GetIO(), by);
    frames(2);
}

std::string Stage::id_of(std::string_view label) const {
    std::string found;
    for (const ui::Control& there : screen.probe.controls) {
        if (there.label == label && there.enabled && there.focusable) {
            INFO("the label " << there.label << " must be unique");
            REQUIRE(found.empty());
            found = there.id;
        }
    }
    return found;
}

bool Stage::sees(std::string_view text) const {
    for (const DrawnText& line : texts_) {
        if (line.text.find(text) != line.text.npos) {
            return true;
        }
    }
    return false;
}

std::string Stage::page() const {
    std::string page;
    for (const DrawnText& line : texts_) {
        page += fmt::format("{:6.0f} {:6.0f}  {}\n", line.rect.x, line.rect.y, line.text);
    }
    return page;
}

std::vector<std::pair<DrawnText, DrawnText>> Stage::collisions() const {
    std::vector<std::pair<DrawnText, DrawnText>> found;
    // Half scrolled away: what is seen of it lies in its own region.
    const auto counts = [](const DrawnText& text) { return !text.floating && !text.clipped; };
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        for (std::size_t k = i + 1; k < texts_.size(); ++k) {
            const ui::Rect both = ui::intersection(texts_[i].rect, texts_[k].rect);
            if (counts(texts_[i]) && counts(texts_[k]) && both.w > 1 && both.h > 1) {
                found.emplace_back(texts_[i], texts_[k]);
            }
        }
    }
    return found;
}

} // namespace gui
