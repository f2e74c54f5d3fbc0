// A line of text: time, what, both ends, numbers, length, flags, window.
#include "bench/recorder.hpp"

#include <charconv>
#include <string_view>

namespace bench {
namespace {

constexpr std::size_t longest_line = 160;

class Line {
public:
    explicit Line(char* to) : to_(to), end_(to + longest_line) {}
    template <class Number>
    void number(Number n, char after) {
        to_ = std::to_chars(to_, end_, n).ptr;
        *to_++ = after;
    }
    void word(std::string_view w) {
        for (char c : w)
            *to_++ = c;
    }
    void end(trace::Address a, std::uint16_t port) {
        for (int shift = 24; shift >= 0; shift -= 8)
            number(a.raw >> shift & 0xffu, shift > 0 ? '.' : ':');
        number(port, ' ');
    }
    char* place() const { return to_; }

private:
    char *to_, *end_;
};

char* write(char* to, const trace::TapeRecord& r) {
    Line line(to);
    line.number(r.at.ns, ' ');
    line.word(r.sent ? "sent " : "arrived ");
    line.end(r.source, r.source_port);
    line.end(r.destination, r.destination_port);
    line.number(r.seq.raw, ' ');
    line.number(r.ack.raw, ' ');
    line.number(r.length, ' ');
    line.number(r.flags.bits, ' ');
    line.number(r.window, '\n');
    return line.place();
}

} // namespace

Recorder::Recorder(Record record) : tape_(record != Record::nothing), record_(record) {
    if (record == Record::nothing)
        return;
    out_.reset(std::fopen("/dev/null", "w"));
    text_.resize(full * 2 * longest_line);
}

void Recorder::drain() {
    const auto& records = tape_.records();
    if (out_ && record_ == Record::binary) {
        std::fwrite(records.data(), sizeof(trace::TapeRecord), records.size(), out_.get());
    } else if (out_) {
        char* to = text_.data();
        for (const trace::TapeRecord& r : records) {
            if (to + longest_line > text_.data() + text_.size()) {
                std::fwrite(text_.data(), 1, static_cast<std::size_t>(to - text_.data()),
                            out_.get());
                to = text_.data();
            }
            to = write(to, r);
        }
        std::fwrite(text_.data(), 1, static_cast<std::size_t>(to - text_.data()), out_.get());
    }
    tape_.empty();
}

} // namespace bench
