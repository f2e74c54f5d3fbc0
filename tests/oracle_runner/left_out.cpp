// The sum of what the rows tell against the sum that was measured, and gaps in a steady pace.
#include "left_out.hpp"

#include <cstdlib>
#include <map>

namespace oracle {

namespace {

// `count` calls like `c` between it and the next row.
void spread(std::vector<CallRow>& calls, CallRow c, trace::Instant next, std::int64_t count) {
    const trace::Instant first = c.at;
    const trace::Duration step = (next - first) / (count + 1);
    c.result = "?";
    for (std::int64_t i = 1; i <= count; ++i) {
        c.at = first + step * i;
        calls.push_back(c);
    }
}

void find_writes(const Recording& r, std::vector<CallRow>& calls) {
    auto total = r.derived.find("bytes_accepted_by_send_until_EAGAIN");
    if (total == r.derived.end())
        total = r.derived.find("accepted");
    if (total == r.derived.end())
        return;
    // The writes of one descriptor up to the first that was refused.
    std::vector<const CallRow*> rows;
    std::int64_t told = 0;
    for (const CallRow& c : r.calls) {
        if (c.call != "send" || (!rows.empty() && rows.front()->fd != c.fd))
            continue;
        if (c.result == "EAGAIN")
            break;
        rows.push_back(&c);
        told += std::atoll(c.result.c_str());
    }
    const std::int64_t missing = std::atoll(total->second.c_str()) - told;
    if (rows.size() < 2 || missing <= 0)
        return;
    std::size_t before = rows.size() - 2;
    for (std::size_t i = 0; i + 1 < rows.size(); ++i)
        if (rows[i + 1]->at - rows[i]->at > rows[before + 1]->at - rows[before]->at)
            before = i;
    const std::int64_t each = std::atoll(rows[before]->arguments.front().c_str());
    if (each <= 0)
        return;
    spread(calls, *rows[before], rows[before + 1]->at, (missing + each - 1) / each);
}

// Reads of one descriptor, alike and at a steady pace on both sides of a gap of several such steps.
void find_reads(const Recording& r, std::vector<CallRow>& calls) {
    std::map<std::string, std::vector<const CallRow*>> by_descriptor;
    for (const CallRow& c : r.calls)
        by_descriptor[c.fd].push_back(&c);
    for (const auto& [fd, rows] : by_descriptor) {
        for (std::size_t i = 1; i + 2 < rows.size(); ++i) {
            const CallRow &a = *rows[i - 1], &b = *rows[i], &c = *rows[i + 1], &d = *rows[i + 2];
            const auto like = [&](const CallRow& o) {
                return o.call == "recv" && o.arguments == b.arguments &&
                       o.lasted == trace::Duration{};
            };
            if (!like(a) || !like(b) || !like(c) || !like(d))
                continue;
            const std::int64_t before = (b.at - a.at).ns, gap = (c.at - b.at).ns,
                               after = (d.at - c.at).ns, step = (before + after) / 2;
            if (step <= 0 || std::abs(before - after) > step / 5 || gap < 3 * step)
                continue;
            spread(calls, b, c.at, (gap + step / 2) / step - 1);
        }
    }
}

// A reader that sleeps between reads goes on as it began; how often it read is derived.
void find_sleeping_reads(const Recording& r, std::vector<CallRow>& calls) {
    const auto total = r.derived.find("reads");
    if (total == r.derived.end())
        return;
    const CallRow* last = nullptr;
    std::int64_t told = 0;
    for (const CallRow& c : r.calls) {
        if (c.call != "recv")
            continue;
        if (last && (last->fd != c.fd || last->arguments != c.arguments))
            return;
        last = &c;
        ++told;
    }
    if (!last || last->lasted == trace::Duration{})
        return;
    CallRow more = *last;
    more.at = more.at + more.lasted;
    more.lasted = {};
    more.result = "?";
    for (; told < std::atoll(total->second.c_str()); ++told)
        calls.push_back(more);
}

} // namespace

std::vector<CallRow> left_out(const Recording& r) {
    std::vector<CallRow> calls;
    find_writes(r, calls);
    find_reads(r, calls);
    find_sleeping_reads(r, calls);
    return calls;
}

} // namespace oracle
