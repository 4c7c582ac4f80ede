#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/frame.hpp>
#include <unisono/protocol/hocuspocus/detail/frames.hpp>
#include <unisono/wire/websocket_frame.hpp>

namespace unisono::inline v0::detail {

/// An address, a type, and numbers that say more.
template <class... Numbers>
byte_buffer hocuspocus_head(std::string_view address, hocuspocus_message type, Numbers... numbers) {
    byte_buffer head;
    head.reserve(address.size() + 8);
    lib0_writer out{head};
    out.var_string(address);
    out.u8(static_cast<std::uint8_t>(type));
    (out.u8(static_cast<std::uint8_t>(numbers)), ...);
    return head;
}

UNISONO_DECL payload hocuspocus_bare_frame(bytes_view head) {
    return encode_websocket_frame(websocket_opcode::binary, head);
}

UNISONO_DECL payload hocuspocus_sync_frame(std::string_view address, hocuspocus_sync step, bytes_view body) {
    return document_frame(hocuspocus_head(address, hocuspocus_message::sync, step), body);
}

UNISONO_DECL payload hocuspocus_awareness_frame(std::string_view address, bytes_view update) {
    return document_frame(hocuspocus_head(address, hocuspocus_message::awareness), update);
}

UNISONO_DECL payload hocuspocus_query_frame(std::string_view address) {
    return hocuspocus_bare_frame(hocuspocus_head(address, hocuspocus_message::query_awareness));
}

UNISONO_DECL payload hocuspocus_denied_frame(std::string_view address, std::string_view reason) {
    return document_frame(hocuspocus_head(address, hocuspocus_message::auth, hocuspocus_auth::denied),
                          as_bytes(reason));
}

UNISONO_DECL payload hocuspocus_authenticated_frame(std::string_view address, bool may_edit) {
    return document_frame(hocuspocus_head(address, hocuspocus_message::auth, hocuspocus_auth::authenticated),
                          as_bytes(may_edit ? "read-write" : "readonly"));
}

UNISONO_DECL payload hocuspocus_token_request_frame(std::string_view address) {
    return hocuspocus_bare_frame(hocuspocus_head(address, hocuspocus_message::auth, hocuspocus_auth::token));
}

UNISONO_DECL payload hocuspocus_stateless_frame(std::string_view address, std::string_view message) {
    return document_frame(hocuspocus_head(address, hocuspocus_message::stateless), as_bytes(message));
}

UNISONO_DECL payload hocuspocus_close_frame(std::string_view address, std::string_view reason) {
    return document_frame(hocuspocus_head(address, hocuspocus_message::close), as_bytes(reason));
}

UNISONO_DECL payload hocuspocus_status_frame(std::string_view address, bool stored) {
    return hocuspocus_bare_frame(hocuspocus_head(address, hocuspocus_message::sync_status, stored));
}

UNISONO_DECL payload hocuspocus_keep_alive_frame() {
    std::byte const nobody[] = {std::byte{0}};
    return hocuspocus_awareness_frame({}, nobody);
}

UNISONO_DECL payload hocuspocus_relay_frame(std::string_view address, message const& m) {
    auto const encode = [address](message const& from) {
        return from.kind == message_kind::awareness
                   ? hocuspocus_awareness_frame(address, from.data.view())
                   : hocuspocus_sync_frame(address, hocuspocus_sync::update, from.data.view());
    };
    return address == *m.room ? m.form(wire_form::hocuspocus, encode) : encode(m);
}

} // namespace unisono::inline v0::detail
