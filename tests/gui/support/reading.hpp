// What each test of a panel needs: the words of a language, and that they can be read.
#pragma once

#include "support/sample.hpp"
#include "support/stage.hpp"
#include "view/command.hpp"

namespace gui {

// From here on; with the translations that are shipped.
void speak(view::Language);

// CHECKs that no text lies on another one.
void nothing_collides(const Stage&);

// One panel over the whole window: `State` is its own, what it asks for is kept.
template <class State>
struct OnePanel {
    Sample sample;
    view::Commands commands;
    State state;

    OnePanel() { sample.refuse_third_client(); }
    // `draw`: the panel, a function of (Screen, Frame, Commands, State, Rect).
    void show_on(Stage& stage,
                 void (*draw)(ui::Screen&, const view::Frame&, view::Commands&, State&, ui::Rect)) {
        stage.show([this, draw](ui::Screen& screen) {
            draw(screen, sample.frame, commands, state, screen.area);
        });
    }
    template <class C>
    const C* last() const {
        for (auto c = commands.rbegin(); c != commands.rend(); ++c)
            if (const C* found = std::get_if<C>(&*c))
                return found;
        return nullptr;
    }
};

} // namespace gui
