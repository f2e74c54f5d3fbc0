// What a user asked for: panels append commands, the application performs them after all panels are drawn.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "selection.hpp"
#include "trace/call.hpp"
#include "trace/event.hpp"
#include "trace/time.hpp"

namespace view {

enum class Language : std::uint8_t { en, zh };
enum class Theme : std::uint8_t { dark, light, high_contrast };
enum class StepBy : std::uint8_t { beat, segment, transition, call, timer };
// `automatic` is TEACHING's Auto pace; the others are simulated : real time.
enum class Pace : std::uint8_t { automatic, r1_1000, r1_100, r1_20, r1_10, r1_1, r10_1 };
enum class Panel : std::uint8_t { machine, why, counters, sysctls, descriptors, timeline, ladder_text, script, queues, tools };
inline constexpr int panel_count = 10;
// In front of a class: which picture stands above the narration. `queues`: the ladder and both
// queues of a listener; `machine`: the state machine and the ladder.
enum class Presenting : std::uint8_t { off, ladder, queues, machine };
// Of text: from 75 to 300 %.
inline constexpr double least_scale = 0.75, largest_scale = 3, scale_step = 0.25;

namespace command {
// The story and time
struct Next {};
struct Back {};                       // undoes exactly one Next or one Step
struct Step { StepBy by; };
struct StepBackward { StepBy by; };
struct Play { bool on; };
struct Seek { trace::Instant to; };
struct SeekEvent { trace::EventId event; };   // to just after the beat of this event
struct Answer { int option; };        // 0-based; -1: "I don't know"
struct StartOver {};
struct SwitchBranch { int branch; };
struct ReturnToScript {};
struct SetPace { Pace pace; };
struct SetStepBy { StepBy by; };
// Acting on the wire
enum class OnSegment : std::uint8_t { drop, delay, duplicate, hold, release };
struct Verdict { trace::SegmentId segment; OnSegment what; trace::Duration time{}; };
struct SetWire { trace::HostId from, to; trace::Duration delay; double loss; };
// Acting as a process. What is not needed stays at its default.
struct MakeCall {
    trace::HostId host;
    trace::Call call;
    trace::Cookie socket = trace::none;   // the connection or listener; none for listen/connect
    std::uint16_t port = 80;              // listen, connect
    std::int64_t argument = 0;            // backlog, bytes
    trace::Shutdown how = trace::Shutdown::wr;
    int times = 1;                        // connect: + 5 clients at once
};
struct SetSysctl { trace::HostId host; std::string name; std::int64_t value; };
struct AddHost {};
// The same calls from the beginning, this host with another kernel: "linux-4.3", "running".
struct SetProfile { trace::HostId host; std::string profile; };
// The window
struct Select { Selection selection; };
struct Inspect { trace::SegmentId segment; };   // open the header bytes; none closes
struct SetLanguage { Language language; };
struct SetTheme { Theme theme; };
struct SetScale { double factor; };             // brought into its range
struct SetReducedMotion { bool on; };
struct Show { Panel panel; bool on; };
struct OpenHome {};
struct OpenLesson { int place; };               // from 0, in the catalogue
struct OpenFile { std::string path; };
struct OpenFreePlay { bool from_here; };
struct OpenCompare {};                          // what is simulated now, on the real kernel beside it
struct SelectBeside { Selection selection; };   // in the world that stands beside
struct OpenLab { bool loopback = false; };  // loopback: a plain pair on 127.0.0.1, sampled
// Attach. A condition: "is this happening to me?"; "": everything.
struct OpenAttach { std::string condition; };
struct AttachSelect { std::uint64_t cookie; };  // a listener of the list
// One target in full: the listener of this port, else the socket with this cookie, else the process.
struct AttachOpen { std::uint16_t port = 0; std::uint64_t cookie = 0; int pid = 0; };
struct AttachList {};                           // back to the list
struct AttachSample { bool on; };               // a stuck server of our own
struct WhatIf { int index; };
struct OpenTerm { std::string word; };          // "" closes the card
struct Present { Presenting how; };
struct ShowKeys { bool on; };
struct Copy { std::string text; };              // to the clipboard
struct SaveScript { std::string path; };        // free play: what was done, as a scenario file
// A live source: all that was seen, to be opened again; or its segments as a capture. An empty path:
// a name made of the date, in the user's home.
struct SaveRecording { enum class As : std::uint8_t { recording, pcapng } as{}; std::string path; };
struct Quit {};
}  // namespace command

using Command =
    std::variant<command::Next, command::Back, command::Step, command::StepBackward, command::Play, command::Seek, command::SeekEvent,
                 command::Answer, command::StartOver, command::SwitchBranch, command::ReturnToScript, command::SetPace,
                 command::SetStepBy, command::Verdict, command::SetWire, command::MakeCall, command::SetSysctl, command::AddHost, command::SetProfile,
                 command::Select, command::Inspect, command::SetLanguage, command::SetTheme, command::SetScale,
                 command::SetReducedMotion, command::Show, command::OpenHome, command::OpenLesson, command::OpenFile,
                 command::OpenFreePlay, command::OpenLab, command::OpenCompare, command::SelectBeside, command::OpenAttach, command::AttachSelect, command::AttachOpen,
                 command::AttachList, command::AttachSample, command::WhatIf, command::OpenTerm, command::Present, command::ShowKeys, command::Copy,
                 command::SaveScript, command::SaveRecording, command::Quit>;
using Commands = std::vector<Command>;

}  // namespace view
