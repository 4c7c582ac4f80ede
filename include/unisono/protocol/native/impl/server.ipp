#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/native/server.hpp>
#include <unisono/protocol/native/session.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL native_server::native_server(hub& rooms, native_options options)
    : rooms_(rooms), options_(std::move(options)), channels_(rooms, options_) {
    if (options_.node.empty())
        options_.node = options_.random->token(8);
}

UNISONO_DECL std::shared_ptr<native_session> native_server::open(std::size_t shard,
                                                                 std::unique_ptr<native_carrier> carrier) {
    return std::make_shared<native_session>(rooms_, options_, channels_, shard, std::move(carrier));
}

} // namespace unisono::inline v0
