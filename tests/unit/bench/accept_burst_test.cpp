// The accept burst against a model of its own: the same rules told once more, in a hundred lines
// and without a single segment. 10,000 SYNs in a second meet a backlog of 128 and one accept a
// millisecond.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <queue>
#include <vector>

#include "bench/workload.hpp"
#include "catch.hpp"

namespace {

using Time = std::int64_t; // in units of 0.1 ms
constexpr Time ms = 10, second = 1000 * ms, one_way = 5 * ms;

class Model {
public:
    explicit Model(std::uint32_t count) : clients_(count), requests_(count) {}

    std::uint64_t accepted_in_30_seconds() {
        std::uint32_t opened = 0;
        for (int a = 1; a < 30'000; ++a) {
            const Time at = a * ms;
            for (; opened < clients_.size() && opened < at; ++opened) {
                play_until(opened);
                now_ = opened;
                send_syn(opened);
            }
            play_until(at);
            if (!queue_.empty() && accepted_ < clients_.size()) {
                queue_.pop_front();
                ++accepted_;
            }
        }
        return accepted_;
    }

private:
    static constexpr std::uint32_t backlog = 128;
    enum class What { syn, syn_ack, ack, client_timer, request_timer };
    struct Event {
        Time at;
        std::uint64_t order;
        What what;
        std::uint32_t who, generation;
        bool operator<(const Event& o) const { return at != o.at ? at > o.at : order > o.order; }
    };
    struct Client {
        bool connected = false;
        std::uint32_t sent = 0; // SYNs
    };
    struct Request {
        bool there = false;
        std::uint32_t expired = 0, generation = 0;
    };

    void add(Time at, What what, std::uint32_t who, std::uint32_t generation = 0) {
        events_.push({at, order_++, what, who, generation});
    }
    void send_syn(std::uint32_t who) {
        Client& c = clients_[who];
        if (c.sent == 8)
            return; // given up
        const Time wait = second << c.sent++;
        add(now_ + wait, What::client_timer, who, c.sent);
        add(now_ + one_way, What::syn, who);
    }
    // The listener takes a SYN while neither queue is full: both hold backlog + 1.
    void syn_arrives(std::uint32_t who) {
        if (half_open_ > backlog || queue_.size() > backlog)
            return;
        Request& r = requests_[who];
        r = {true, 0, r.generation + 1};
        ++half_open_;
        ++young_;
        add(now_ + second, What::request_timer, who, r.generation);
        add(now_ + one_way, What::syn_ack, who);
    }
    void syn_ack_arrives(std::uint32_t who) {
        clients_[who].connected = true;
        add(now_ + one_way, What::ack, who); // once more whenever it is asked
    }
    // The third segment finds room in the accept queue, or is forgotten.
    void ack_arrives(std::uint32_t who) {
        Request& r = requests_[who];
        if (!r.there || queue_.size() > backlog)
            return;
        leave(r);
        queue_.push_back(who);
    }
    void leave(Request& r) {
        r.there = false;
        --half_open_;
        if (r.expired == 0)
            --young_;
    }
    // Five repetitions, fewer in a queue that is half full of old requests.
    std::uint32_t repetitions() const {
        std::uint32_t n = 5;
        if (half_open_ * 2 > backlog)
            for (std::uint32_t crowd = young_ * 2; n > 2 && half_open_ >= crowd; crowd *= 2)
                --n;
        return n;
    }
    void request_timer(std::uint32_t who) {
        Request& r = requests_[who];
        const bool over = r.expired >= repetitions();
        if (r.expired++ == 0 && !over)
            --young_;
        if (over) {
            r.there = false;
            --half_open_;
            return;
        }
        add(now_ + (second << r.expired), What::request_timer, who, r.generation);
        add(now_ + one_way, What::syn_ack, who);
    }

    void play_until(Time limit) {
        while (!events_.empty() && events_.top().at <= limit) {
            const Event e = events_.top();
            events_.pop();
            now_ = e.at;
            switch (e.what) {
            case What::syn: syn_arrives(e.who); break;
            case What::syn_ack: syn_ack_arrives(e.who); break;
            case What::ack: ack_arrives(e.who); break;
            case What::client_timer:
                if (!clients_[e.who].connected && clients_[e.who].sent == e.generation)
                    send_syn(e.who);
                break;
            case What::request_timer:
                if (requests_[e.who].there && requests_[e.who].generation == e.generation)
                    request_timer(e.who);
                break;
            }
        }
        now_ = limit;
    }

    Time now_ = 0;
    std::uint64_t order_ = 0, accepted_ = 0;
    std::uint32_t half_open_ = 0, young_ = 0;
    std::deque<std::uint32_t> queue_;
    std::priority_queue<Event> events_;
    std::vector<Client> clients_;
    std::vector<Request> requests_;
};

} // namespace

TEST_CASE("an accept burst lets in as many as an independent model of the queues says") {
    for (std::uint32_t count : {200u, 1000u, 4000u, 10'000u}) {
        bench::Options o;
        o.work = bench::Work::accept_burst;
        o.count = count;
        const bench::Result r = bench::run(o);
        INFO(count << " SYNs");
        CHECK(r.accepted == Model(count).accepted_in_30_seconds());
        CHECK(r.accepted <= r.connected);
    }
}
