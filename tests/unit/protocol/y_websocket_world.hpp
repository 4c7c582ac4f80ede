#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/manual_executor.hpp>
#include <unisono/document/encoded_yjs.hpp>
#include <unisono/document/resident_yjs.hpp>
#include <unisono/protocol/documents/service.hpp>
#include <unisono/protocol/y_websocket/detail/frames.hpp>
#include <unisono/protocol/y_websocket/session.hpp>

#include "support/fault_store.hpp"
#include "support/hex.hpp"
#include "support/small_updates.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace y_websocket_world {

using namespace unisono;
using namespace std::chrono_literals;

inline byte_buffer const empty_vector = test::from_hex("00");
inline byte_buffer const nothing = test::from_hex("0000"); ///< an update

inline document_service_options with(document_hooks hooks) {
    return {.hooks = std::move(hooks)};
}
/// Documents that the host can edit.
inline document_service_options resident(document_hooks hooks = {}) {
    document_service_options options{.hooks = std::move(hooks)};
    options.document.make = [](auto const&) { return std::make_unique<resident_yjs>(); };
    return options;
}

inline yjs::text text_of(document_replica& doc) {
    return dynamic_cast<resident_yjs&>(doc).document().get_text("t");
}

/// What a connection did for its session.
struct fake_carrier final : document_carrier {
    std::vector<byte_buffer> got; ///< bodies of frames, not looked at yet
    std::optional<std::uint16_t> closed;
    bool full = false;                            ///< the outbox takes nothing from others
    std::vector<std::chrono::milliseconds> paces; ///< of what others caused
    std::size_t announced = 0;                    ///< most that was said to follow

    void reply(payload frame, std::size_t more) override {
        announced = std::max(announced, more);
        take(frame);
    }
    bool relay(payload const& frame, std::chrono::milliseconds pace) override {
        paces.push_back(pace);
        if (!full)
            take(frame);
        return !full;
    }
    void close(close_code code, std::string_view) override {
        if (!closed)
            closed = code.value();
    }

private:
    void take(payload const& frame) {
        auto const bytes = frame.view();
        auto const length = std::to_integer<int>(bytes[1]);
        auto const body = bytes.subspan(length < 126 ? 2 : length == 126 ? 4 : 10);
        if (!closed)
            got.emplace_back(body.begin(), body.end());
    }
};

/// A server over shards whose tasks run when the test says so.
struct world {
    test::fault_store store;
    std::deque<manual_executor> shards;
    manual_clock time;
    std::optional<document_service> server;

    explicit world(std::size_t count = 1, document_service_options options = {}) : shards(count) {
        options.clock = &time;
        std::vector<executor*> all;
        for (auto& s : shards)
            all.push_back(&s);
        server.emplace(all, store, options);
    }

    void settle() {
        for (bool more = true; more;) {
            more = false;
            for (auto& s : shards)
                more |= s.run() != 0;
        }
    }
    void tick() {
        for (std::size_t i = 0; i < shards.size(); ++i)
            shards[i].post([this, i] { server->tick(i); });
        settle();
    }
    std::size_t documents() {
        std::size_t count = 0;
        for (std::size_t i = 0; i < shards.size(); ++i)
            count += server->document_count(i);
        return count;
    }
};

inline byte_buffer message(std::vector<std::uint64_t> head, bytes_view body) {
    byte_buffer frame;
    lib0_writer out{frame};
    for (auto n : head)
        out.var_uint(n);
    out.var_bytes(body);
    return frame;
}
inline byte_buffer step1(bytes_view state_vector) {
    return message({0, 0}, state_vector);
}
inline byte_buffer step2(bytes_view update) {
    return message({0, 1}, update);
}
inline byte_buffer change(bytes_view update) {
    return message({0, 2}, update);
}
inline byte_buffer awareness_of(std::uint64_t id, std::uint64_t clock, std::string_view state) {
    byte_buffer update;
    lib0_writer out{update};
    for (std::uint64_t n : {std::uint64_t{1}, id, clock})
        out.var_uint(n);
    out.var_string(state);
    return message({1}, update);
}

/// One connection, of whatever protocol.
template <class Session>
struct connection {
    world& in;
    std::size_t shard;
    fake_carrier carrier;
    std::shared_ptr<Session> session;

    connection(world& w, std::size_t where) : in(w), shard(where) {}
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;
    ~connection() {
        leave();
        in.settle();
    }
    void start(std::shared_ptr<Session> made) {
        session = std::move(made);
        post([s = session] { s->start(); });
    }

    void post(task work) { in.shards[shard].post(std::move(work)); }
    void post_frame(byte_buffer frame) {
        post([s = session, frame = std::move(frame)] { s->on_binary(frame); });
    }
    void send(byte_buffer frame) {
        post_frame(std::move(frame));
        in.settle();
    }
    void make_room() {
        post([s = session] { s->on_room(); });
        in.settle();
    }
    void leave() {
        if (auto const gone = std::exchange(session, nullptr))
            post([gone] { gone->on_closed(); });
    }
    std::vector<byte_buffer> read() { return std::exchange(carrier.got, {}); }
};

struct client : connection<y_websocket_session> {
    explicit client(world& w, std::string document = "doc", std::size_t where = 0) : connection(w, where) {
        start(std::make_shared<y_websocket_session>(*w.server, y_websocket_options{.clock = &w.time}, where,
                                                    std::move(document), carrier));
    }
};

} // namespace y_websocket_world
