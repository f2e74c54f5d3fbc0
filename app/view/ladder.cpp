// Drawing the rows of the text ladder.
#include "ladder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cells.hpp"
#include "ladder_rows.hpp"

namespace view {
namespace {

constexpr std::size_t time_width = 9;

// One line of terminal cells; a wide character leaves the cell behind it empty.
class Line {
public:
    explicit Line(std::size_t width) : cells_(width, " ") {}
    void put(std::size_t x, std::string_view text) {
        while (!text.empty() && x < cells_.size()) {
            std::size_t bytes = 1;
            while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80)
                ++bytes;
            const auto character = text.substr(0, bytes);
            const auto width = cells(character);
            cells_[x] = character;
            if (width == 2 && x + 1 < cells_.size())
                cells_[x + 1].clear();
            x += std::max<std::size_t>(width, 1);
            text.remove_prefix(bytes);
        }
    }
    void fill(std::size_t first, std::size_t last, std::string_view character) {
        for (auto x = first; x < last && x < cells_.size(); ++x)
            cells_[x] = character;
    }
    std::string text() const {
        std::string out;
        for (const auto& cell : cells_)
            out += cell;
        out.erase(out.find_last_not_of(' ') + 1);
        return out;
    }

private:
    std::vector<std::string> cells_;
};

// Digits give way to the unit: times of the real kernel are nanoseconds.
std::string time_text(trace::Instant at) {
    std::string text = trace::format(at);
    for (std::int64_t place = 10; text.size() > time_width && place <= at.ns; place *= 10)
        text = trace::format(trace::Instant{at.ns / place * place});
    return text;
}

// Where things stand: time, the first host's texts, its lane, ..., the last lane, its host's texts.
struct Columns {
    std::size_t width, side;
    std::vector<std::size_t> lanes;

    Columns(std::size_t total, std::size_t hosts) : width(std::max<std::size_t>(total, 60)) {
        // A wire needs room for a label ("PSH+ACK  seq 1001:1006 ack 5001") and its arrow.
        const std::size_t spare = width - time_width - 4;
        const auto wire = std::clamp<std::size_t>(spare * 44 / 100, 30, 60);
        side = std::clamp<std::size_t>((spare - wire) / 2, 12, 40);
        const std::size_t first = time_width + 1 + side + 1;
        const std::size_t last =
            std::max(width - side - 2, first + 12 * std::max<std::size_t>(hosts, 2) - 12);
        width = last + side + 2; // wider than asked for when there are many hosts
        for (std::size_t i = 0; i < hosts; ++i) {
            lanes.push_back(hosts < 2 ? first : first + (last - first) * i / (hosts - 1));
        }
    }
    bool is_last(std::size_t host) const { return host > 0 && host + 1 == lanes.size(); }
    // The place of a host's texts.
    std::size_t text_at(std::size_t host) const {
        return host == 0 ? time_width + 1 : lanes[host] + 2;
    }
    std::size_t text_width(std::size_t host) const {
        if (host == 0 || is_last(host))
            return side;
        const auto gap = lanes[host + 1] - lanes[host];
        return gap > 4 ? gap - 3 : 1;
    }
    bool in_the_way(std::size_t host, const Stretch& s) const {
        return host != 0 && !is_last(host) && std::min(s.from, s.to) <= host &&
               host < std::max(s.from, s.to);
    }
};

class Drawing {
public:
    Drawing(const trace::Trace& trace, const LadderOptions& options)
        : trace_(trace),
          names_(trace),
          options_(options),
          words_(ladder_words(options.language)),
          columns_(options.width, trace.hosts.size()) {}

    std::vector<std::string> draw() {
        header();
        for (const Part& part : parts(names_, options_)) {
            if (part.aside) {
                say(*part.aside);
                continue;
            }
            fold_idle(part.row->at);
            row(*part.row);
            flying_ = part.row->flying;
        }
        if (options_.snapshot)
            for (const Row& r : rows_in_flight(trace_, *options_.snapshot))
                row(r);
        return std::move(lines_);
    }

private:
    Line lanes() const {
        Line line(columns_.width);
        for (const auto x : columns_.lanes)
            line.put(x, "│");
        return line;
    }

