// Where the two halves of a comparison stand.
#include "catch.hpp"
#include "panels/compare.hpp"

using namespace panels;

namespace {

CompareLayout laid_out(float width, float height, std::size_t hosts, std::size_t front = 0) {
    CompareNeeds needs;
    needs.size = {width, height};
    needs.hosts = hosts;
    needs.verdict_height = 70;
    needs.timeline = true;
    needs.front = front;
    return lay_out_compare(needs);
}

std::vector<ui::Rect> shown(const CompareLayout& layout) {
    std::vector<ui::Rect> all = {layout.toolbar, layout.verdict, layout.tabs, layout.timeline};
    for (const auto* half : {&layout.simulator, &layout.kernel}) {
        all.push_back(half->title);
        all.push_back(half->sequence);
        all.insert(all.end(), half->hosts.begin(), half->hosts.end());
    }
    std::erase_if(all, [](const ui::Rect& r) { return r.empty(); });
    return all;
}

} // namespace

TEST_CASE("both worlds get halves of the same shape, and nothing overlaps, at any usual size") {
    for (const auto& [width, height] :
         {std::pair{1024.0f, 640.0f}, {1280.0f, 720.0f}, {1920.0f, 1080.0f}, {3840.0f, 2160.0f}})
        for (const std::size_t hosts : {2u, 3u, 6u}) {
            const auto layout = laid_out(width, height, hosts);
            INFO(width << " x " << height << ", " << hosts << " hosts");
            CHECK(layout.simulator.hosts.size() == hosts);
            CHECK(layout.simulator.sequence.w == Approx(layout.kernel.sequence.w));
            CHECK(layout.simulator.sequence.y == Approx(layout.kernel.sequence.y));
            CHECK(layout.simulator.sequence.h > 100);
            const auto all = shown(layout);
            for (std::size_t i = 0; i < all.size(); ++i)
                for (std::size_t j = i + 1; j < all.size(); ++j)
                    CHECK_FALSE(ui::overlap(all[i].inset(0.01f), all[j]));
        }
}

TEST_CASE("where two halves find no room, one is in front and a strip chooses which") {
    const auto simulator = laid_out(800, 900, 2, 0), kernel = laid_out(800, 900, 2, 1);
    CHECK_FALSE(simulator.tabs.empty());
    CHECK_FALSE(simulator.simulator.sequence.empty());
    CHECK(simulator.kernel.sequence.empty());
    CHECK(kernel.simulator.sequence.empty());
    CHECK_FALSE(kernel.kernel.sequence.empty());
}
