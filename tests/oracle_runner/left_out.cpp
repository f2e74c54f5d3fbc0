// The sum of what the rows tell against the sum that was measured.
#include "left_out.hpp"

#include <cstdlib>

namespace oracle {

std::vector<CallRow> left_out(const Recording& r) {
    auto total = r.derived.find("bytes_accepted_by_send_until_EAGAIN");
    if (total == r.derived.end())
        total = r.derived.find("accepted");
    if (total == r.derived.end())
        return {};
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
        return {};
    std::size_t before = rows.size() - 2;
    for (std::size_t i = 0; i + 1 < rows.size(); ++i)
        if (rows[i + 1]->at - rows[i]->at > rows[before + 1]->at - rows[before]->at)
            before = i;
    const std::int64_t each = std::atoll(rows[before]->arguments.front().c_str());
    if (each <= 0)
        return {};
    const std::int64_t count = (missing + each - 1) / each;
    const trace::Duration step = (rows[before + 1]->at - rows[before]->at) / (count + 1);
    std::vector<CallRow> writes;
    for (std::int64_t i = 1; i <= count; ++i) {
        CallRow c = *rows[before];
        c.at = rows[before]->at + step * i;
        c.result = "?";
        writes.push_back(std::move(c));
    }
    return writes;
}

} // namespace oracle
