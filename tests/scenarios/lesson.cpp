// Reads the catalogue and its lessons once.
#include "lesson.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "catch.hpp"

namespace lesson {
namespace {

std::string read(const std::string& path) {
    std::ifstream in(std::filesystem::path(TWOMSL_SOURCE_DIR) / "assets" / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<Lesson> read_all() {
    std::vector<Lesson> lessons;
    for (const auto& path : catalogue()) {
        auto result = scenario::parse(read("scenarios/" + path), path);
        if (const auto* error = std::get_if<scenario::ParseError>(&result))
            FAIL(scenario::format(*error));
        lessons.push_back({path, std::get<scenario::Scenario>(std::move(result))});
    }
    return lessons;
}

std::vector<scenario::Term> read_terms() {
    auto result = scenario::parse_terms(read("terms.txt"), "terms.txt");
    if (const auto* error = std::get_if<scenario::ParseError>(&result))
        FAIL(scenario::format(*error));
    return std::get<std::vector<scenario::Term>>(std::move(result));
}

Said said(const Lesson& lesson, std::uint32_t line, const char* what, const scenario::Text& text) {
    return {fmt::format("{}:{} {}", lesson.file, line, what), text};
}

} // namespace

std::vector<std::string> catalogue() {
    std::vector<std::string> paths;
    std::istringstream in(read("scenarios/lessons.txt"));
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line[0] != '#')
            paths.push_back(line);
    }
    return paths;
}

const std::vector<Lesson>& all() {
    static const auto lessons = read_all();
    return lessons;
}

const std::vector<scenario::Term>& terms() {
    static const auto cards = read_terms();
    return cards;
}

std::vector<const scenario::Line*> steps(const Lesson& lesson) {
    std::vector<const scenario::Line*> found;
    for (const auto& line : lesson.scenario.lines) {
        if (line.step != 0)
            found.push_back(&line);
    }
    return found;
}

std::vector<Said> notes(const Lesson& lesson) {
    std::vector<Said> found;
    for (const auto* line : steps(lesson)) {
        if (const auto* note = std::get_if<scenario::Note>(&line->what))
            found.push_back(said(lesson, line->where.line, "note", note->text));
    }
    return found;
}

std::vector<Said> texts(const Lesson& lesson) {
    const auto& s = lesson.scenario;
    std::vector<Said> found{said(lesson, 1, "title", s.title)};
    for (auto& note : notes(lesson))
        found.push_back(std::move(note));
    for (const auto* line : steps(lesson)) {
        const auto* question = std::get_if<scenario::Prediction>(&line->what);
        if (!question)
            continue;
        found.push_back(said(lesson, line->where.line, "ask", question->ask));
        for (const auto& option : question->options)
            found.push_back(said(lesson, option.at.line, "option", option.text));
    }
    found.push_back(said(lesson, 1, "rule", s.rule));
    for (const auto& what_if : s.what_ifs)
        found.push_back(said(lesson, what_if.where.line, "whatif", what_if.text));
    return found;
}

} // namespace lesson
