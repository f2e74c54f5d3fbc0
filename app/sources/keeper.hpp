// Keeps what a live source shows, so that it can be saved at any time, its past included.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "record/format.hpp"
#include "view/source.hpp"

namespace sources {

class Keeper {
public:
    explicit Keeper(const view::Source&);
    void look(const view::Source&);
    std::string text() const { return writer_.text_about(about_); }
    bool full() const { return writer_.full(); }
    // Of the source's instant 0, in nanoseconds since 1970.
    std::int64_t began() const { return about_.began; }

private:
    record::About about_;
    record::Writer writer_;
    std::size_t events_ = 0, segments_ = 0; // of the source's trace at the last look
};

// "/home/me/twomsl-20261121-023011.twomsl-recording" or ".pcapng": where a recording goes that was
// given no name.
std::string file_for(bool capture);

} // namespace sources
