// Every lesson taken in the whole window by a learner who clicks, forward and back, in both
// languages and at three sizes. At every step all that is drawn is read back: nothing lies on
// anything else, nothing is cut, and what is written is what the world holds.
#include "catch.hpp"
#include "support/learner.hpp"
#include "trace/state.hpp"
#include "view/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace {

using gui::Learner;
using gui::without_spaces;

// What a user would complain about, each once.
class Complaints {
public:
    void at(std::string place) { place_ = std::move(place); }
    void add(const std::string& what) {
        if (seen_.insert(what).second)
            all_ += place_ + ": " + what + "\n";
    }
    const std::string& all() const { return all_; }

private:
    std::string place_, all_;
    std::set<std::string> seen_;
};

bool has_cjk(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0xe3; });
}

std::string where(const ui::Rect& r) {
    return fmt::format("[{:.0f} {:.0f} {:.0f} {:.0f}]", r.x, r.y, r.w, r.h);
}

bool holds(const ui::Rect& outer, const ui::Rect& inner) {
    return inner.x >= outer.x - 1 && inner.y >= outer.y - 1 && inner.right() <= outer.right() + 1 &&
           inner.bottom() <= outer.bottom() + 1;
}

// --- what holds for any picture ---

void nothing_lies_on_anything(Learner& user, Complaints& complaints) {
    for (const auto& [a, b] : user.stage.collisions())
        complaints.add(
            fmt::format("'{}' {} lies on '{}' {}", a.text, where(a.rect), b.text, where(b.rect)));
}

void nothing_is_cut(Learner& user, Complaints& complaints) {
    // A scrolling region may cut a line at its top or bottom, never at its sides.
    for (const auto& text : user.stage.texts())
        if (text.cut_sideways)
            complaints.add(fmt::format("'{}' {} is cut at its side", text.text, where(text.rect)));
}

// A card, the sequence view and the timeline hold controls; no other two may share a pixel.
void controls_stand_apart(Learner& user, Complaints& complaints) {
    std::vector<const ui::Control*> all;
    std::set<std::string> ids;
    for (const auto& control : user.stage.screen.probe.controls) {
        if (!control.focusable || !control.enabled)
            continue;
        if (!ids.insert(control.id).second)
            complaints.add(fmt::format("two controls are called {}", control.id));
        if (!control.rect.empty())
            all.push_back(&control);
    }
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t k = i + 1; k < all.size(); ++k) {
            const ui::Rect &a = all[i]->rect, &b = all[k]->rect;
            const ui::Rect both = ui::intersection(a, b);
            if (both.w > 1 && both.h > 1 && !holds(a, b) && !holds(b, a))
                complaints.add(fmt::format("control {} {} overlaps {} {}", all[i]->id, where(a),
                                           all[k]->id, where(b)));
        }
}

void toolbar_is_usable(Learner& user, Complaints& complaints) {
    const view::Frame& frame = user.frame();
    for (const char* id : {"next", "back", "play"}) {
        const auto& control = user.stage.control(id);
        if (control.rect.h < 30 || control.rect.w < 60)
            complaints.add(fmt::format("{} is too small: {}", id, where(control.rect)));
        const std::string written = user.written_in(control.rect);
        if (written != without_spaces(control.label))
            complaints.add(
                fmt::format("{} reads '{}' instead of '{}'", id, written, control.label));
    }
    if (user.stage.control("next").enabled != frame.nothing_due.empty())
        complaints.add("Next is greyed though something is due, or the other way round");
    if (frame.mode == view::Mode::lesson && !user.stage.control("next").enabled)
        complaints.add("Next is greyed in a lesson");
}

// --- what holds for this world ---

// A host panel scrolls: a card at its edge may be half away, and its words are rightly not all
// there.
bool whole(const Learner& user, const ui::Rect& card, const trace::HostView& host) {
    const ui::Rect& panel = user.stage.control("host." + host.name).rect;
    const float scale = user.stage.screen.scale;
    return card.y > panel.y + 42 * scale && card.bottom() < panel.bottom() - 12 * scale;
}

