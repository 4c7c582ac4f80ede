#pragma once

#include <unisono/protocol/hocuspocus/server.hpp>

#include "support/hex.hpp"
#include "y_websocket_world.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hocuspocus_world {

using namespace unisono;
using namespace std::chrono_literals;
using test::from_hex;
using y_websocket_world::empty_vector;
using y_websocket_world::nothing;
using frames = std::vector<byte_buffer>;

inline std::string const session_1 = std::string{"doc"} + '\0' + "1";

/// Documents, and a Hocuspocus server over them.
struct world : y_websocket_world::world {
    std::optional<hocuspocus_server> editors;

    explicit world(hocuspocus_options options = {}, std::size_t count = 1,
                   document_service_options about = {})
        : y_websocket_world::world(count, about) {
        options.clock = &time;
        std::vector<executor*> all;
        for (auto& s : shards)
            all.push_back(&s);
        editors.emplace(*server, all, std::move(options));
    }
};

// Messages as they lie in a frame. `address` is in front of all of them.
inline byte_buffer head(std::string_view address, std::initializer_list<std::uint8_t> numbers) {
    byte_buffer bytes;
    lib0_writer out{bytes};
    out.var_string(address);
    for (auto n : numbers)
        out.u8(n);
    return bytes;
}
inline byte_buffer with(byte_buffer message, bytes_view body) {
    lib0_writer{message}.var_bytes(body);
    return message;
}
inline byte_buffer with(byte_buffer message, std::string_view text) {
    return with(std::move(message), as_bytes(text));
}
inline byte_buffer step1(bytes_view vector, std::string_view address = "doc") {
    return with(head(address, {0, 0}), vector);
}
inline byte_buffer step2(bytes_view update, std::string_view address = "doc") {
    return with(head(address, {0, 1}), update);
}
inline byte_buffer change(bytes_view update, std::string_view address = "doc") {
    return with(head(address, {0, 2}), update);
}
inline byte_buffer awareness_of(std::uint64_t id, std::uint64_t clock, std::string_view state,
                                std::string_view address = "doc") {
    byte_buffer update;
    lib0_writer out{update};
    for (auto n : {std::uint64_t{1}, id, clock})
        out.var_uint(n);
    out.var_string(state);
    return with(head(address, {1}), update);
}
inline byte_buffer token(std::string_view text, std::string_view address = "doc") {
    return with(with(head(address, {2, 0}), text), "4.8.0");
}
inline byte_buffer denied(std::string_view reason = "permission-denied", std::string_view address = "doc") {
    return with(head(address, {2, 1}), reason);
}
inline byte_buffer authenticated(std::string_view scope = "read-write", std::string_view address = "doc") {
    return with(head(address, {2, 2}), scope);
}
inline byte_buffer token_request(std::string_view address = "doc") {
    return head(address, {2, 0});
}
inline byte_buffer query(std::string_view address = "doc") {
    return head(address, {3});
}
inline byte_buffer stateless(std::string_view text, std::string_view address = "doc") {
    return with(head(address, {5}), text);
}
inline byte_buffer close_request(std::string_view address = "doc") {
    return head(address, {7});
}
inline byte_buffer closed(std::string_view reason = "provider_initiated", std::string_view address = "doc") {
    return with(head(address, {7}), reason);
}
inline byte_buffer status(bool stored, std::string_view address = "doc") {
    return head(address, {8, static_cast<std::uint8_t>(stored)});
}

struct client : y_websocket_world::connection<hocuspocus_session> {
    explicit client(world& w, std::size_t where = 0, std::shared_ptr<http_request const> request = nullptr)
        : connection(w, where) {
        start(w.editors->open(where, carrier, std::move(request)));
    }
    void tick() {
        post([this] { session->on_tick(in.time.now()); });
        in.settle();
    }

    /// Opens a document, and forgets what was said about it.
    void enter(std::string_view address = "doc", std::string_view with = "") {
        send(token(with, address));
        read();
    }
};

} // namespace hocuspocus_world
