// Pages of the kernel's ring buffer and the events in them, made here byte by byte; and what the
// parser makes of damage.
#include "net/permitted/kernel_event.hpp"
#include "net/permitted/trace_page.hpp"

#include "catch.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <random>

namespace {

using namespace net::permitted;
using net::KernelState;

// As Linux 6.18 tells them on x86-64.
constexpr std::string_view page_text = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
                                       "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
                                       "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
                                       "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n";
constexpr std::string_view state_text =
    "name: inet_sock_set_state\nID: 1597\nformat:\n"
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
    "\tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;\n"
    "\tfield:int oldstate;\toffset:16;\tsize:4;\tsigned:1;\n"
    "\tfield:int newstate;\toffset:20;\tsize:4;\tsigned:1;\n"
    "\tfield:__u16 sport;\toffset:24;\tsize:2;\tsigned:0;\n"
    "\tfield:__u16 dport;\toffset:26;\tsize:2;\tsigned:0;\n"
    "\tfield:__u16 family;\toffset:28;\tsize:2;\tsigned:0;\n"
    "\tfield:__u16 protocol;\toffset:30;\tsize:2;\tsigned:0;\n"
    "\tfield:__u8 saddr[4];\toffset:32;\tsize:4;\tsigned:0;\n"
    "\tfield:__u8 daddr[4];\toffset:36;\tsize:4;\tsigned:0;\n"
    "\tfield:__u8 saddr_v6[16];\toffset:40;\tsize:16;\tsigned:0;\n"
    "\tfield:__u8 daddr_v6[16];\toffset:56;\tsize:16;\tsigned:0;\n\n"
    "print fmt: \"family=%s\", 1\n";
constexpr std::string_view reset_text =
    "name: tcp_send_reset\nID: 1590\nformat:\n"
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    "\tfield:const void * skaddr;\toffset:16;\tsize:8;\tsigned:0;\n"
    "\tfield:const enum sk_rst_reason reason;\toffset:28;\tsize:4;\tsigned:0;\n"
    "\tfield:__u8 saddr[sizeof(struct sockaddr_in6)];\toffset:32;\tsize:28;\tsigned:0;\n"
    "\tfield:__u8 daddr[sizeof(struct sockaddr_in6)];\toffset:60;\tsize:28;\tsigned:0;\n\n"
    "print fmt: \"reason=%s\", __print_symbolic(REC->reason, { 0, \"NOT_SPECIFIED\" }, { 1, "
    "\"NO_SOCKET\" }, { 13, \"TCP_ABORT_ON_CLOSE\" })\n";

const PageFormat page_format = *parse_page_format(page_text);

struct Page {
    std::vector<std::byte> bytes;
    std::size_t length = 0; // of its data

    explicit Page(std::uint64_t time) : bytes(4096) { put(0, time); }
    template <typename T>
    void put(std::size_t at, T value) {
        std::memcpy(bytes.data() + at, &value, sizeof value);
    }
    void word(std::uint32_t value) {
        put(16 + length, value);
        length += 4;
        put(8, static_cast<std::uint64_t>(length));
    }
    void data(std::span<const std::byte> what) {
        std::memcpy(bytes.data() + 16 + length, what.data(), what.size());
        length += (what.size() + 3) / 4 * 4;
        put(8, static_cast<std::uint64_t>(length));
    }
    // Short: the type is the length in words. Long: a word that counts itself.
    void record(std::uint32_t delta, std::span<const std::byte> what) {
        const auto words = static_cast<std::uint32_t>((what.size() + 3) / 4);
        if (words <= 28) {
            word(delta << 5 | words);
        } else {
            word(delta << 5);
            word(words * 4 + 4);
        }
        data(what);
    }
};

struct Read {
    std::vector<std::pair<std::int64_t, std::vector<std::byte>>> records;
    PageLoss loss;
};
Read read(std::span<const std::byte> page) {
    Read all;
    all.loss = read_page(page_format, page, [&](std::int64_t at, std::span<const std::byte> one) {
        all.records.emplace_back(at, std::vector<std::byte>(one.begin(), one.end()));
    });
    return all;
}

std::vector<std::byte> filled(std::size_t size, int with) {
    return std::vector<std::byte>(size, static_cast<std::byte>(with));
}

struct StateRecord {
    std::vector<std::byte> bytes = filled(72, 0);
    template <typename T>
    void put(std::size_t at, T value) {
        std::memcpy(bytes.data() + at, &value, sizeof value);
    }
    StateRecord() {
        put(0, std::uint16_t{1597});
        put(8, std::uint64_t{0xffff888012345678});
        put(16, std::uint32_t{5}); // FIN_WAIT2
        put(20, std::uint32_t{7}); // CLOSE
        put(24, std::uint16_t{40000});
        put(26, std::uint16_t{80});
        put(28, std::uint16_t{AF_INET});
        put(30, std::uint16_t{IPPROTO_TCP});
        put(32, std::uint32_t{0x0100007f});
        put(36, std::uint32_t{0x0200007f});
    }
};

} // namespace

