// Settings survive being written, read, broken and interrupted.
#include "catch.hpp"
#include "record/file.hpp"
#include "window/settings.hpp"

#include <filesystem>
#include <unistd.h>

namespace {

std::string scratch(const std::string& name) {
    return (std::filesystem::temp_directory_path() /
            ("twomsl-settings-" + std::to_string(::getpid()) + "-" + name))
        .string();
}

} // namespace

TEST_CASE("what was remembered comes back as it was") {
    window::Settings settings;
    settings.language = view::Language::zh;
    settings.theme = view::Theme::high_contrast;
    settings.walked = {"SYN_SENT > ESTABLISHED"};
    settings.pace = view::Pace::r1_20;
    settings.scale = 1.5;
    settings.reduced_motion = true;
    settings.width = 1024;
    settings.height = 640;
    settings.last_lesson = "the three way handshake.twomsl";
    settings.progress["a b.twomsl"] = {true, 7};
    settings.progress["c.twomsl"] = {false, -1};
    const window::Settings read = window::parse_settings(window::print_settings(settings));
    CHECK(window::print_settings(read) == window::print_settings(settings));
    CHECK(read.language == view::Language::zh);
    CHECK(read.progress.at("a b.twomsl").done);
    CHECK(read.progress.at("a b.twomsl").step == 7);
    CHECK(read.progress.at("c.twomsl").step == -1);
    CHECK(read.last_lesson == "the three way handshake.twomsl");
}

TEST_CASE("a broken settings file costs its broken lines only") {
    const window::Settings read = window::parse_settings(
        "scale nan\nwidth -5\nheight 900\ntheme purple\n\xff\xfe\nlanguage zh\nlesson done\n"
        "scale 99\nreduced_motion");
    CHECK(read.height == 900);
    CHECK(read.language == view::Language::zh);
    CHECK(read.width == window::Settings().width);
    CHECK(read.theme == window::Settings().theme);
    CHECK(read.scale == 3);
    CHECK(read.progress.empty());
    CHECK(window::parse_settings("").scale == 1);
}

TEST_CASE("a file is replaced whole, its folders are made, and nothing is left beside it") {
    const std::string folder = scratch("folder"), path = folder + "/deep/settings";
    CHECK(record::replace_file(path, "one").empty());
    CHECK(record::replace_file(path, "two").empty());
    CHECK(record::read_file(path).text == "two");
    int files = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator(folder + "/deep")) {
        ++files;
    }
    CHECK(files == 1);
    // A folder in the file's place: an error is said, and the folder stays.
    CHECK(record::replace_file(folder, "three").find("cannot write") == 0);
    CHECK(record::read_file(folder).mistake == "cannot read " + folder + ": Is a directory");
    std::filesystem::remove_all(folder);
}
