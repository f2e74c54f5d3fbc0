// How the kernel lays out an event of its trace, as /sys/kernel/tracing/events/*/*/format tells it:
// offsets differ from kernel to kernel, names do not.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace net::permitted {

struct Field {
    std::uint32_t offset = 0, size = 0;
};

struct Format {
    std::string name;
    std::uint16_t id = 0;
    std::map<std::string, Field, std::less<>> fields;
    std::map<std::uint64_t, std::string> reasons; // of a field "reason", by number

    [[nodiscard]] const Field* field(std::string_view wanted) const;
};

// Nothing: it is no format.
std::optional<Format> parse_format(std::string_view text);

// Of the fields of a page's head, by events/header_page.
struct PageFormat {
    Field timestamp, commit;
    std::uint32_t data = 0; // where it begins
    std::uint32_t size = 0; // of the whole page
};
std::optional<PageFormat> parse_page_format(std::string_view text);

} // namespace net::permitted
