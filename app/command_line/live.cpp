// `twomsl live` and `twomsl doctor`: the real kernel in the terminal.
#include "command_line/arguments.hpp"
#include "command_line/command.hpp"

#include "net/attach/live_attach.hpp"
#include "net/doctor.hpp"
#include "net/live.hpp"
#include "record/format.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <utility>

namespace command_line {

namespace {

// "127.0.0.1:50000,127.0.0.1:80"
std::optional<net::Pair> parse_pair(const std::string& text) {
    const auto comma = text.find(',');
    if (comma == std::string::npos)
        return std::nullopt;
    const auto local = net::parse_endpoint(text.substr(0, comma));
    const auto remote = net::parse_endpoint(text.substr(comma + 1));
    if (!local || !remote)
        return std::nullopt;
    return net::Pair{*local, *remote};
}

// What the flags name; `mistake` when they name nothing that can be.
std::optional<net::attach::Target> target_of(const Arguments& arguments, std::string& mistake) {
    std::optional<net::attach::Target> target;
    int given = 0;
    if (const auto address = arguments.flag("--listener")) {
        ++given;
        const auto local = net::parse_endpoint(*address);
        if (!local)
            mistake = fmt::format("'{}' is no address of a listener; expected :8080, "
                                  "127.0.0.1:8080 or [::1]:8080",
                                  *address);
        else
            target = net::attach::ListenerTarget{*local};
    }
    if (const auto ends = arguments.flag("--connection")) {
        ++given;
        const auto pair = parse_pair(*ends);
        if (!pair)
            mistake = fmt::format("'{}' is no pair of addresses; expected "
                                  "127.0.0.1:50000,127.0.0.1:8080",
                                  *ends);
        else
            target = net::attach::ConnectionTarget{*pair, 0};
    }
    if (const auto pid = arguments.flag("--pid")) {
        ++given;
        int number = 0;
        const auto [end, error] = std::from_chars(pid->data(), pid->data() + pid->size(), number);
        if (error != std::errc{} || end != pid->data() + pid->size() || number <= 0)
            mistake = fmt::format("'{}' is no process id", *pid);
        else
            target = net::attach::ProcessTarget{number};
    }
    if (given > 1)
        mistake = "one of --listener, --connection and --pid at a time";
    return target;
}

} // namespace

namespace {

// A recording that grows on the disk look by look: killed, it ends with what was seen until then.
class RecordingFile {
public:
    explicit RecordingFile(const std::string& path) : path_(path) {
        file_ = std::fopen(path.c_str(), "wbe");
    }
    ~RecordingFile() {
        if (file_)
            std::fclose(file_);
    }
    RecordingFile(const RecordingFile&) = delete;
    RecordingFile& operator=(const RecordingFile&) = delete;
    [[nodiscard]] bool opened() const { return file_ != nullptr; }
    [[nodiscard]] bool is_whole() const { return whole_; }

    void look(const std::string& scope, const trace::Trace& trace,
              const trace::Snapshot& snapshot) {
        if (!writer_)
            writer_.emplace(about(scope, snapshot.now));
        writer_->add(trace, snapshot);
        const std::string_view more = std::string_view(writer_->text()).substr(written_);
        written_ += more.size();
        const bool fits = std::fwrite(more.data(), 1, more.size(), file_) == more.size() &&
                          std::fflush(file_) == 0;
        if ((!fits || writer_->full()) && std::exchange(whole_, false))
            fmt::print(stderr, "twomsl: {}: {}; what comes now is not kept\n", path_,
                       fits ? "the recording has grown too long" : std::strerror(errno));
    }

private:
    static record::About about(const std::string& scope, trace::Instant now) {
        record::About made;
        made.scope = scope;
        utsname system{};
        if (::uname(&system) == 0)
            made.kernel = fmt::format("{} {}", system.sysname, system.release);
        const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
        made.began =
            std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count() - now.ns;
        return made;
    }
    std::string path_;
    std::FILE* file_ = nullptr;
    std::optional<record::Writer> writer_;
    std::size_t written_ = 0;
    bool whole_ = true;
};

} // namespace

int live(std::span<const std::string> given) {
    // These take no value: taken out before the flags are read.
    std::vector<std::string> rest(given.begin(), given.end());
    const bool pair = std::erase(rest, "--pair") > 0;
    const bool sampled = std::erase(rest, "--sampled") > 0;
    constexpr std::array<std::string_view, 6> flags = {"--format", "--listener", "--connection",
                                                       "--pid",    "--for",      "--record"};
    const Arguments arguments = read(rest, flags);
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    if (!arguments.words.empty())
        return refuse(
            fmt::format("live does not know '{}'; see twomsl --help", arguments.words[0]));
    net::LiveFormat kind = net::LiveFormat::text;
    const std::string format = arguments.flag("--format").value_or("text");
    if (format == "json")
        kind = net::LiveFormat::json;
    else if (format != "text")
        return refuse(fmt::format("there is no format '{}'; expected text or json", format));
    std::string mistake;
    net::attach::LiveOptions options;
    options.format = kind;
    options.target = target_of(arguments, mistake);
    if (!mistake.empty())
        return refuse(mistake);
    if (const auto time = arguments.flag("--for")) {
        const auto duration = trace::parse_duration(*time);
        if (!duration)
            return refuse(fmt::format("'{}' is no time; expected 10s or 500ms", *time));
        options.for_ns = duration->ns;
    }
    options.sampled_only = sampled;
    const auto path = arguments.flag("--record");
    if (path && !options.target)
        return refuse("--record keeps what is seen of one target: --listener, --connection or "
                      "--pid");
    if (pair && (options.target || options.for_ns || sampled))
        return refuse("--pair plays a pair of its own: it takes no target, no --for and no "
                      "--sampled");
    if (!pair && !path)
        return net::attach::live(options, stdout);
    if (!pair) {
        RecordingFile file(*path);
        if (!file.opened())
            return refuse(fmt::format("cannot write {}: {}", *path, std::strerror(errno)));
        options.on_look = [&](const std::string& scope, const trace::Trace& trace,
                              const trace::Snapshot& snapshot) {
            if (file.is_whole())
                file.look(scope, trace, snapshot);
        };
        return net::attach::live(options, stdout);
    }
    net::LivePairOptions own;
    own.format = kind;
    return net::live_pair(own, stdout);
}

int doctor(std::span<const std::string> given) {
    if (!given.empty())
        return refuse(fmt::format("doctor takes no arguments, but was given '{}'", given[0]));
    return net::doctor(stdout);
}

} // namespace command_line
