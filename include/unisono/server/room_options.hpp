#pragma once

#include <unisono/protocol/native/options.hpp>
#include <unisono/transport/websocket_session.hpp>

namespace unisono::inline v0 {

struct room_options {
    native_options protocol = {};
    /// Channels have documents, those of server::documents(): `update` works. Messages may then be as large
    /// as `protocol.limits.update` asks for.
    bool documents = false;
    /// `limits.max_message_size` bounds the bodies of POST requests as well.
    websocket_options websocket = {.limits = {.max_message_size = 128 * 1024}};
};

} // namespace unisono::inline v0
