// The translations are read from the project.
#include "support/reading.hpp"

#include "catch.hpp"
#include "view/words.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace gui {

void speak(view::Language language) {
    std::ifstream file(TWOMSL_SOURCE_DIR "/assets/translations/zh.txt", std::ios::binary);
    const std::string words{std::istreambuf_iterator<char>(file), {}};
    REQUIRE(view::load_words(words) == 0);
    view::set_language(language);
}

void nothing_collides(const Stage& stage) {
    for (const auto& [a, b] : stage.collisions()) {
        INFO(fmt::format("'{}' at {},{} lies on '{}' at {},{}", a.text, a.rect.x, a.rect.y, b.text,
                         b.rect.x, b.rect.y));
        CHECK(false);
    }
}

} // namespace gui
