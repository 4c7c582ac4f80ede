#include <unisono/server/server.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"

#include <asio/awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using test::eventually;
using client = test::loopback_client;
using op = websocket_opcode;
using test::raw_frame;

namespace {

/// A frame that is not the last of its message.
std::string fragment(op opcode, std::string_view body) {
    auto frame = client::frame(opcode, body);
    frame[0] &= 0x7F;
    return frame;
}

/// What the server's side of all sessions saw.
struct record {
    std::atomic<int> opened{0};
    std::atomic<int> messages{0};
    std::atomic<int> closed{0};
    std::atomic<int> after_close{0};
    std::atomic<std::uint16_t> code{0};
};

/// What the handlers of a fixture's server write to.
struct witness {
    record seen;
};

struct fixture : witness, test::running_server {
    using test::running_server::running_server;

    /// An echo that counts.
    void echo(websocket_options options = {}) {
        app.websocket("/ws",
                      {.on_open = [this](auto const&) { ++seen.opened; },
                       .on_message =
                           [this](websocket_session const& s, bytes_view data, bool binary) {
                               ++seen.messages;
                               seen.after_close += seen.closed;
                               if (binary)
                                   s.send_binary(data);
                               else
                                   s.send_text(as_text(data));
                           },
                       .on_close =
                           [this](close_code code, std::string_view) {
                               seen.code = code.value();
                               ++seen.closed;
                           }},
                      options);
    }
    bool closes() {
        return eventually([&] { return seen.closed == seen.opened; });
    }
};

} // namespace

