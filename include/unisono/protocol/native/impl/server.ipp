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

UNISONO_DECL std::shared_ptr<native_session>
native_server::open(std::size_t shard, std::unique_ptr<native_carrier> carrier,
                    std::shared_ptr<http_request const> request) {
    return std::make_shared<native_session>(core_, shard, std::move(carrier), std::move(request));
}

template <class Work>
void native_server::for_each(std::string_view user, Work work) {
    for (std::size_t shard = 0; shard < core_.sessions.shard_count(); ++shard)
        core_.rooms.shard(shard).post([this, shard, user = std::string{user}, work] {
            for (auto const& session : core_.sessions.all(shard))
                if (session->who() && session->who()->user == user)
                    work(*session);
        });
}

UNISONO_DECL void native_server::disconnect(std::string_view user, close_code code, std::string_view reason) {
    for_each(user, [code, reason = std::string{reason}](native_session& s) { s.close(code, reason); });
}

UNISONO_DECL void native_server::unsubscribe(std::string_view user, std::string_view channel,
                                             native_unsubscribe code, std::string_view reason) {
    for_each(user, [channel = std::string{channel}, code, reason = std::string{reason}](native_session& s) {
        s.unsubscribe(channel, code, reason);
    });
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
