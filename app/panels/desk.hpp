// The whole window: every panel at its place. What each remembers between frames is kept here.
#pragma once

#include "panels/attach.hpp"
#include "panels/compare.hpp"
#include "panels/host_panel.hpp"
#include "panels/inspect.hpp"
#include "panels/keys.hpp"
#include "panels/lesson_pane.hpp"
#include "panels/machine.hpp"
#include "panels/presenter.hpp"
#include "panels/queues.hpp"
#include "panels/script_pane.hpp"
#include "panels/sequence.hpp"
#include "panels/tab_strip.hpp"
#include "panels/timeline.hpp"
#include "panels/toolbar.hpp"
#include "panels/tools_panel.hpp"
#include "panels/why_list.hpp"
#include "view/frame.hpp"

#include <vector>

namespace ui {
struct Screen;
}

namespace panels {

struct DeskState {
    ToolbarState toolbar;
    AttachState attach;
    LessonPaneState lesson;
    std::vector<HostPanelState> hosts;
    SequenceState sequence;
    CompareState compare;
    MachineState machine;
    TimelineState timeline;
    InspectState inspect;
    WhyState why;
    QueuesState queues;
    ScriptState script;
    ToolsState tools;
    TabState tabs;
    KeysHelpState keys_help;
    PresenterState presenter;
};

// One frame of everything; what the user asked for is appended to the commands.
void desk(ui::Screen&, const view::Frame&, view::Commands&, DeskState&);

} // namespace panels
