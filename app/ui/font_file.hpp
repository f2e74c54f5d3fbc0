// Font files of the system: found by fontconfig, mapped into memory, measured.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace ui {

struct FontMatch {
    std::string path;
    int face = 0;       // index inside a collection (.ttc)
    std::string family; // what fontconfig gave, which may not be what was asked for
};
// `language` as in "zh-cn", or empty. Nothing when there is no font at all.
std::optional<FontMatch> find_font(const std::string& family, bool bold,
                                   const std::string& language);

struct FontMetrics {
    float ascent = 0;  // in em, from the baseline up
    float descent = 0; // in em, from the baseline down, positive
};
// From the tables head and hhea; nothing if the bytes are not an sfnt font.
std::optional<FontMetrics> font_metrics(std::span<const std::byte> file, int face);

// A whole file, mapped read-only: a 20-MB collection costs only the pages that are looked at.
class MappedFile {
public:
    static std::shared_ptr<const MappedFile> open(const std::string& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    std::span<const std::byte> bytes() const { return bytes_; }

private:
    explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
    std::span<const std::byte> bytes_;
};

} // namespace ui
