// The parser survives whatever it is given: mutations of every scenario file of the project.
#include "catch.hpp"
#include "files.hpp"

#include "scenario/scenario.hpp"

using namespace scenario;

namespace {

// splitmix64: the same mutants on every machine.
struct Dice {
    std::uint64_t state;
    std::uint64_t next() {
        std::uint64_t z = (state += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(next() % n); }
};

const std::vector<std::string> bits = {"#",
                                       "\"",
                                       "\n",
                                       "\r",
                                       "+",
                                       "->",
                                       ":",
                                       "~",
                                       "client#9",
                                       "0",
                                       "-1",
                                       ".zh",
                                       "99999999999999999999",
                                       " ",
                                       "\t",
                                       "note ",
                                       "predict ",
                                       "expect ",
                                       "never ",
                                       "until ",
                                       "option ",
                                       "whatif ",
                                       "change ",
                                       "wire ",
                                       "\xff",
                                       "\xc3",
                                       "9223372036s",
                                       "+292y",
                                       "hosts ",
                                       "all",
                                       "flying",
                                       std::string(1, '\0')};

std::string mutate(std::string text, Dice& dice, const std::vector<std::string>& texts) {
    const std::size_t times = 1 + dice.below(4);
    for (std::size_t i = 0; i < times; ++i) {
        const std::size_t at = dice.below(text.size() + 1);
        switch (dice.below(6)) {
        case 0: text.erase(at, 1 + dice.below(12)); break;
        case 1: text.insert(at, bits[dice.below(bits.size())]); break;
        case 2:
            if (at < text.size())
                text[at] = static_cast<char>(dice.next());
            break;
        case 3: text.resize(at); break;
        case 4: text.insert(at, text.substr(dice.below(text.size() + 1), dice.below(60))); break;
        default: {
            const auto& other = texts[dice.below(texts.size())];
            text.insert(at, other.substr(dice.below(other.size() + 1), dice.below(120)));
        }
        }
    }
    return text;
}

} // namespace

TEST_CASE(
    "A hundred thousand damaged files are read or refused, each with a place inside the file") {
    std::vector<std::string> texts;
    for (const auto& path : files::all())
        texts.push_back(files::read(path));
    REQUIRE(texts.size() >= 18);
    Dice dice{20240229};
    std::size_t refused = 0, read = 0;
    for (int i = 0; i < 100'000; ++i) {
        const auto text = mutate(texts[dice.below(texts.size())], dice, texts);
        const auto result = parse(text, "m");
        const auto* error = std::get_if<ParseError>(&result);
        ++(error ? refused : read);
        if (!error)
            continue;
        const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
        if (error->where.line < 1 || error->where.line > lines || error->where.column < 1 ||
            error->message.empty() || error->message.size() > 400) {
            FAIL(format(*error));
        }
    }
    CHECK(refused > 20'000);
    CHECK(read > 5'000);
}

TEST_CASE("Enormous lines and files are refused at once, or read without delay") {
    const auto message = [](const std::string& text) {
        const auto result = parse(text, "m");
        const auto* error = std::get_if<ParseError>(&result);
        return error ? format(*error) : std::string("read");
    };
    CHECK_THAT(message("title " + std::string(100'000, 'x')),
               ContainsSubstring("m:1:1: found a line of 100006 bytes"));
    CHECK_THAT(message(std::string(9u << 20, '\n')),
               ContainsSubstring("m:1:1: found a file of 9437184 bytes"));
    std::string many = "title T\nhosts client server\n";
    for (int i = 0; i < 60'000; ++i)
        many += "+1us client connect :80\n";
    CHECK(message(many) == "read");
    for (int i = 0; i < 6'000; ++i)
        many += "+1us client connect :80\n";
    CHECK_THAT(message(many), ContainsSubstring("expected at most 65535"));
    std::string words = "title T\nhosts client server\n0 client connect :80 ";
    for (int i = 0; i < 30'000; ++i)
        words += "x ";
    CHECK_THAT(message(words),
               ContainsSubstring("m:3:22: found 'x', expected the end of the line"));
}
