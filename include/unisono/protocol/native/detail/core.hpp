#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/protocol/native/detail/channels.hpp>
#include <unisono/protocol/native/detail/sessions.hpp>
#include <unisono/protocol/native/options.hpp>

#include <utility>

namespace unisono::inline v0::detail {

/// What the sessions of a native server share.
struct native_core {
    native_core(hub& r, native_options o)
        : rooms(r), options(std::move(o)), channels(rooms, options), sessions(rooms.shard_count()) {}
    native_core(native_core const&) = delete;
    native_core& operator=(native_core const&) = delete;

    hub& rooms;
    native_options options;
    native_channels channels; ///< each touched on the channel's shard only
    native_sessions sessions;
};

} // namespace unisono::inline v0::detail
