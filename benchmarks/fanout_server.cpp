// The fan-out benchmark over the library: every WebSocket and every event stream is in one room, and what one
// WebSocket sends all get, unchanged.

#include <unisono/hub/hub.hpp>
#include <unisono/server/server.hpp>

#include "support/options.hpp"
#include "support/sockets.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace {

constexpr auto room = "everyone";

/// A connection's seat in the room.
class seat final : public unisono::subscriber {
public:
    explicit seat(unisono::websocket_session const& session) : session_(session) {}

    void deliver(unisono::message_ptr const& m) override { session_.send_message(*m); }

private:
    unisono::websocket_session session_;
};

class member final : public unisono::websocket_handler {
public:
    member(unisono::hub& rooms, std::size_t where) : rooms_(rooms), where_(where) {}

    void on_open(unisono::websocket_session const& session) override {
        rooms_.subscribe(where_, room, std::make_shared<seat>(session), {},
                         [this, session](unisono::subscription s, unisono::subscribed const&) {
                             if (session.is_open()) // else this handler may be gone
                                 subscription_ = std::move(s);
                         });
    }
    void on_message(unisono::websocket_session const&, unisono::bytes_view data, bool binary) override {
        rooms_.publish(room, {.data = unisono::payload{data}, .binary = binary, .ephemeral = true});
    }
    void on_close(unisono::close_code, std::string_view) override { subscription_.cancel(); }

private:
    unisono::hub& rooms_;
    std::size_t where_;
    unisono::subscription subscription_;
};

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv, {{"port", "9000"}, {"threads", "1"}, {"pace", "0"}});
    std::chrono::milliseconds const pace{static_cast<int>(options.number("pace"))};
    benchmark::raise_descriptor_limit();
    unisono::server app{
        {.port = static_cast<std::uint16_t>(options.number("port")),
         .threads = static_cast<std::size_t>(options.number("threads")),
         .rooms = {.settings = [pace](std::string_view) { return unisono::room_settings{.pace = pace}; }}}};
    app.websocket(
        "/", [&app](unisono::http_exchange const& exchange) -> std::unique_ptr<unisono::websocket_handler> {
            return std::make_unique<member>(app.rooms(), app.index_of(exchange.home()));
        });
    app.get("/events", [&app](unisono::http_exchange const& exchange) {
        serve_sse_feed(exchange, app.rooms(), app.index_of(exchange.home()), room);
    });
    app.run();
}