// Each card says its socket's state, and no other.
int cards_show_the_states(Learner& user, Complaints& complaints) {
    int seen = 0;
    for (const auto& host : user.frame().snapshot->hosts)
        for (const auto& socket : host.sockets) {
            const auto* card = user.stage.screen.probe.find("socket." + socket.name);
            if (card == nullptr || !whole(user, card->rect, host))
                continue;
            const std::string state(trace::name(socket.state));
            bool told = false;
            for (const auto& text : user.stage.texts()) {
                if (!card->rect.contains(text.rect.centre()))
                    continue;
                // The words of a call may name a state; a badge stands alone.
                const auto badge = trace::parse_state(text.text);
                if (badge && *badge != socket.state)
                    complaints.add(fmt::format("the badge of {} says {} though it is in {}",
                                               socket.name, text.text, state));
                told = told || text.text == state;
            }
            ++seen;
            if (!told)
                complaints.add(fmt::format("the card of {} says '{}' though it is in {}",
                                           socket.name, user.written_in(card->rect), state));
        }
    return seen;
}

std::string queue_words(std::size_t length, std::uint32_t limit, std::uint32_t fits) {
    return fits > limit ? fmt::format(fmt::runtime(view::tr("{} · limit {} (+{} fits)")), length,
                                      limit, fits - limit)
                        : fmt::format(fmt::runtime(view::tr("{} · limit {}")), length, limit);
}

int listeners_show_their_queues(Learner& user, Complaints& complaints) {
    int seen = 0;
    for (const auto& host : user.frame().snapshot->hosts)
        for (const auto& listener : host.listeners) {
            const auto* card = user.stage.screen.probe.find("socket." + listener.name);
            if (card == nullptr || !whole(user, card->rect, host))
                continue;
            ++seen;
            const std::string written = user.written_in(card->rect);
            const auto must_say = [&](const std::string& what) {
                if (written.find(without_spaces(what)) == written.npos)
                    complaints.add(fmt::format("the card of {} does not say '{}': {}",
                                               listener.name, what, written));
            };
            must_say(
                queue_words(listener.accept_queue.size(), listener.limit, listener.accept_fits));
            const bool bound = listener.syn_fits > 0 && listener.syn_fits < listener.limit;
            const std::uint32_t syn_limit = bound ? listener.syn_fits : listener.limit;
            must_say(queue_words(listener.syn_queue.size(), syn_limit,
                                 std::max(listener.syn_fits, syn_limit)));
            must_say(fmt::format(fmt::runtime(view::tr("limit = min(backlog {}, somaxconn {})")),
                                 listener.backlog, listener.somaxconn));
            for (const auto* queue : {&listener.accept_queue, &listener.syn_queue})
                for (const auto& entry : *queue)
                    must_say(fmt::format(":{}", entry.remote.port));
            const bool full = listener.accept_queue.size() >= listener.accept_fits ||
                              (listener.syn_fits > 0 && // always cookies: it keeps none at all
                               listener.syn_queue.size() >= listener.syn_fits);
            if ((written.find(view::tr("FULL")) != written.npos) != full)
                complaints.add(fmt::format("{} of {} and {} of {} fit, and the card says: {}",
                                           listener.accept_queue.size(), listener.accept_fits,
                                           listener.syn_queue.size(), listener.syn_fits, written));
        }
    return seen;
}

// A few values are words, which are translated; names of TCP never are.
std::string in_words(const std::string& value) {
    const bool word = value == "blocked" || value == "nothing" || value == "nobody";
    return word ? std::string(view::tr(value.c_str())) : value;
}

// --- what holds for a lesson ---

