// How a failure reads.
#include "net/result.hpp"

#include <cstring>

namespace net {

std::string describe(const Failure& failure) {
    std::string text = failure.attempt;
    if (failure.error != 0) {
        text += ": ";
        text += strerrordesc_np(failure.error);
    }
    if (!failure.remedy.empty())
        text += ". " + failure.remedy;
    return text;
}

} // namespace net
