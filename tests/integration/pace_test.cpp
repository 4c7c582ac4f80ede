#include <unisono/server/server.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"

#include <chrono>
#include <string>

using namespace unisono;

TEST_CASE("what may wait for a window leaves at its start, at its end or with what may not wait, in order") {
    std::chrono::milliseconds window{};
    SECTION("a window that ends soon") {
        window = std::chrono::milliseconds{20};
    }
    SECTION("a window that the test would not wait for") {
        window = std::chrono::minutes{1};
    }
    test::running_server s;
    s.app.websocket("/ws", {.on_message = [&](websocket_session const& session, bytes_view data, bool) {
                        std::string const text{as_text(data)};
                        bool const urgent = text == "urgent";
                        session.send_frame(encode_websocket_text(text), overflow::refuse, 0,
                                           urgent ? std::chrono::milliseconds{} : window);
                    }});
    auto c = s.open();
    c.send_text("first");
    CHECK(c.read_message().body == "first"); // nothing has left lately, so it need not wait
    c.send_text("second");
    c.send_text("third");
    if (window == std::chrono::minutes{1}) {
        auto other = s.open();
        other.send_text("urgent");
        CHECK(other.read_message().body == "urgent");
        CHECK(c.read_available().empty()); // the server was there since, and let it wait
        c.send_text("urgent");
    }
    CHECK(c.read_message().body == "second");
    CHECK(c.read_message().body == "third");
}

TEST_CASE("connections that wait for a window may close meanwhile") {
    test::running_server s;
    s.app.websocket("/ws", {.on_message = [&](websocket_session const& session, bytes_view data, bool) {
                        session.send_frame(encode_websocket_text(as_text(data)), overflow::refuse, 0,
                                           std::chrono::milliseconds{20});
                    }});
    auto stays = s.open();
    for (int i = 0; i < 20; ++i) {
        auto leaves = s.open();
        leaves.send_text("gone before it is written");
        leaves.reset();
    }
    stays.send_text("still here");
    CHECK(stays.read_message().body == "still here");
}