TEST_CASE("records of a page come with their times: deltas, extensions, absolute stamps, padding") {
    Page page(1'000);
    page.record(5, filled(8, 1));
    page.record(0, filled(300, 2));         // longer than a short record can be
    page.word(30u | 3u << 5), page.word(2); // time extend: 3 + (2 << 27)
    page.record(1, filled(4, 3));
    page.word(29u | 7u << 5), page.word(12); // thrown away: 12 bytes that count this word
    page.data(filled(8, 0xee));
    page.record(2, filled(4, 4));
    page.word(31u | 9u << 5), page.word(4); // an absolute stamp
    page.record(0, filled(4, 5));
    page.word(29u); // the rest of the page is empty
    page.record(1, filled(4, 6));
    const Read all = read(page.bytes);
    REQUIRE(all.records.size() == 5);
    const std::int64_t extended = 1'005 + 3 + (std::int64_t{2} << 27);
    const std::int64_t times[] = {1'005, 1'005, extended + 1, extended + 1 + 7 + 2,
                                  (std::int64_t{4} << 27) + 9};
    const std::size_t sizes[] = {8, 300, 4, 4, 4};
    for (std::size_t i = 0; i < 5; ++i) {
        INFO(i);
        CHECK(all.records[i].first == times[i]);
        CHECK(all.records[i].second == filled(sizes[i], static_cast<int>(i) + 1));
    }
    CHECK_FALSE(all.loss.any);
}

TEST_CASE("what the kernel overwrote is counted, where it had room to say how much") {
    Page page(1'000);
    page.record(5, filled(8, 1));
    const auto length = static_cast<std::uint64_t>(page.length);
    page.put(8, length | 1u << 31);
    CHECK(read(page.bytes).loss.any);
    CHECK(read(page.bytes).loss.count == 0);
    CHECK(read(page.bytes).records.size() == 1);
    page.put(8, length | 1u << 31 | 1u << 30);
    page.put(16 + length, std::uint64_t{290'493});
    CHECK(read(page.bytes).loss.count == 290'493);
    CHECK(read(page.bytes).records.size() == 1); // the count is no record
}

TEST_CASE("a page cut short or filled with anything is read up to its end and never beyond") {
    Page page(1'000);
    for (int i = 0; i < 20; ++i)
        page.record(5, filled(72, i));
    const std::size_t whole = 20;
    REQUIRE(read(page.bytes).records.size() == whole);
    for (std::size_t size = 0; size < 16 + page.length; ++size) {
        const std::vector<std::byte> cut(page.bytes.begin(),
                                         page.bytes.begin() + static_cast<std::ptrdiff_t>(size));
        const Read all = read(cut);
        CHECK(all.records.size() <= (size < 16 ? 0 : (size - 16) / 76));
    }
    // A length that is more than there is, and a record longer than its page.
    Page liar(1'000);
    liar.word(0);
    liar.word(0x7fffffff);
    CHECK(read(liar.bytes).records.empty());
    liar.put(8, std::uint64_t{0x07ffffff});
    CHECK(read(liar.bytes).records.empty());
    Page tiny(1'000);
    tiny.word(0);
    tiny.word(2); // does not even count itself
    CHECK(read(tiny.bytes).records.empty());
    std::mt19937_64 random(42);
    for (int i = 0; i < 3000; ++i) {
        std::vector<std::byte> noise(16 + random() % 4081);
        for (std::byte& byte : noise)
            byte = static_cast<std::byte>(random());
        std::size_t bytes = 0;
        for (const auto& [at, record] : read(noise).records)
            bytes += record.size();
        CHECK(bytes <= noise.size());
    }
}

TEST_CASE("the layout of a page is believed only if it is one") {
    CHECK(page_format.data == 16);
    CHECK(page_format.size == 4096);
    for (const std::string_view wrong :
         {std::string_view(""), std::string_view("field: u64 timestamp; offset:0; size:8;\n"),
          std::string_view("field: u64 timestamp; offset:0; size:4;\nfield: local_t commit; "
                           "offset:8; size:8;\nfield: char data; offset:16; size:4080;\n"),
          std::string_view("field: u64 timestamp; offset:0; size:8;\nfield: local_t commit; "
                           "offset:8; size:3;\nfield: char data; offset:16; size:4080;\n"),
          std::string_view("field: u64 timestamp; offset:x; size:8;\nfield: local_t commit; "
                           "offset:8; size:8;\nfield: char data; offset:16; size:4080;\n")})
        CHECK_FALSE(parse_page_format(wrong));
}

TEST_CASE("a transition is read by the names of its fields, wherever this kernel keeps them") {
    const auto format = parse_format(state_text);
    REQUIRE(format);
    CHECK(format->id == 1597);
    const StateRecord record;
    const auto event = read_event(*format, record.bytes);
    REQUIRE(event);
    CHECK(event->what == KernelEvent::What::state);
    CHECK(event->from == KernelState::fin_wait_2);
    CHECK(event->to == KernelState::closed);
    CHECK(event->socket == 0xffff888012345678);
    CHECK(net::text(event->pair.local) == "127.0.0.1:40000");
    CHECK(net::text(event->pair.remote) == "127.0.0.2:80");
    CHECK(event->cookie == 0); // this event does not tell it
    StateRecord six;
    six.put(28, std::uint16_t{AF_INET6});
    six.put(55, std::uint8_t{1});
    six.put(71, std::uint8_t{2});
    const auto over_ipv6 = read_event(*format, six.bytes);
    REQUIRE(over_ipv6);
    CHECK(net::text(over_ipv6->pair.local) == "[::1]:40000");
    CHECK(net::text(over_ipv6->pair.remote) == "[::2]:80");
    StateRecord request;
    request.put(20, std::uint32_t{12}); // TCP_NEW_SYN_RECV
    CHECK(read_event(*format, request.bytes)->to == KernelState::syn_recv);
}

TEST_CASE("the reason of a reset is the kernel's own word, from the event's own layout") {
    const auto format = parse_format(reset_text);
    REQUIRE(format);
    std::vector<std::byte> bytes = filled(88, 0);
    const auto put = [&](std::size_t at, auto value) {
        std::memcpy(bytes.data() + at, &value, sizeof value);
    };
    sockaddr_in from{}, to{};
    from.sin_family = to.sin_family = AF_INET;
    from.sin_port = htons(80);
    to.sin_port = htons(40000);
    from.sin_addr.s_addr = to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    put(28, std::uint32_t{13});
    put(32, from);
    put(60, to);
    const auto event = read_event(*format, bytes);
    REQUIRE(event);
    CHECK(event->what == KernelEvent::What::reset_sent);
    CHECK(event->reason == "TCP_ABORT_ON_CLOSE");
    CHECK(net::text(event->pair.local) == "127.0.0.1:80");
    CHECK(net::text(event->pair.remote) == "127.0.0.1:40000");
    put(28, std::uint32_t{99});
    CHECK(read_event(*format, bytes)->reason == ""); // of a later kernel
}

TEST_CASE(
    "what is no transition of TCP is no event: another protocol, no state, cut short, unknown") {
    const auto format = parse_format(state_text);
    REQUIRE(format);
    const auto reads = [&](std::size_t at, auto value) {
        StateRecord record;
        record.put(at, value);
        return read_event(*format, record.bytes).has_value();
    };
    CHECK(reads(30, std::uint16_t{IPPROTO_TCP}));
    CHECK_FALSE(reads(30, std::uint16_t{132})); // SCTP has states, too
    CHECK_FALSE(reads(16, std::uint32_t{0}));
    CHECK_FALSE(reads(20, std::uint32_t{13}));
    CHECK_FALSE(reads(20, std::uint32_t{0xffffffff}));
    const StateRecord record;
    for (std::size_t size = 0; size < 32; ++size) // the protocol is not there any more
        CHECK_FALSE(read_event(*format, std::span(record.bytes).first(size)));
    auto stranger = *format;
    stranger.name = "sched_switch";
    CHECK_FALSE(read_event(stranger, record.bytes));
    for (const std::string_view wrong :
         {std::string_view(""), std::string_view("name: x\n"), std::string_view("name: x\nID: y\n"),
          std::string_view("name: x\nID: 1\nformat:\n\tfield:int a;\toffset:;\tsize:4;\n")})
        CHECK_FALSE(parse_format(wrong));
}
