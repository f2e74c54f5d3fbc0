// The counters of netstat -s and the sysctls of each host.
#include "net/netstat_text.hpp"
#include "net/observer.hpp"

#include <fmt/core.h>

#include <string_view>

namespace net {
namespace {

struct ShownSysctl {
    const char* name;
    std::int64_t least, most;
};
constexpr ShownSysctl shown_sysctls[] = {
    {"net.core.somaxconn", 0, 65535 * 32768LL},  {"net.ipv4.tcp_max_syn_backlog", 0, 2147483647},
    {"net.ipv4.tcp_syncookies", 0, 2},           {"net.ipv4.tcp_synack_retries", 0, 255},
    {"net.ipv4.tcp_syn_retries", 1, 127},        {"net.ipv4.tcp_abort_on_overflow", 0, 1},
    {"net.ipv4.tcp_fin_timeout", 0, 2147483647}, {"net.ipv4.tcp_retries2", 0, 255},
};

bool counts_every_segment(trace::Counter counter) {
    return counter == trace::Counter::InSegs || counter == trace::Counter::OutSegs;
}

} // namespace

void Observer::read_counters(trace::HostId id, trace::Duration at_least_since) {
    Host& host = hosts_[id];
    if (now() - host.counters_read < at_least_since)
        return;
    host.counters_read = now();
    const std::string text = ground_->counters(id);
    recorder_.use_beat(host.beat);
    for_each_counter(text, [&](std::string_view name, std::uint64_t value) {
        const auto counter = trace::parse_counter(name);
        if (!counter || value == 0)
            return;
        trace::CounterView* view = nullptr;
        for (trace::CounterView& known : host.counters)
            if (known.counter == *counter)
                view = &known;
        if (view && view->value == value)
            return;
        if (!view) {
            host.counters.push_back({*counter, 0, trace::none});
            view = &host.counters.back();
        }
        view->value = value;
        mirror_.touch();
        if (counts_every_segment(*counter))
            return;
        trace::Event event;
        event.at = now();
        event.kind = trace::EventKind::counter;
        event.host = id;
        event.what = static_cast<std::uint8_t>(*counter);
        event.value = static_cast<std::int64_t>(value);
        event.cause = host.cause;
        event.rule = trace::Rule::observed;
        event.certainty = trace::Certainty::sampled;
        view->last = recorder_.add(event);
    });
}

void Observer::read_sysctls() {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        auto& views = hosts_[i].sysctls;
        const bool first = views.empty();
        for (const ShownSysctl& shown : shown_sysctls) {
            const auto text = ground_->read_sysctl(static_cast<trace::HostId>(i), shown.name);
            if (!text)
                continue; // this kernel lacks it
            const auto value = std::strtoll(text->c_str(), nullptr, 10);
            if (first) {
                views.push_back({shown.name, value, value, shown.least, shown.most});
                continue;
            }
            for (trace::SysctlView& view : views)
                if (view.name == shown.name)
                    view.value = value;
        }
    }
}

} // namespace net
