// The words for a question whose file leaves them out.
#include <fmt/format.h>

#include "print.hpp"
#include "reader.hpp"

namespace scenario {

Text own_words(const Scenario& s, const Prediction& p) {
    const auto later = p.after ? fmt::format(", {} later", trace::format(*p.after)) : std::string();
    const auto later_zh =
        p.after ? fmt::format("{} 之后，", trace::format(*p.after)) : std::string();
    const bool of_wire = p.what == Question::segment || p.what == Question::sender;
    const auto name = of_wire ? std::string() : print(p.socket, s);
    const auto text = [](std::string en, std::string zh) {
        return Text{{{"", std::move(en)}, {"zh", std::move(zh)}}};
    };
    switch (p.what) {
    case Question::state:
        return text(fmt::format("Which state is {} in{}?", name, p.after ? later : " next"),
                    fmt::format("{}{} 处于什么状态？", p.after ? later_zh : "接下来，", name));
    case Question::returned:
        return text(fmt::format("What does the next call on {} return{}?", name, later),
                    fmt::format("{}{} 上的下一个调用返回什么？", later_zh, name));
    case Question::accept_queue:
        return text(fmt::format("How long is the accept queue of {}{}?", name, later),
                    fmt::format("{}{} 的 accept 队列有多长？", later_zh, name));
    case Question::syn_queue:
        return text(fmt::format("How long is the SYN queue of {}{}?", name, later),
                    fmt::format("{}{} 的 SYN 队列有多长？", later_zh, name));
    case Question::send_queue:
        return text(fmt::format("How many bytes are in the send queue of {}{}?", name, later),
                    fmt::format("{}{} 的发送队列中有多少字节？", later_zh, name));
    case Question::recv_queue:
        return text(fmt::format("How many bytes are in the receive queue of {}{}?", name, later),
                    fmt::format("{}{} 的接收队列中有多少字节？", later_zh, name));
    case Question::timer_due:
        return text(
            fmt::format("When does the {} timer of {} run out?", trace::name(p.timer), name),
            fmt::format("{} 的 {} 定时器还有多久到期？", name, trace::name(p.timer)));
    case Question::segment:
        return text(fmt::format("Which segment leaves {} for {} next?", s.hosts[p.from].name,
                                s.hosts[p.to].name),
                    fmt::format("{} 发往 {} 的下一个报文段是什么？", s.hosts[p.from].name,
                                s.hosts[p.to].name));
    case Question::sender: return text("Who sends the next segment?", "下一个报文段由谁发送？");
    }
    return {};
}

} // namespace scenario
