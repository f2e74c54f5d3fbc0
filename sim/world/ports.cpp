// The owners of a port in a doubly linked list, the first of them found by the port's number.
#include "ports.hpp"

namespace world {
namespace {

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

Ports::Handle Ports::find(std::uint16_t port) const {
    const std::uint16_t at = page_of_.empty() ? no_page : page_of_[port / page];
    return at == no_page ? nothing : first_[at * page + port % page];
}

Ports::Handle& Ports::first_of(std::uint16_t port) {
    if (page_of_.empty())
        page_of_.assign(page, no_page);
    std::uint16_t& at = page_of_[port / page];
    if (at == no_page) {
        at = static_cast<std::uint16_t>(first_.size() / page);
        first_.resize(first_.size() + page, nothing);
    }
    return first_[at * page + port % page];
}

Ports::Handle Ports::add(std::uint16_t port, const PortOwner& owner) {
    Handle& first = first_of(port);
    const Handle h = free_owner_ != nothing ? free_owner_ : static_cast<Handle>(owners_.size());
    if (free_owner_ == nothing)
        owners_.emplace_back();
    else
        free_owner_ = owners_[h].next;
    Node& node = owners_[h];
    node.owner = owner;
    node.previous = nothing;
    node.next = first;
    node.port = port;
    node.once_others = !owner.by_connect;
    if (first != nothing) {
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
        first_of(node.port) = node.next;
        if (node.next != nothing)
            owners_[node.next].once_others = node.once_others;
    }
    node = {};
    node.next = free_owner_;
    free_owner_ = h;
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
    return owners_.capacity() * sizeof(Node) + first_.capacity() * sizeof(Handle) +
           page_of_.capacity() * sizeof(page_of_[0]);
}

} // namespace world
