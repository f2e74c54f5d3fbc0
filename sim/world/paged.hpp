// An array that grows a page at a time: no element is copied for it, and no memory is held in
// reserve. In a large one that folds, pages that nobody has touched for long are folded until
// somebody does.
#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "fold.hpp"

namespace world {

// REQUIRES: a T may be moved by copying its bytes (plain values, and owners of memory by pointer).
template <class T, bool folds = false>
class Paged {
public:
    Paged() = default;
    Paged(const Paged& o) : size_(o.size_) {
        pages_.reserve(o.pages_.size());
        begins_.reserve(o.pages_.size());
        touched_ = o.touched_;
        for (std::size_t i = 0; i < o.pages_.size(); ++i) {
            // Owners of memory are copied one by one.
            if (!std::is_trivially_copyable_v<T> && o.pages_[i].is_folded())
                o.open(i);
            begins_.push_back(pages_.emplace_back(o.pages_[i]).items);
        }
    }
    Paged(Paged&& o) noexcept
        : pages_(std::move(o.pages_)),
          begins_(std::move(o.begins_)),
          touched_(std::move(o.touched_)),
          size_(std::exchange(o.size_, 0)) {}
    Paged& operator=(Paged o) noexcept {
        std::swap(pages_, o.pages_);
        std::swap(begins_, o.begins_);
        std::swap(touched_, o.touched_);
        std::swap(size_, o.size_);
        return *this;
    }
    // Asked for by every step many times over: always inline, but for opening a page.
    [[gnu::always_inline]] T& operator[](std::size_t i) {
        T* items = begins_[i >> bits];
        if constexpr (folds)
            if (!items) [[unlikely]]
                items = open(i >> bits);
        return items[i & mask];
    }
    [[gnu::always_inline]] const T& operator[](std::size_t i) const {
        T* items = begins_[i >> bits];
        if constexpr (folds)
            if (!items) [[unlikely]]
                items = open(i >> bits);
        return items[i & mask];
    }
    // What is used often is not worth folding.
    [[gnu::always_inline]] void used(std::size_t i) requires folds {
        touched_[i >> bits] = true;
    }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    T& push_back(T&& t) { return *std::construct_at(another(), std::move(t)); }
    T& emplace_back() { return *std::construct_at(another()); }

    // To be called now and then, while no reference to an element is held: folds what nobody has
    // touched since the last time.
    void rest() requires folds {
        if (pages_.size() <= always_open)
            return;
        for (std::size_t i = 0; i < pages_.size(); ++i) {
            Page& p = pages_[i];
            if (p.items && !std::exchange(touched_[i], std::uint8_t{false}) && p.count == page) {
                p.close();
                begins_[i] = nullptr;
            }
        }
    }

    // What it takes, in elements.
    std::size_t capacity() const {
        std::size_t bytes = 0;
        for (const Page& p : pages_)
            bytes += p.items ? p.capacity * sizeof(T) : p.folded.size();
        return bytes / sizeof(T);
    }
    friend bool operator==(const Paged& a, const Paged& b) {
        return a.size_ == b.size_ && std::equal(a.begin(), a.end(), b.begin());
    }

    template <class Owner, class Element>
    class Iterator {
    public:
        using difference_type = std::ptrdiff_t;
        using value_type = T;
        using reference = Element&;
        using pointer = Element*;
        using iterator_category = std::input_iterator_tag;
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
    // So many elements that a world of usual size never folds.
    static constexpr std::size_t always_open = std::size_t{16384} / page;
    static_assert(!folds || (sizeof(T) % 8 == 0 && sizeof(T) / 8 < folding::most_words));

    struct Page {
        T* items = nullptr; // none: folded, or nothing in it yet
        std::size_t count = 0, capacity = 0;
        std::vector<std::uint8_t> folded;

        Page() = default;
        Page(const Page& o) : count(o.count) {
            if (o.is_folded()) {
                folded = o.folded;
            } else if (o.count > 0) {
                items = std::allocator<T>().allocate(capacity = o.count);
                std::uninitialized_copy_n(o.items, count, items);
            }
        }
        Page(Page&& o) noexcept
            : items(std::exchange(o.items, nullptr)),
              count(std::exchange(o.count, 0)),
              capacity(std::exchange(o.capacity, 0)),
              folded(std::move(o.folded)) {}
        Page& operator=(Page o) noexcept {
            std::swap(items, o.items);
            std::swap(count, o.count);
            std::swap(capacity, o.capacity);
            std::swap(folded, o.folded);
            return *this;
        }
        ~Page() {
            if (is_folded() && !std::is_trivially_destructible_v<T>)
                unfold_items();
            if (items) {
                std::destroy_n(items, count);
                std::allocator<T>().deallocate(items, capacity);
            }
        }
        bool is_folded() const { return !items && count > 0; }
        void grow(std::size_t to) {
            T* larger = std::allocator<T>().allocate(to);
            if (items) {
                std::uninitialized_move_n(items, count, larger);
                std::destroy_n(items, count);
                std::allocator<T>().deallocate(items, capacity);
            }
            items = larger;
            capacity = to;
        }
        void close() {
            folded = fold(items, count, sizeof(T));
            std::allocator<T>().deallocate(items, capacity); // the elements live on, folded
            items = nullptr;
            capacity = 0;
        }
        void unfold_items() {
            items = std::allocator<T>().allocate(capacity = count);
            unfold(folded, items, count, sizeof(T));
            std::vector<std::uint8_t>().swap(folded);
        }
    };

    // Room for one more at the end.
    T* another() {
        if (size_ % page == 0) {
            pages_.emplace_back();
            begins_.push_back(nullptr);
            touched_.push_back(true);
        }
        if (pages_.back().is_folded())
            open(pages_.size() - 1);
        Page& p = pages_.back();
        touched_.back() = true;
        if (p.count == p.capacity)
            p.grow(pages_.size() > 1 ? page
                                     : std::min(page, p.capacity * 2 + 1)); // small stays small
        begins_.back() = p.items;
        ++size_;
        return p.items + p.count++;
    }

    // Reading opens a page too: that it was folded is no part of the value.
    [[gnu::noinline, gnu::cold]] T* open(std::size_t index) const {
        pages_[index].unfold_items();
        touched_[index] = true;
        return begins_[index] = pages_[index].items;
    }

    mutable std::vector<Page> pages_;
    mutable std::vector<T*> begins_; // of the pages, beside each other: found with one look
    mutable std::vector<std::uint8_t> touched_; // which of them were, since the last rest()
    std::size_t size_ = 0;
};

} // namespace world
