// A short row of plain values, taken from the front and added to at the back: one pointer wide, and
// it holds no memory while it is empty, which it is in a connection at rest.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace tcp {

template <class T>
class Row {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    using value_type = T;
    using iterator = T*;
    using const_iterator = const T*;

    Row() = default;
    Row(const Row& o) { copy(o); }
    Row(Row&& o) noexcept : block_(std::exchange(o.block_, nullptr)) {}
    Row& operator=(const Row& o) {
        if (this != &o) {
            clear();
            copy(o);
        }
        return *this;
    }
    Row& operator=(Row&& o) noexcept {
        std::swap(block_, o.block_);
        return *this;
    }
    ~Row() { clear(); }

    bool empty() const { return !block_; }
    std::size_t size() const { return block_ ? block_->size : 0; }
    std::size_t capacity() const { return block_ ? block_->capacity : 0; }
    T* begin() { return block_ ? at() + block_->head : nullptr; }
    T* end() { return begin() + size(); }
    const T* begin() const { return block_ ? at() + block_->head : nullptr; }
    const T* end() const { return begin() + size(); }
    T& operator[](std::size_t i) { return begin()[i]; }
    const T& operator[](std::size_t i) const { return begin()[i]; }
    T& front() { return *begin(); }
    const T& front() const { return *begin(); }
    T& back() { return end()[-1]; }
    const T& back() const { return end()[-1]; }

    // One more at the back, to be filled in.
    T& add() {
        if (!block_) {
            Spares& spares = kept_spares();
            if (spares.count == 0 || spares.count == Spares::most)
                return add_in_more();
            block_ = spares.block[--spares.count];
            *block_ = {0, 1, 1};
            return *at();
        }
        if (block_->head + block_->size == block_->capacity)
            return add_in_more();
        return at()[block_->head + block_->size++];
    }
    void push_back(T value) { add() = value; } // its own: it may lie in here
    T* insert(const T* where, const T& value) {
        const auto i = where - begin();
        push_back(value);
        std::rotate(begin() + i, end() - 1, end());
        return begin() + i;
    }
    T* erase(const T* first, const T* last) {
        const auto i = first - begin(), n = last - first;
        if (n == 0)
            return begin() + i;
        if (static_cast<std::size_t>(n) == size()) {
            clear();
            return nullptr;
        }
        if (i == 0)
            block_->head += static_cast<std::uint32_t>(n);
        else
            std::copy(begin() + i + n, end(), begin() + i);
        block_->size -= static_cast<std::uint32_t>(n);
        return begin() + i;
    }
    T* erase(const T* where) { return erase(where, where + 1); }
    void pop_back() { erase(end() - 1, end()); }
    void resize(std::size_t n) {
        if (n < size())
            erase(begin() + n, end());
        while (size() < n)
            push_back(T{});
    }
    void clear() {
        if (block_)
            give_back(std::exchange(block_, nullptr));
    }

    friend bool operator==(const Row& a, const Row& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    struct alignas(alignof(T) > alignof(std::uint32_t) ? alignof(T)
                                                       : alignof(std::uint32_t)) Block {
        std::uint32_t head, size, capacity;
    };
    T* at() { return reinterpret_cast<T*>(block_ + 1); }
    const T* at() const { return reinterpret_cast<const T*>(block_ + 1); }

    // A few blocks of one element are kept for the next row that begins: most rows of most
    // connections are empty, get one element, and are empty again.
    struct Spares {
        static constexpr unsigned most = 32;
        Block* block[most];
        unsigned count = 0;
        bool freed_at_end = false;
    };
    // Not a member: GCC 12 cannot have those of two kinds of rows in one file (__tls_guard).
    // Nothing is to be destroyed, so no use has to ask whether it has been constructed.
    static Spares& kept_spares() {
        static constinit thread_local Spares kept{};
        return kept;
    }
    // Has the spares of this thread freed when it ends.
    [[gnu::noinline, gnu::cold]] static void free_at_end() {
        struct End {
            ~End() {
                Spares& spares = kept_spares();
                while (spares.count > 0)
                    std::free(spares.block[--spares.count]);
                spares.count = Spares::most; // whatever is given back now is freed
            }
        };
        static thread_local End end;
        kept_spares().freed_at_end = true;
    }

    static Block* allocate(std::size_t capacity) {
        Spares& spares = kept_spares();
        Block* block = capacity == 1 && spares.count > 0 && spares.count < Spares::most
                           ? spares.block[--spares.count]
                           : static_cast<Block*>(std::malloc(sizeof(Block) + capacity * sizeof(T)));
        if (!block)
            throw std::bad_alloc();
        *block = {0, 0, static_cast<std::uint32_t>(capacity)};
        return block;
    }
    static void give_back(Block* block) {
        Spares& spares = kept_spares();
        if (block->capacity != 1 || spares.count + 1 >= Spares::most) {
            std::free(block);
            return;
        }
        if (!spares.freed_at_end) [[unlikely]]
            free_at_end();
        spares.block[spares.count++] = block;
    }
    void copy(const Row& o) {
        if (o.empty())
            return;
        block_ = allocate(o.size());
        std::copy(o.begin(), o.end(), at());
        block_->size = static_cast<std::uint32_t>(o.size());
    }
    // With memory that has to be asked for, or moved: apart, so that the rest needs no register
    // saved.
    [[gnu::noinline]] T& add_in_more() {
        if (block_)
            make_room();
        else
            block_ = allocate(1);
        return at()[block_->head + block_->size++];
    }
    // For one more at the back, where there is none.
    void make_room() {
        if (block_->head > block_->size) { // more than half is behind the front
            std::copy(begin(), end(), at());
            block_->head = 0;
            return;
        }
        Block* larger = allocate(std::size_t{2} * block_->size + 2);
        std::copy(begin(), end(), reinterpret_cast<T*>(larger + 1));
        larger->size = block_->size;
        give_back(block_);
        block_ = larger;
    }

    Block* block_ = nullptr;
};

} // namespace tcp
