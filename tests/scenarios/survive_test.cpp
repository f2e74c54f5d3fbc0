// Whatever a file asks for and the parser accepts, the world plays to its end.
#include "catch.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "scenario/runner.hpp"
#include "world/known.hpp"
#include "world/stage.hpp"

namespace {

// splitmix64: the same files on every machine.
struct Dice {
    std::uint64_t state;
    std::size_t below(std::size_t n) {
        std::uint64_t z = (state += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<std::size_t>((z ^ (z >> 31)) % n);
    }
};

using Lines = std::vector<std::string>;

std::vector<Lines> all_files() {
    std::vector<std::filesystem::path> paths;
    for (const auto* folder : {"/assets/scenarios", "/tests/scenarios"}) {
        const auto root = std::string(TWOMSL_SOURCE_DIR) + folder;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
            if (entry.path().extension() == ".twomsl")
                paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    std::vector<Lines> files;
    for (const auto& path : paths) {
        std::ifstream in(path);
        files.emplace_back();
        for (std::string line; std::getline(in, line);)
            files.back().push_back(line);
    }
    return files;
}

// Lines that nobody would write together.
constexpr std::array odd = {
    "+1ms client#1 close",
    "+1ms server#1 close",
    "+1ms server~client#1 write 100",
    "+0 server~client#1 close",
    "+1ms client#1 write 100000",
    "+1ms server#1 read",
    "+1ms client#1 shutdown WR",
    "+1ms client#1 shutdown RD",
    "+1ms server#1 shutdown RDWR",
    "+1ms client#1 nonblock",
    "+1ms server close :80",
    "+0 server listen :80 backlog 0",
    "+5ms client connect :80",
    "+5ms server accept :80",
    "+0 wire drop client>server * 1",
    "+0 wire hold server>client * all",
    "+0 wire release server>client * 1",
    "+0 wire dup client>server DATA all",
    "+0 wire dup after 1s server>client FIN",
    "+0 wire delay 3s client>server ACK 2",
    "+0 wire drop client>server * flying",
    "+0 wire hold server>client * flying 2",
    "+0 wire dup after 4ms client>server * flying",
    "+0 wire set client>server delay 0 loss 50%",
    "+1s server sysctl tcp_abort_on_overflow 1",
    "+0 server sysctl somaxconn 0",
    "+0 client#1 setsockopt SO_LINGER 0",
    "+0 server#1 setsockopt SO_RCVBUF 1",
    "+60s client connect :80 from :40002",
    "+100s note x",
    "+0 expect never client#1 CLOSED until +5s",
};

std::string mutant(Dice& dice, const std::vector<Lines>& files) {
    auto lines = files[dice.below(files.size())];
    for (auto n = 1 + dice.below(10); n > 0; --n) {
        const auto at = lines.begin() + static_cast<std::ptrdiff_t>(dice.below(lines.size()));
        if (dice.below(4) == 0)
            lines.erase(at);
        else
            lines.insert(dice.below(2) == 0 ? at : lines.end(), odd[dice.below(odd.size())]);
    }
    if (dice.below(3) == 0)
        lines.insert(lines.begin(), "profile rfc9293");
    std::string text;
    for (const auto& line : lines)
        text += line + "\n";
    return text;
}

} // namespace

TEST_CASE("Two thousand files of unlikely stories play to their end") {
    const auto files = all_files();
    Dice dice{443};
    std::size_t played = 0;
    for (int tried = 0; played < 2000 && tried < 100'000; ++tried) {
        const auto text = mutant(dice, files);
        const auto result = scenario::parse(text, "m", world::known());
        const auto* script = std::get_if<scenario::Scenario>(&result);
        if (!script)
            continue;
        world::WorldStage stage(*script);
        const auto report = scenario::play(*script, stage);
        INFO(text);
        REQUIRE(report.stopped.empty());
        REQUIRE(stage.world().now() == script->end);
        ++played;
    }
    CHECK(played == 2000);
}
