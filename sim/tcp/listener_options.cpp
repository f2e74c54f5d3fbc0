// Options of listeners.
#include "listener_options.hpp"

#include "policy.hpp"

namespace tcp {

bool set_listener_option(ListenerOptions& o, std::string_view name, std::int64_t value,
                         const Stack& stack) {
    if (name == "TCP_DEFER_ACCEPT")
        o.defer_accept = deferred_timeouts(stack, value);
    else if (name == "TCP_SYNCNT")
        o.synack_retries = static_cast<std::uint8_t>(value);
    else if (name == "TCP_FASTOPEN")
        o.fastopen = listen_limit(stack, value); // fastopen_queue_tune()
    else if (name == "SO_REUSEPORT")
        o.reuse_port = value != 0;
    else if (name == "TCP_NODELAY")
        o.nodelay = value != 0;
    else if (name == "TCP_CORK")
        o.corked = value != 0;
    else if (name == "TCP_QUICKACK")
        o.interactive = value == 0;
    else
        return false;
    return true;
}

} // namespace tcp
