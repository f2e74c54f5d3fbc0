// Lines for the terminal: verdicts, the list, and changes of one target.
#pragma once

#include "net/attach/focus.hpp"
#include "net/attach/watch.hpp"

#include <string>
#include <vector>

namespace net::attach {

std::vector<std::string> text_lines(const Picture& picture);
std::vector<std::string> json_lines(const Picture& picture); // one object each
std::string text_line(const Change& change);
std::string json_line(const Change& change);
std::string scope_text(const Picture& picture);

} // namespace net::attach
