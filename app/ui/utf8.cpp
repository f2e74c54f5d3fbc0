// Decoding and encoding UTF-8.
#include "ui/utf8.hpp"

namespace ui {

Character first_character(std::string_view text) {
    constexpr Character broken{0xfffd, 1};
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) {
        return {lead, 1};
    }
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) {
        return broken;
    }
    char32_t code = lead & (0x7fu >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0u) != 0x80u) {
            return broken;
        }
        code = code << 6 | (next & 0x3fu);
    }
    return {code, bytes};
}

void append_utf8(std::string& to, char32_t code) {
    if (code < 0x80) {
        to += static_cast<char>(code);
        return;
    }
    if (code < 0x800) {
        to += static_cast<char>(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        to += static_cast<char>(0xe0 | code >> 12);
        to += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    } else {
        to += static_cast<char>(0xf0 | code >> 18);
        to += static_cast<char>(0x80 | (code >> 12 & 0x3f));
        to += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    }
    to += static_cast<char>(0x80 | (code & 0x3f));
}

} // namespace ui
