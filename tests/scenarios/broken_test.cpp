// Every file in tests/broken has one mistake; its last line says what must be said about it, and
// where.
#include "catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "scenario/scenario.hpp"
#include "world/known.hpp"

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace

TEST_CASE("Each mistake is told at its place, with what was found and what was expected") {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(TWOMSL_SOURCE_DIR "/tests/broken")) {
        const auto name = entry.path().filename().string();
        const auto text = read(entry.path());
        const auto mark = text.rfind("#! ");
        INFO(name);
        REQUIRE(mark != text.npos);
        const auto expected = text.substr(mark + 3, text.find_last_not_of('\n') - mark - 2);
        const auto result = scenario::parse(text, name, world::known());
        const auto* error = std::get_if<scenario::ParseError>(&result);
        // "..." stands for a list that grows.
        const std::string got = error ? format(*error) : "no error";
        if (expected.ends_with(" ..."))
            CHECK(got.starts_with(name + ":" + expected.substr(0, expected.size() - 3)));
        else
            CHECK(got == name + ":" + expected);
        ++count;
    }
    CHECK(count >= 79);
}
