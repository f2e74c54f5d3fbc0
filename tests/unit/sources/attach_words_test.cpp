// Attach speaks both languages: every sentence of every verdict has its translation.
#include "catch.hpp"
#include "machines.hpp"

#include "view/words.hpp"

#include <fstream>
#include <sstream>

TEST_CASE("every sentence that a verdict can say is translated, with the same places to fill") {
    std::ifstream file(std::string(TWOMSL_SOURCE_DIR) + "/assets/translations/zh.txt");
    std::stringstream text;
    text << file.rdbuf();
    REQUIRE(view::load_words(text.str()) == 0);
    view::set_language(view::Language::zh);
    std::size_t said = 0;
    for (const machines::Sick& sick : machines::all_sick()) {
        machines::Judged judged;
        machines::look(judged, sick);
        for (const auto& verdict : judged.verdicts) {
            auto sayings = verdict.evidence;
            sayings.push_back(verdict.headline);
            sayings.push_back(verdict.remedy);
            for (const auto& saying : sayings) {
                INFO(saying.format);
                const std::string zh = view::tr(saying.format.data());
                CHECK(zh != saying.format);
                const std::string filled = net::attach::say(zh, saying.arguments);
                CHECK(filled.find('{') == std::string::npos);
                for (const std::string& argument : saying.arguments)
                    CHECK(filled.find(argument) != std::string::npos);
                ++said;
            }
        }
    }
    CHECK(said > 40);
    view::set_language(view::Language::en);
}
