// The interface's words: English is the key, translations come from assets/translations
// (English<TAB>中文 per line).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "command.hpp"

namespace view {

// Replaces the table; lines that are empty or begin with # are skipped. Returns the number of the
// first bad line, 0 if none.
int load_words(std::string_view file_text);
// The text in the language that set_language chose; English when there is no translation.
const char* tr(const char* english);
// ... with its places filled.
template <typename... Args>
std::string say(const char* english, const Args&... args) {
    return fmt::format(fmt::runtime(tr(english)), args...);
}
void set_language(Language);
Language language();
// English keys without translation that were asked for (for the tests).
std::vector<std::string> untranslated();
// Every character that may be shown (for the font atlas).
std::string all_characters();

} // namespace view
