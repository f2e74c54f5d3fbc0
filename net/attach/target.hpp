// What somebody wants to look at more closely, and which sockets that is now.
#pragma once

#include "net/attach/owners.hpp"
#include "net/attach/reader.hpp"
#include "net/attach/table.hpp"

#include <string>
#include <variant>
#include <vector>

namespace net::attach {

struct ListenerTarget {
    Endpoint local; // family 0: any address of the port
};
struct ConnectionTarget {
    Pair pair; // as one of its ends sees it; remote.port 0: the one socket with this cookie
    std::uint64_t cookie = 0;
};
struct ProcessTarget {
    int pid = 0;
};
using Target = std::variant<ListenerTarget, ConnectionTarget, ProcessTarget>;

std::string text(const Target& target); // ":8080", "127.0.0.1:50000 → 127.0.0.1:80", "process 4711"

enum class Side : std::uint8_t { left, right }; // clients and servers; ends A and B; others and pid

struct Member {
    Index row = nobody;
    Side side = Side::left;
};

// The sockets of a target in a table, listeners first. A target that is not there has none.
struct Selected {
    Table table;
    std::vector<Member> members;
};
Selected select(Table table, const Target& target, const Holdings& holdings);

// Reads what can belong to the target, as little as that takes.
Result<Table> read_around(Reader& reader, const Target& target);

} // namespace net::attach
