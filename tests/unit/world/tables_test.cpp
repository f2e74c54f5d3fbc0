// The index of deadlines, the table of flows and arrays that fold against plain models of them.
#include <map>

#include "catch.hpp"
#include "world/by_cookie.hpp"
#include "world/contents.hpp"
#include "world/deadlines.hpp"
#include "world/flows.hpp"
#include "world/paged.hpp"

using namespace world;

namespace {
struct Dice {
    std::uint64_t state;
    std::uint64_t operator()(std::uint64_t below) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % below;
    }
};
struct Record {
    std::uint64_t same = 7, number = 0, noise = 0;
    std::uint32_t end = 0, zero = 0;
    friend bool operator==(const Record&, const Record&) = default;
};
} // namespace

namespace {

DueKind kind_of(std::uint32_t id) {
    constexpr DueKind kinds[] = {DueKind::connection, DueKind::time_wait, DueKind::wake};
    return id % 3 == 0 ? kinds[id / 3 % 3] : DueKind::segment;
}

using Model = std::multimap<std::int64_t, std::uint32_t>; // equal keys keep insertion order

Model::iterator next_of(Model& model, Ties ties) {
    const auto [first, last] = model.equal_range(model.begin()->first);
    for (auto i = first; ties != Ties::as_inserted && i != last; ++i)
        if ((kind_of(i->second) == DueKind::segment) == (ties == Ties::arrivals_first))
            return i;
    return first;
}

} // namespace

TEST_CASE("deadlines come in the order of time, and of insertion at the same time", "[deadlines]") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const auto ties = static_cast<Ties>(seed % 3);
        const bool wire = seed % 2 != 0;   // most of it segments on wires of two delays ...
        const bool steady = seed % 5 != 0; // ... and timers of some lengths
        Dice dice{seed};
        Deadlines wheel;
        Model model;
        std::map<std::uint32_t, Deadlines::Handle> handles;
        std::int64_t now = 0;
        for (std::uint32_t id = 0; id < 3000; ++id) {
            const std::uint64_t what = dice(10);
            if (what < 5) {
                constexpr std::int64_t delays[] = {
                    0, 1, 1'000, 5'000'000, 1'000'000'000, 60'000'000'000};
                std::int64_t at = now + delays[dice(6)] * static_cast<std::int64_t>(1 + dice(3));
                if (wire && dice(8) > 0)
                    at = now + (dice(2) ? 5'000'000 : 8'000'000);
                if (steady && kind_of(id) != DueKind::segment && dice(8) > 0)
                    at =
                        now + std::int64_t{5'000'000} * static_cast<std::int64_t>(1 << dice(3) * 2);
                handles[id] = wheel.add({at}, kind_of(id), id);
                model.emplace(at, id);
            } else if (what == 5 && !model.empty()) {
                // Moving is like removing and adding again: behind its equals.
                auto moved = model.begin();
                std::advance(moved, static_cast<std::ptrdiff_t>(dice(model.size())));
                const std::uint32_t which = moved->second;
                const std::int64_t at = now + static_cast<std::int64_t>(dice(3)) * 5'000'000;
                wheel.move(handles[which], {at});
                model.erase(moved);
                model.emplace(at, which);
            } else if (what == 6 && !model.empty()) {
                auto victim = model.begin();
                std::advance(victim, static_cast<std::ptrdiff_t>(dice(model.size())));
                wheel.remove(handles[victim->second]);
                model.erase(victim);
            } else if (!model.empty()) {
                REQUIRE(wheel.first() == trace::Instant{model.begin()->first});
                CHECK_FALSE(wheel.pop_by({model.begin()->first - 1}, ties));
                const auto expected = next_of(model, ties);
                const Due due = wheel.pop(ties);
                REQUIRE(due.at.ns == expected->first);
                REQUIRE(due.slot == expected->second);
                REQUIRE(due.kind == kind_of(expected->second));
                now = due.at.ns;
                model.erase(expected);
            }
            REQUIRE(wheel.size() == model.size());
        }
        while (!model.empty()) {
            const auto expected = next_of(model, ties);
            REQUIRE(wheel.pop(ties).slot == expected->second);
            model.erase(expected);
        }
        CHECK(wheel.empty());
        CHECK_FALSE(wheel.first());
    }
}

