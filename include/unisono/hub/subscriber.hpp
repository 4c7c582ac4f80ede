#pragma once

#include <unisono/hub/message.hpp>

namespace unisono::inline v0 {

/// Anything that wants a room's messages: a connection, a test, a piece of the host.
class subscriber {
public:
    virtual ~subscriber() = default;

    /// A message of a room it subscribed to, in the room's order. Called on the shard it subscribed from. May
    /// call back into the hub; must not throw.
    virtual void deliver(message_ptr const& m) = 0;
};

} // namespace unisono::inline v0
