// PNG through libpng's simplified interface.
#include "window/png.hpp"

#include <fmt/format.h>
#include <png.h>

#include <cstring>

namespace window {

std::string write_png(const std::string& path, int width, int height,
                      std::span<const std::uint8_t> rgba) {
    png_image image;
    std::memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = PNG_FORMAT_RGBA;
    // A negative stride turns the picture the right way up.
    if (png_image_write_to_file(&image, path.c_str(), 0, rgba.data(), -4 * width, nullptr) == 0) {
        return fmt::format("cannot write {}: {}", path, image.message);
    }
    return "";
}

} // namespace window
