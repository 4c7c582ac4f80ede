#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/native/server.hpp>
#include <unisono/protocol/native/session.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL native_server::native_server(hub& rooms, native_options options)
    : core_(rooms, std::move(options)) {
    if (core_.options.node.empty())
        core_.options.node = core_.options.random->token(8);
}

UNISONO_DECL std::shared_ptr<native_session> native_server::open(std::size_t shard,
                                                                 std::unique_ptr<native_carrier> carrier) {
    return std::make_shared<native_session>(core_, shard, std::move(carrier));
}

UNISONO_DECL void native_server::deliver(std::string_view session, std::string commands,
                                         std::function<void(native_delivery)> done) {
    auto const shard = core_.sessions.shard_of(session);
    if (shard == core_.sessions.shard_count())
        return done(native_delivery::unknown);
    core_.rooms.shard(shard).dispatch(
        [this, shard, id = std::string{session}, commands = std::move(commands), done = std::move(done)] {
            if (auto* const found = core_.sessions.find(shard, id))
                found->shared_from_this()->on_commands(commands, done);
            else
                done(native_delivery::unknown);
        });
}

} // namespace unisono::inline v0