    void header() {
        Line line(columns_.width);
        for (std::size_t i = 0; i < trace_.hosts.size(); ++i) {
            const auto name = cut(trace_.hosts[i], columns_.text_width(i));
            const auto half = cells(name) / 2;
            const auto x = columns_.lanes[i];
            line.put(std::min(x > half ? x - half : 0, columns_.width - cells(name)), name);
        }
        lines_.push_back(line.text());
    }

    // A row of bare lanes, not two on end.
    void gap() {
        const auto bare = lanes().text();
        if (lines_.back() != bare)
            lines_.push_back(bare);
    }

    void say(const Aside& aside) {
        gap();
        for (const auto& text : aside.lines) {
            // "3. The queue is full": what does not fit goes on below the words.
            const auto blank = text.find(' ');
            const auto hanging =
                std::min(blank == text.npos ? 0 : cells(text.substr(0, blank + 1)), std::size_t{4});
            std::string indent(2, ' ');
            for (const auto& line : wrap(text, columns_.width - 2 - hanging)) {
                lines_.push_back(indent + line);
                indent.assign(2 + hanging, ' ');
            }
        }
        gap();
        time_shown_ = false;
    }

    // Time in which nothing happens and nothing flies takes one line.
    void fold_idle(trace::Instant at) {
        const bool later = !last_ || at > *last_;
        if (last_ && flying_ == 0 && at - *last_ >= folded_from) {
            auto line = lanes();
            const auto text = fmt::format(fmt::runtime(words_.later), trace::format(at - *last_));
            line.put(time_width - 1, "⋮ " + text);
            lines_.push_back(line.text());
        }
        if (later)
            time_shown_ = false;
        last_ = at;
    }

    void row(const Row& r) {
        std::vector<std::vector<std::string>> texts(r.texts.size());
        std::size_t height = 1;
        for (std::size_t host = 0; host < r.texts.size(); ++host) {
            texts[host] = wrap(r.texts[host], columns_.text_width(host));
            const bool below = r.stretch && columns_.in_the_way(host, *r.stretch);
            if (below)
                texts[host].insert(texts[host].begin(), "");
            height = std::max(height, texts[host].size());
        }
        for (std::size_t i = 0; i < height; ++i) {
            auto line = lanes();
            if (i == 0 && !time_shown_) {
                line.put(0, pad_left(time_text(r.at), time_width));
                time_shown_ = true;
            }
            if (i == 0 && r.stretch)
                arrow(line, *r.stretch);
            for (std::size_t host = 0; host < texts.size(); ++host) {
                if (i < texts[host].size())
                    line.put(columns_.text_at(host), texts[host][i]);
            }
            lines_.push_back(line.text());
        }
    }

    // A host that sends to itself: out in one row, back in one below.
    void loop(Line& line, const Stretch& s) const {
        const auto lane = columns_.lanes[s.from];
        const bool right = !columns_.is_last(s.from);
        const auto other = right ? (s.from + 1 < columns_.lanes.size() ? columns_.lanes[s.from + 1]
                                                                       : columns_.width)
                                 : columns_.lanes[s.from - 1];
        const auto room = right ? other - lane : lane - other;
        const auto text = label(s, room - 4);
        const bool leaves = s.what == Stretch::What::leaves;
        const bool back = s.what == Stretch::What::arrives || s.what == Stretch::What::refused;
        const bool refused = s.what == Stretch::What::refused;
        const std::string shaft = s.again ? "╌╌" : "──";
        const std::string near = back ? (refused ? "┤" : "◀") + shaft.substr(0, 3) : shaft;
        const std::string far = leaves ? (right ? "╮" : "╭") : (right ? "╯" : "╰");
        const auto width = cells(text);
        if (right) {
            line.put(lane + 1, near);
            line.put(lane + 3, text);
            line.put(lane + 3 + width, (leaves || back) ? shaft.substr(0, 3) + far : "");
        } else {
            line.put(lane - 2, back ? shaft.substr(0, 3) + (refused ? "├" : "▶") : shaft);
            line.put(lane - 2 - width, text);
            line.put(lane - 4 - width, (leaves || back) ? far + shaft.substr(0, 3) : "");
        }
        if (leaves)
            line.put(lane, right ? "├" : "┤");
    }

