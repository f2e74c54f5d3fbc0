// Translations: what is read, what is refused, and that the shipped table is whole.
#include "catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "view/words.hpp"

using namespace view;

namespace {

std::string shipped() {
    std::ifstream file(TWOMSL_SOURCE_DIR "/assets/translations/zh.txt", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::pair<std::string, std::string>> pairs() {
    std::vector<std::pair<std::string, std::string>> all;
    const std::string text = shipped();
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        at = end + 1;
        const auto tab = line.find('\t');
        if (tab != std::string::npos && line[0] != '#')
            all.emplace_back(line.substr(0, tab), line.substr(tab + 1));
    }
    return all;
}

// The {} places of a text, in order of appearance in the arguments: "{0}", "{1:.2f}" or "{}".
std::multiset<std::string> places(const std::string& text) {
    std::multiset<std::string> found;
    int next = 0;
    for (std::size_t at = 0; (at = text.find('{', at)) != std::string::npos; ++at) {
        const auto inside = text.substr(at + 1, text.find('}', at) - at - 1);
        found.insert(inside.empty() ? std::to_string(next++) : inside);
    }
    return found;
}

// The English keys in a source: every literal that is the first argument of tr() or say().
std::set<std::string> keys_in(const std::string& source) {
    std::set<std::string> keys;
    for (const std::string& call : {std::string("tr("), std::string("say(")}) {
        for (std::size_t at = 0; (at = source.find(call, at)) != std::string::npos;) {
            const bool whole_word =
                at == 0 || !std::isalnum(static_cast<unsigned char>(source[at - 1]));
            at += call.size();
            std::string key;
            for (std::size_t i = at; whole_word && i < source.size();) {
                i = source.find_first_not_of(" \n", i);
                if (i == std::string::npos || source[i] != '"')
                    break;
                const std::size_t end = source.find('"', i + 1);
                key += source.substr(i + 1, end - i - 1);
                i = end + 1;
            }
            if (!key.empty())
                keys.insert(key);
        }
    }
    return keys;
}

} // namespace

TEST_CASE(
    "a text appears in the language that is chosen, and in English when nobody translated it") {
    REQUIRE(load_words("# comment\n\nNext\t下一步\nBack\t上一步\n") == 0);
    set_language(Language::en);
    CHECK(std::string(tr("Next")) == "Next");
    set_language(Language::zh);
    CHECK(std::string(tr("Next")) == "下一步");
    CHECK(std::string(tr("Pace")) == "Pace");
    CHECK(untranslated() == std::vector<std::string>{"Pace"});
    set_language(Language::en);
}

TEST_CASE("a bad line of a translation file is named and changes nothing") {
    REQUIRE(load_words("Next\t下一步\n") == 0);
    CHECK(load_words("Back\t上一步\nPlay 播放\n") == 2);
    CHECK(load_words("\t播放\n") == 1);
    CHECK(load_words("Play\t\n") == 1);
    CHECK(load_words("Play\t播\t放\n") == 1);
    CHECK(load_words("Play\t播放\nPlay\t放\n") == 2);
    set_language(Language::zh);
    CHECK(std::string(tr("Next")) == "下一步");
    set_language(Language::en);
}

TEST_CASE("every character of every translation is asked of the fonts") {
    REQUIRE(load_words("Next\t下一步\n") == 0);
    const auto all = all_characters();
    for (const char* c : {"下", "一", "步", "A", "~", "→", "×"})
        CHECK(all.find(c) != std::string::npos);
}

TEST_CASE(
    "the shipped translations are well formed: places kept, full-width punctuation, 你 not 您") {
    REQUIRE(load_words(shipped()) == 0);
    const auto all = pairs();
    REQUIRE(all.size() > 100);
    for (const auto& [english, chinese] : all) {
        INFO(english << " = " << chinese);
        CHECK(places(english) == places(chinese));
        CHECK(chinese.find("您") == std::string::npos);
        CHECK(chinese.find("计时器") == std::string::npos);
        CHECK(chinese.find("报文段段") == std::string::npos);
        for (const char* ascii : {", ", "; ", "? ", "! "})
            CHECK((chinese.find(ascii) == std::string::npos ||
                   chinese.find("min(") != std::string::npos)); // a formula, not a sentence
    }
}

TEST_CASE("every text of the window has a translation") {
    std::set<std::string> translated;
    for (const auto& [english, chinese] : pairs())
        translated.insert(english);
    std::size_t found = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(TWOMSL_SOURCE_DIR "/app")) {
        if (entry.path().extension() != ".cpp")
            continue;
        std::ifstream file(entry.path());
        for (const auto& key : keys_in({std::istreambuf_iterator<char>(file), {}})) {
            INFO(entry.path().filename() << ": " << key);
            CHECK(translated.contains(key));
            ++found;
        }
    }
    CHECK(found > 100);
}
