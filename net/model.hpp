// The simulator's play of a script, for what the script says in its numbers and a kernel draws by
// lot: first sequence numbers, ephemeral ports, the listener of a group.
#pragma once

#include "trace/event.hpp"

#include <memory>
#include <optional>

namespace net {

class Model {
public:
    Model() = default; // of nothing: everything is left as it is
    explicit Model(std::shared_ptr<const trace::Trace> played) : played_(std::move(played)) {}

    // A segment by hand whose numbers stand to those of this kernel as the script's to the
    // simulator's.
    [[nodiscard]] trace::Segment translated(trace::Segment by_hand, const trace::Trace& kernel,
                                            trace::Instant now) const;
    // Which listener of its port a segment of this kernel found there, about now.
    [[nodiscard]] std::optional<std::uint16_t> listener_of(const trace::Segment& segment,
                                                           const trace::Trace& kernel,
                                                           trace::Instant now) const;

private:
    std::shared_ptr<const trace::Trace> played_;
};

} // namespace net
