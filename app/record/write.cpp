// Writing a recording, look by look.
#include "format.hpp"
#include "values.hpp"

namespace record {
namespace {

using nlohmann::json;

// Entries of `now` that are not in `before` or differ there, with their places; `before` becomes
// it.
template <typename T>
json changes(const std::vector<T>& now, std::vector<T>& before) {
    json list = json::array();
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (i < before.size() && before[i] == now[i])
            continue;
        list.push_back(json::array({i, now[i]}));
        if (i < before.size())
            before[i] = now[i];
        else
            before.push_back(now[i]);
    }
    return list;
}

template <typename T>
json from(const std::vector<T>& all, std::size_t& first) {
    json list = json::array();
    for (; first < all.size(); ++first)
        list.push_back(all[first]);
    return list;
}

void put(json& line, const char* name, json list) {
    if (!list.empty())
        line[name] = std::move(list);
}

std::string hex(const std::vector<std::uint8_t>& bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string dump(const json& j) {
    // Names come from files and from other programs: bytes that are not UTF-8 must not stop us.
    return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

// [[segment, "4500…"], …]: those that are new.
json new_headers(const std::vector<trace::CapturedHeader>& all, std::size_t& first) {
    json list = json::array();
    for (; first < all.size(); ++first)
        list.push_back(json::array({all[first].segment, hex(all[first].bytes)}));
    return list;
}

} // namespace

std::string Writer::heading(const About& about) const {
    return dump(json{{"twomsl recording", 1},
                     {"scope", about.scope},
                     {"kernel", about.kernel},
                     {"began", about.began},
                     {"hosts", hosts_}}) +
           "\n";
}

std::string Writer::text_about(const About& about) const {
    return text_.empty() ? "" : heading(about) + text_.substr(text_.find('\n') + 1);
}

bool Writer::add(const trace::Trace& trace, const trace::Snapshot& s) {
    if (full_)
        return false;
    if (text_.empty()) {
        hosts_ = trace.hosts;
        text_ = heading(about_);
    }
    json line;
    put(line, "sockets", changes(trace.sockets, sockets_));
    put(line, "segments", from(trace.segments, segments_));
    put(line, "headers", new_headers(trace.headers, headers_));
    put(line, "calls", changes(trace.calls, calls_));
    put(line, "events", from(trace.events, events_));
    json views = json::array();
    views_.resize(std::max(views_.size(), s.hosts.size()));
    for (std::size_t i = 0; i < s.hosts.size(); ++i) {
        json view = s.hosts[i];
        std::string written = dump(view);
        if (written == views_[i])
            continue;
        views_[i] = std::move(written);
        views.push_back(json::array({i, std::move(view)}));
    }
    put(line, "views", std::move(views));
    json between{{"wires", s.wires}, {"in_flight", s.in_flight}};
    if (std::string written = dump(between); written != between_) {
        between_ = std::move(written);
        line.update(between);
    }
    if (line.empty())
        return false;
    line["at"] = s.now;
    text_ += dump(line);
    text_ += '\n';
    full_ = text_.size() > most;
    return true;
}

} // namespace record
