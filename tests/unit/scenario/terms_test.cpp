// The cards of assets/terms.txt, as they are read.
#include "catch.hpp"
#include "files.hpp"

#include "scenario/terms.hpp"

using namespace scenario;

namespace {

std::string refused(const std::string& text) {
    const auto result = parse_terms(text, "terms.txt");
    const auto* error = std::get_if<ParseError>(&result);
    return error ? format(*error) : "";
}

} // namespace

TEST_CASE("A card has a word, a sentence, spellings and other names") {
    const auto result =
        parse_terms("# cards\n\nterm  SYN queue\nzh    SYN 队列\n"
                    "is    Where # requests wait.\nis.zh 请求等待的地方。\n"
                    "rfc   -\nkernel reqsk\nalso half-open\nterm FIN\nis The end.\n",
                    "terms.txt");
    const auto& terms = std::get<std::vector<Term>>(result);
    REQUIRE(terms.size() == 2);
    CHECK(terms[0].word.in("") == "SYN queue");
    CHECK(terms[0].word.in("zh") == "SYN 队列");
    CHECK(terms[0].is.in("") == "Where # requests wait.");
    CHECK(terms[0].is.in("zh") == "请求等待的地方。");
    CHECK(terms[0].kernel == "reqsk");
    CHECK(terms[0].also.in("zh") == "half-open");
    CHECK(terms[1].word.in("zh") == "FIN");
    CHECK(terms[1].also.empty());
    CHECK(find_term(terms, "FIN") == &terms[1]);
    CHECK(find_term(terms, "fin") == nullptr);
}

TEST_CASE("A mistake among the cards is shown at its place") {
    CHECK(refused("zh 套接字\n").find("terms.txt:1:1:") == 0);
    CHECK(refused("term\n").find("terms.txt:1:5:") == 0);
    CHECK(refused("term A\nis x\nwas y\n").find("terms.txt:3:1:") == 0);
    CHECK(refused("term A\nis x\nis y\n").find("terms.txt:3:1:") == 0);
    CHECK(refused("term A\nis x\nterm A\n").find("terms.txt:3:6:") == 0);
    CHECK(refused("term A\nis x\n\nterm B\nzh B\n").find("terms.txt:4:1:") == 0);
}

TEST_CASE("The project's own cards are read") {
    const auto path = std::filesystem::path(TWOMSL_SOURCE_DIR) / "assets/terms.txt";
    const auto result = parse_terms(files::read(path), "terms.txt");
    if (const auto* error = std::get_if<ParseError>(&result))
        FAIL(format(*error));
    CHECK(std::get<std::vector<Term>>(result).size() >= 30);
}
