// Named profiles have a sentence of their own; of any, the policies tell how it differs.
#include "profiles.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "running.hpp"
#include "tcp/profile.hpp"
#include "view/words.hpp"

namespace sources {
namespace {

constexpr std::size_t told_at_most = 4;

// Against the usual one, in which every host begins.
std::string differs(tcp::ProfileId id, bool zh) {
    const auto all =
        tcp::differences(tcp::make_stack(id), tcp::make_stack(tcp::ProfileId::linux_6_18));
    std::string lines;
    for (std::size_t i = 0; i < std::min(all.size(), told_at_most); ++i) {
        const auto text = zh ? all[i].zh : all[i].en;
        lines += lines.empty() ? "– " : "\n– ";
        lines += all[i].in_one ? std::string(text) : view::say("Not: {}", text);
    }
    if (all.size() > told_at_most)
        lines += "\n– " + view::say("… and {} more.", all.size() - told_at_most);
    return lines;
}

std::size_t how_many(tcp::ProfileId id) {
    return tcp::differences(tcp::make_stack(id), tcp::make_stack(tcp::ProfileId::linux_6_18))
        .size();
}

view::ProfileChoice unnamed(const std::string& name, tcp::ProfileId id, bool zh) {
    return {name,
            view::say("Linux {}: policies that differ from linux-6.18: {}.",
                      trace::format(id.version), how_many(id)),
            differs(id, zh)};
}

// The same in every frame: made once for each language.
const std::vector<view::ProfileChoice>& named(view::Language language) {
    const bool zh = language == view::Language::zh;
    static std::array<std::vector<view::ProfileChoice>, 2> made;
    auto& all = made[zh ? 1 : 0];
    if (!all.empty())
        return all;
    for (const tcp::ProfileText& text : tcp::profiles())
        if (text.id.make != tcp::ProfileId::Make::bench) // for measuring, not for looking at
            all.push_back({std::string(text.name), std::string(zh ? text.zh : text.en),
                           differs(text.id, zh)});
    const std::string here = running_profile();
    all.push_back({"running", view::say("This machine's kernel, {}, with its sysctls.", here),
                   differs(tcp::find_profile(here).value_or(tcp::ProfileId::linux_6_18), zh)});
    return all;
}

} // namespace

std::vector<view::ProfileChoice> profile_choices(const std::vector<scenario::HostLine>& hosts,
                                                 view::Language language) {
    auto all = named(language);
    for (const scenario::HostLine& host : hosts) {
        const bool there = std::any_of(all.begin(), all.end(), [&](const auto& choice) {
            return choice.name == host.profile;
        });
        const auto id = there ? std::nullopt : tcp::find_profile(host.profile);
        if (id)
            all.push_back(unnamed(host.profile, *id, language == view::Language::zh));
    }
    return all;
}

std::string refuse_profile(const std::string& name) {
    if (name == "running" || tcp::find_profile(name))
        return "";
    return view::say("There is no profile {}: take one of the list, or a Linux from "
                     "linux-4.19 on, such as linux-5.10.",
                     name);
}

} // namespace sources
