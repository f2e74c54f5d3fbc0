// An array that grows a page at a time: no element is copied for it, and no memory is held in
// reserve.
#pragma once
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

namespace world {

template <class T>
class Paged {
public:
    T& operator[](std::size_t i) { return pages_[i >> bits][i & mask]; }
    const T& operator[](std::size_t i) const { return pages_[i >> bits][i & mask]; }
    std::size_t size() const {
        return pages_.empty() ? 0 : ((pages_.size() - 1) << bits) + pages_.back().size();
    }
    bool empty() const { return pages_.empty(); }
    T& push_back(T&& t) {
        if (pages_.empty() || pages_.back().size() == page) {
            pages_.emplace_back();
            if (pages_.size() > 1) // a small world stays small
                pages_.back().reserve(page);
        }
        return pages_.back().emplace_back(std::move(t));
    }
    T& emplace_back() { return push_back(T{}); }
    std::size_t capacity() const {
        return pages_.empty() ? 0 : ((pages_.size() - 1) << bits) + pages_.back().capacity();
    }
    friend bool operator==(const Paged&, const Paged&) = default;

    template <class Owner, class Element>
    class Iterator {
    public:
        Iterator(Owner& owner, std::size_t i) : owner_(&owner), i_(i) {}
        Element& operator*() const { return (*owner_)[i_]; }
        Iterator& operator++() {
            ++i_;
            return *this;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        Owner* owner_;
        std::size_t i_;
    };
    auto begin() { return Iterator<Paged, T>(*this, 0); }
    auto end() { return Iterator<Paged, T>(*this, size()); }
    auto begin() const { return Iterator<const Paged, const T>(*this, 0); }
    auto end() const { return Iterator<const Paged, const T>(*this, size()); }

private:
    // About 16 KiB each.
    static constexpr unsigned bits = std::bit_width(std::size_t{16384} / sizeof(T)) - 1;
    static constexpr std::size_t page = std::size_t{1} << bits, mask = page - 1;
    std::vector<std::vector<T>> pages_;
};

} // namespace world
