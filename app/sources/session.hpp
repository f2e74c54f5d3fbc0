// One user at one window: what is open, what was asked for, and the frame that is drawn from it.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "attach_source.hpp"
#include "keeper.hpp"
#include "scenario/terms.hpp"
#include "sim_source.hpp"
#include "view/frame.hpp"
#include "view/player.hpp"
#include "view/settings.hpp"

namespace sources {

struct Lesson {
    std::string file; // relative to the folder of the catalogue
    scenario::Scenario scenario;
    std::string part, part_zh; // of the catalogue, at its first lesson
};

// A scenario that this machine can play, or why not.
std::variant<scenario::Scenario, std::string> load_scenario(const std::string& path);

// Opens the laboratory; nullptr and a sentence when this machine cannot.
using OpenLab = std::function<std::unique_ptr<view::Source>(bool loopback, std::string& why_not)>;

// Opens Attach; nullptr and a sentence when this machine cannot.
using OpenAttach = std::function<std::unique_ptr<AttachSource>(std::string& why_not)>;

class Session {
public:
    // `assets` is the folder that holds scenarios/, terms.txt and translations/.
    Session(std::string assets, view::Settings, OpenLab = {});

    void offer_attach(OpenAttach open) { open_attach_ = std::move(open); }

    // Performs what panels and keys asked for, in order.
    void perform(const view::Commands&);
    // Real time went by. True: draw again.
    bool advance(double real_seconds);
    // The frame to draw now; valid until the next call of any member.
    const view::Frame& frame();
    // Seconds until advance() has something to do; nullopt: not before the next input.
    std::optional<double> next_wakeup() const;

    // A scenario file from the command line or dropped on the window. False: the message says why.
    bool open_file(const std::string& path);
    void open_lesson(int place);
    // Starts where the user was, or at the first lesson.
    void open_last();
    // For pictures: the world after all that is due at or before t, earlier questions answered.
    void show_at(trace::Instant t);
    void say(std::string message) { message_ = std::move(message); }

    // The text's: what the user has set; while presenting at least 1/36 of the window's height.
    double scale() const;
    const view::Settings& settings() const { return settings_; }
    void window_size(int width, int height);
    bool wants_to_quit() const { return quit_; }
    std::string take_clipboard() { return std::exchange(clipboard_, {}); }
    const std::vector<Lesson>& lessons() const { return lessons_; }
    // Every character that the lessons and the interface may show, for the fonts.
    std::string characters() const;
    view::Source* source() { return source_.get(); }

private:
    struct Performer; // one member for each command
    view::Presenting presenting() const;
    bool is_open() const { return source_ && player_ && mode_ != view::Mode::home; }
    void next();
    void use(std::unique_ptr<view::Source>, view::Mode);
    SimSource* sim();
    const SimSource* sim() const;
    void open_home();
    void open_what_if(int index);
    void play_what_if(std::variant<scenario::Scenario, scenario::ParseError>);
    void open_lab(bool loopback);
    void open_free_play(bool from_here);
    void set_profile(const view::command::SetProfile&);
    void play_beside(std::unique_ptr<SimSource>); // free play goes on in it, what was is kept
    void take_up(std::size_t kept);
    void fill_set_aside(view::Frame&) const;
    void open_attach(const std::string& condition);
    void open_attached(const view::command::AttachOpen&);
    void close_attached();
    AttachSource* attach_list(); // the list, also while one of it is open; nullptr: not attached
    void open_compare();
    void note_progress();
    void save_script(const std::string& path);
    bool open_recording(const std::string& text, const std::string& path);
    void save_recording(const view::command::SaveRecording&);
    void say_saved(const std::string& path, const std::string& wrong);

    std::string assets_;
    view::Settings settings_;
    OpenLab open_lab_;
    OpenAttach open_attach_;
    std::vector<Lesson> lessons_;
    std::vector<scenario::Term> terms_;
    view::Mode mode_ = view::Mode::home;
    std::unique_ptr<view::Source> source_;
    std::unique_ptr<view::Player> player_;
    int place_ = -1;                                // in the catalogue; -1: a file from elsewhere
    std::unique_ptr<view::Source> lesson_;          // set aside while a what-if plays
    std::vector<std::unique_ptr<SimSource>> plays_; // free play before a host became another
    std::unique_ptr<view::Source> list_;            // of Attach, set aside while one of it is open
    std::unique_ptr<view::Source> simulated_;       // set aside while it is compared
    view::Mode simulated_mode_ = view::Mode::lesson;
    view::StepBy step_by_ = view::StepBy::beat;
    std::optional<Keeper> keeper_; // of a live source
    view::Selection selection_, selection_beside_;
    trace::SegmentId inspected_ = trace::none;
    std::vector<bool> panels_ = std::vector<bool>(view::panel_count, false);
    std::vector<bool> panels_closed_ =
        std::vector<bool>(view::panel_count, false); // by the user, in this lesson
    std::string message_, clipboard_;
    view::Presenting presenting_ = view::Presenting::off;
    bool shows_keys_ = false, quit_ = false;
    view::Frame frame_;
};

} // namespace sources
