// What the command line says, and the line that a run prints.
#include <charconv>

#include <fmt/format.h>

#include "bench/measure.hpp"
#include "bench/workload.hpp"

namespace bench {
namespace {

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number n{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return n;
}

} // namespace

Asked parse(std::string_view work, std::string_view count) {
    Asked a;
    const auto w = number<int>(work);
    const auto n = number<std::uint32_t>(count);
    if (!w || *w < 1 || *w > 5)
        a.mistake = fmt::format("found workload '{}', expected 1 to 5", work);
    else if (!n || *n == 0 || *n > 5'000'000)
        a.mistake = fmt::format("found '{}', expected a count from 1 to 5000000", count);
    else
        a.options.work = static_cast<Work>(*w), a.options.count = *n;
    return a;
}

void parse(std::string_view text, Asked& a) {
    const std::size_t equals = text.find('=');
    const std::string_view key = text.substr(0, equals);
    const std::string_view value =
        equals == text.npos ? std::string_view{} : text.substr(equals + 1);
    bool good = false;
    if (key == "loss") {
        const auto p = number<double>(value);
        good = p && *p >= 0 && *p < 1;
        a.options.loss = p;
    } else if (key == "tw") {
        const auto seconds = number<std::int64_t>(value);
        good = seconds && *seconds >= 1 && *seconds <= 600;
        a.options.time_wait = seconds.value_or(60);
    } else if (key == "hold") {
        const auto seconds = number<double>(value);
        good = seconds && *seconds >= 0 && *seconds <= 1e6;
        a.options.hold = seconds.value_or(10);
    } else if (key == "trace") {
        good = value == "none" || value == "bin" || value == "text";
        a.options.record = value == "bin"    ? Record::binary
                           : value == "text" ? Record::text
                                             : Record::nothing;
    } else if (key == "yardstick") {
        good = value == "0" || value == "1";
        a.options.yardstick = value == "1";
    }
    if (!good && a.mistake.empty())
        a.mistake = fmt::format(
            "found '{}', expected loss=P, tw=SECONDS, hold=SECONDS, trace=none|bin|text or "
            "yardstick=0|1",
            text);
}

std::string format(const Options& o, const Result& r) {
    std::string line =
        fmt::format("peer=twomsl w={} n={} connected={} accepted={} done={} lost={} rexmit={} "
                    "sim_s={:.3f} last_done_s={:.3f} "
                    "events={} segments={} trace_hash={:016x} cpu_s={:.5f} wall_s={:.5f} "
                    "ns_per_event={:.1f} units_per_s={:.0f}",
                    static_cast<int>(o.work), o.count, r.connected, r.accepted, r.done, r.lost,
                    r.repeated, r.simulated, r.last_done, r.events, r.segments, r.trace_hash, r.cpu,
                    r.wall, r.cpu * 1e9 / static_cast<double>(r.events), r.units / r.cpu);
    if (o.work == Work::concurrent)
        line += fmt::format(" bytes_per_conn={:.0f}",
                            static_cast<double>(r.resident_sample - r.resident_before) * 1024.0 /
                                o.count);
    if (o.yardstick)
        line += fmt::format(" yardstick_ns_per_event={:.1f} of_yardstick={:.2f}", r.yardstick,
                            r.cpu * 1e9 / static_cast<double>(r.events) / r.yardstick);
    return line + fmt::format(" total_cpu_s={:.4f} peak_rss_kib={}", processor_seconds(),
                              most_resident_kib());
}

} // namespace bench
