// A window without a window: draws panels through a null backend, acts on them by probe ids, and
// reads back the text that was really drawn.
//
//     gui::Stage stage({.width = 1600, .height = 1000});
//     stage.show([&](ui::Screen& screen) { panels::why(screen, screen.area, frame, commands); });
//     stage.click("why.3");
//     CHECK(stage.sees("SYN sent"));
#pragma once

#include "ui/screen.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gui {

struct StageOptions {
    float width = 1280, height = 800, scale = 1;
    ui::ThemeName theme = ui::ThemeName::dark;
};

struct DrawnText {
    std::string text;
    ui::Rect rect; // the ink
    ui::Colour colour;
    bool clipped = false;      // cut by a clip rectangle or the window's edge
    bool cut_sideways = false; // at its left or right, where nothing scrolls
    bool floating = false;     // in a menu or tooltip, over the window
};

class Stage {
public:
    explicit Stage(StageOptions = {});
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    ui::Screen screen;

    // What each frame draws; draws two frames at once.
    void show(std::function<void(ui::Screen&)>);
    void frames(int count);
    void resize(float width, float height);

    // By probe id. Each REQUIREs that the control is on the screen, and draws the frames it takes.
    void click(std::string_view id);
    void right_click(std::string_view id);
    void hover(std::string_view id);
    void drag(std::string_view id, ui::Vec by);
    void press(ui::Key, ui::Modifiers = ui::no_modifiers);
    // Types into the text field `id`.
    void type(std::string_view id, std::string_view text);
    void type_character(char32_t);
    void wheel(std::string_view id, float by);

    const ui::Control& control(std::string_view id) const;
    bool has(std::string_view id) const { return screen.probe.find(id) != nullptr; }
    // The id of the only enabled control with this label; empty if there is none.
    std::string id_of(std::string_view label) const;

    const std::vector<DrawnText>& texts() const { return texts_; }
    // Some drawn line contains it.
    bool sees(std::string_view text) const;
    // All lines, for INFO().
    std::string page() const;
    // Pairs of texts whose ink lies over each other (menus, tooltips and what is half scrolled away
    // aside).
    std::vector<std::pair<DrawnText, DrawnText>> collisions() const;

private:
    void frame(std::vector<ui::KeyPress> keys = {});
    void mouse(ui::Vec to);
    void button(int which, bool down);

    std::function<void(ui::Screen&)> draw_;
    std::vector<DrawnText> texts_;
};

} // namespace gui
