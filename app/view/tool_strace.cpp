// strace -f -ttt: calls as they are entered and return; one that another thread interrupts is
// resumed on a line of its own (printleader(), tabto()).
#include <cstring>
#include <map>

#include <fmt/format.h>

#include "cells.hpp"
#include "tools.hpp"
#include "words.hpp"

namespace view {
namespace {

using trace::Call;

constexpr std::size_t result_column = 40;

// "3, 10.0.0.2:80, MSG_FASTOPEN" taken apart.
std::vector<std::string> arguments(const std::string& text) {
    std::vector<std::string> parts;
    bool quoted = false;
    std::string part;
    for (const char c : text) {
        if (c == '"')
            quoted = !quoted;
        if (c == ',' && !quoted) {
            parts.push_back(std::move(part));
            part.clear();
        } else if (!(c == ' ' && part.empty())) {
            part += c;
        }
    }
    if (!part.empty())
        parts.push_back(std::move(part));
    return parts;
}

std::string at(const std::vector<std::string>& parts, std::size_t i) {
    return i < parts.size() ? parts[i] : std::string();
}

// "10.0.0.2:80" as a struct sockaddr_in.
std::string address(const std::string& end) {
    const auto colon = end.rfind(':');
    if (colon == end.npos)
        return "…";
    return fmt::format("{{sa_family=AF_INET, sin_port=htons({}), sin_addr=inet_addr(\"{}\")}}, 16",
                       end.substr(colon + 1), end.substr(0, colon));
}

// strace shows 32 bytes of a buffer; of what no script wrote literally nothing is known.
std::string buffer(const std::string& literal) {
    constexpr std::size_t shown = 32;
    if (literal.size() < 2 || literal.front() != '"')
        return "…";
    const std::string inside = literal.substr(1, literal.size() - 2);
    return inside.size() > shown ? fmt::format("\"{}\"...", inside.substr(0, shown)) : literal;
}

std::string flags_of(const std::vector<std::string>& parts) {
    std::string flags;
    for (const std::string& part : parts)
        if (part.starts_with("MSG_"))
            flags += (flags.empty() ? "" : "|") + part;
    return flags;
}

std::string option(const std::vector<std::string>& parts) {
    const std::string name = at(parts, 1), value = at(parts, 2);
    const char* level = name.starts_with("TCP_")  ? "SOL_TCP"
                        : name.starts_with("IP_") ? "SOL_IP"
                                                  : "SOL_SOCKET";
    if (name == "SO_LINGER")
        return fmt::format("{}, {}, {}, {{l_onoff={}, l_linger={}}}, 8", at(parts, 0), level, name,
                           value.starts_with('-') ? 0 : 1, value.starts_with('-') ? "0" : value);
    if (name == "SO_RCVTIMEO" || name == "SO_SNDTIMEO")
        return fmt::format("{}, {}, {}_OLD, …, 16", at(parts, 0), level, name);
    return fmt::format("{}, {}, {}, [{}], 4", at(parts, 0), level, name, value);
}

// What is printed when a call is entered, and what when it has returned.
struct Print {
    std::string name, entered, left;
};

Print print(const trace::CallRecord& call, std::int64_t result) {
    const auto parts = arguments(call.text);
    const std::string fd = at(parts, 0), flags = flags_of(parts);
    switch (call.call) {
    case Call::socket:
        return {"socket",
                fmt::format("AF_INET, SOCK_STREAM{}, IPPROTO_IP",
                            call.text.find("NONBLOCK") == call.text.npos ? "" : "|SOCK_NONBLOCK"),
                ""};
    case Call::bind: return {"bind", fd + ", " + address(at(parts, 1)), ""};
    case Call::listen: return {"listen", fd + ", " + at(parts, 1), ""};
    case Call::connect:
        if (flags.find("MSG_FASTOPEN") != flags.npos)
            return {"sendto",
                    fmt::format("{}, …, {}, MSG_FASTOPEN, {}", fd, at(parts, 1),
                                address(at(parts, parts.size() - 1))),
                    ""};
        return {"connect", fd + ", " + address(at(parts, 1)), ""};
    case Call::accept: return {"accept", fd + ", ", "NULL, NULL"};
    case Call::read: {
        const bool sized = parts.size() > 1 && !at(parts, 1).starts_with("MSG_");
        const std::string size = sized ? at(parts, 1) : "…";
        const std::string filled = result == 0 ? "\"\"" : "…";
        if (!flags.empty())
            return {"recvfrom", fd + ", ",
                    fmt::format("{}, {}, {}, NULL, NULL", filled, size, flags)};
        return {"read", fd + ", ", fmt::format("{}, {}", filled, size)};
    }
    case Call::write: {
        const bool literal = at(parts, 1).starts_with('"');
        const std::string what = literal ? buffer(at(parts, 1)) : "…",
                          size = at(parts, literal ? 2 : 1);
        if (!flags.empty())
            return {"sendto", fmt::format("{}, {}, {}, {}, NULL, 0", fd, what, size, flags), ""};
        return {"write", fmt::format("{}, {}, {}", fd, what, size), ""};
    }
    case Call::shutdown: return {"shutdown", fd + ", " + at(parts, 1), ""};
    case Call::close: return {"close", fd, ""};
    case Call::setsockopt:
        if (at(parts, 1) == "O_NONBLOCK")
            return {"fcntl", fd + ", F_SETFL, O_RDWR|O_NONBLOCK", ""};
        return {"setsockopt", option(parts), ""};
    case Call::sysctl: // the administrator's, of another process
    case Call::fork:   // not among the calls that are traced
        break;
    }
    return {};
}

std::string result_text(std::int64_t result) {
    if (result >= 0)
        return fmt::format("{}", result);
    const int error = static_cast<int>(-result);
    return fmt::format("-1 {} ({})", trace::name(static_cast<trace::Errno>(error)),
                       std::strerror(error));
}

std::string seconds(trace::Instant at) {
    const std::int64_t us = at.ns / 1000;
    return fmt::format("{}.{:06}", us / 1'000'000, us % 1'000'000);
}

// tabto(): results stand below each other where there is room.
std::string to_the_result(std::string line) {
    line += ") ";
    if (const std::size_t wide = cells(line); wide < result_column)
        line.append(result_column - wide, ' ');
    return line + "= ";
}

class Tracing {
public:
    Tracing(const trace::Trace& t, std::size_t visible, trace::HostId host) : trace_(t) {
        for (std::size_t i = 0; i < visible; ++i) {
            const trace::Event& e = t.events[i];
            if (e.host != host || e.ref >= t.calls.size())
                continue;
            if (e.kind == trace::EventKind::call_entered)
                entered(e);
            else if (e.kind == trace::EventKind::call_returned)
                returned(e);
        }
        if (open_ != trace::none)
            break_off("");
    }
    std::vector<std::string> take() { return std::move(lines_); }
    bool several() const { return threads_.size() > 1; }

private:
    // Listeners are the main thread's; each connection has a thread of its own.
    int thread(const trace::CallRecord& call) {
        const bool main = call.call == Call::listen || call.call == Call::accept ||
                          call.socket >= trace_.sockets.size() ||
                          trace_.sockets[call.socket].remote.port == 0;
        const trace::Cookie key = main ? trace::none : call.socket;
        return threads_.try_emplace(key, static_cast<int>(threads_.size()) + 1).first->second;
    }
    std::string leader(int thread, trace::Instant now) const {
        return several() ? fmt::format("[pid {:5}] {} ", thread, seconds(now)) : seconds(now) + " ";
    }
    void break_off(const char* why) {
        lines_.push_back(std::move(line_) + why);
        line_.clear();
        open_ = trace::none;
    }
    void finish(const std::string& left, std::int64_t result) {
        lines_.push_back(to_the_result(std::move(line_) + left) + result_text(result));
        line_.clear();
        open_ = trace::none;
    }
    void entered(const trace::Event& e) {
        const trace::CallRecord& call = trace_.calls[e.ref];
        const Print what = print(call, 0);
        if (what.name.empty())
            return;
        if (open_ != trace::none)
            break_off(" <unfinished ...>");
        line_ = leader(thread(call), e.at) + what.name + "(" + what.entered;
        open_ = e.ref;
    }
    void returned(const trace::Event& e) {
        const trace::CallRecord& call = trace_.calls[e.ref];
        const Print what = print(call, e.value);
        if (what.name.empty())
            return;
        if (open_ != e.ref) {
            if (open_ != trace::none)
                break_off(" <unfinished ...>");
            line_ = fmt::format("{}<... {} resumed>", leader(thread(call), e.at), what.name);
        }
        finish(what.left, e.value);
    }

    const trace::Trace& trace_;
    std::map<trace::Cookie, int> threads_; // main: none
    std::vector<std::string> lines_;
    std::string line_; // begun, not yet finished: the call of `open_`
    trace::CallId open_ = trace::none;
};

} // namespace

ToolText strace_text(const trace::Trace& trace, std::uint32_t visible_events, trace::HostId host) {
    Tracing tracing(trace, std::min<std::size_t>(visible_events, trace.events.size()), host);
    ToolText text;
    text.lines = tracing.take();
    if (text.lines.empty()) {
        text.notes.push_back(tr("No calls are known here: those of other programs are not seen."));
        return text;
    }
    text.notes.push_back(
        tr("… stands for what is not known: bytes that no script wrote literally, the size of a "
           "buffer. Threads are numbered in the order in which they appear."));
    return text;
}

} // namespace view
