// The words of the lessons: how long, in which languages, by which glossary.
#include "catch.hpp"
#include "lesson.hpp"
#include "reading.hpp"

#include <array>
#include <map>
#include <utility>

#include "trace/state.hpp"

using namespace lesson;

namespace {

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

// English words and what the glossary calls them in Chinese.
constexpr std::array glossary = {
    std::pair{"listening socket", "监听套接字"},
    std::pair{"socket", "套接字"},
    std::pair{"segment", "报文段"},
    std::pair{"SYN queue", "SYN 队列"},
    std::pair{"accept queue", "accept 队列"},
    std::pair{"receive queue", "接收队列"},
    std::pair{"send queue", "发送队列"},
    std::pair{"retransmit timer", "重传定时器"},
    std::pair{"descriptor", "文件描述符"},
    std::pair{"half-close", "半关闭"},
    std::pair{"handshake", "握手"},
    std::pair{"sequence number", "序号"},
    std::pair{"active close", "主动关闭"},
    std::pair{"dropped", "丢弃"},
    std::pair{"Textbook:", "教科书："},
    std::pair{"Linux:", "Linux："},
};

constexpr std::array wrong_chinese = {"您",     "计时器", "半连接", "套接口",
                                      "客户机", "服务器", "数据包", "时间等待"};
constexpr std::array wrong_states = {"SYN_RCVD", "SYN-",      "FIN-",        "FIN_WAIT1",
                                     "TIME-",    "CLOSE-",    "LAST-",       "ESTAB ",
                                     "SYN_SEND", "FIN_WAIT2", "ESTABLISHED_"};

} // namespace

TEST_CASE("Counting words and characters, as a reader would") {
    CHECK(reading::words("ack 1001 = 1000 + 1, because SYN uses up one number.") == 10);
    CHECK(reading::characters("0.22 s 之后，connect() 返回 0。") == 8);
    CHECK(reading::sentences("It took 0.22 s. Then?") == 2);
    CHECK(reading::sentences("等待 0.22 s。然后？") == 2);
    CHECK(reading::crowded("返回0，connect() 成功").size() == 1);
    CHECK(reading::crowded("connect()成功").size() == 1);
    CHECK(reading::half_width("返回, 然后").size() == 1);
    CHECK(reading::half_width("返回，然后（EOF）").empty());
}

TEST_CASE("Every text is there in English and in Chinese") {
    for (const auto& l : all()) {
        for (const auto& [where, text] : texts(l)) {
            INFO(where);
            REQUIRE(text.by_language.count("") == 1);
            REQUIRE(text.by_language.count("zh") == 1);
            bool han = false;
            for (const char32_t c : reading::decode(text.in("zh")))
                han = han || reading::is_han(c);
            CHECK((han || has(where, "title")));
            for (const char32_t c : reading::decode(text.in("")))
                CHECK(!reading::is_han(c));
        }
    }
}

TEST_CASE("Narration is two sentences at most, thirty words or sixty characters") {
    for (const auto& l : all()) {
        for (const auto& [where, text] : notes(l)) {
            INFO(where << ": " << text.in("") << " / " << text.in("zh"));
            CHECK(reading::words(text.in("")) <= 30);
            CHECK(reading::sentences(text.in("")) <= 2);
            CHECK(reading::characters(text.in("zh")) <= 60);
            CHECK(reading::sentences(text.in("zh")) <= 2);
        }
    }
}

TEST_CASE("Questions and answers are short as well") {
    for (const auto& l : all()) {
        for (const auto& [where, text] : texts(l)) {
            INFO(where << ": " << text.in(""));
            CHECK(reading::words(text.in("")) <= 30);
            CHECK(reading::characters(text.in("zh")) <= 60);
        }
    }
}

TEST_CASE("Chinese and Latin are set apart, and Chinese is punctuated full width") {
    for (const auto& l : all()) {
        for (const auto& [where, text] : texts(l)) {
            INFO(where << ": " << text.in("zh"));
            CHECK(reading::crowded(text.in("zh")).empty());
            CHECK(reading::half_width(text.in("zh")).empty());
        }
    }
}

TEST_CASE("State names are the canonical ones and are never translated") {
    for (const auto& l : all()) {
        for (const auto& [where, text] : texts(l)) {
            INFO(where << ": " << text.in("") << " / " << text.in("zh"));
            for (const auto state : trace::all_states) {
                const auto state_name = trace::name(state);
                CHECK(has(text.in(""), state_name) == has(text.in("zh"), state_name));
            }
            for (const auto* wrong : wrong_states) {
                INFO(wrong);
                CHECK(!has(text.in(""), wrong));
                CHECK(!has(text.in("zh"), wrong));
            }
        }
    }
}

TEST_CASE("Chinese texts use the glossary's words") {
    for (const auto& l : all()) {
        for (const auto& [where, text] : texts(l)) {
            INFO(where << ": " << text.in("") << " / " << text.in("zh"));
            for (const auto& [english, chinese] : glossary) {
                INFO(english);
                if (has(text.in(""), english))
                    CHECK(has(text.in("zh"), chinese));
            }
            for (const auto* wrong : wrong_chinese) {
                INFO(wrong);
                CHECK(!has(text.in("zh"), wrong));
            }
        }
    }
}

TEST_CASE("A new word is marked where it is first used, and has a card") {
    std::map<std::string, std::string> first;
    for (const auto& l : all()) {
        for (const auto* step : steps(l)) {
            for (const auto& word : step->terms) {
                INFO(l.file << ":" << step->where.line << " " << word);
                CHECK(first.emplace(word, l.file).second);
                const auto* term = scenario::find_term(terms(), word);
                const auto* note = std::get_if<scenario::Note>(&step->what);
                REQUIRE(term);
                REQUIRE(note);
                CHECK(has(lower(note->text.in("")), lower(word)));
                CHECK(has(note->text.in("zh"), term->word.in("zh")));
            }
        }
    }
    for (const auto& term : terms()) {
        INFO(term.word.in(""));
        CHECK(first.count(term.word.in("")) == 1); // no card that nothing opens
    }
}

TEST_CASE("A card explains in one sentence of each language") {
    for (const auto& term : terms()) {
        INFO(term.word.in(""));
        REQUIRE(term.is.by_language.count("zh") == 1);
        CHECK(reading::sentences(term.is.in("")) == 1);
        CHECK(reading::sentences(term.is.in("zh")) == 1);
        CHECK(reading::words(term.is.in("")) <= 30);
        CHECK(reading::characters(term.is.in("zh")) <= 60);
        CHECK(reading::crowded(term.is.in("zh")).empty());
        CHECK(reading::half_width(term.is.in("zh")).empty());
        CHECK(!(term.rfc.empty() && term.kernel.empty()));
    }
}
