// A what-if: the same file with one line changed, played without its story.
#include "what_if.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reader.hpp"

namespace scenario {
namespace {

std::string_view bare(std::string_view sysctl) {
    for (const std::string_view prefix : {"net.core.", "net.ipv4."}) {
        if (sysctl.starts_with(prefix))
            return sysctl.substr(prefix.size());
    }
    return sysctl;
}

// Header lines with the same key take each other's place: the keyword and the names it speaks of.
std::string header_key(std::string_view line) {
    Words words(line, 1);
    const auto keyword = words.next();
    const auto word = [&] {
        const auto next = words.next();
        return next ? std::string(next->text) : std::string();
    };
    if (!keyword)
        return {};
    if (keyword->text == "profile") {
        word();
        return "profile " + word();
    }
    if (keyword->text == "sysctl") {
        const auto host = word();
        return fmt::format("sysctl {} {}", host, bare(word()));
    }
    if (keyword->text == "timers")
        return "timers";
    if (keyword->text == "isn")
        return "isn " + word();
    if (keyword->text == "address") {
        const auto host = word();
        return fmt::format("address {} {}", host, word());
    }
    if (keyword->text == "wire") {
        auto a = word();
        if (a.find('>') != a.npos)
            return "wire " + a;
        auto b = word();
        if (b < a)
            std::swap(a, b);
        return fmt::format("wire {} {}", a, b);
    }
    return {};
}

// WHO and VERB of a timed line, TIME left out.
std::string call_key(std::string_view sentence) {
    Words words(sentence, 1);
    const auto who = words.next();
    const auto verb = words.next();
    if (!who || !verb)
        return {};
    return fmt::format("{} {}", who->text, verb->text);
}

std::string without_result(const Line& line) {
    const auto* act = std::get_if<Act>(&line.what);
    if (!act || !act->returns)
        return line.sentence;
    return line.sentence.substr(0, line.sentence.rfind("->"));
}

struct Change {
    std::string line;
    bool timed = false;
    trace::Instant at{};
    std::string key;          // of the line whose place it takes
    std::uint32_t placed = 0; // its line number in the new file
};

struct NewFile {
    std::string text;
    std::uint32_t lines = 0;
    void add(std::string_view line) {
        text += line;
        text += '\n';
        ++lines;
    }
};

std::variant<Change, std::string> read_change(std::string_view line) {
    Words words(line, 1);
    const auto first = words.next();
    if (!first || first->quoted)
        return "found no line, expected a header line or a timed line";
    Change change;
    change.line = line;
    if (first->text[0] == '+') {
        return fmt::format("found {}, expected an absolute TIME, because the line is moved",
                           shown(first->text));
    }
    change.timed = first->text[0] >= '0' && first->text[0] <= '9';
    if (!change.timed) {
        change.key = header_key(line);
        if (!change.key.empty())
            return change;
        return fmt::format("found {}, expected profile, wire, sysctl, isn or a line with a TIME",
                           shown(first->text));
    }
    const auto time = trace::parse_duration(first->text);
    if (!time || *time > longest) {
        return fmt::format("found {}, expected a TIME such as 50ms", shown(first->text));
    }
    change.at = trace::Instant{} + *time;
    change.key = call_key(line.substr(words.end()));
    const auto who = words.next();
    if (!who || change.key.empty())
        return "found the end of the line, expected WHO VERB ARGS";
    for (const std::string_view word : {"note", "predict", "expect"}) {
        if (who->text == word) {
            return fmt::format("found {}, expected a call or a hand on the wire", shown(who->text));
        }
    }
    return change;
}

// Header lines as they stand, the changed one among them.
bool copy_header(const Scenario& scenario, Change& change, NewFile& file) {
    bool replaced = false;
    std::string_view text = scenario.text;
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        Words words(line, 1);
        const auto keyword = words.next();
        if (!keyword)
            continue;
        const auto key = header_key(line);
        const bool title = keyword->text == "title" || keyword->text.starts_with("title.");
        if (key.empty() && !title && keyword->text != "hosts")
            continue;
        const bool here = !change.timed && !replaced && key == change.key;
        file.add(here ? change.line : line);
        if (here) {
            replaced = true;
            change.placed = file.lines;
        }
    }
    return replaced;
}

} // namespace

std::variant<Scenario, ParseError> what_if(const Scenario& scenario, std::size_t index,
                                           const Machine& machine) {
    return what_if(scenario, scenario.what_ifs[index], machine);
}

std::variant<Scenario, ParseError> what_if(const Scenario& scenario, const WhatIf& asked,
                                           const Machine& machine) {
    const auto fail = [&](std::string message, std::uint32_t column = 1) {
        return ParseError{
            scenario.file, {asked.where.line, asked.where.column + column - 1}, std::move(message)};
    };
    auto read = read_change(asked.change);
    if (const auto* message = std::get_if<std::string>(&read))
        return fail(*message);
    auto& change = std::get<Change>(read);

    NewFile file;
    if (!copy_header(scenario, change, file) && !change.timed) {
        file.add(change.line);
        change.placed = file.lines;
    }
    std::vector<const Line*> calls;
    for (const Line& line : scenario.lines) {
        if (std::holds_alternative<Act>(line.what) ||
            std::holds_alternative<FlyingVerdict>(line.what)) {
            calls.push_back(&line);
        }
    }
    const auto same = std::find_if(calls.begin(), calls.end(), [&](const Line* line) {
        return change.timed && line->at == change.at && call_key(line->sentence) == change.key;
    });
    if (change.timed && same == calls.end() &&
        (change.key.ends_with(" connect") || change.key.ends_with(" accept"))) {
        return fail(
            "found one more connect or accept, expected one that takes the place of another "
            "at the same time, so that names keep their numbers");
    }
    bool added = !change.timed;
    const auto add_change = [&] {
        file.add(change.line);
        change.placed = file.lines;
        added = true;
    };
    for (const Line* line : calls) {
        if (same != calls.end() && line == *same) {
            add_change();
            continue;
        }
        if (!added && same == calls.end() && line->at >= change.at)
            add_change();
        file.add(fmt::format("{}ns {}", line->at.ns, without_result(*line)));
    }
    if (!added)
        add_change();

    auto result = parse(file.text, scenario.file, machine);
    if (const auto* error = std::get_if<ParseError>(&result)) {
        if (error->where.line == change.placed)
            return fail(error->message, error->where.column);
        return fail("with this change: " + error->message);
    }
    auto& changed = std::get<Scenario>(result);
    changed.end = std::max(changed.end, scenario.end);
    for (Line& line : changed.lines) {
        if (auto* act = std::get_if<Act>(&line.what))
            act->returns.reset();
    }
    return result;
}

} // namespace scenario
