// A value, or what was attempted, the errno it ended with, and what to do about it.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace net {

struct Failure {
    std::string attempt; // "creating a user namespace"
    int error = 0;       // errno, 0 when the kernel was not asked
    std::string remedy;  // one sentence, empty when there is none
};

// "creating a user namespace: Operation not permitted. Set kernel.…"
std::string describe(const Failure& failure);

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Failure failure) : held_(std::in_place_index<1>, std::move(failure)) {}

    [[nodiscard]] bool ok() const { return held_.index() == 0; }
    explicit operator bool() const { return ok(); }

    // REQUIRES: ok()
    T& operator*() { return *std::get_if<0>(&held_); }
    const T& operator*() const { return *std::get_if<0>(&held_); }
    T* operator->() { return std::get_if<0>(&held_); }
    const T* operator->() const { return std::get_if<0>(&held_); }

    // REQUIRES: !ok()
    [[nodiscard]] const Failure& failure() const { return *std::get_if<1>(&held_); }

private:
    std::variant<T, Failure> held_;
};

} // namespace net
