// Fork, drop, work, tell.
#include "ordinary_user.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace {

constexpr unsigned nobody = 65534;

bool copy(const std::string& from, const std::string& to) {
    std::ifstream in(from, std::ios::binary);
    std::ofstream out(to, std::ios::binary);
    out << in.rdbuf();
    out.close();
    return in && out && ::chmod(to.c_str(), 0755) == 0;
}

} // namespace

std::string as_ordinary_user(const std::function<std::string(const std::string&)>& work) {
    const std::string built = TWOMSL_BINARY_DIR "/twomsl-lab";
    std::string folder = "/tmp/twomsl-test-XXXXXX";
    if (!::mkdtemp(folder.data()))
        return "mkdtemp";
    ::chmod(folder.c_str(), 0755);
    const std::string helper = folder + "/twomsl-lab";
    std::string told = "could not copy twomsl-lab";
    int ends[2];
    if (copy(built, helper) && ::pipe(ends) == 0) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            std::string outcome;
            if (::getuid() == 0 &&
                (::setgroups(0, nullptr) < 0 || ::setgid(nobody) < 0 || ::setuid(nobody) < 0))
                outcome = "could not become nobody";
            else
                outcome = work(helper);
            const auto written = ::write(ends[1], outcome.data(), outcome.size());
            ::_exit(written == static_cast<ssize_t>(outcome.size()) ? 0 : 1);
        }
        ::close(ends[1]);
        told.clear();
        char part[512];
        for (ssize_t got = 0; (got = ::read(ends[0], part, sizeof part)) > 0;)
            told.append(part, static_cast<std::size_t>(got));
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            told += " (the child died)";
    }
    ::unlink(helper.c_str());
    ::rmdir(folder.c_str());
    return told;
}
