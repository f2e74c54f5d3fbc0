// The table of translations: one map from English to Chinese, read from a text file of two columns.
#include "words.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "trace/rule.hpp"

namespace view {
namespace {

struct Words {
    std::map<std::string, std::string, std::less<>> table;
    std::set<std::string, std::less<>> missing;
    Language chosen = Language::en;
};

Words& words() {
    static Words w;
    return w;
}

// Punctuation and signs that views draw beside the words of the table.
constexpr std::string_view signs = "–—·…×→←↗↙↔⇄≥≤≈±µ✓✗•“”‘’，。：；？！（）、《》「」";

} // namespace

int load_words(std::string_view file_text) {
    std::map<std::string, std::string, std::less<>> table;
    int number = 0;
    while (!file_text.empty()) {
        ++number;
        const auto end = std::min(file_text.find('\n'), file_text.size());
        const auto line = file_text.substr(0, end);
        file_text.remove_prefix(std::min(end + 1, file_text.size()));
        if (line.empty() || line.front() == '#')
            continue;
        const auto tab = line.find('\t');
        if (tab == 0 || tab == std::string_view::npos || tab + 1 == line.size() ||
            line.find('\t', tab + 1) != std::string_view::npos)
            return number;
        if (!table.emplace(line.substr(0, tab), line.substr(tab + 1)).second)
            return number; // the same English twice: one of the two would never be seen
    }
    words().table = std::move(table);
    words().missing.clear();
    return 0;
}

const char* tr(const char* english) {
    auto& w = words();
    if (w.chosen == Language::en)
        return english;
    const auto found = w.table.find(std::string_view(english));
    if (found != w.table.end())
        return found->second.c_str();
    w.missing.emplace(english);
    return english;
}

void set_language(Language l) {
    words().chosen = l;
}

Language language() {
    return words().chosen;
}

std::vector<std::string> untranslated() {
    const auto& missing = words().missing;
    return {missing.begin(), missing.end()};
}

std::string all_characters() {
    std::string all;
    for (char c = ' '; c <= '~'; ++c)
        all += c;
    all += signs;
    for (const auto& [english, chinese] : words().table)
        all += english + chinese;
    for (const auto& rule : trace::all_rules())
        all.append(rule.en).append(rule.zh).append(rule.source);
    return all;
}

} // namespace view
