// The sysctls take what this kernel takes, written to its /proc/sys in a network of their own.
#include "own_network.hpp"
#include "support/skip.hpp"

#include "trace/sysctl.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>

namespace {

using trace::Sysctl;

// Negative numbers, which the kernel takes for these and which mean nothing; keepalive times of 0,
// too.
constexpr std::array no_less = {
    Sysctl::tcp_base_mss,        Sysctl::tcp_fastopen,        Sysctl::tcp_fin_timeout,
    Sysctl::tcp_keepalive_intvl, Sysctl::tcp_keepalive_time,  Sysctl::tcp_max_syn_backlog,
    Sysctl::tcp_max_tw_buckets,  Sysctl::tcp_probe_threshold, Sysctl::tcp_invalid_ratelimit};
// Its milliseconds become ticks in an arithmetic that comes round.
constexpr std::array no_more = {Sysctl::tcp_invalid_ratelimit};

template <typename Array>
bool is_one_of(const Array& all, Sysctl s) {
    return std::find(all.begin(), all.end(), s) != all.end();
}

std::string file_of(const trace::SysctlText& t) {
    std::string path = "/proc/sys/" + std::string(t.name);
    std::replace(path.begin() + 10, path.end(), '.', '/');
    return path;
}

bool takes(const std::string& path, std::int64_t value) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (!file)
        return false;
    std::setbuf(file, nullptr);
    const bool written = std::fprintf(file, "%lld\n", static_cast<long long>(value)) > 0;
    std::fclose(file);
    return written;
}

std::string bounds_of_this_kernel() {
    std::string differ;
    for (const trace::SysctlText& t : trace::all_sysctls()) {
        const std::string path = file_of(t);
        std::int64_t now = 0;
        if (trace::is_pair(t.id) || trace::is_triple(t.id) || !(std::ifstream(path) >> now) ||
            !takes(path, now))
            continue; // of another kernel, or of the machine as a whole
        const auto say = [&](std::int64_t value, const char* what) {
            differ += std::string(t.name) + " " + what + " " + std::to_string(value) + "\n";
        };
        for (const std::int64_t value : {t.least, t.most})
            if (!takes(path, value))
                say(value, "refuses");
        if (t.least > INT64_MIN && !is_one_of(no_less, t.id) && takes(path, t.least - 1))
            say(t.least - 1, "takes");
        if (t.most < INT64_MAX && !is_one_of(no_more, t.id) && takes(path, t.most + 1))
            say(t.most + 1, "takes");
        (void)takes(path, now); // tcp_max_reordering bounds tcp_reordering
    }
    return differ;
}

} // namespace

TEST_CASE("each sysctl has the bounds that it has in this kernel") {
    const std::string said = in_own_network(bounds_of_this_kernel);
    if (said.rfind(no_namespace, 0) == 0)
        SKIP_TEST(said.c_str());
    CHECK(said == "");
}