void story_is_written_in_full(Learner& user, Complaints& complaints, bool chinese) {
    const view::LessonView& lesson = *user.frame().lesson;
    const auto must_read = [&](const char* id, const std::string& text) {
        const auto* control = user.stage.screen.probe.find(id);
        if (control == nullptr || control->rect.empty()) {
            complaints.add(fmt::format("the {} is not on the screen: {}", id, text));
            return;
        }
        const std::string written = user.written_in(control->rect);
        if (written != without_spaces(text))
            complaints.add(fmt::format("the {} reads '{}' instead of '{}'", id, written, text));
        if (chinese && !has_cjk(text))
            complaints.add(fmt::format("the {} is not Chinese: {}", id, text));
    };
    if (lesson.end)
        must_read("rule", lesson.end->rule);
    else if (!lesson.narration.empty())
        must_read("narration", lesson.narration);
    if (lesson.end || !lesson.question)
        return;
    const view::QuestionView& q = *lesson.question;
    must_read("question", q.ask);
    if (q.answered)
        return;
    for (std::size_t i = 0; i <= q.options.size(); ++i) {
        const std::string id = fmt::format("option.{}", i + 1);
        const auto& option = user.stage.control(id);
        if (option.rect.empty()) {
            complaints.add(fmt::format("{} is scrolled away: {}", id, q.ask));
            continue;
        }
        const std::string wanted = fmt::format("{}{}", i + 1, without_spaces(option.label));
        if (user.written_in(option.rect) != wanted)
            complaints.add(fmt::format("{} reads '{}' instead of '{}'", id,
                                       user.written_in(option.rect), wanted));
        if (i < q.options.size() && option.label != in_words(q.options[i].value))
            complaints.add(fmt::format("{} is labelled '{}' instead of '{}'", id, option.label,
                                       q.options[i].value));
        if (!option.enabled)
            complaints.add(fmt::format("{} is greyed", id));
    }
}

// The lessons are walked in three parts, so that several processors can take them at once.
constexpr std::size_t parts = 3;

// Which option of each question is right, by its text: learned by a look into the book.
std::map<std::string, int> right_answers(view::Language language, std::size_t part) {
    view::Settings settings;
    settings.language = language;
    settings.reduced_motion = true;
    sources::Session book(TWOMSL_SOURCE_DIR "/assets", settings);
    std::map<std::string, int> right;
    for (std::size_t place = part - 1; place < book.lessons().size(); place += parts) {
        book.open_lesson(static_cast<int>(place));
        for (int i = 0; i < 80 && !book.frame().lesson->end; ++i) {
            const auto& q = book.frame().lesson->question;
            if (q && !q->answered) {
                const std::string ask = fmt::format("{} {}", place, q->ask);
                book.perform({view::command::Answer{0}});
                const auto& options = book.frame().lesson->question->options;
                for (std::size_t k = 0; k < options.size(); ++k)
                    if (options[k].right)
                        right[ask] = static_cast<int>(k);
            } else {
                book.perform({view::command::Next{}});
            }
        }
    }
    return right;
}

// Clicks an option and reads the verdict.
void answer(Learner& user, Complaints& complaints, int right, bool rightly) {
    const int chosen = rightly ? right : right == 0 ? 1 : 0;
    user.click(fmt::format("option.{}", chosen + 1));
    const auto& q = user.frame().lesson->question;
    if (!q || !q->answered || q->chosen != chosen) {
        complaints.add(fmt::format("a click on option {} is not the answer", chosen + 1));
        return;
    }
    const auto& options = q->options;
    const std::string what = in_words(options[static_cast<std::size_t>(right)].value);
    const std::string wanted =
        rightly ? fmt::format(fmt::runtime(view::tr("Right: {}.")), what)
                : fmt::format(fmt::runtime(view::tr("Not {}, but {}.")),
                              in_words(options[static_cast<std::size_t>(chosen)].value), what);
    // What stands below the verdict, without the narration that may stand beside it.
    const auto& pane = user.stage.control("lesson_pane");
    ui::Rect column = user.stage.control("verdict").rect;
    column.h = pane.rect.bottom() - column.y;
    const std::string written = user.written_in(column);
    if (written.find(without_spaces(wanted)) == written.npos)
        complaints.add(fmt::format("the pane does not say '{}'", wanted));
    for (const int shown : {right, chosen})
        if (const auto& text = options[static_cast<std::size_t>(shown)].text;
            written.find(without_spaces(text)) == written.npos)
            complaints.add(fmt::format("the pane does not say '{}' but: {}", text, written));
}

struct Walk {
    gui::StageOptions options;
    view::Language language;
    bool all_panels;
    bool answers_rightly; // the first question; then in turns
};

