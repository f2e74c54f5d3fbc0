// Files, whole: read at once, replaced at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace record {

struct FileText {
    std::string text;
    std::string mistake; // "cannot read PATH: why", or ""
};
// The whole file, as long as it is no longer than `most` bytes.
FileText read_file(const std::string& path, std::size_t most = std::size_t{1} << 30);
// Written beside and renamed, so that a reader sees the old text or the new, never half of it.
// Missing folders are made. Returns "" or what went wrong.
std::string replace_file(const std::string& path, std::string_view text);

} // namespace record
