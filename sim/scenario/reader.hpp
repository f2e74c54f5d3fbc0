// The parts of the parser, one per chapter of the format. Each reads the rest of one line.
#pragma once
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario.hpp"
#include "words.hpp"

namespace scenario {

// What the lines read so far have said, and what must be checked when all are read.
struct Reader {
    Scenario scenario;
    Machine machine;

    // Who makes what: the n-th connect or accept line of a host, and every listen line.
    struct Made {
        bool by_accept;
        trace::HostId to; // connect: the host it goes to
        std::uint32_t line;
    };
    std::vector<std::vector<Made>> made; // by host
    std::map<std::pair<trace::HostId, std::uint16_t>, std::uint16_t>
        listeners; // how many there can be
    enum class Use : std::uint8_t {
        named,
        called, // a call on it: it must have been made above
        isn,    // its first sequence number: a connect line must make it
    };
    struct Mention {
        SocketName name;
        Location where;
        Use use = Use::named;
    };
    std::vector<Mention> mentions;

    // Settings whose words are known but whose host's profile may still change.
    std::vector<Location> sysctl_places; // of scenario.sysctls
    struct ProfileLine {
        std::string name;
        trace::HostId host; // no_host: all
    };
    std::vector<ProfileLine> profiles;

    trace::Instant now{};          // of the last timed line
    std::uint32_t first_timed = 0; // its line number; 0: none yet
};

// The longest time a file may speak of, so that sums of two never overflow.
inline constexpr trace::Duration longest{INT64_MAX / 4};

// Single words. All that read yield nothing after telling `words` what was expected.

// read_value.cpp
std::optional<std::int64_t> read_number(Words&, std::string_view what, std::int64_t least,
                                        std::int64_t most);
// One number, or the two of ip_local_port_range.
std::optional<std::int64_t> read_sysctl_value(Words&, std::string_view name);
std::optional<trace::Duration> read_duration(Words&, std::string_view what);
std::optional<std::int64_t> parse_result(std::string_view); // "100" or "ETIMEDOUT" (negative)
std::optional<std::int64_t> parse_integer(std::string_view);
std::optional<double> read_probability(Words&);

// read_place.cpp
std::optional<trace::HostId> find_host(const Scenario&, std::string_view);
// `name` is (a part of) `word`, at which a mistake is told.
std::optional<trace::HostId> known_host(const Reader&, Words&, const Word& word,
                                        std::string_view name);
// "A>B" or "A~B#2": a name and what stands around the sign.
struct Split {
    std::string_view left, right;
};
std::optional<Split> split(std::string_view text, char sign);
std::optional<std::uint16_t> parse_port(std::string_view); // 1 to 65535; also the n of #n
std::optional<trace::HostId> read_host(const Reader&, Words&);
struct Pair {
    trace::HostId from, to;
};
std::optional<Pair> read_pair(const Reader&, Words&);          // A>B
std::optional<std::uint16_t> read_port(Words&);                // :80
std::optional<trace::Address> parse_address(std::string_view); // 10.0.0.9
// `:80`, `10.0.0.9:80`, and for one of several listeners `:80#2`.
struct Place {
    trace::Address address;
    std::uint16_t port = 0, which = 0;
};
std::optional<Place> read_place(Words&);
// `server:80`, `10.0.0.9:80`, or `:80` where only `alone` can be meant.
std::optional<trace::Endpoint> read_end(const Reader&, Words&, trace::HostId alone);
trace::Address address_of(trace::HostId); // 10.0.0.N, its first
std::optional<trace::HostId> host_with(const Scenario&, trace::Address);

// names.cpp
std::optional<trace::SegmentKind> read_kind(Words&);
std::optional<trace::Timer> read_timer(const Reader&, Words&);
std::optional<trace::Counter> read_counter(const Reader&, Words&);
std::optional<SocketName> read_socket(Reader&, Words&, Reader::Use = Reader::Use::named);
std::optional<SocketName> parse_socket(const Reader&, Words&, const Word&);
// The first name that no line makes; nothing if all are made.
std::optional<ParseError> check_names(const Reader&);

// read_header.cpp: true when `keyword` is a header line. Mistakes are in `words`.
bool read_header(Reader&, Words&, const Word& keyword);
std::optional<ParseError> finish_header(Reader&);

// read_call.cpp: a call of a host or of a connection. `who` has been taken.
std::optional<Act> read_call(Reader&, Words&, const Word& who);
// read_raw.cpp: hand-made segments.
std::optional<Action> read_raw(const Reader&, Words&, trace::HostId);
std::optional<Action> read_flood(const Reader&, Words&, trace::HostId);
// read_wire.cpp
using WireAct = std::variant<Act, FlyingVerdict>;
std::optional<WireAct> read_wire(const Reader&, Words&);
// read_expect.cpp
std::optional<Expectation> read_expectation(Reader&, Words&);
// read_story.cpp
std::optional<Prediction> read_prediction(Reader&, Words&);
std::optional<Highlight> read_highlight(Reader&, Words&);
std::optional<std::string> read_panel(Words&);
// Is this the spelling of a possible answer? Nothing if so, else what was expected.
std::optional<std::string> check_option(const Scenario&, const Prediction&, std::string_view value);

// question_text.cpp: a question in the program's own words, where a file has no `ask`.
Text own_words(const Scenario&, const Prediction&);

// After the last word of a line: anything more is a mistake.
bool expect_end(Words&);

} // namespace scenario
