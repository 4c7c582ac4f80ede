#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/protocol/y_websocket/session.hpp>

#include "native_world.hpp"
#include "support/hex.hpp"
#include "support/small_updates.hpp"
#include "y_websocket_world.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace native_world {

using test::from_hex;
using test::typed;

struct document_world : world {
    explicit document_world(std::size_t count = 1, native_options options = {},
                            document_service_options about = {})
        : world(count, std::move(options), {}, std::move(about)) {}
    document_service& documents() { return *server.options().documents; }
};

/// A client that takes binary messages and is subscribed to "doc".
struct binary_client : client {
    std::uint64_t alias = 0;

    explicit binary_client(world& w, std::size_t where = 0)
        : client(w, where, false, nullptr, wire_form::native_websocket) {
        send(R"({"type":"connect","id":1,"payload":{"v":1,"caps":["later","bin"]}})");
        connected = one();
        alias = static_cast<std::uint64_t>(
            ask("subscribe", "doc").root()["payload"]["alias"].as_int64().value_or(0));
    }
    void send_op(std::uint8_t op, bytes_view body, std::uint64_t id = 0) {
        send_binary(binary(op, alias, id, 0, body));
    }
    static byte_buffer binary(std::uint8_t op, std::uint64_t alias, std::uint64_t id, std::uint64_t offset,
                              bytes_view body) {
        byte_buffer bytes;
        lib0_writer out{bytes};
        out.u8(1);
        out.u8(op);
        for (auto n : {alias, id, offset})
            out.var_uint(n);
        out.bytes(body);
        return bytes;
    }
    std::vector<byte_buffer> read_binary() { return std::exchange(got->binary, {}); }

    json::document connected = *json::parse("null");
};

/// An unmodified editor in the same document.
struct editor {
    world& in;
    y_websocket_world::fake_carrier carrier;
    std::shared_ptr<y_websocket_session> session;

    explicit editor(document_world& w)
        : in(w),
          session(std::make_shared<y_websocket_session>(w.documents(), y_websocket_options{.clock = &w.time},
                                                        0, "doc", carrier)) {
        w.shards[0].post([s = session] { s->start(); });
        w.settle();
        carrier.got.clear();
    }
    ~editor() {
        in.shards[0].post([s = session] { s->on_closed(); });
        in.settle();
    }
    void send(byte_buffer frame) {
        in.shards[0].post([s = session, frame = std::move(frame)] { s->on_binary(frame); });
        in.settle();
    }
    std::vector<byte_buffer> read() { return std::exchange(carrier.got, {}); }
};

inline std::string about(std::string_view kind, bytes_view data) {
    return R"({"kind":")" + std::string{kind} + R"(","data":")" + base64_encode(data) + R"("})";
}

/// The one message about a document: its kind and data, "update 0101…".
inline std::string heard(client& c) {
    auto const m = c.one();
    auto const payload = m.root()["payload"];
    if (m.root()["type"].as_string() != "update" || m.root()["channel"].as_string() != "doc")
        return "?";
    return std::string{*payload["kind"].as_string()} + " " +
           test::to_hex(*base64_decode(*payload["data"].as_string()));
}

/// An awareness update: `id` says `state` under `clock`.
inline byte_buffer cursor(std::uint64_t id, std::uint64_t clock, std::string_view state) {
    byte_buffer update;
    lib0_writer out{update};
    for (auto n : {std::uint64_t{1}, id, clock})
        out.var_uint(n);
    out.var_string(state);
    return update;
}

} // namespace native_world
