// Running something as a user without any privilege, whoever runs the tests.
#pragma once

#include <functional>
#include <string>

inline const std::string refused_prefix = "refused: ";

// In a child process: root becomes nobody first, anybody else stays who he is. `work` gets the path
// of twomsl-lab (for nobody a copy, since the build tree may be closed to him) and returns "" or
// what went wrong; that is returned.
std::string as_ordinary_user(const std::function<std::string(const std::string& helper)>& work);
