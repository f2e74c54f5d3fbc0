// Pages from each CPU until there are no more, then sorted.
#include "net/permitted/transitions.hpp"

#include "net/permitted/steps.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace net::permitted {
namespace {

constexpr int pages_at_once = 4096; // of one CPU: whoever writes faster than we read is left to

std::string whole_text(const Descriptor& file) {
    std::string text;
    char buffer[4096];
    for (ssize_t got; (got = ::pread(file.number(), buffer, sizeof buffer,
                                     static_cast<off_t>(text.size()))) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

// "overrun: 17" of per_cpu/cpuN/stats.
std::uint64_t overrun(const Descriptor& stats) {
    const std::string text = whole_text(stats);
    constexpr std::string_view name = "\noverrun: ";
    const auto at = text.find(name);
    std::uint64_t count = 0;
    if (at != text.npos)
        std::from_chars(text.data() + at + name.size(), text.data() + text.size(), count);
    return count;
}

} // namespace

Result<Transitions> Transitions::adopt(std::vector<Handed> handed) {
    Transitions made;
    std::optional<PageFormat> page;
    for (Handed& one : handed) {
        switch (one.part) {
        case Part::packets: break;
        case Part::cpu:
            if (one.descriptors.size() == 2)
                made.cpus_.push_back(
                    {std::move(one.descriptors[0]), std::move(one.descriptors[1]), 0});
            break;
        case Part::format:
            if (one.descriptors.size() == 1)
                if (auto format = parse_format(whole_text(one.descriptors[0])))
                    made.formats_.emplace(format->id, std::move(*format));
            break;
        case Part::header_page:
            if (one.descriptors.size() == 1)
                page = parse_page_format(whole_text(one.descriptors[0]));
            break;
        case Part::whole: made.instance_ = one.text; break;
        }
    }
    if (!page || made.cpus_.empty() || !made.knows("inet_sock_set_state"))
        return explain(Step::read_format, EPROTO, "");
    made.page_ = *page;
    made.buffer_.resize(made.page_.size);
    return made;
}

bool Transitions::knows(std::string_view event) const {
    return std::any_of(formats_.begin(), formats_.end(),
                       [&](const auto& format) { return format.second.name == event; });
}

void Transitions::take(std::int64_t at_ns, std::span<const std::byte> record, News& news) const {
    std::uint16_t id = 0; // common_type comes first in every event
    if (record.size() < sizeof id)
        return;
    std::memcpy(&id, record.data(), sizeof id);
    const auto format = formats_.find(id);
    if (format == formats_.end())
        return;
    if (auto event = read_event(format->second, record)) {
        event->at_ns = at_ns;
        news.events.push_back(*event);
    }
}

void Transitions::read_cpu(Cpu& cpu, News& news) {
    for (int pages = 0; pages < pages_at_once; ++pages) {
        const ssize_t got = ::read(cpu.pipe.number(), buffer_.data(), buffer_.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        const PageLoss loss = read_page(
            page_, {buffer_.data(), static_cast<std::size_t>(got)},
            [&](std::int64_t at, std::span<const std::byte> record) { take(at, record, news); });
        if (!loss.any)
            continue;
        const std::uint64_t all =
            loss.count > 0 ? cpu.lost + loss.count : std::max(cpu.lost + 1, overrun(cpu.stats));
        news.lost += all - cpu.lost;
        cpu.lost = all;
    }
}

Transitions::News Transitions::read() {
    News news;
    for (Cpu& cpu : cpus_)
        read_cpu(cpu, news);
    std::stable_sort(news.events.begin(), news.events.end(),
                     [](const KernelEvent& a, const KernelEvent& b) { return a.at_ns < b.at_ns; });
    return news;
}

} // namespace net::permitted
