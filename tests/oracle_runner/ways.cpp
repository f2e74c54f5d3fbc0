// All ways in which one recording may have come about, until one agrees.
#include <fmt/format.h>

#include "cut.hpp"
#include "left_out.hpp"
#include "matrix.hpp"
#include "not_compared.hpp"
#include "replay.hpp"

namespace oracle {

namespace {

// All that chance may have decided in the recording, the likeliest first.
std::vector<Order> orders(const Recording& r) {
    using enum world::Ties;
    using enum world::Timers;
    std::vector<Order> list = {
        {as_inserted, exact}, {arrivals_first, exact}, {timers_first, exact}};
    // Nobody knows how far the recorded kernel's wheel had turned.
    for (const int turn : {0, 64, 128, 192})
        for (int ms = 0; ms < 40; ms += 5)
            list.push_back({as_inserted, by_wheel, trace::milliseconds(turn + ms)});
    for (std::size_t i = 0, n = list.size(); i < n; ++i) {
        list.push_back(list[i]);
        list.back().paced = true;
    }
    for (const int us : {150, 300, 450})
        list.push_back({as_inserted, exact, {}, true, trace::microseconds(us)});
    // What looks like calls left out may be a pause of the program.
    if (!left_out(r).empty())
        for (std::size_t i = 0, n = list.size(); i < n; ++i) {
            list.push_back(list[i]);
            list.back().as_told = true;
        }
    return list;
}

} // namespace

Outcome replay(const Recording& r) {
    if (const auto reason = not_compared(r))
        return {Outcome::What::not_compared, *reason};
    if (!r.segment_cells.empty() || !r.call_cells.empty())
        return replay_matrix(r);
    const Recording full = r.cut ? whole(r) : r;
    std::optional<trace::Difference> first;
    for (const Order& order : orders(full)) {
        const auto difference = replay_once(full, order);
        if (!difference)
            return {};
        if (!first)
            first = difference;
    }
    Order paced;
    paced.paced = true;
    if (!replay_races(full, paced))
        return {};
    return {Outcome::What::differs, trace::format(*first)};
}

std::string ways(const Recording& r) {
    const Recording full = r.cut ? whole(r) : r;
    std::string text;
    for (const Order& order : orders(full)) {
        const auto difference = replay_once(full, order);
        text += fmt::format("  {}{}{} {}: {}\n", order.paced ? "paced, " : "",
                            order.lag.ns > 0 ? "slow wire, " : "",
                            order.timers == world::Timers::exact ? "exact timers" : "timer wheel",
                            trace::format(order.phase),
                            difference ? trace::format(*difference) : "agrees");
    }
    Order paced;
    paced.paced = true;
    const auto difference = replay_races(full, paced);
    text += fmt::format("  paced, reads placed in bursts: {}\n",
                        difference ? trace::format(*difference) : "agrees");
    return text;
}

std::string show(const Recording& r) {
    trace::Story got, expected;
    const auto difference = replay_once(r.cut ? whole(r) : r, {}, &got, &expected);
    if (!difference)
        return "agrees\n";
    std::string text = trace::format(*difference) + "\n";
    for (const auto& [title, story] : {std::pair{"kernel", &expected}, {"simulator", &got}}) {
        const trace::Sequence* sequence = story->find(difference->sequence);
        text += fmt::format("{}:\n", title);
        if (!sequence)
            continue;
        for (const trace::Fact& f : sequence->facts) {
            text += "  " + trace::format(f.at);
            for (const trace::Field& field : f.fields)
                text += fmt::format("  {} {}", field.name, field.value);
            if (f.rule != trace::Rule::none)
                text += fmt::format("  ({})", trace::text(f.rule).key);
            text += "\n";
        }
    }
    return text;
}

} // namespace oracle
