// Pages are folded and opened again: nothing is lost, and nothing can be seen of it.
#include "world/paged.hpp"

#include <memory>
#include <vector>

#include "catch.hpp"
#include "tcp/row.hpp"

namespace {

struct Record {
    std::uint64_t number = 0;
    std::uint32_t half = 0;
    tcp::Row<std::uint32_t> row;
    std::uint8_t odd[13] = {};
    friend bool operator==(const Record& a, const Record& b) {
        return a.number == b.number && a.half == b.half && a.row == b.row &&
               std::equal(std::begin(a.odd), std::end(a.odd), std::begin(b.odd));
    }
};

Record make(std::uint64_t n) {
    Record r;
    r.number = 1'000'000'000'000u + n * 1001;
    r.half = static_cast<std::uint32_t>(n);
    r.odd[n % 13] = static_cast<std::uint8_t>(n);
    for (std::uint64_t i = 0; i < n % 3; ++i)
        r.row.push_back(static_cast<std::uint32_t>(n + i));
    return r;
}

} // namespace

TEST_CASE("a large array that rests takes less room and keeps every element") {
    world::Paged<Record, true> paged;
    std::vector<Record> model;
    std::uint64_t state = 3;
    const auto dice = [&](std::uint64_t below) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % below;
    };
    for (std::uint64_t n = 0; n < 20'000; ++n) {
        paged.push_back(make(n));
        model.push_back(make(n));
        if (n % 64 == 0)
            paged.rest();
    }
    const std::size_t bytes = paged.capacity() * sizeof(Record);
    CHECK(bytes < model.size() * sizeof(Record) * 2 / 3);
    const world::Paged<Record, true> copy = paged;
    for (int i = 0; i < 20'000; ++i) {
        const std::size_t at = dice(model.size());
        REQUIRE(paged[at] == model[at]);
        paged[at] = model[at] = make(dice(1'000'000));
        if (i % 16 == 0)
            paged.rest();
    }
    std::size_t i = 0;
    for (const Record& r : paged)
        REQUIRE(r == model[i++]);
    CHECK(i == model.size());
    CHECK_FALSE(copy == paged);
    for (std::size_t at = 0; at < copy.size(); ++at)
        REQUIRE(copy[at] == make(at));
    paged = copy;
    CHECK(copy == paged);
}
