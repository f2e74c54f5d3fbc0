// The helper as it is installed for an ordinary user: root's file, his group's to run, with the two
// capabilities of the line that README and `twomsl doctor` print.
#include "watched.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace {

using namespace net::attach;
constexpr unsigned nobody = 65534;

// What `setcap cap_net_raw,cap_dac_override=ep` writes.
bool allow(const std::string& path) {
    vfs_cap_data data{};
    data.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
    data.data[0].permitted = 1u << CAP_NET_RAW | 1u << CAP_DAC_OVERRIDE;
    return ::setxattr(path.c_str(), "security.capability", &data, XATTR_CAPS_SZ_2, 0) == 0;
}

bool become_nobody() {
    return ::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
           ::setresuid(nobody, nobody, nobody) == 0;
}

// In a folder of its own, as `install -o root -g GROUP -m 0750` and setcap leave it.
class Installed {
public:
    Installed() {
        if (!::mkdtemp(folder_.data()))
            return;
        ::chmod(folder_.c_str(), 0755);
        path_ = folder_ + "/twomsl-helper";
        std::ifstream in(TWOMSL_BINARY_DIR "/twomsl-helper", std::ios::binary);
        std::ofstream out(path_, std::ios::binary);
        out << in.rdbuf();
        out.close();
        struct statvfs where {};
        ready_ = out && ::statvfs(folder_.c_str(), &where) == 0 &&
                 (where.f_flag & ST_NOSUID) == 0 && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 &&
                 ::chown(path_.c_str(), 0, nobody) == 0 && ::chmod(path_.c_str(), 0750) == 0 &&
                 allow(path_);
    }
    ~Installed() {
        ::unlink(path_.c_str());
        ::rmdir(folder_.c_str());
    }
    Installed(const Installed&) = delete;
    Installed& operator=(const Installed&) = delete;
    [[nodiscard]] bool ready() const { return ready_; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string folder_ = "/tmp/twomsl-test-XXXXXX", path_;
    bool ready_ = false;
};

// Where nobody has mounted it, the test does, for itself.
bool tracefs_is_there() {
    if (::access("/sys/kernel/tracing/instances", F_OK) == 0)
        return true;
    return ::unshare(CLONE_NEWNS) == 0 &&
           ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, nullptr) == 0;
}

bool has_no_capability() {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.rfind("CapEff:", 0) == 0 || line.rfind("CapPrm:", 0) == 0)
            if (line.find_first_not_of("0", 8) != line.npos)
                return false;
    return ::geteuid() == nobody;
}

} // namespace

TEST_CASE("an ordinary user with the installed helper sees every segment and every transition") {
    const Installed helper;
    if (::geteuid() == 0 && !helper.ready())
        SKIP_TEST("files here hold no capabilities");
    RUN_AS_ROOT([&]() -> std::string {
        if (!tracefs_is_there())
            return no_trace + "tracefs may not be mounted";
        if (!become_nobody())
            return "could not become nobody";
        HOLDS(has_no_capability());
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at}, {true, helper.path(), 0});
        // The trace is there, and root is given it: whatever is refused now is the helper's fault.
        if (const std::string why = watched.wait_for_permits(); !why.empty())
            return "refused: " + why;
        HOLDS(has_no_capability()); // what it was given it got as descriptors
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        ::shutdown(client.number(), SHUT_WR);
        HOLDS(watched.saw([](const Change& c) {
            return c.what == Change::What::state && c.to == trace::State::fin_wait_2;
        }));
        accepted.reset();
        HOLDS(watched.tells_way(Side::left,
                                "CLOSED>SYN_SENT>ESTABLISHED>FIN_WAIT_1>FIN_WAIT_2>TIME_WAIT"));
        HOLDS(watched.tells_way(Side::right,
                                "LISTEN~>SYN_RECV>ESTABLISHED>CLOSE_WAIT>LAST_ACK>CLOSED"));
        HOLDS(watched.segments() == "SYN SYN+ACK ACK FIN+ACK ACK FIN+ACK ACK");
        return "";
    });
}

TEST_CASE("without the helper's capabilities an ordinary user is told the line that gives them") {
    const Installed helper;
    if (::geteuid() == 0 && !helper.ready())
        SKIP_TEST("files here hold no capabilities");
    RUN_AS_ROOT([&]() -> std::string {
        HOLDS(::removexattr(helper.path().c_str(), "security.capability") == 0);
        HOLDS(become_nobody());
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at}, {true, helper.path(), 0});
        const std::string why = watched.wait_for_permits();
        HOLDS(why.find("setcap cap_net_raw,cap_dac_override=ep") != std::string::npos);
        HOLDS(watched.follow->more()->events() == More::State::refused);
        return "";
    });
}
