// Text in terminal cells.
#include "catch.hpp"

#include "view/cells.hpp"

using namespace view;

TEST_CASE("A Chinese character takes two cells, a combining mark none") {
    CHECK(cells("SYN") == 3);
    CHECK(cells("队列") == 4);
    CHECK(cells("─▶│") == 3);
    CHECK(cells("e\xcc\x81") == 1);
    CHECK(cells("，") == 2);
    CHECK(cells("\xff\xfe") == 2);
}

TEST_CASE("What is too wide is cut with an ellipsis, and never inside a character") {
    CHECK(cut("ESTABLISHED", 11) == "ESTABLISHED");
    CHECK(cut("ESTABLISHED", 5) == "ESTA…");
    CHECK(cut("队列已满", 5) == "队列…");
    CHECK(cut("队列已满", 6) == "队列…");
    CHECK(pad("队", 4) == "队  ");
    CHECK(pad_left("队", 4) == "  队");
    CHECK(cut("abc", 0).empty());
}

TEST_CASE("English breaks between words, Chinese anywhere but before closing punctuation") {
    CHECK(wrap("the queue is full", 9) == std::vector<std::string>{"the queue", "is full"});
    CHECK(wrap("队列已满，丢弃", 8) == std::vector<std::string>{"队列已", "满，丢弃"});
    CHECK(wrap("用 accept() 取走", 12) == std::vector<std::string>{"用 accept()", "取走"});
    CHECK(wrap("abcdefghij", 4) == std::vector<std::string>{"abcd", "efgh", "ij"});
    CHECK(wrap("", 10).empty());
    for (std::size_t width = 4; width < 40; ++width) {
        for (const auto& line :
             wrap("服务端（server）已满：它能容纳 backlog + 1 = 2 个连接，“不会”更多。", width)) {
            CHECK(cells(line) <= width);
        }
    }
}
