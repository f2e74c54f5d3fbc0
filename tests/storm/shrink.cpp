// Ever smaller parts are left out, then what is left is made plain: no loss, round numbers.
#include "shrink.hpp"

#include <algorithm>
#include <utility>

namespace storm {
namespace {

using namespace scenario;

class Shrinker {
public:
    Shrinker(Play play, const Outcome& found, const Checks& checks)
        : play_(std::move(play)), kind_(kind_of(found)), checks_(checks) {
        checks_.every = 1;
    }

    Play run() {
        std::size_t before = 0;
        do {
            before = size();
            leave_out();
            make_plain();
        } while (size() < before && tries_ < most_tries);
        return std::move(play_);
    }

private:
    static constexpr int most_tries = 4000;

    std::size_t size() const {
        return play_.deeds.size() + play_.header.sysctls.size() + play_.header.isns.size();
    }

    bool still_breaks(const Play& p) {
        if (++tries_ > most_tries)
            return false;
        const Outcome o = perform_apart([&] { return perform(p, checks_); });
        return !o.broken.empty() && kind_of(o) == kind_;
    }
    bool keep_if_it_breaks(Play p) {
        if (!still_breaks(p))
            return false;
        play_ = std::move(p);
        return true;
    }

    void leave_out() {
        for (std::size_t part = std::max<std::size_t>(play_.deeds.size() / 2, 1);; part /= 2) {
            for (std::size_t i = play_.deeds.size(); i-- > 0;) {
                if (i >= play_.deeds.size())
                    continue;
                i -= std::min(i, part - 1); // the part that ends here
                keep_if_it_breaks(without(play_, i, part));
            }
            if (part <= 1)
                break;
        }
        const auto each = [&](auto list) {
            for (std::size_t i = (play_.header.*list).size(); i-- > 0;) {
                Play p = play_;
                auto& all = p.header.*list;
                all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
                keep_if_it_breaks(std::move(p));
            }
        };
        each(&Scenario::sysctls);
        each(&Scenario::isns);
    }

    template <class Change>
    void attempt(Change change) {
        Play p = play_;
        if (change(p))
            keep_if_it_breaks(std::move(p));
    }

    void make_plain() {
        attempt([](Play& p) {
            for (WireLine& w : p.header.wires)
                w.loss = 0, w.seed = 0, w.delay = trace::milliseconds(10);
            return true;
        });
        for (std::size_t i = 0; i < play_.header.wires.size(); ++i)
            attempt([&](Play& p) { return std::exchange(p.header.wires[i].loss, 0.0) != 0; });
        for (std::size_t i = 0; i < play_.header.hosts.size(); ++i)
            attempt([&](Play& p) {
                return std::exchange(p.header.hosts[i].profile, "linux-6.18") != "linux-6.18";
            });
        for (std::size_t i = 0; i < play_.deeds.size(); ++i) {
            for (const auto after : {trace::Duration{}, trace::milliseconds(1),
                                     trace::milliseconds(100), trace::seconds(1)}) {
                if (play_.deeds[i].after == after)
                    break;
                Play p = play_;
                p.deeds[i].after = after;
                if (keep_if_it_breaks(std::move(p)))
                    break;
            }
            attempt([&](Play& p) { return smaller(p.deeds[i]); });
        }
        for (const auto rest :
             {trace::Duration{}, trace::milliseconds(100), trace::seconds(1), trace::seconds(10)}) {
            if (rest >= play_.rest)
                break;
            Play p = play_;
            p.rest = rest;
            if (keep_if_it_breaks(std::move(p)))
                break;
        }
    }

    static bool smaller(Deed& d) {
        auto* action = std::get_if<Action>(&d.what);
        if (auto* w = action ? std::get_if<Write>(action) : nullptr)
            return std::exchange(w->bytes, 1u) != 1;
        if (auto* r = action ? std::get_if<Read>(action) : nullptr)
            return std::exchange(r->most, std::nullopt).has_value();
        if (auto* c = action ? std::get_if<Connect>(action) : nullptr)
            return std::exchange(c->from_port, std::nullopt).has_value();
        return false;
    }

    Play play_;
    std::string kind_;
    Checks checks_;
    int tries_ = 0;
};

} // namespace

std::string kind_of(const Outcome& o) {
    const auto colon = o.broken.rfind(": ");
    return colon == std::string::npos ? o.broken : o.broken.substr(colon + 2);
}

Play shrink(Play play, const Outcome& found, const Checks& checks) {
    return Shrinker(std::move(play), found, checks).run();
}

} // namespace storm
