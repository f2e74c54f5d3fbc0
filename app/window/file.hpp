// Small files, whole: read at once, replaced at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace window {

std::optional<std::string> read_file(const std::string& path);
// Written beside and renamed, so that a reader sees the old text or the new, never half of it.
// Missing folders are made. Returns "" or what went wrong.
std::string replace_file(const std::string& path, std::string_view text);

} // namespace window
