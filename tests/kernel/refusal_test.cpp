// Where namespaces are refused: the step that failed and its remedy are told, and the loopback pair
// takes over.
#include "net/live.hpp"
#include "net/result.hpp"
#include "ordinary_user.hpp"
#include "player.hpp"

#include "support/skip.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace {

bool write_file(const char* path, const char* text) {
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    const bool done = file >= 0 && ::write(file, text, std::char_traits<char>::length(text)) > 0;
    if (file >= 0)
        ::close(file);
    return done;
}

// In a user namespace of our own, whose limit of further ones is ours to set.
bool forbid_namespaces() {
    return ::unshare(CLONE_NEWUSER) < 0 || write_file("/proc/sys/user/max_user_namespaces", "0");
}

} // namespace

// A sanitizer's own thread keeps this process from entering a user namespace.
#ifdef __SANITIZE_THREAD__
#define NEED_ONE_THREAD SKIP_TEST("the thread sanitizer runs a thread of its own")
#else
#define NEED_ONE_THREAD static_cast<void>(0)
#endif

TEST_CASE("refused namespaces are explained by the step that failed and what to do about it") {
    NEED_ONE_THREAD;
    const auto told = as_ordinary_user([](const std::string& helper) -> std::string {
        if (!forbid_namespaces())
            return "the limit could not be set";
        net::LaboratoryOptions options;
        options.helper = helper;
        Player player(options);
        return player.runs() ? "it runs" : net::describe(player.failure());
    });
    CHECK_THAT(told, ContainsSubstring("creating a user namespace: "));
    CHECK_THAT(told, ContainsSubstring("user.max_user_namespaces"));
}

TEST_CASE("live --pair goes on with a loopback pair where namespaces are refused, and says so") {
    NEED_ONE_THREAD;
    const auto told = as_ordinary_user([](const std::string&) -> std::string {
        if (!forbid_namespaces())
            return "the limit could not be set";
        char* text = nullptr;
        std::size_t size = 0;
        std::FILE* out = ::open_memstream(&text, &size);
        const int code = net::live_pair({}, out);
        std::fclose(out);
        std::string whole(text, size);
        std::free(text);
        return std::to_string(code) + " " + whole;
    });
    INFO(told);
    CHECK(told.rfind("0 No laboratory: ", 0) == 0);
    CHECK_THAT(told, ContainsSubstring("transitions were inferred, not seen: "));
    CHECK_THAT(told, ContainsSubstring("TIME_WAIT"));
}

TEST_CASE("a missing twomsl-lab is told as such") {
    net::LaboratoryOptions options;
    options.helper = "/nowhere/twomsl-lab";
    Player player(options);
    REQUIRE_FALSE(player.runs());
    CHECK_THAT(net::describe(player.failure()),
               ContainsSubstring("twomsl-lab must lie beside twomsl"));
}