TEST_CASE("threat A8: the opening handshake is checked before anything is opened") {
    fixture f;
    f.echo();
    std::string const good[] = {"Connection: keep-alive, Upgrade\r\n", "Upgrade: WebSocket\r\n",
                                "Sec-WebSocket-Version: 13\r\n",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"};
    auto const ask = [&](std::size_t replaced, std::string const& by, std::string_view method = "GET") {
        std::string fields;
        for (std::size_t i = 0; i < std::size(good); ++i)
            fields += i == replaced ? by : good[i];
        auto c = f.connect();
        c.send(client::request("/ws", fields, method));
        return c.read_response();
    };
    auto const accepted = ask(9, "");
    CHECK(accepted.status == 101);
    CHECK(accepted.field("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(ask(0, "").status == 400);
    CHECK(ask(0, "Connection: close\r\n").status == 400);
    CHECK(ask(1, "").status == 400);
    CHECK(ask(1, "Upgrade: h2c\r\n").status == 400);
    CHECK(ask(2, "").status >= 400);
    CHECK(ask(2, good[2] + good[2]).status == 400);
    auto const version = ask(2, "Sec-WebSocket-Version: 8\r\n");
    CHECK(version.status == 426);
    CHECK(version.field("Sec-WebSocket-Version") == "13");
    CHECK(ask(3, "").status == 400);
    CHECK(ask(3, "Sec-WebSocket-Key: c2hvcnQ=\r\n").status == 400);
    CHECK(ask(3, "Sec-WebSocket-Key: not base64 at all!!!!!\r\n").status == 400);
    CHECK(ask(3, good[3] + good[3]).status == 400);
    CHECK(ask(9, "", "POST").status == 405);
    CHECK(f.closes());
    CHECK(f.seen.opened == 1);
}

TEST_CASE("the subprotocol is the first one offered that is spoken here") {
    fixture f;
    f.app.websocket("/some", websocket_callbacks{}, {.subprotocols = {"a", "b"}});
    f.app.websocket("/must", websocket_callbacks{}, {.subprotocols = {"a"}, .subprotocol_required = true});
    f.app.websocket("/none", websocket_callbacks{});
    auto const ask = [&](std::string_view path, std::string const& offer) {
        auto c = f.connect();
        c.send(client::upgrade(path, offer.empty() ? "" : "Sec-WebSocket-Protocol: " + offer + "\r\n"));
        auto const r = c.read_response();
        return std::to_string(r.status) + r.field("Sec-WebSocket-Protocol");
    };
    CHECK(ask("/some", "") == "101");
    CHECK(ask("/some", "x, b, a") == "101b");
    CHECK(ask("/some", "x, y") == "400");
    CHECK(ask("/must", "a") == "101a");
    CHECK(ask("/must", "") == "400");
    CHECK(ask("/none", "x") == "101");
}

TEST_CASE("messages come back as they were, whole or in pieces") {
    fixture f;
    f.echo();
    auto c = f.open();
    for (std::size_t const size : {0, 1, 125, 126, 191, 192, 193, 65'535, 65'536}) {
        std::string const text(size, 'x');
        c.send_text(text);
        auto const echo = c.read_message();
        CHECK(echo.opcode == op::text);
        REQUIRE(echo.body == text);
    }
    c.send(client::frame(op::binary, "\xff\x00"));
    CHECK(c.read_message().opcode == op::binary);
    for (char byte : client::frame(op::text, "bit by bit"))
        c.send({&byte, 1});
    CHECK(c.read_message().body == "bit by bit");
}

TEST_CASE("threat A7: frames sent right behind the handshake are not lost") {
    fixture f;
    f.echo();
    auto c = f.connect();
    c.send(client::upgrade("/ws") + client::frame(op::text, "early"));
    CHECK(c.read_response().status == 101);
    CHECK(c.read_message().body == "early");
}

TEST_CASE("a handshake answered late, while another connection is flushed, keeps what came behind it") {
    fixture f;
    std::optional<websocket_session> busy;
    f.app.websocket("/ws", {.on_open = [&](websocket_session const& s) { busy = s; }});
    f.app.get("/late", [&](http_exchange x) {
        // In this order the head leaves before the other handler's turn has come.
        busy->send_text("noise");
        x.home().post([x] {
            (void)websocket_session::accept(
                x, std::make_unique<callback_handler>(
                       websocket_callbacks{.on_message = [](websocket_session const& s, bytes_view data,
                                                            bool) { s.send_text(as_text(data)); }}));
        });
    });
    auto noisy = f.open();
    auto c = f.connect();
    c.send(client::upgrade("/late") + client::frame(op::text, "early"));
    REQUIRE(c.read_response().status == 101);
    CHECK(c.read_message().body == "early");
    c.send_text("later");
    CHECK(c.read_message().body == "later");
}

#if defined(ASIO_HAS_CO_AWAIT)
TEST_CASE("a conversation may be a coroutine") {
    fixture f;
    std::atomic<bool> ended{false};
    f.app.websocket("/ws", [&](websocket_session s) -> asio::awaitable<void> {
        while (auto const m = co_await s.receive()) {
            if (m->data == "bye")
                break;
            s.send_text(m->data);
        }
        ended = true;
    });
    auto c = f.open();
    for (int i = 0; i < 100; ++i) // more than it keeps at once
        c.send_text(std::to_string(i));
    for (int i = 0; i < 100; ++i)
        REQUIRE(c.read_message().body == std::to_string(i));
    if (GENERATE(false, true)) {
        c.send_text("bye");
        CHECK(c.read_message().close_code() == 1000);
    } else {
        c.reset();
    }
    CHECK(eventually([&] { return ended.load(); }));
}
#endif

TEST_CASE("a ping is answered with its bytes") {
    fixture f;
    f.echo();
    auto c = f.open();
    c.send(client::frame(op::ping, "abc"));
    auto const pong = c.read_frame();
    CHECK(pong.opcode == op::pong);
    CHECK(pong.body == "abc");
}

TEST_CASE("threat B6: a flood of control frames ends its connection") {
    fixture f;
    f.echo();
    auto const kind = GENERATE(op::ping, op::pong); // nobody asked for the pongs
    auto c = f.open();
    std::string flood;
    for (int i = 0; i < 1'000; ++i)
        flood += client::frame(kind, std::to_string(i));
    c.send(flood);
    int answers = 0;
    raw_frame frame;
    while ((frame = c.read_message()).opcode == op::pong)
        ++answers;
    CHECK(frame.close_code() == 1008);
    CHECK(answers <= 1);
    auto other = f.open();
    other.send_text("still there");
    CHECK(other.read_message().body == "still there");
}

TEST_CASE("threat B6: a peer that reads nothing is owed one pong") {
    fixture f;
    std::optional<websocket_session> session;
    f.app.websocket("/flood", {.on_open = [&](websocket_session const& s) { session = s; }},
                    {.control_rate = 1'000'000'000});
    f.echo();
    auto c = f.connect(4 * 1024);
    REQUIRE(c.open("/flood"));
    std::string flood;
    for (int i = 0; i < 500; ++i)
        flood += client::frame(op::ping, std::string(125, 'x'));
    std::size_t most = 0;
    std::size_t sent = 0;
    // Until 20 MB are through or the client's own operating system, full of pongs, takes no more.
    for (; sent < 20'000'000 && c.try_send(flood, 500ms); sent += flood.size())
        most = std::max(most, session->queued_bytes());
    CHECK(sent > 1'000'000);
    CHECK(most < 1024);
    auto other = f.open();
    other.send_text("still there");
    CHECK(other.read_message().body == "still there");
}

TEST_CASE("threat B3: a flood of fragments ends its connection") {
    fixture f;
    f.echo();
    std::string const body = GENERATE(as<std::string>{}, "", "x");
    auto c = f.open();
    c.send(fragment(op::text, body));
    std::string flood;
    for (int i = 0; i < 10'000; ++i)
        flood += fragment(op::continuation, body);
    for (int i = 0; i < 100 && c.try_send(flood); ++i) { // a million, unless it is cut off
    }
    c.close();
    CHECK(f.closes());
    CHECK(f.seen.code == 1008);
    CHECK(f.seen.messages == 0);
}

TEST_CASE("threat B3: a message that does not end in time ends its connection") {
    fixture f;
    f.echo({.message_timeout = 200ms});
    auto c = f.open();
    auto const whole = client::frame(op::text, "slowly, slowly");
    std::string const start = GENERATE_COPY(whole.substr(0, 1), whole.substr(0, 10), fragment(op::text, ""));
    c.send_text("in time");
    CHECK(c.read_message().body == "in time");
    c.send(start);
    auto const begun = std::chrono::steady_clock::now();
    CHECK(c.read_message().close_code() == 1008);
    CHECK(std::chrono::steady_clock::now() - begun >= 150ms);
    c.close();
    CHECK(f.closes());
    CHECK(f.seen.code == 1008);
}

TEST_CASE("threat B3: messages in a row that each end in time may go on for ever") {
    fixture f;
    f.echo({.message_timeout = 250ms});
    auto c = f.open();
    auto const whole = client::frame(op::text, "x");
    c.send(whole.substr(0, 3));
    auto const begun = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begun < 600ms) {
        c.send(whole.substr(3) + whole.substr(0, 3)); // there is always one that has not ended
        REQUIRE(c.read_message().opcode == op::text);
    }
}

TEST_CASE("a message is not late while reading is paused") {
    fixture f;
    std::optional<websocket_session> session;
    std::atomic<int> messages{0};
    f.app.websocket("/ws",
                    {.on_open = [&](websocket_session const& s) { session = s; },
                     .on_message =
                         [&](websocket_session const& s, bytes_view, bool) {
                             if (++messages == 1)
                                 s.pause_receiving();
                         }},
                    {.message_timeout = 200ms, .ping_interval = 100ms, .pong_timeout = 60s});
    auto c = f.open();
    auto const second = client::frame(op::text, "second");
    c.send(client::frame(op::text, "first") + second.substr(0, 8));
    for (int pings = 0; pings < 5; ++pings) // about half a second
        CHECK(c.read_frame().opcode == op::ping);
    session->home().post([&] { session->resume_receiving(); });
    c.send(second.substr(8));
    CHECK(eventually([&] { return messages == 2; }));
}

TEST_CASE("threat B9: a peer that falls silent is found out") {
    fixture f;
    f.echo({.ping_interval = 100ms, .pong_timeout = 100ms});
    auto c = f.open();
    CHECK(f.closes());
    CHECK(f.seen.code == 1006);
    CHECK(c.read_frame().opcode == op::ping);
}

TEST_CASE("threat B9: the presence of a peer that falls silent ends with it") {
    fixture f;
    f.app.rooms("/rooms", {.protocol = {.times = {.presence_grace = 100ms}},
                           .websocket = {.ping_interval = 100ms, .pong_timeout = 100ms}});
    auto const enter = [&] {
        auto c = f.open("/rooms");
        c.send_text(
            "{\"type\":\"connect\",\"id\":1,\"payload\":{\"v\":1}}\n"
            "{\"type\":\"subscribe\",\"id\":2,\"channel\":\"lobby\",\"payload\":{\"presence\":true}}");
        return c;
    };
    auto watching = enter();
    auto const hear = [&](std::string_view what) {
        for (;;) {
            auto const frame = watching.read_frame();
            if (frame.opcode == op::ping)
                watching.send(client::frame(op::pong, frame.body));
            else if (frame.body.find(what) != std::string::npos)
                return;
            else
                REQUIRE(frame.opcode == op::text);
        }
    };
    hear("\"id\":2");
    auto const silent = enter(); // its operating system still takes what is sent to it
    hear("\"first\":true");
    hear("\"last\":true");
}

TEST_CASE("a connection is not pinged before it is silent") {
    fixture f;
    f.echo({.ping_interval = 400ms});
    auto const start = std::chrono::steady_clock::now();
    auto c = f.open();
    CHECK(c.read_frame().opcode == op::ping);
    CHECK(std::chrono::steady_clock::now() - start >= 200ms);
}

TEST_CASE("a peer that answers pings stays") {
    fixture f;
    f.echo({.ping_interval = 100ms, .pong_timeout = 1s});
    auto c = f.open();
    for (int i = 0; i < 15; ++i) { // for longer than a silent one may stay
        auto const ping = c.read_frame();
        REQUIRE(ping.opcode == op::ping);
        c.send(client::frame(op::pong, ping.body));
    }
    CHECK(f.seen.closed == 0);
}

TEST_CASE("threat B10: a peer's close is answered, and told once") {
    fixture f;
    f.echo();
    auto c = f.open();
    c.send_close(3001);
    c.send_text("too late");
    auto const answer = c.read_message();
    CHECK(answer.opcode == op::close);
    CHECK(answer.close_code() == 3001);
    CHECK(c.is_closed());
    c.close();
    CHECK(f.closes());
    CHECK(f.seen.code == 3001);
    CHECK(f.seen.messages == 0);
}

TEST_CASE("threat B10: our close is told once, and nothing is delivered or sent behind it") {
    fixture f;
    std::atomic<int> messages{0};
    std::atomic<int> closed{0};
    std::atomic<send_status> late{};
    std::string told;
    f.app.websocket("/ws", {.on_message =
                                [&](websocket_session const& s, bytes_view, bool) {
                                    ++messages;
                                    s.close(close_code{3500}, "enough");
                                    s.close(close_code::normal);
                                    late = s.send_text("late");
                                },
                            .on_close =
                                [&](close_code code, std::string_view reason) {
                                    told = std::to_string(code.value()) + std::string{reason};
                                    ++closed;
                                }});
    auto c = f.open();
    c.send(client::frame(op::text, "1") + client::frame(op::text, "2") + client::frame(op::ping, "x"));
    auto const frame = c.read_message();
    CHECK(frame.opcode == op::close);
    CHECK(frame.body == "\x0d\xac"
                        "enough");
    c.send_text("3");
    c.send_close(3500);
    CHECK(c.read_all().empty());
    c.close();
    CHECK(eventually([&] { return closed == 1; }));
    CHECK(messages == 1);
    CHECK(late == send_status::closed);
    CHECK(told == "3500enough");
}

TEST_CASE("threat B10: a peer that does not answer our close is cut off") {
    fixture f;
    std::atomic<int> closed{0};
    f.app.websocket("/ws",
                    {.on_open = [](websocket_session const& s) { s.close(close_code::policy_violation); },
                     .on_close = [&](close_code, std::string_view) { ++closed; }},
                    {.close_timeout = 100ms});
    auto c = f.open();
    CHECK(c.read_message().close_code() == 1008);
    CHECK(eventually([&] { return closed == 1; }, 3s));
    CHECK(c.is_closed());
}

TEST_CASE("threat B1: what breaks the protocol or a limit is answered with its close code") {
    fixture f;
    f.echo({.limits = {.max_message_size = 1000}});
    auto c = f.open();
    auto const [frame, code] = GENERATE(table<std::string, int>({
        {client::frame(op::text, std::string(1001, 'x')), 1009},
        {std::string{"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
                     "mask",
                     14},
         1009},
        {client::frame(op::text, "\xff"), 1007},
        {std::string{"\x81\x01x", 3}, 1002},            // not masked
        {client::frame(static_cast<op>(3), "x"), 1002}, // no such opcode
        {client::frame(op::continuation, "x"), 1002},   // of nothing
        {client::frame(op::close, "\x03\xed"), 1002},   // 1005 on the wire
    }));
    c.send(frame);
    CHECK(c.read_message().close_code() == code);
    c.close();
    CHECK(f.closes());
}

TEST_CASE("a connection that breaks is told once, as 1006") {
    fixture f;
    f.echo();
    {
        auto c = f.open();
        c.send_text("x");
        c.read_message();
        if (GENERATE(false, true))
            c.reset();
    }
    CHECK(f.closes());
    CHECK(f.seen.code == 1006);
}

TEST_CASE("a session may be closed in every callback") {
    fixture f;
    std::string const where = GENERATE(as<std::string>{}, "open", "message", "close");
    std::optional<websocket_session> kept;
    std::atomic<int> closed{0};
    f.app.websocket("/ws", {.on_open =
                                [&](websocket_session const& s) {
                                    kept = s;
                                    if (where == "open")
                                        s.close();
                                },
                            .on_message =
                                [&](websocket_session const& s, bytes_view, bool) {
                                    if (where == "message")
                                        s.close();
                                },
                            .on_close =
                                [&](close_code, std::string_view) {
                                    kept->close();
                                    kept->send_text("x");
                                    kept.reset();
                                    ++closed;
                                }});
    auto c = f.open();
    c.send_text("x");
    if (where == "close")
        c.send_close(1000);
    CHECK(c.read_message().opcode == op::close);
    c.close();
    CHECK(eventually([&] { return closed == 1; }));
}

TEST_CASE("a handler that throws ends its session with 1011, and no other") {
    fixture f;
    f.echo();
    std::string const where = GENERATE(as<std::string>{}, "open", "message");
    std::atomic<int> closed{0};
    f.app.websocket("/throw", {.on_open =
                                   [&](auto const&) {
                                       if (where == "open")
                                           throw std::runtime_error("on purpose");
                                   },
                               .on_message = [](auto const&, auto, auto) { throw 7; },
                               .on_close =
                                   [&](close_code, std::string_view) {
                                       ++closed;
                                       throw std::runtime_error("on purpose");
                                   }});
    auto other = f.open();
    auto c = f.open("/throw");
    c.send_text("x");
    CHECK(c.read_message().close_code() == 1011);
    c.close();
    CHECK(eventually([&] { return closed == 1; }));
    other.send_text("still there");
    CHECK(other.read_message().body == "still there");
}

TEST_CASE("resuming inside a message does not damage what was read with it") {
    fixture f;
    std::atomic<bool> inside{false};
    std::atomic<bool> more{false};
    f.app.websocket("/ws", {.on_message = [&](websocket_session const& s, bytes_view data, bool) {
                        if (!inside.exchange(true)) {
                            eventually([&] { return more.load(); });
                            s.pause_receiving();
                            s.resume_receiving();
                        }
                        s.send_text(as_text(data));
                    }});
    auto c = f.open();
    c.send(client::frame(op::text, "first") + client::frame(op::text, "second"));
    REQUIRE(eventually([&] { return inside.load(); }));
    c.send(client::frame(op::text, "third, which is there already when the first is handled"));
    more = true;
    CHECK(c.read_message().body == "first");
    CHECK(c.read_message().body == "second");
    CHECK(c.read_message().body.starts_with("third"));
}

TEST_CASE("a session that receives nothing for a while stays alive by itself") {
    fixture f;
    std::atomic<int> closed{0};
    f.app.websocket("/ws",
                    {.on_open = [](websocket_session const& s) { s.pause_receiving(); },
                     .on_close = [&](close_code, std::string_view) { ++closed; }},
                    {.ping_interval = 100ms, .pong_timeout = 60s});
    auto c = f.open();
    CHECK(c.read_frame().opcode == op::ping);
    c.send_text("unread");
    CHECK(f.open().read_frame().opcode == op::ping);
    CHECK(closed == 0);
}

TEST_CASE("messages may be sent from many threads while clients come and go") {
    fixture f{{.threads = 2}};
    std::mutex mutex;
    std::vector<websocket_session> sessions;
    std::atomic<int> opened{0};
    std::atomic<int> closed{0};
    f.app.websocket("/ws", {.on_open =
                                [&](websocket_session const& s) {
                                    ++opened;
                                    std::lock_guard const lock{mutex};
                                    sessions.push_back(s);
                                },
                            .on_message = [](auto const&, auto, auto) {},
                            .on_close = [&](close_code, std::string_view) { ++closed; }});
    (void)f.connect();
    std::atomic<bool> over{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; !over; ++i) {
                std::vector<websocket_session> all;
                {
                    std::lock_guard const lock{mutex};
                    all = sessions;
                    if (sessions.size() > 20)
                        sessions.erase(sessions.begin(), sessions.begin() + 10);
                }
                for (auto const& s : all) {
                    s.send_text("hello");
                    if (t == 0 && i % 50 == 49)
                        s.close(close_code::going_away);
                }
                std::this_thread::yield();
            }
        });
    int bad = 0;
    for (int i = 0; i < 60; ++i) {
        auto c = f.connect();
        c.send(client::upgrade("/ws"));
        try {
            if (c.read_response().status != 101)
                ++bad;
            for (int n = 0; n < 5; ++n) {
                auto const frame = c.read_frame();
                if (frame.opcode == op::close) {
                    c.send_close(1001);
                    bad += !c.read_all().empty(); // nothing follows a close frame
                    break;
                }
                bad += frame.opcode == op::text && frame.body != "hello";
            }
        } catch (std::runtime_error const&) {
            ++bad;
        }
        if (i % 3 == 0)
            c.reset();
    }
    over = true;
    for (auto& t : threads)
        t.join();
    CHECK(bad == 0);
    CHECK(eventually([&] { return closed == opened; }));
    CHECK(opened == 60);
}

TEST_CASE("a handle may outlive the server") {
    std::optional<websocket_session> kept;
    {
        fixture f;
        std::atomic<bool> opened{false};
        f.app.websocket("/ws", {.on_open = [&](websocket_session const& s) {
                            kept = s;
                            opened = true;
                        }});
        auto c = f.open();
        REQUIRE(eventually([&] { return opened.load(); }));
    }
    CHECK_FALSE(kept->is_open());
    CHECK(kept->send_text("x") == send_status::closed);
    kept->close();
    kept.reset();
}