void look(Learner& user, Complaints& complaints, const Walk& walk, int& states, int& queues) {
    nothing_lies_on_anything(user, complaints);
    nothing_is_cut(user, complaints);
    controls_stand_apart(user, complaints);
    toolbar_is_usable(user, complaints);
    states += cards_show_the_states(user, complaints);
    queues += listeners_show_their_queues(user, complaints);
    story_is_written_in_full(user, complaints, walk.language == view::Language::zh);
}

void take_lessons(const Walk& walk, std::size_t part) {
    const auto right = right_answers(walk.language, part);
    Learner user(walk.options, walk.language, walk.all_panels);
    Complaints complaints;
    int states = 0, queues = 0;
    for (std::size_t place = part - 1; place < user.session.lessons().size(); place += parts) {
        const std::string& file = user.session.lessons()[place].file;
        user.open_lesson(static_cast<int>(place));
        const auto here = [&](int press) {
            complaints.at(fmt::format("{} press {} {}x{} {}", file, press, walk.options.width,
                                      walk.options.height,
                                      walk.language == view::Language::zh ? "zh" : "en"));
        };
        int presses = 0, asked = 0;
        std::set<int> steps = {user.frame().lesson->current};
        here(0);
        look(user, complaints, walk, states, queues);
        while (!user.frame().lesson->end && presses < 80) {
            const auto& q = user.frame().lesson->question;
            if (q && !q->answered) {
                const auto found = right.find(fmt::format("{} {}", place, q->ask));
                INFO(file << ": " << q->ask);
                REQUIRE(found != right.end());
                answer(user, complaints, found->second, (asked++ % 2 == 0) == walk.answers_rightly);
            } else {
                user.click("next");
            }
            here(++presses);
            steps.insert(user.frame().lesson->current);
            look(user, complaints, walk, states, queues);
        }
        INFO(file);
        CHECK(user.frame().lesson->end.has_value());
        CHECK(steps.size() >= user.frame().lesson->steps.size());
        CHECK(asked > 0);
        int backs = 0;
        while (user.stage.control("back").enabled && backs < 160) {
            user.click("back");
            ++backs;
            here(-backs);
            nothing_lies_on_anything(user, complaints);
        }
        CHECK(backs >= presses - asked);
        CHECK(user.frame().snapshot->now == trace::Instant{});
        CHECK(user.frame().visible_events == 0);
    }
    // Enough was in view to be read.
    CHECK(states > 60);
    if (walk.options.height > 640) // a small window scrolls its listener cards
        CHECK(queues > 10);
    INFO(complaints.all());
    CHECK(complaints.all().empty());
    INFO("not translated: " << fmt::format("{}", fmt::join(view::untranslated(), " | ")));
    CHECK(view::untranslated().empty());
}

constexpr gui::StageOptions small{.width = 1024, .height = 640},
    usual{.width = 1600, .height = 1000}, large{.width = 3840, .height = 2160, .scale = 2};

} // namespace

#define LESSONS_ARE_TAKEN(where, ...)                                                              \
    TEST_CASE("all lessons are taken by mouse " where " (1 of 3)") {                               \
        take_lessons({__VA_ARGS__}, 1);                                                            \
    }                                                                                              \
    TEST_CASE("all lessons are taken by mouse " where " (2 of 3)") {                               \
        take_lessons({__VA_ARGS__}, 2);                                                            \
    }                                                                                              \
    TEST_CASE("all lessons are taken by mouse " where " (3 of 3)") {                               \
        take_lessons({__VA_ARGS__}, 3);                                                            \
    }

LESSONS_ARE_TAKEN("in a small window in English", small, view::Language::en, false, true)
LESSONS_ARE_TAKEN("in a small window in Chinese", small, view::Language::zh, false, false)
LESSONS_ARE_TAKEN("with every panel open in English", usual, view::Language::en, true, false)
LESSONS_ARE_TAKEN("with every panel open in Chinese", usual, view::Language::zh, true, true)
LESSONS_ARE_TAKEN("on a 4K screen in English", large, view::Language::en, false, true)
LESSONS_ARE_TAKEN("on a 4K screen in Chinese", large, view::Language::zh, false, false)
