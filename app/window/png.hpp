// Writing pictures.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace window {

// Rows from bottom to top, four bytes a pixel, as OpenGL reads them. Returns "" or what went wrong.
std::string write_png(const std::string& path, int width, int height,
                      std::span<const std::uint8_t> rgba);

} // namespace window
