#pragma once

#include <unisono/hub/message.hpp>

namespace unisono::inline v0 {

/// Anything that wants a room's messages: a connection, a test, a piece of the host.
class subscriber {
public:
    virtual ~subscriber() = default;

    /// A message of a room it subscribed to, in the room's order. Called on the shard it subscribed from. May
    /// call back into the hub, and end this subscription or any other. Must not throw; what it throws is
    /// logged and the others get the message all the same.
    virtual void deliver(message_ptr const& m) = 0;
};

} // namespace unisono::inline v0
