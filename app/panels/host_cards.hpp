// The cards of a host panel. Each writes itself into a column.
#pragma once

#include "panels/column.hpp"
#include "panels/host_panel.hpp"
#include "panels/motion.hpp"

namespace panels {

struct Host {
    const view::Frame& frame;
    const trace::HostView& view;
    view::Commands& commands;
    HostPanelState& state;
    bool low = false; // a panel of little height: what matters most comes first

    trace::Instant now() const { return frame.motion.shown; }
    const view::Highlight* highlight() const {
        return frame.lesson && frame.lesson->highlight.what != view::Highlight::What::nothing
                   ? &frame.lesson->highlight
                   : nullptr;
    }
    bool highlighted(view::Highlight::What what, trace::Cookie socket) const {
        const auto* h = highlight();
        return h && h->what == what && h->socket == socket;
    }
    bool selected(trace::Cookie socket) const {
        return socket != trace::none && frame.selection.socket == socket;
    }
    // A fold that is closed at first, or open at first, unless the user changed it.
    bool open(const std::string& id, bool at_first) const {
        return state.toggled.contains(id) != at_first;
    }
    void toggle(const std::string& id) const {
        if (!state.toggled.erase(id))
            state.toggled.insert(id);
    }
};

// Is this call of the script one of a connection, rather than of the main thread: accept(),
// listen()?
bool makes_a_card(const view::UpcomingCall&);
// The calls that belong to no card: those on listeners, and of sockets of which nothing is left.
bool has_process_card(const Host&);
void process_card(Column&, const Host&);
void listener_card(Column&, const Host&, const trace::ListenerView&);
// Below it: who was turned away last, and why.
void turned_away(Column&, const Host&, const trace::ListenerView&);
void socket_card(Column&, const Host&, const trace::SocketView&);
// Not accepted yet, or only half-open: a small card.
void child_cards(Column&, const Host&, const std::vector<const trace::SocketView*>&);
// A socket that the script will make: nothing of it is there yet.
void upcoming_card(Column&, const Host&, const view::UpcomingCall&);

void descriptor_fold(Column&, const Host&);
void sysctl_fold(Column&, const Host&);
void counter_fold(Column&, const Host&);
void ending_legend(Column&, const Host&);
void state_legend(Column&, const Host&);

// Free play: the calls that this socket can make now; what the host can do without a socket.
void legal_calls(Column&, const Host&, trace::Cookie socket, const std::string& name);
void host_actions(Column&, const Host&);

// "Is this happening to me?": asks Attach about what this card shows; nothing where it shows
// nothing that could go wrong, and in a lesson only on the card that is picked.
void happening_button(Column&, const Host&, trace::Cookie socket, const std::string& name,
                      const char* condition);
const char* condition_of(const trace::SocketView&); // "close_wait_leak", "": none
// The addresses and what is known of a socket that somebody else owns.
void attached_lines(Column&, const Host&, trace::Cookie);
// The far address; of sockets of this machine it may be an IPv6 one.
std::string remote_text(const view::Frame&, trace::Cookie, const trace::Endpoint& remote);

// Shared by the cards.
// "connect(3, 10.0.0.2:80) → 0", or what it is blocked in (framed).
void call_line(Column&, const Host&, const trace::CallView&);
void next_call(Column&, const view::UpcomingCall&);
void timer_rows(Column&, const Host&, const trace::SocketView&);
void buffer_rows(Column&, const Host&, const trace::SocketView&);
void sequence_numbers(Column&, const Host&, const trace::SocketView&);
// The state's pill with its right end at `right`, fading from the state before. Returns its left
// end.
float state_badge(ui::Screen&, const Host&, ui::Vec right, trace::Cookie, trace::State,
                  ui::TextStyle = ui::small_code);
// Ground and border of a card: the state's hue, dashed when not exact.
CardLook socket_look(const ui::Screen&, const Host&, trace::Cookie, trace::State, trace::Certainty);
// The frame by which a lesson points at something.
// It comes into view when the step is new.
void point_at(ui::Screen&, const Host&, const ui::Rect&);
// The whole card can be picked: its socket is shown in every view.
void pick_card(ui::Screen&, const Host&, const ui::Rect&, trace::Cookie, const std::string& name,
               trace::Certainty, trace::Instant since);

} // namespace panels
