// The process of a host: the calls of its main thread, with what each returned.
#include "panels/host_cards.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;

constexpr std::size_t usual_calls = 8, calls_in_low_panel = 2;

bool on_a_card(const Host& host, const trace::CallRecord& call) {
    switch (call.call) {
    case trace::Call::socket:
        // That of a connection goes without saying: its card begins with connect().
        return call.socket < host.frame.trace->sockets.size() &&
               !host.frame.trace->sockets[call.socket].is_listener;
    case trace::Call::bind:
        if (call.socket < host.frame.trace->sockets.size() &&
            !host.frame.trace->sockets[call.socket].is_listener)
            break;
        return false;
    case trace::Call::listen:
    case trace::Call::accept:
    case trace::Call::sysctl:
    case trace::Call::fork: return false;
    case trace::Call::connect:
    case trace::Call::read:
    case trace::Call::write:
    case trace::Call::shutdown:
    case trace::Call::close:
    case trace::Call::setsockopt: break;
    }
    return std::any_of(host.view.sockets.begin(), host.view.sockets.end(),
                       [&](const auto& s) { return s.cookie == call.socket; });
}

std::vector<trace::CallView> own_calls(const Host& host) {
    std::vector<trace::CallView> calls;
    for (const auto& call : host.view.calls)
        if (call.call < host.frame.trace->calls.size() &&
            !on_a_card(host, host.frame.trace->calls[call.call]))
            calls.push_back(call);
    return calls;
}

// The script's next call on a listener or without a socket.
bool belongs_here(const Host& host, const view::UpcomingCall& call) {
    return call.host == host.view.id && !makes_a_card(call);
}

bool never_accepted(const Host& host) {
    const bool waiting = std::any_of(host.view.listeners.begin(), host.view.listeners.end(),
                                     [](const auto& l) { return !l.accept_queue.empty(); });
    return waiting &&
           std::none_of(host.view.calls.begin(), host.view.calls.end(), [&](const auto& c) {
               return host.frame.trace->calls[c.call].call == trace::Call::accept;
           });
}

} // namespace

bool has_process_card(const Host& host) {
    return !own_calls(host).empty() ||
           std::any_of(host.frame.upcoming.begin(), host.frame.upcoming.end(),
                       [&](const auto& u) { return belongs_here(host, u); });
}

void process_card(Column& c, const Host& host) {
    const ui::Theme& theme = c.screen.theme;
    const auto calls = own_calls(host);
    const std::string fold = "calls." + host.view.name;
    const std::size_t calls_shown = host.low ? calls_in_low_panel : usual_calls;
    // To fold one line into another saves nothing.
    const bool folds = calls.size() > calls_shown + 1;
    const bool all = !folds || host.open(fold, false);
    const ui::Rect frame = card(c, {theme.card, theme.card_border, 1, false}, [&](Column& in) {
        in.line(tr("process"), ui::small_strong, theme.dim);
        in.gap(2);
        const std::size_t first = all ? 0 : calls.size() - calls_shown;
        if (folds) {
            const ui::Rect row = in.take(in.px(24));
            const std::string label = all ? std::string(tr("fewer calls"))
                                          : say("earlier calls: {}", calls.size() - calls_shown);
            if (in.painting &&
                ui::collapsible(
                    in.screen, row,
                    {.id = fold, .label = label, .look = ui::Look::quiet, .style = ui::small}, all))
                host.toggle(fold);
        }
        for (std::size_t i = first; i < calls.size(); ++i) {
            in.gap(3);
            call_line(in, host, calls[i]);
        }
        if (never_accepted(host)) {
            in.gap(2);
            in.line(tr("(no accept() yet)"), ui::small_code, theme.dim);
        }
        for (const auto& upcoming : host.frame.upcoming)
            if (belongs_here(host, upcoming))
                next_call(in, upcoming);
    });
    if (!c.painting)
        return;
    ui::mark(c.screen, "process." + host.view.name, tr("process"), frame);
    const auto* h = host.highlight();
    if (h && h->what == view::Highlight::What::calls && h->host == host.view.id)
        point_at(c.screen, host, frame);
}

} // namespace panels