TEST_CASE("an exact tie of a timer with an arrival can be played either way", "[deadlines]") {
    Deadlines wheel;
    wheel.add({1'000}, DueKind::connection, 1);
    wheel.add({1'000}, DueKind::segment, 2);
    Deadlines other = wheel, third = wheel;
    CHECK(wheel.pop(Ties::as_inserted).slot == 1);
    CHECK(other.pop(Ties::timers_first).slot == 1);
    CHECK(third == [] {
        Deadlines again;
        again.add({1'000}, DueKind::connection, 1);
        again.add({1'000}, DueKind::segment, 2);
        return again;
    }());
    // A tie is only seen once both are dealt out to the lowest level.
    Deadlines near;
    near.add({7}, DueKind::connection, 1);
    near.add({7}, DueKind::segment, 2);
    CHECK(near.pop(Ties::arrivals_first).slot == 2);
    CHECK(near.pop(Ties::arrivals_first).slot == 1);
    CHECK(third.pop(Ties::arrivals_first).slot == 2);
}

TEST_CASE("timers that begin and are cancelled take no room behind one that stays", "[deadlines]") {
    Deadlines due;
    const std::int64_t keepalive = 7'200'000'000'000;
    due.add({keepalive}, DueKind::connection, 0);
    for (std::uint32_t i = 1; i <= 100'000; ++i)
        due.remove(due.add({keepalive + i}, DueKind::connection, i));
    CHECK(due.size() == 1);
    CHECK(due.bytes() < 100'000);
    CHECK(due.pop(Ties::as_inserted).slot == 0);
    CHECK(due.empty());
}

TEST_CASE("flows are found until they are removed", "[flows]") {
    Dice dice{7};
    Flows flows;
    std::vector<Flow> made; // by cookie
    const auto flow_of = [&](trace::Cookie c) { return made[c]; };
    std::map<std::uint64_t, std::pair<Flow, trace::Cookie>> model;
    for (std::uint32_t i = 0; i < 20000; ++i) {
        const std::uint64_t key = dice(700);
        const Flow f{static_cast<trace::HostId>(key % 3),
                     {{0x0a000001u}, static_cast<std::uint16_t>(40000 + key)},
                     {{0x0a000002u}, 80}};
        made.push_back(f);
        if (dice(2)) {
            flows.set(f, i, flow_of);
            model[key] = {f, i};
        } else {
            flows.remove(f, i); // somebody else's: stays
            REQUIRE(flows.size() == model.size());
            if (const auto mine = model.find(key); mine != model.end())
                flows.remove(f, mine->second.second);
            model.erase(key);
        }
        REQUIRE(flows.size() == model.size());
    }
    for (const auto& [key, entry] : model)
        CHECK(flows.find(entry.first, flow_of) == entry.second);
    CHECK_FALSE(flows.find({0, {{1}, 1}, {{1}, 1}}, flow_of));
}

TEST_CASE("who was found last is asked first, until somebody comes or goes", "[flows]") {
    Contents w;
    const Flow near{0, {{1}, 80}, {{2}, 1000}}, far{1, {{2}, 1000}, {{1}, 80}};
    const auto add = [&](const Flow& f) {
        Socket s;
        s.host = f.host;
        s.local = f.local;
        s.remote = f.remote;
        const trace::Cookie c = w.sockets.push_back(std::move(s));
        w.give(f, c);
        return c;
    };
    const auto look = [&](const Flow& f) { return w.look(f.host, f.local, f.remote); };
    const trace::Cookie a = add(near), b = add(far);
    for (int i = 0; i < 3; ++i) { // the second time from memory
        CHECK(look(near).cookie == a);
        CHECK(look(far).cookie == b);
        CHECK(look(far).socket == &w.sockets[b]);
    }
    CHECK_FALSE(look({0, {{1}, 80}, {{2}, 1001}}).socket);
    const trace::Cookie heir = add(near); // the same ends, another socket
    CHECK(look(near).cookie == heir);
    CHECK(look(far).cookie == b);
    w.flows.remove(far, b);
    CHECK_FALSE(look(far).socket);
    // Many more than are remembered at a time.
    std::vector<std::pair<Flow, trace::Cookie>> many;
    for (std::uint16_t port = 2000; port < 3000; ++port) {
        const Flow f{0, {{1}, 80}, {{2}, port}};
        many.emplace_back(f, add(f));
    }
    for (int i = 0; i < 2; ++i)
        for (const auto& [f, cookie] : many)
            CHECK(look(f).cookie == cookie);
}

TEST_CASE("a record that is forgotten is found no more, and one that is yet to come when it has",
          "[cookies]") {
    ByCookie<Record> records;
    const auto add = [&](std::uint64_t number) {
        Record r;
        r.number = number;
        return records.push_back(std::move(r));
    };
    for (std::uint64_t i = 0; i < 4; ++i)
        REQUIRE(add(i + 100) == i);
    CHECK(records[1].number == 101); // asked for last ...
    records.forget(1);
    CHECK(records[1] == Record{}); // ... and gone
    CHECK(std::as_const(records)[4] == Record{});
    CHECK(add(104) == 4); // where the other one was
    CHECK(std::as_const(records)[4].number == 104);
    CHECK(records[1] == Record{});
    for (const std::size_t i : {0, 2, 3, 4, 2, 0})
        CHECK(records[i].number == 100 + i);
}

TEST_CASE("records that grow steadily, one or every other, take next to no room when folded",
          "[paged]") {
    for (const std::uint64_t apart : {1, 2}) {
        Paged<Record, true> paged;
        const auto made = [&](std::uint64_t i) {
            Record r;
            r.number = (i % apart) << 40 | i / apart * 1'000'000;
            r.end = static_cast<std::uint32_t>(i);
            return r;
        };
        for (std::uint64_t i = 0; i < 40000; ++i)
            paged.push_back(made(i));
        const std::size_t open = paged.capacity();
        paged.rest();
        paged.rest();
        CHECK(paged.capacity() < open / 10);
        for (std::uint64_t i = 0; i < 40000; ++i)
            REQUIRE(paged[i] == made(i));
    }
}

TEST_CASE("records that were folded are the same when they are unfolded", "[paged]") {
    Dice dice{11};
    Paged<Record, true> paged;
    std::vector<Record> plain;
    for (std::uint32_t i = 0; i < 40000; ++i) {
        Record r;
        r.number = i % 2 ? i : std::uint64_t{i} << 40;
        r.noise = dice(4) == 0 ? dice(1u << 30) * 0x9e3779b97f4a7c15u : 0;
        r.end = i / 100;
        plain.push_back(r);
        paged.push_back(Record(r));
    }
    const std::size_t open = paged.capacity();
    paged.rest(); // everything was touched only just now
    CHECK(paged.capacity() == open);
    paged.rest();
    CHECK(paged.capacity() < open / 2);
    const Paged<Record, true> copy = paged;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        REQUIRE(paged[i] == plain[i]);
        REQUIRE(copy[i] == plain[i]);
    }
}
