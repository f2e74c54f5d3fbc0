// The owners of a port in a doubly linked list, the first of them found by open addressing.
#include "ports.hpp"

namespace world {
namespace {

std::size_t mixed(std::uint16_t port) {
    return port * 0x9e3779b1u >> 7;
}

// inet_bind_conflict() on one owner, both of one user and one device.
bool excludes(const PortOwner& there, const PortOwner& asking, bool relax, bool mind_reuse_port) {
    const bool meet =
        there.address == asking.address || there.address.raw == 0 || asking.address.raw == 0;
    if (!meet)
        return false;
    if (asking.reuse_address && there.reuse_address && !there.listening)
        return !relax || (!mind_reuse_port && asking.reuse_port && there.reuse_port);
    return !mind_reuse_port || !asking.reuse_port || !there.reuse_port;
}

} // namespace

std::size_t Ports::place(std::uint16_t port) const {
    std::size_t i = mixed(port) & (index_.size() - 1);
    while (index_[i] != nothing && owners_[index_[i]].port != port)
        i = (i + 1) & (index_.size() - 1);
    return i;
}

Ports::Handle Ports::find(std::uint16_t port) const {
    return index_.empty() ? nothing : index_[place(port)];
}

void Ports::grow() {
    const std::vector<Handle> before = std::move(index_);
    index_.assign(before.empty() ? 16 : before.size() * 2, nothing);
    for (Handle first : before)
        if (first != nothing)
            index_[place(owners_[first].port)] = first;
}

Ports::Handle Ports::add(std::uint16_t port, const PortOwner& owner) {
    if ((used_ + 1) * 2 > index_.size())
        grow();
    Handle& first = index_[place(port)];
    const Handle h = free_owner_ != nothing ? free_owner_ : static_cast<Handle>(owners_.size());
    if (free_owner_ == nothing)
        owners_.emplace_back();
    else
        free_owner_ = owners_[h].next;
    Node& node = owners_[h];
    node = {owner, nothing, first, port, !owner.by_connect};
    if (first == nothing) {
        ++used_;
    } else {
        owners_[first].previous = h;
        node.once_others = node.once_others || owners_[first].once_others;
    }
    first = h;
    return h;
}

void Ports::remove(Handle h) {
    Node& node = owners_[h];
    if (node.next != nothing)
        owners_[node.next].previous = node.previous;
    if (node.previous != nothing) {
        owners_[node.previous].next = node.next;
    } else {
        const std::size_t at = place(node.port);
        index_[at] = node.next;
        if (node.next != nothing)
            owners_[node.next].once_others = node.once_others;
        else
            close_gap(at);
    }
    node = {};
    node.next = free_owner_;
    free_owner_ = h;
}

// Whoever was probed past the gap moves up into it.
void Ports::close_gap(std::size_t gap) {
    --used_;
    const std::size_t mask = index_.size() - 1;
    for (std::size_t i = (gap + 1) & mask; index_[i] != nothing; i = (i + 1) & mask) {
        const std::size_t home = mixed(owners_[index_[i]].port) & mask;
        if (((i - home) & mask) < ((i - gap) & mask))
            continue;
        index_[gap] = index_[i];
        index_[i] = nothing;
        gap = i;
    }
}

bool Ports::is_connects_own(std::uint16_t port, bool forgets) const {
    Handle h = find(port);
    if (!forgets)
        return h == nothing || !owners_[h].once_others;
    while (h != nothing && owners_[h].owner.by_connect)
        h = owners_[h].next;
    return h == nothing;
}

bool Ports::conflict(std::uint16_t port, const PortOwner& asking, Handle self, bool relax,
                     bool mind_reuse_port) const {
    for (Handle h = find(port); h != nothing; h = owners_[h].next)
        if (h != self && excludes(owners_[h].owner, asking, relax, mind_reuse_port))
            return true;
    return false;
}

std::size_t Ports::bytes() const {
    return owners_.capacity() * sizeof(Node) + index_.capacity() * sizeof(index_[0]);
}

} // namespace world
