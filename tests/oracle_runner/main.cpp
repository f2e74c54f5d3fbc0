// tests/oracle PATH…: replays recordings of a real kernel and says where the simulator differs.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "listed.hpp"
#include "replay.hpp"
#include "rules_taken.hpp"

namespace fs = std::filesystem;

namespace {

constexpr const char* usage =
    "usage: oracle [--cells] [--show] [--ways] [--keep LIST | --list | --rules] PATH...\n"
    "PATH: recordings, or directories of them. Exit 0 only if all agree.\n"
    "--cells      every differing cell of a matrix\n"
    "--keep LIST  exit 0 if what LIST says agrees still does\n"
    "--list       print such a list\n"
    "--rules      only say which rules they take, scenario files too; exit 0 if all are taken\n"
    "--show       both sides of the sequence in which the first difference is\n"
    "--ways       the first difference in every way of playing it: ties, timers, pace\n";

std::vector<std::string> files_below(const std::string& path, bool scenarios) {
    std::vector<std::string> list;
    std::error_code error;
    if (!fs::is_directory(path, error))
        return {path};
    for (const auto& entry : fs::recursive_directory_iterator(path, error))
        if ((entry.path().extension() == ".json" && entry.path().filename() != "defaults.json") ||
            (scenarios && entry.path().extension() == ".twomsl"))
            list.push_back(entry.path().string());
    std::sort(list.begin(), list.end());
    return list;
}

struct Wish {
    bool every_cell = false, print_list = false, show = false, ways = false, rules = false;
    std::optional<std::map<std::string, unsigned>> keep;
    std::vector<std::string> paths;
};

struct Totals {
    unsigned recordings = 0, agree = 0, differ = 0, not_compared = 0, unreadable = 0;
    unsigned cells = 0, agreeing_cells = 0;
    std::vector<std::string> lost; // listed, and no longer agreeing
};

std::string verdict(const oracle::Outcome& o) {
    using What = oracle::Outcome::What;
    const std::string cells =
        o.cells != 0 ? fmt::format("{} of {} cells agree; ", o.agreeing_cells, o.cells) : "";
    switch (o.what) {
    case What::agrees: return cells + "agrees";
    case What::differs: return cells + "differs: " + o.why;
    case What::not_compared: return cells + "not compared: " + o.why;
    }
    return "";
}

void count(const oracle::Outcome& o, Totals& t) {
    using What = oracle::Outcome::What;
    t.cells += o.cells;
    t.agreeing_cells += o.agreeing_cells;
    if (o.what == What::agrees)
        ++t.agree;
    if (o.what == What::differs)
        ++t.differ;
    if (o.what == What::not_compared)
        ++t.not_compared;
}

void play(const std::string& path, Wish& wish, Totals& totals) {
    if (path.ends_with(".twomsl")) {
        if (const std::string mistake = oracle::play_scenario(path); !mistake.empty()) {
            fmt::print("{}\n", mistake);
            ++totals.unreadable;
        }
        return;
    }
    ++totals.recordings;
    const auto read = oracle::read_recording(path);
    if (const auto* error = std::get_if<std::string>(&read)) {
        ++totals.unreadable;
        fmt::print("{}: not a recording: {}\n", path, *error);
        return;
    }
    const auto& recording = std::get<oracle::Recording>(read);
    const oracle::Outcome outcome = oracle::replay(recording);
    count(outcome, totals);
    if (wish.rules)
        return;
    if (wish.print_list) {
        const std::string line = oracle::list_line(recording.id, outcome);
        if (!line.empty())
            fmt::print("{}\n", line);
        return;
    }
    fmt::print("{}: {}\n", recording.id, verdict(outcome));
    if (wish.every_cell)
        for (const std::string& cell : outcome.all)
            fmt::print("  {}\n", cell);
    if (wish.show && outcome.what == oracle::Outcome::What::differs && outcome.cells == 0)
        fmt::print("{}", oracle::show(recording));
    if (wish.ways && outcome.what == oracle::Outcome::What::differs && outcome.cells == 0)
        fmt::print("{}", oracle::ways(recording));
    if (!wish.keep)
        return;
    const auto listed = wish.keep->find(recording.id);
    if (listed == wish.keep->end())
        return;
    if (!oracle::keeps(listed->second, outcome))
        totals.lost.push_back(recording.id);
    wish.keep->erase(listed);
}

// 0: go on; else the exit code.
int read_arguments(int argc, char** argv, Wish& wish) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--cells") {
            wish.every_cell = true;
        } else if (word == "--show") {
            wish.show = true;
        } else if (word == "--ways") {
            wish.ways = true;
        } else if (word == "--rules") {
            wish.rules = true;
        } else if (word == "--list") {
            wish.print_list = true;
        } else if (word == "--keep" && i + 1 < argc) {
            wish.keep = oracle::read_list(argv[++i]);
            if (!wish.keep) {
                fmt::print(stderr, "oracle: {} cannot be read\n", argv[i]);
                return 2;
            }
        } else if (word.starts_with("-")) {
            fmt::print(stderr, "{}", usage);
            return 2;
        } else {
            for (std::string& file : files_below(word, wish.rules))
                wish.paths.push_back(std::move(file));
        }
    }
    if (!wish.paths.empty())
        return 0;
    fmt::print(stderr, "{}", usage);
    return 2;
}

int conclude(const Wish& wish, Totals& t) {
    if (wish.print_list)
        return 0;
    if (wish.rules)
        return oracle::report_rules() && t.unreadable == 0 ? 0 : 1;
    fmt::print("{} recordings: {} agree, {} differ, {} not compared", t.recordings, t.agree,
               t.differ, t.not_compared);
    if (t.unreadable != 0)
        fmt::print(", {} unreadable", t.unreadable);
    if (t.cells != 0)
        fmt::print("; {} of {} cells agree", t.agreeing_cells, t.cells);
    fmt::print("\n");
    if (!wish.keep)
        return t.differ == 0 && t.unreadable == 0 && t.agree > 0 ? 0 : 1;
    for (const auto& [id, cells] : *wish.keep)
        t.lost.push_back(id); // listed, and not played
    for (const std::string& id : t.lost)
        fmt::print("{} agreed before and does not now\n", id);
    return t.lost.empty() && t.agree > 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    Wish wish;
    if (const int code = read_arguments(argc, argv, wish))
        return code;
    Totals totals;
    for (const std::string& path : wish.paths)
        play(path, wish, totals);
    return conclude(wish, totals);
}
