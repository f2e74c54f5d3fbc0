// Writes the tape of a run to /dev/null, as bytes or as text: what recording costs.
#pragma once
#include <cstdio>
#include <memory>
#include <vector>

#include "bench/workload.hpp"
#include "trace/tape.hpp"

namespace bench {

class Recorder {
public:
    explicit Recorder(Record);
    trace::Tape& tape() { return tape_; }
    void drain_if_full() {
        if (tape_.records().size() >= full)
            drain();
    }
    void drain();

private:
    static constexpr std::size_t full = 1024;
    struct Close {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    trace::Tape tape_;
    Record record_;
    std::unique_ptr<std::FILE, Close> out_;
    std::vector<char> text_;
};

} // namespace bench
