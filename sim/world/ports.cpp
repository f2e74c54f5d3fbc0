// A bucket per port that is held, found by open addressing; its owners in a doubly linked list.
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
    while (index_[i] != nothing && buckets_[index_[i]].port != port)
        i = (i + 1) & (index_.size() - 1);
    return i;
}

std::uint32_t Ports::find(std::uint16_t port) const {
    return index_.empty() ? nothing : index_[place(port)];
}

void Ports::grow() {
    const std::vector<std::uint32_t> before = std::move(index_);
    index_.assign(before.empty() ? 16 : before.size() * 2, nothing);
    for (std::uint32_t b : before)
        if (b != nothing)
            index_[place(buckets_[b].port)] = b;
}

Ports::Handle Ports::add(std::uint16_t port, const PortOwner& owner) {
    if ((used_ + 1) * 2 > index_.size())
        grow();
    std::uint32_t& at = index_[place(port)];
    if (at == nothing) {
        at = free_bucket_;
        if (at == nothing) {
            at = static_cast<std::uint32_t>(buckets_.size());
            buckets_.emplace_back();
        } else {
            free_bucket_ = buckets_[at].first;
        }
        buckets_[at] = {};
        buckets_[at].port = port;
        ++used_;
    }
    Bucket& bucket = buckets_[at];
    Handle h = free_owner_;
    if (h == nothing) {
        h = static_cast<Handle>(owners_.size());
        owners_.emplace_back();
    } else {
        free_owner_ = owners_[h].next;
    }
    owners_[h] = {owner, nothing, bucket.first, at};
    if (bucket.first != nothing)
        owners_[bucket.first].previous = h;
    bucket.first = h;
    ++bucket.owners;
    if (!owner.by_connect) {
        ++bucket.others;
        bucket.once_others = true;
    }
    return h;
}

void Ports::remove(Handle h) {
    const Node node = owners_[h];
    Bucket& bucket = buckets_[node.bucket];
    (node.previous == nothing ? bucket.first : owners_[node.previous].next) = node.next;
    if (node.next != nothing)
        owners_[node.next].previous = node.previous;
    --bucket.owners;
    if (!node.owner.by_connect)
        --bucket.others;
    owners_[h] = {};
    owners_[h].next = free_owner_;
    free_owner_ = h;
    if (bucket.owners > 0)
        return;
    // Whoever was probed past the gap moves up into it.
    std::size_t gap = place(bucket.port);
    bucket = {};
    bucket.first = free_bucket_;
    free_bucket_ = index_[gap];
    index_[gap] = nothing;
    --used_;
    const std::size_t mask = index_.size() - 1;
    for (std::size_t i = (gap + 1) & mask; index_[i] != nothing; i = (i + 1) & mask) {
        const std::size_t home = mixed(buckets_[index_[i]].port) & mask;
        if (((i - home) & mask) < ((i - gap) & mask))
            continue;
        index_[gap] = index_[i];
        index_[i] = nothing;
        gap = i;
    }
}

bool Ports::is_connects_own(std::uint16_t port, bool forgets) const {
    const std::uint32_t b = find(port);
    return b == nothing || (forgets ? buckets_[b].others == 0 : !buckets_[b].once_others);
}

bool Ports::conflict(std::uint16_t port, const PortOwner& asking, Handle self, bool relax,
                     bool mind_reuse_port) const {
    const std::uint32_t b = find(port);
    if (b == nothing)
        return false;
    for (Handle h = buckets_[b].first; h != nothing; h = owners_[h].next)
        if (h != self && excludes(owners_[h].owner, asking, relax, mind_reuse_port))
            return true;
    return false;
}

std::size_t Ports::bytes() const {
    return owners_.capacity() * sizeof(Node) + buckets_.capacity() * sizeof(Bucket) +
           index_.capacity() * sizeof(index_[0]);
}

} // namespace world
