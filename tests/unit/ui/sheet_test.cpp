// SVG: numbers are short, text is escaped, clips are groups.
#include "catch.hpp"
#include "ui/sheet.hpp"

TEST_CASE("a sheet keeps shapes, text and clips as SVG, and is empty when it was taken") {
    ui::Sheet sheet;
    sheet.push_clip({0, 0, 10, 5});
    sheet.line({0, 0.04f}, {10.25f, -1.5f}, ui::rgb(0xff8000), 1.5f, 4, 3);
    sheet.fill({1, 2, 3, 4}, ui::with_alpha(ui::rgb(0), 51), 9);
    sheet.text({1, 2}, "a < b & \"c\"", ui::Face::mono_bold, 13, ui::rgb(0), 40);
    sheet.pop_clip();
    const std::string svg = sheet.take({100, 50.5f}, ui::rgb(0xffffff), "A & B");
    const auto has = [&](const char* text) { return svg.find(text) != svg.npos; };
    INFO(svg);
    CHECK(has("width=\"100\" height=\"50.5\" viewBox=\"0 0 100 50.5\""));
    CHECK(has("<title>A &amp; B</title>"));
    CHECK(has("<clipPath id=\"c0\"><rect x=\"0\" y=\"0\" width=\"10\" height=\"5\"/></clipPath>"));
    CHECK(has("<line x1=\"0\" y1=\"0\" x2=\"10.3\" y2=\"-1.5\" stroke=\"#ff8000\" "
              "stroke-width=\"1.5\" stroke-dasharray=\"4 3\"/>"));
    CHECK(has("rx=\"1.5\" fill=\"#000000\" fill-opacity=\"0.20\"")); // no rounder than it is wide
    CHECK(has(">a &lt; b &amp; &quot;c&quot;</text>"));
    CHECK(has("class=\"m\" font-weight=\"600\""));
    CHECK(sheet.take({1, 1}, ui::rgb(0), "").find("<line") == std::string::npos);
}
