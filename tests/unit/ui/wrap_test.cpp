// Folding text: English at spaces, Chinese between characters, marks where they belong.
#include "catch.hpp"
#include "ui/text.hpp"
#include "ui/utf8.hpp"

namespace {

// A measure by which an ASCII character is 1 wide and any other 2.
float cells(std::string_view text) {
    float width = 0;
    while (!text.empty()) {
        const ui::Character next = ui::first_character(text);
        width += next.code < 0x80 ? 1.0f : 2.0f;
        text.remove_prefix(next.bytes);
    }
    return width;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("a paragraph is folded at its spaces and loses none of its words") {
    CHECK(ui::wrap("the server sends SYN+ACK", 11, cells) ==
          Lines{"the server", "sends", "SYN+ACK"});
    CHECK(ui::wrap("short", 11, cells) == Lines{"short"});
    CHECK(ui::wrap("", 11, cells) == Lines{""});
    CHECK(ui::wrap("two\nlines", 11, cells) == Lines{"two", "lines"});
}

TEST_CASE("a word longer than the line is cut, not lost") {
    CHECK(ui::wrap("tcp_abort_on_overflow", 8, cells) == Lines{"tcp_abor", "t_on_ove", "rflow"});
    CHECK(ui::wrap("x", 0, cells) == Lines{"x"});
}

TEST_CASE("Chinese is folded between characters, never before a closing mark") {
    CHECK(ui::wrap("队列已满它能容纳", 8, cells) == Lines{"队列已满", "它能容纳"});
    CHECK(ui::wrap("队列已满，它能", 8, cells) == Lines{"队列已", "满，它能"});
    CHECK(ui::wrap("甲乙丙「丁戊」", 8, cells) == Lines{"甲乙丙", "「丁戊」"});
    CHECK(ui::wrap("队列 2 > 上限\u00a01", 15, cells) == Lines{"队列 2 > 上", "限\u00a01"});
    CHECK(ui::wrap("调用 accept 取走", 8, cells) == Lines{"调用", "accept", "取走"});
}

TEST_CASE("a broken byte reads as one replacement character") {
    const ui::Character broken = ui::first_character("\xff"
                                                     "a");
    CHECK(broken.code == 0xfffd);
    CHECK(broken.bytes == 1);
    CHECK(ui::first_character("\xe4\xb8").code == 0xfffd);
    CHECK(ui::first_character("中").code == U'中');
    std::string written;
    ui::append_utf8(written, U'中');
    CHECK(written == "中");
}
