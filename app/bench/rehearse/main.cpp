// Plays the five workloads, small: what is counted meanwhile says which branches are taken, and the
// machine is laid out by that.
#include "bench/workload.hpp"

int main() {
    using bench::Record, bench::Work;
    bench::Options lifecycle{.work = Work::lifecycle, .count = 20000};
    bench::Options brief = lifecycle, on_tape = lifecycle, in_text = lifecycle;
    brief.time_wait = 1;
    on_tape.count = in_text.count = 1000;
    on_tape.record = Record::binary;
    in_text.record = Record::text;
    const bench::Options all[] = {lifecycle,
                                  brief,
                                  on_tape,
                                  in_text,
                                  {.work = Work::concurrent, .count = 5000},
                                  {.work = Work::lossy, .count = 2000},
                                  {.work = Work::accept_burst, .count = 2000},
                                  {.work = Work::bulk, .count = 100}};
    for (const bench::Options& options : all)
        bench::run(options);
}
