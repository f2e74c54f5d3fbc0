// Files of the user.
#include "command_line/files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "command_line/command.hpp"
#include "record/file.hpp"
#include "sources/running.hpp"

namespace command_line {
namespace fs = std::filesystem;

Found find_scenarios(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error))
        return {{path}, {}};
    Found found;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator at(path, options, error), end; !error && at != end;
         at.increment(error)) {
        std::error_code ignored;
        if (at->path().extension() == ".twomsl" && at->is_regular_file(ignored)) {
            found.files.push_back(at->path());
        }
    }
    if (error) {
        found.mistake = fmt::format("cannot read the folder {}: {}", path, error.message());
    } else if (found.files.empty()) {
        found.mistake = fmt::format("there is no .twomsl file below {}", path);
    }
    std::sort(found.files.begin(), found.files.end());
    return found;
}

int refuse(const Loaded& loaded) {
    if (!loaded.located)
        return refuse(loaded.mistake);
    fmt::print(stderr, "{}\n", loaded.mistake);
    return Exit::bad_input;
}

Loaded load(const fs::path& path, const std::optional<std::string>& profile) {
    const auto file = record::read_file(path.string());
    if (!file.mistake.empty())
        return {std::nullopt, file.mistake};
    const auto& machine = sources::machine_here();
    auto parsed = scenario::parse(file.text, path.string(), machine);
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed)) {
        return {std::nullopt, format(*error), true};
    }
    auto& scenario = std::get<scenario::Scenario>(parsed);
    if (profile) {
        if (const auto wrong = machine.profile(*profile); !wrong.empty()) {
            return {std::nullopt, "--profile: " + wrong};
        }
        for (auto& host : scenario.hosts)
            host.profile = *profile;
        for (const auto& sysctl : scenario.sysctls) {
            const auto wrong = machine.sysctl(*profile, sysctl.name, sysctl.value);
            if (!wrong.empty())
                return {std::nullopt, fmt::format("--profile {}: {}", *profile, wrong)};
        }
    }
    sources::resolve_running(scenario);
    return {std::move(scenario), {}};
}

} // namespace command_line
