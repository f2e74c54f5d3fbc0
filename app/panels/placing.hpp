// Finding free places: boxes that touch neither each other nor a line.
#pragma once

#include "ui/geometry.hpp"

#include <vector>

namespace panels {

struct Stroke {
    ui::Vec from, to;
};

// Does any point of the stroke lie inside the box?
bool crosses(const Stroke&, const ui::Rect&);
// The parts of the stroke that lie outside the box: none, one or two.
std::vector<Stroke> outside(const Stroke&, const ui::Rect&);
float distance(ui::Vec, const Stroke&);
constexpr ui::Vec between(ui::Vec a, ui::Vec b, float share) {
    return a + (b - a) * share;
}

// What is already on the picture.
class Taken {
public:
    void add(const ui::Rect& box) { boxes_.push_back(box); }
    // `owner` lets what belongs to the stroke stand upon it (a label on its own arrow).
    void add(const Stroke& stroke, unsigned owner = nobody) { strokes_.push_back({stroke, owner}); }
    // Is the box free, with a clearance of `margin` around it?
    bool free(const ui::Rect& box, float margin = 2, unsigned owner = nobody) const;

    bool free_of_boxes(const ui::Rect& box, float margin = 2) const;

    static constexpr unsigned nobody = 0xffffffff;

private:
    struct Owned {
        Stroke stroke;
        unsigned owner;
    };
    std::vector<ui::Rect> boxes_;
    std::vector<Owned> strokes_;
};

} // namespace panels
