// Lines like "field:__u16 sport;	offset:24;	size:2;	signed:0;".
#include "net/permitted/trace_format.hpp"

#include <charconv>

namespace net::permitted {
namespace {

template <typename Number>
bool number_after(std::string_view text, std::string_view name, Number& number) {
    auto at = text.find(name);
    if (at == text.npos)
        return false;
    at += name.size();
    while (at < text.size() && text[at] == ' ')
        ++at;
    return std::from_chars(text.data() + at, text.data() + text.size(), number).ec == std::errc{};
}

// The last word of a declaration, without [4].
std::string_view name_of(std::string_view declaration) {
    declaration = declaration.substr(0, declaration.find('['));
    const auto space = declaration.find_last_of(" *");
    return space == declaration.npos ? declaration : declaration.substr(space + 1);
}

template <typename Use>
void each_field(std::string_view text, const Use& use) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == text.npos ? std::string_view{} : text.substr(end + 1);
        const auto begins = line.find("field:");
        const auto semicolon = line.find(';');
        Field field;
        if (begins == line.npos || semicolon == line.npos || semicolon < begins ||
            !number_after(line, "offset:", field.offset) ||
            !number_after(line, "size:", field.size))
            continue;
        use(name_of(line.substr(begins + 6, semicolon - begins - 6)), field);
    }
}

// __print_symbolic(REC->reason, { 0, "NOT_SPECIFIED" }, { 1, "NO_SOCKET" }, …)
void read_reasons(std::string_view text, Format& format) {
    constexpr std::string_view begins = "__print_symbolic(REC->reason,";
    auto at = text.find(begins);
    if (at == text.npos)
        return;
    text = text.substr(at + begins.size());
    text = text.substr(0, text.find(')'));
    while ((at = text.find('{')) != text.npos) {
        text = text.substr(at + 1);
        std::uint64_t number = 0;
        const auto quote = text.find('"');
        const auto closes = quote == text.npos ? text.npos : text.find('"', quote + 1);
        if (closes == text.npos || !number_after(text, "", number))
            return;
        format.reasons[number] = text.substr(quote + 1, closes - quote - 1);
        text = text.substr(closes);
    }
}

} // namespace

const Field* Format::field(std::string_view wanted) const {
    const auto at = fields.find(wanted);
    return at == fields.end() ? nullptr : &at->second;
}

std::optional<Format> parse_format(std::string_view text) {
    Format format;
    const auto name = text.find("name: ");
    if (name == text.npos || !number_after(text, "\nID:", format.id))
        return std::nullopt;
    format.name = text.substr(name + 6, text.find('\n', name) - name - 6);
    each_field(text, [&](std::string_view field, const Field& where) {
        format.fields.emplace(field, where);
    });
    read_reasons(text, format);
    if (format.fields.empty())
        return std::nullopt;
    return format;
}

std::optional<PageFormat> parse_page_format(std::string_view text) {
    PageFormat page;
    each_field(text, [&](std::string_view field, const Field& where) {
        if (field == "timestamp")
            page.timestamp = where;
        else if (field == "commit")
            page.commit = where;
        else if (field == "data") {
            page.data = where.offset;
            page.size = where.offset + where.size;
        }
    });
    if (page.timestamp.size != 8 || (page.commit.size != 8 && page.commit.size != 4) ||
        page.data == 0 || page.size <= page.data)
        return std::nullopt;
    return page;
}

} // namespace net::permitted
