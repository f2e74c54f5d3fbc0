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

OrdinaryUser::OrdinaryUser(const std::function<std::string(const std::string&)>& work)
    : folder_("/tmp/twomsl-test-XXXXXX") {
    const std::string built = TWOMSL_BINARY_DIR "/twomsl-lab";
    if (!::mkdtemp(folder_.data())) {
        folder_.clear();
        told_ = "mkdtemp";
        return;
    }
    ::chmod(folder_.c_str(), 0755);
    helper_ = folder_ + "/twomsl-lab";
    int ends[2];
    if (!copy(built, helper_) || ::pipe(ends) != 0)
        return;
    child_ = ::fork();
    if (child_ == 0) {
        ::close(ends[0]);
        std::string outcome;
        if (::getuid() == 0 &&
            (::setgroups(0, nullptr) < 0 || ::setgid(nobody) < 0 || ::setuid(nobody) < 0))
            outcome = "could not become nobody";
        else
            outcome = work(helper_);
        const auto written = ::write(ends[1], outcome.data(), outcome.size());
        ::_exit(written == static_cast<ssize_t>(outcome.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    end_ = ends[0];
}

std::string OrdinaryUser::outcome() {
    if (child_ > 0) {
        told_.clear();
        char part[512];
        for (ssize_t got = 0; (got = ::read(end_, part, sizeof part)) > 0;)
            told_.append(part, static_cast<std::size_t>(got));
        ::close(end_);
        int status = 0;
        ::waitpid(child_, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            told_ += " (the child died)";
        child_ = -1;
    }
    if (!folder_.empty()) {
        ::unlink(helper_.c_str());
        ::rmdir(folder_.c_str());
        folder_.clear();
    }
    return told_;
}

std::string as_ordinary_user(const std::function<std::string(const std::string&)>& work) {
    return OrdinaryUser(work).outcome();
}
