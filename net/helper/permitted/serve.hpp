// The two things that twomsl-helper can be asked for.
#pragma once

#include "net/permitted/protocol.hpp"

#include <vector>

namespace net::permitted {

bool reply(Reply message, const std::vector<int>& descriptors = {});
bool refuse(Step step, int error);

// Each returns the program's exit code.
int serve_segments(const Request& request);
int serve_events(const Request& request); // stays until twomsl is gone, then removes the instance

// --- privilege.cpp
enum class Keep { nothing, removing_directories };
// From here on this process can do no more than this, whoever started it.
bool drop_privileges(Keep keep);
// No system call but those by which the janitor waits and removes.
void allow_only_removing();

} // namespace net::permitted
