// Running something as a user without any privilege, whoever runs the tests.
#pragma once

#include <functional>
#include <string>

inline const std::string refused_prefix = "refused: ";

// In a child process: root becomes nobody first, anybody else stays who he is. `work` gets the path
// of twomsl-lab (for nobody a copy, since the build tree may be closed to him) and returns "" or
// what went wrong; that is returned.
// Started now, told later: REQUIRES no other thread yet.
class OrdinaryUser {
public:
    explicit OrdinaryUser(const std::function<std::string(const std::string& helper)>& work);
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;
    std::string outcome(); // waits for it

private:
    std::string folder_, helper_, told_ = "could not copy twomsl-lab";
    int child_ = -1, end_ = -1;
};
std::string as_ordinary_user(const std::function<std::string(const std::string& helper)>& work);
