// The house itself: what a clean clone must contain for its scripts to work.
#include "catch.hpp"

#include <filesystem>
#include <string>

namespace fs = std::filesystem;

TEST_CASE("the scripts that the README names are there and can be executed") {
    for (const char* script :
         {"app/run.sh", "tests/run.sh", ".ci/run", "third_party/install-deps.sh"}) {
        INFO(script);
        const fs::path path = fs::path(TWOMSL_SOURCE_DIR) / script;
        REQUIRE(fs::is_regular_file(path));
        CHECK((fs::status(path).permissions() & fs::perms::owner_exec) != fs::perms::none);
    }
}

TEST_CASE("nothing but the house stands at the top level") {
    const std::string known =
        " CMakeLists.txt CMakePresets.json LICENSE README.md app assets build net sim "
        "tests third_party ";
    for (const auto& entry : fs::directory_iterator(TWOMSL_SOURCE_DIR)) {
        const std::string name = entry.path().filename().string();
        INFO(name);
        CHECK((name.front() == '.' || known.find(" " + name + " ") != std::string::npos));
    }
}