    // The cells between the two lanes, seen from the sender; mirrored when it sends to the left.
    void arrow(Line& line, const Stretch& s) const {
        if (s.from == s.to)
            return loop(line, s);
        const auto a = columns_.lanes[s.from], b = columns_.lanes[s.to];
        const bool right = a < b;
        const auto left_end = std::min(a, b) + 1, right_end = std::max(a, b);
        const auto room = right_end - left_end;
        const std::string_view shaft = s.again ? "╌" : "─";
        const auto text = label(s, room);
        const auto width = cells(text);
        const auto middle = left_end + (room - width) / 2;
        const auto near =
            right ? left_end : right_end - width;              // where the label touches the sender
        const auto far = right ? right_end - width : left_end; // ... the receiver
        const std::size_t gap = room >= width + 4 ? 2 : room > width ? 1 : 0;
        const auto from_sender = right ? near + gap : near - gap;
        const auto to_receiver = right ? far - gap : far + gap;
        using What = Stretch::What;
        switch (s.what) {
        case What::leaves: {
            const auto tip = std::max(room * 2 / 3, std::min(room, width + gap + 2));
            right ? line.fill(left_end, left_end + tip, shaft)
                  : line.fill(right_end - tip, right_end, shaft);
            line.put(from_sender, text);
            line.put(a, right ? "├" : "┤");
            return;
        }
        case What::arrives:
        case What::refused: {
            const auto tail = std::max(room / 2, std::min(room, width + gap + 2));
            right ? line.fill(right_end - tail, right_end, shaft)
                  : line.fill(left_end, left_end + tail, shaft);
            line.put(to_receiver, text);
            const bool refused = s.what == What::refused;
            if (right)
                line.put(right_end - 1, refused ? "┤" : "▶");
            else
                line.put(left_end, refused ? "├" : "◀");
            return;
        }
        case What::lost:
        case What::held:
            if (s.at_once) {
                right ? line.fill(left_end, middle, shaft)
                      : line.fill(middle + width, right_end, shaft);
                line.put(a, right ? "├" : "┤");
            }
            line.put(middle, text);
            return;
        case What::released:
        case What::in_flight: line.put(middle, text); return;
        }
    }

    std::string label(const Stretch& s, std::size_t room) const {
        std::string text = (s.again ? std::string(words_.again) : std::string()) + s.label;
        using What = Stretch::What;
        switch (s.what) {
        case What::leaves:
        case What::arrives:
        case What::refused: break;
        case What::lost: text = fmt::format("╳ {} {}", text, words_.lost); break;
        case What::held: text = fmt::format("‖ {} {}", text, words_.held); break;
        case What::released: text = fmt::format("▷ {} {}", text, words_.released); break;
        case What::in_flight: text = fmt::format("▷ {} {}", text, words_.in_flight); break;
        }
        std::string tight; // double blanks only where there is room for them
        if (cells(text) + 6 > room) {
            std::unique_copy(text.begin(), text.end(), std::back_inserter(tight),
                             [](char x, char y) { return x == ' ' && y == ' '; });
            text = tight;
        }
        return cut(" " + text + " ", room > 2 ? room - 2 : room);
    }

    const trace::Trace& trace_;
    LadderNames names_;
    const LadderOptions& options_;
    const LadderWords& words_;
    Columns columns_;
    std::vector<std::string> lines_;
    std::optional<trace::Instant> last_;
    bool time_shown_ = false;
    int flying_ = 0;
};

} // namespace

std::vector<std::string> ladder(const trace::Trace& trace, const LadderOptions& options) {
    return Drawing(trace, options).draw();
}

} // namespace view
