// The counters of netstat -s and the sysctls of each host.
#include "net/netstat_text.hpp"
#include "net/observer.hpp"

#include "trace/sysctl.hpp"

#include <fmt/core.h>

#include <string_view>

namespace net {
namespace {

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
        for (const trace::SysctlText& known : trace::all_sysctls()) {
            const auto text =
                ground_->read_sysctl(static_cast<trace::HostId>(i), std::string(known.name));
            if (!text)
                continue; // this kernel lacks it
            const auto value = trace::parse_value(known.id, *text);
            if (!value)
                continue;
            if (first) {
                views.push_back({std::string(known.name), *value, *value, known.least, known.most,
                                 known.en, known.zh});
                continue;
            }
            for (trace::SysctlView& view : views)
                if (view.name == known.name)
                    view.value = *value;
        }
    }
}

} // namespace net
