#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/frame.hpp>
#include <unisono/protocol/y_websocket/detail/frames.hpp>

namespace unisono::inline v0::detail {

UNISONO_DECL payload y_sync_frame(y_sync type, bytes_view body) {
    std::byte const head[] = {static_cast<std::byte>(y_message::sync), static_cast<std::byte>(type)};
    return document_frame(head, body);
}

UNISONO_DECL payload y_awareness_frame(bytes_view update) {
    std::byte const head[] = {static_cast<std::byte>(y_message::awareness)};
    return document_frame(head, update);
}

UNISONO_DECL payload y_denied_frame(std::string_view reason) {
    std::byte const head[] = {static_cast<std::byte>(y_message::auth), std::byte{0}};
    return document_frame(head, as_bytes(reason));
}

UNISONO_DECL payload y_keep_alive_frame() {
    std::byte const nobody[] = {std::byte{0}};
    return y_awareness_frame(nobody);
}

UNISONO_DECL payload const& y_relay_frame(message const& m) {
    return m.form(wire_form::y_websocket, [](message const& from) {
        return from.kind == message_kind::awareness ? y_awareness_frame(from.data.view())
                                                    : y_sync_frame(y_sync::update, from.data.view());
    });
}

} // namespace unisono::inline v0::detail
