// The file of a recording: one JSON object a line, so that a file cut off by a full disk or a crash
// still holds everything before its last line.
//
//   {"twomsl recording": 1, "scope": ..., "kernel": ..., "began": ..., "hosts": [...]}
//   {"at": ns, "sockets": [[index, {...}]], "segments": [...], "headers": [[segment, "4500..."]],
//    "calls": [[index, {...}]], "events": [...], "views": [[host, {...}]], "wires": [...],
//    "in_flight": [...]}
//
// Every further line is one look and holds only what is new in it. States, rules, counters, timers,
// calls and kinds go by their names: numbers change from version to version.
#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "recording.hpp"

namespace record {

// Writes looks one after the other. What is shown must only grow: the same trace, later.
class Writer {
public:
    explicit Writer(About about) : about_(std::move(about)) {}
    // Adds a look, unless it shows nothing new. False: nothing was new, or the keeper is full.
    bool add(const trace::Trace&, const trace::Snapshot&);
    // The file so far; it begins with the first look.
    const std::string& text() const { return text_; }
    // The same, when more has become known of where and when it was taken.
    std::string text_about(const About& about) const;
    bool full() const { return full_; }
    // Bytes after which looks are no longer kept.
    static constexpr std::size_t most = 256u << 20;

private:
    std::string heading(const About& about) const;

    About about_;
    std::vector<std::string> hosts_;
    std::string text_;
    bool full_ = false;
    std::size_t events_ = 0, segments_ = 0, headers_ = 0;
    std::vector<trace::CallRecord> calls_;
    std::vector<trace::SocketRecord> sockets_;
    std::vector<std::string> views_; // of each host, as written last
    std::string between_;            // wires and what is in flight, as written last
};

// Reads a file, or says "FILE:LINE: what is wrong". Whatever it returns is sound: every index
// names something that is there, every name is known.
std::variant<Recording, std::string> read(std::string_view text, std::string_view file);

// Does this text begin like a recording (and not like a scenario)?
bool is_recording(std::string_view text);

} // namespace record
