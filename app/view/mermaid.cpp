// One line for each end of a segment and each thing that happens at a host.
#include "mermaid.hpp"

#include <fmt/format.h>

#include "ladder_rows.hpp"

namespace view {
namespace {

// What Mermaid would take for its own.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text)
        switch (c) {
        case '#': out += "#35;"; break;
        case ';': out += "#59;"; break;
        case '<': out += "#lt;"; break;
        case '>': out += "#gt;"; break;
        case '\n': out += "<br/>"; break;
        default: out += c;
        }
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text)
        out += c == '"' || c == '\\' ? fmt::format("\\{}", c) : std::string(1, c);
    return out + "\"";
}

class Diagram {
public:
    Diagram(const trace::Trace& trace, const LadderOptions& options)
        : hosts_(trace.hosts.size()), words_(ladder_words(options.language)) {
        for (std::size_t i = 0; i < hosts_; ++i)
            line(fmt::format("participant h{} as {}", i, escaped(trace.hosts[i])));
    }

    void say(const Aside& aside) {
        std::string all;
        for (const std::string& text : aside.lines)
            all += (all.empty() ? "" : "<br/>") + escaped(text);
        over_all(all);
    }

    void row(const Row& row) {
        if (last_ && flying_ == 0 && row.at - *last_ >= folded_from)
            over_all(fmt::format(fmt::runtime(words_.later), trace::format(row.at - *last_)));
        last_ = row.at;
        flying_ = row.flying;
        if (row.stretch)
            segment(*row.stretch, row.at);
        for (std::size_t host = 0; host < row.texts.size(); ++host)
            if (!row.texts[host].empty())
                note(host, escaped(row.texts[host]));
    }

    std::string take(const std::string& title) {
        return fmt::format("---\ntitle: {}\n---\nsequenceDiagram\n{}", quoted(title), text_);
    }

private:
    void line(const std::string& text) {
        text_ += "    " + text + "\n";
        noted_ = hosts_;
    }
    // What happens at one host, one thing after the other, is one note.
    void note(std::size_t host, const std::string& text) {
        if (noted_ == host) {
            text_.insert(text_.size() - 1, "<br/>" + text);
            return;
        }
        line(fmt::format("Note {} h{}: {}",
                         host == 0            ? "left of"
                         : host + 1 == hosts_ ? "right of"
                                              : "over",
                         host, text));
        noted_ = host;
    }
    void over_all(const std::string& text) {
        line(hosts_ < 2 ? fmt::format("Note over h0: {}", text)
                        : fmt::format("Note over h0,h{}: {}", hosts_ - 1, text));
    }

    void segment(const Stretch& s, trace::Instant at) {
        using What = Stretch::What;
        const auto arrow = [&](std::string_view head, std::string_view why) {
            line(fmt::format("h{}{}{}h{}: {}: {}{}{}", s.from, s.again ? "--" : "-", head, s.to,
                             trace::format(at), s.again ? words_.again : "", escaped(s.label),
                             why.empty() ? std::string() : fmt::format(" ({})", why)));
        };
        switch (s.what) {
        case What::leaves: break; // told where it ends
        case What::arrives:
        case What::refused: arrow(">>", ""); break;
        case What::lost: arrow("x", words_.lost); break;
        case What::held: arrow(")", words_.held); break;
        case What::released: break;
        case What::in_flight: arrow(")", words_.in_flight); break;
        }
    }

    const std::size_t hosts_;
    const LadderWords& words_;
    std::string text_;
    std::optional<trace::Instant> last_;
    int flying_ = 0;
    std::size_t noted_ = hosts_; // whose note was the last line
};

} // namespace

std::string mermaid(const trace::Trace& trace, const LadderOptions& options,
                    const std::string& title) {
    const LadderNames names(trace);
    Diagram diagram(trace, options);
    for (const Part& part : parts(names, options))
        part.aside ? diagram.say(*part.aside) : diagram.row(*part.row);
    if (options.snapshot)
        for (const Row& row : rows_in_flight(trace, *options.snapshot))
            diagram.row(row);
    return diagram.take(title);
}

} // namespace view
