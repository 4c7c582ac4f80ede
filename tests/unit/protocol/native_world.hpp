#pragma once

#include <unisono/codec/json_document.hpp>
#include <unisono/core/manual_executor.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/protocol/native/server.hpp>
#include <unisono/protocol/native/session.hpp>

#include "support/fault_store.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace native_world {

using namespace unisono;
using namespace std::chrono_literals;

/// What a client's connection saw.
struct record {
    std::vector<std::string> lines; ///< JSON objects received and not looked at yet
    std::vector<payload> frames;
    std::vector<byte_buffer> binary; ///< binary messages received and not looked at yet
    wire_form form = wire_form::native_json;
    std::optional<std::uint16_t> closed;
    bool full = false; ///< the outbox takes no broadcast
    bool paused = false;

    void take(payload const& text) {
        frames.push_back(text);
        std::string_view body = text.text();
        if (form == wire_form::native_websocket) {
            auto const length = static_cast<unsigned char>(body[1]);
            bool const is_binary = (body[0] & 0x0f) == 2;
            body.remove_prefix(length < 126 ? 2 : length == 126 ? 4 : 10);
            if (is_binary) {
                auto const bytes = as_bytes(body);
                binary.emplace_back(bytes.begin(), bytes.end());
                return;
            }
        }
        for (bool more = true; more;) {
            auto const end = body.find('\n');
            more = end != body.npos;
            lines.emplace_back(body.substr(0, end));
            if (more)
                body.remove_prefix(end + 1);
        }
    }
};

struct fake_carrier final : native_carrier {
    std::shared_ptr<record> to;

    explicit fake_carrier(std::shared_ptr<record> r) : to(std::move(r)) {}
    wire_form form() const noexcept override { return to->form; }
    void reply(payload frame) override {
        if (!to->closed)
            to->take(frame);
    }
    bool push(payload frame) override {
        if (to->full)
            return false;
        if (!to->closed)
            to->take(frame);
        return true;
    }
    void pause_receiving() override { to->paused = true; }
    void resume_receiving() override { to->paused = false; }
    void close(close_code code, std::string_view) override { to->closed = code.value(); }
};

/// A hub and a native server over shards whose tasks run when the test says so.
struct world {
    std::deque<manual_executor> shards;
    manual_clock time;
    seeded_random random{1};
    test::fault_store store;
    hub rooms;
    native_server server;

    explicit world(std::size_t count = 1, native_options options = {}, history_limits history = {},
                   std::optional<document_service_options> documents = {})
        : shards(count),
          rooms(pointers(), {.history = history, .clock = &time, .random = &random}),
          server(rooms, with_sources(std::move(options), std::move(documents))) {}

    void settle() {
        for (bool more = true; more;) {
            more = false;
            for (auto& s : shards)
                more |= s.run() != 0;
        }
    }

    /// Lets time pass on all shards.
    void pass(clock::duration span) {
        time.advance(span);
        for (std::size_t i = 0; i < shards.size(); ++i)
            shards[i].post([this, i] { server.on_tick(i); });
        settle();
    }

private:
    std::vector<executor*> pointers() {
        std::vector<executor*> all;
        for (auto& s : shards)
            all.push_back(&s);
        return all;
    }
    native_options with_sources(native_options options, std::optional<document_service_options> documents) {
        if (documents) {
            documents->clock = &time;
            options.documents = std::make_shared<document_service>(pointers(), store, *documents);
        }
        options.clock = &time;
        options.random = &random;
        if (options.limits.requests == native_limits{}.requests)
            options.limits.requests = 0; // here time stands still; who tests the limit sets another
        if (options.times.presence_grace == native_times{}.presence_grace)
            options.times.presence_grace = 0ms; // likewise
        if (options.times.presence_window == native_times{}.presence_window)
            options.times.presence_window = 0ms;
        return options;
    }
};

/// One client.
struct client {
    world& in;
    std::size_t shard;
    std::shared_ptr<record> got = std::make_shared<record>();
    std::shared_ptr<native_session> session;

    client(world& w, std::size_t where, bool connect = true,
           std::shared_ptr<http_request const> request = nullptr, wire_form form = wire_form::native_json)
        : in(w), shard(where) {
        got->form = form;
        on_shard([this, request = std::move(request)]() mutable {
            session = in.server.open(shard, std::make_unique<fake_carrier>(got), std::move(request));
        });
        if (connect) {
            send(R"({"type":"connect","id":1,"payload":{"v":1}})");
            got->lines.clear();
        }
    }
    client(client const&) = delete;
    client& operator=(client const&) = delete;
    ~client() { leave(); }

    /// Without waiting for what other shards have to do.
    void post(task work) { in.shards[shard].post(std::move(work)); }
    void on_shard(task work) {
        post(std::move(work));
        in.settle();
    }
    void post_text(std::string text) {
        post([s = session, text = std::move(text)] { s->on_text(text); });
    }
    void send(std::string text) {
        post_text(std::move(text));
        in.settle();
    }
    void send_binary(byte_buffer message) {
        post([s = session, message = std::move(message)] { s->on_binary(message); });
        in.settle();
    }
    void tick() {
        on_shard([this] { session->on_tick(in.time.now()); });
    }
    void drained() {
        got->full = false;
        on_shard([this] { session->on_drained(); });
    }
    void leave() {
        if (auto const gone = std::exchange(session, nullptr))
            on_shard([gone] { gone->on_closed(); });
    }

    /// Everything received since the last call, one object a line.
    std::string read() {
        std::string all;
        for (auto const& line : std::exchange(got->lines, {}))
            all += line + "\n";
        return all;
    }
    /// The only object received since the last call; null when there is not exactly one.
    json::document one() {
        auto const lines = std::exchange(got->lines, {});
        return *json::parse(lines.size() == 1 ? lines.front() : "null");
    }
    /// Sends a request and takes its answer out of what was received; null when there is none.
    json::document ask(std::string_view type, std::string_view channel, std::string_view payload = "{}") {
        auto const id = ++last_id;
        send(R"({"type":")" + std::string{type} + R"(","id":)" + std::to_string(id) + R"(,"channel":")" +
             std::string{channel} + R"(","payload":)" + std::string{payload} + "}");
        for (auto line = got->lines.begin(); line != got->lines.end(); ++line) {
            auto const answer = *json::parse(*line);
            if (answer.root()["id"].as_int64() == id) {
                got->lines.erase(line);
                return answer;
            }
        }
        return *json::parse("null");
    }
    std::int64_t last_id = 1000;
};

inline std::int64_t code_of(json::document const& error) {
    return error.root()["payload"]["code"].as_int64().value_or(0);
}
inline bool is_ack(json::document const& answer) {
    return answer.root()["type"].as_string() == "ack";
}

} // namespace native_world
