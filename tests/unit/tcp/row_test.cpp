// The row of plain values against a plain vector.
#include "tcp/row.hpp"

#include <cstdint>
#include <vector>

#include "catch.hpp"

TEST_CASE("a row behaves as a vector does, and holds no memory when it is empty") {
    std::uint64_t state = 7;
    const auto dice = [&](std::uint64_t below) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % below;
    };
    tcp::Row<std::uint64_t> row;
    std::vector<std::uint64_t> model;
    for (int i = 0; i < 20000; ++i) {
        const auto place = static_cast<std::ptrdiff_t>(dice(model.size() + 1));
        switch (dice(8)) {
        case 0:
        case 1:
        case 2:
            row.push_back(state);
            model.push_back(state);
            break;
        case 3:
            row.insert(row.begin() + place, state);
            model.insert(model.begin() + place, state);
            break;
        case 4: // from the front, as acknowledgements take it
            row.erase(row.begin(), row.begin() + place);
            model.erase(model.begin(), model.begin() + place);
            break;
        case 5:
            row.erase(row.begin() + place, row.end());
            model.erase(model.begin() + place, model.end());
            break;
        case 6: {
            const std::size_t size = dice(12);
            row.resize(size);
            model.resize(size);
            break;
        }
        default: {
            const tcp::Row<std::uint64_t> copy = row;
            REQUIRE(copy == row);
            row = copy;
            break;
        }
        }
        REQUIRE(row.size() == model.size());
        REQUIRE(std::equal(row.begin(), row.end(), model.begin(), model.end()));
        if (model.empty())
            REQUIRE(row.capacity() == 0);
        else
            REQUIRE((row.front() == model.front() && row.back() == model.back()));
    }
}
