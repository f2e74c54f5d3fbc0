// What Attach adds to a card, and what leads from a card to Attach.
#include "panels/host_cards.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

namespace panels {

using view::tr;

const char* condition_of(const trace::SocketView& socket) {
    switch (socket.state) {
    case trace::State::syn_sent: return "connect_unanswered";
    case trace::State::syn_recv: return "half_open_pile";
    case trace::State::fin_wait_1:
    case trace::State::closing:
    case trace::State::last_ack: return "stuck_closing";
    case trace::State::fin_wait_2: return socket.orphan ? "fin_wait_2_orphans" : "";
    case trace::State::close_wait: return "close_wait_leak";
    case trace::State::time_wait: return "time_wait_pile";
    case trace::State::established:
        for (const trace::TimerView& timer : socket.timers) {
            if (timer.kind == trace::Timer::persist)
                return "zero_window";
            if (timer.kind == trace::Timer::retransmit && timer.repetitions > 0)
                return "retransmitting";
        }
        return socket.recv_queue.bytes > 0 ? "unread_data" : "";
    case trace::State::closed:
    case trace::State::listen: return "";
    }
    return "";
}

void happening_button(Column& c, const Host& host, trace::Cookie socket, const std::string& name,
                      const char* condition) {
    const bool simulated =
        host.frame.mode == view::Mode::lesson || host.frame.mode == view::Mode::free_play;
    if (!simulated || *condition == 0 || !host.selected(socket))
        return;
    c.gap(6);
    const ui::Button ask{.id = "happening",
                         .label = tr("Is this happening to me?"),
                         .hint = tr("looks for the same among the sockets of this machine"),
                         .style = ui::small_strong};
    const ui::Rect row = c.take(c.px(27));
    if (!c.painting)
        return;
    const ui::Rect at{row.x, row.y, std::min(row.w, ui::button_width(c.screen, ask)), row.h};
    if (ui::button(c.screen, at, ask))
        host.commands.push_back(view::command::OpenAttach{condition});
    ui::mark(c.screen, "happening." + name, condition, at);
}

void attached_lines(Column& c, const Host& host, trace::Cookie socket) {
    if (!host.frame.attach)
        return;
    const auto at = host.frame.attach->ends.find(socket);
    if (at == host.frame.attach->ends.end())
        return;
    const ui::Theme& theme = c.screen.theme;
    c.paragraph(at->second.local + " → " + at->second.remote, ui::small_code, theme.text);
    if (!at->second.note.empty())
        c.paragraph(at->second.note, ui::small, theme.dim);
    c.gap(3);
}

std::string remote_text(const view::Frame& frame, trace::Cookie socket,
                        const trace::Endpoint& remote) {
    if (frame.attach) {
        const auto at = frame.attach->ends.find(socket);
        return at != frame.attach->ends.end() ? at->second.remote : fmt::format(":{}", remote.port);
    }
    return trace::format(remote);
}

} // namespace panels
