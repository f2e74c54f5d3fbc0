// fontconfig, mmap, and the two sfnt tables that say how tall a font is.
#include "ui/font_file.hpp"

#include <fcntl.h>
#include <fontconfig/fontconfig.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace ui {

namespace {

std::optional<std::uint32_t> big_endian(std::span<const std::byte> file, std::size_t at,
                                        std::size_t width) {
    if (at > file.size() || file.size() - at < width) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        value = value << 8 | std::to_integer<std::uint32_t>(file[at + i]);
    }
    return value;
}

// Where the table `tag` of the font at `font` begins.
std::optional<std::size_t> table(std::span<const std::byte> file, std::size_t font,
                                 const char* tag) {
    const auto count = big_endian(file, font + 4, 2);
    for (std::uint32_t i = 0; count && i < *count; ++i) {
        const std::size_t record = font + 12 + 16u * i;
        const auto offset = big_endian(file, record + 8, 4);
        if (offset && std::memcmp(file.data() + record, tag, 4) == 0) {
            return *offset;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<FontMatch> find_font(const std::string& family, bool bold,
                                   const std::string& language) {
    FcPattern* pattern = FcPatternCreate();
    FcPatternAddString(pattern, FC_FAMILY, reinterpret_cast<const FcChar8*>(family.c_str()));
    FcPatternAddInteger(pattern, FC_WEIGHT, bold ? FC_WEIGHT_DEMIBOLD : FC_WEIGHT_REGULAR);
    FcPatternAddInteger(pattern, FC_SLANT, FC_SLANT_ROMAN);
    FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
    if (!language.empty()) {
        FcPatternAddString(pattern, FC_LANG, reinterpret_cast<const FcChar8*>(language.c_str()));
    }
    FcConfigSubstitute(nullptr, pattern, FcMatchPattern);
    FcDefaultSubstitute(pattern);
    FcResult result = FcResultNoMatch;
    FcPattern* match = FcFontMatch(nullptr, pattern, &result);
    FcPatternDestroy(pattern);
    if (match == nullptr) {
        return std::nullopt;
    }
    std::optional<FontMatch> found;
    FcChar8 *file = nullptr, *name = nullptr;
    int face = 0;
    if (FcPatternGetString(match, FC_FILE, 0, &file) == FcResultMatch &&
        FcPatternGetString(match, FC_FAMILY, 0, &name) == FcResultMatch) {
        FcPatternGetInteger(match, FC_INDEX, 0, &face);
        // The upper half of the index numbers the instances of a variable font.
        found = FontMatch{reinterpret_cast<const char*>(file), face & 0xffff,
                          reinterpret_cast<const char*>(name)};
    }
    FcPatternDestroy(match);
    return found;
}

std::optional<FontMetrics> font_metrics(std::span<const std::byte> file, int face) {
    std::size_t font = 0;
    if (file.size() >= 12 && std::memcmp(file.data(), "ttcf", 4) == 0) {
        const auto offset = big_endian(file, 12 + 4u * static_cast<std::size_t>(face), 4);
        if (!offset) {
            return std::nullopt;
        }
        font = *offset;
    }
    const auto head = table(file, font, "head"), hhea = table(file, font, "hhea");
    if (!head || !hhea) {
        return std::nullopt;
    }
    const auto units = big_endian(file, *head + 18, 2);
    const auto ascent = big_endian(file, *hhea + 4, 2), descent = big_endian(file, *hhea + 6, 2);
    if (!units || *units == 0 || !ascent || !descent) {
        return std::nullopt;
    }
    const auto em = static_cast<float>(*units);
    return FontMetrics{static_cast<float>(static_cast<std::int16_t>(*ascent)) / em,
                       -static_cast<float>(static_cast<std::int16_t>(*descent)) / em};
}

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || status.st_size <= 0) {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
        return nullptr;
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    ::close(descriptor);
    if (memory == MAP_FAILED) {
        return nullptr;
    }
    return std::shared_ptr<const MappedFile>(
        new MappedFile({static_cast<const std::byte*>(memory), size}));
}

MappedFile::~MappedFile() {
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

} // namespace ui
