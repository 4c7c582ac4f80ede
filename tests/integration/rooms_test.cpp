#include <unisono/codec/json_document.hpp>
#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/recording_logger.hpp"
#include "support/running_server.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using client = test::loopback_client;
using op = websocket_opcode;

namespace {

constexpr std::string_view hello = R"({"type":"connect","id":1,"payload":{"v":1,"subs":{"r":{}}}})";

struct running : test::running_server {
    explicit running(server_options options = {}, room_options rooms = {})
        : running_server{std::move(options)} {
        app.rooms("/rooms", std::move(rooms));
    }

    /// Posts `body`; the status of the answer.
    int post(std::string_view sid, std::string_view body, std::string_view fields = {}) {
        auto c = connect();
        c.send(post_request("/rooms?sid=" + std::string{sid}, body, fields));
        return c.read_response().status;
    }
    static std::string post_request(std::string_view target, std::string_view body,
                                    std::string_view fields = {}) {
        return client::request(
                   target, std::string{fields} + "Content-Length: " + std::to_string(body.size()) + "\r\n",
                   "POST") +
               std::string{body};
    }
};

/// The stream of a session.
struct stream {
    client link;
    std::string end; ///< of one object
    test::raw_response head;
    std::string sid;

    stream(running& r, std::string_view target, std::string_view method, std::string_view fields = {},
           std::string_view first = hello)
        : link(r.connect()) {
        link.send(method == "POST" ? running::post_request(target, first, fields)
                                   : client::request(target, fields));
        head = link.read_response();
        bool const lines = head.field("Content-Type") == "application/x-ndjson";
        end = lines ? "\n" : "\n\n";
        prefix = lines ? "" : "data: ";
        if (head.status == 200)
            sid = next().root()["payload"]["session"].as_string().value_or("");
    }
    json::document next() {
        auto const text = link.read_until(end);
        REQUIRE(text.starts_with(prefix));
        return *json::parse(std::string_view{text}.substr(prefix.size()));
    }
    std::string prefix;
};

} // namespace

TEST_CASE("rooms over a stream down and requests up, whatever thread a request comes in on") {
    running r{{.threads = static_cast<std::size_t>(GENERATE(1, 3))}};
    std::string const encoded =
        "%7B%22type%22%3A%22connect%22%2C%22id%22%3A1%2C%22payload%22%3A%7B%22v%22%3A1%2C"
        "%22subs%22%3A%7B%22r%22%3A%7B%7D%7D%7D%7D";
    stream posted{r, "/rooms", "POST"};
    stream asked{r, "/rooms?connect=" + encoded, "GET"};
    stream lines{r, "/rooms", "POST", "Accept: application/x-ndjson\r\n"};
    auto ws = r.connect();
    REQUIRE(ws.open("/rooms", "Sec-WebSocket-Protocol: unisono.v1.json\r\n"));
    ws.send_text(hello);
    ws.read_message();
    for (auto* s : {&posted, &asked}) {
        CHECK(s->head.field("Content-Type") == "text/event-stream");
        CHECK(s->head.field("X-Accel-Buffering") == "no");
        CHECK(s->head.field("Cache-Control").find("no-store") != std::string::npos);
    }
    int n = 0;
    for (auto* from : {&posted, &asked, &lines}) {
        ++n;
        CHECK(r.post(from->sid, R"({"type":"publish","channel":"r","payload":{"data":)" + std::to_string(n) +
                                    "}}") == 204);
        for (auto* to : {&posted, &asked, &lines})
            CHECK(to->next().root()["payload"]["data"].as_int64() == n);
        CHECK(json::parse(ws.read_message().body)->root()["payload"]["data"].as_int64() == n);
    }
    CHECK(r.post(lines.sid, R"({"type":"history","id":9,"channel":"r"})") == 204);
    CHECK(lines.next().root()["payload"]["messages"].size() == 3);
}

TEST_CASE("requests up are refused when they are too large, foreign or for nobody") {
    running r{{.threads = 2, .origins = {.allowed = {"https://app.example.com"}}},
              {.websocket = {.limits = {.max_message_size = 2000}}}};
    stream s{r, "/rooms", "POST", "Origin: https://app.example.com\r\n"};
    CHECK(s.head.field("Access-Control-Allow-Origin") == "https://app.example.com");
    std::string const pong = R"({"type":"pong"})";
    CHECK(r.post(s.sid, pong, "Origin: https://app.example.com\r\n") == 204);
    CHECK(r.post(s.sid, pong, "Origin: https://evil.com\r\n") == 403);
    CHECK(r.post(s.sid, std::string(2001, ' ')) == 413);
    CHECK(r.post("nobody.0", pong) == 404);
    CHECK(r.post("nobody.7", pong) == 404);
    CHECK(r.post("", pong) == 404);
    auto head = r.connect();
    head.send(client::request("/rooms?connect=x", {}, "HEAD"));
    CHECK(head.read_response(false).status == 405);
    CHECK(stream(r, "/rooms", "POST", "Origin: https://evil.com\r\n").head.status == 403);
    s.link.close();
    CHECK(test::eventually([&] { return r.post(s.sid, pong) == 404; })); // the session went with its stream
}

TEST_CASE("a stream ends after it has said why") {
    running r;
    auto c = r.connect();
    c.send(running::post_request("/rooms", R"({"type":"pong"})"));
    CHECK(c.read_response().status == 200);
    auto const refused = c.read_all();
    CHECK(refused.find("\"type\":\"disconnect\",\"payload\":{\"code\":3501") != std::string::npos);
    CHECK(refused.find("retry:") == std::string::npos); // it need not come back

    stream s{r, "/rooms", "POST"};
    stream lines{r, "/rooms", "POST", "Accept: application/x-ndjson\r\n"};
    r.app.stop();
    auto const last = s.link.read_all();
    CHECK(last.find("\"code\":3001") != std::string::npos);
    CHECK(last.find("retry: ") > last.find("\"code\":3001"));
    CHECK(lines.link.read_all().find("\"code\":3001") != std::string::npos);
    s.link.close();
    lines.link.close();
}

TEST_CASE("threat A3: the server selects the protocol, never the token, and writes it nowhere") {
    test::recording_logger log;
    std::string token, cookie;
    room_options rooms;
    rooms.protocol.hooks.authenticate = [&](native_connect const& about) -> result<native_identity> {
        token = about.token;
        cookie = about.request->cookie("session").value_or("");
        if (cookie == "bad")
            return native_error::unauthorized;
        return native_identity{"ann"};
    };
    {
        running r{{.log = &log}, std::move(rooms)};
        auto const bearer = "Sec-WebSocket-Protocol: unisono.v1.json, unisono.bearer.czNjcmV0\r\n";
        auto c = r.connect();
        c.send(client::upgrade("/rooms", std::string{bearer} + "Cookie: session=42\r\n"));
        auto const answer = c.read_response();
        CHECK(answer.status == 101);
        CHECK(answer.field("Sec-WebSocket-Protocol") == "unisono.v1.json");
        c.send_text(hello);
        auto const reply = c.read_message().body;
        CHECK(token == "s3cret");
        CHECK(cookie == "42");
        auto refused = r.connect();
        REQUIRE(refused.open("/rooms", std::string{bearer} + "Cookie: session=bad\r\n"));
        refused.send_text(hello);
        std::string told = answer.head + reply;
        for (auto frame = refused.read_message(); frame.opcode != op::close; frame = refused.read_message())
            told += frame.body;
        CHECK(told.find("unauthorized") != std::string::npos);
        for (auto const* secret : {"s3cret", "czNjcmV0"})
            CHECK(told.find(secret) == std::string::npos);
        auto only_token = r.connect(); // no protocol to select
        CHECK_FALSE(only_token.open("/rooms", "Sec-WebSocket-Protocol: unisono.bearer.czNjcmV0\r\n"));

        stream s{r, "/rooms", "POST", "Authorization: Bearer other\r\nCookie: session=43\r\n"};
        CHECK(token == "other");
        CHECK(cookie == "43");
    }
    CHECK((log.errors() + log.others()).find("s3cret") == std::string::npos);
    CHECK((log.errors() + log.others()).find("czNjcmV0") == std::string::npos);
}

TEST_CASE("threat A2: a logout closes every connection of the user, on every carrier, within a second") {
    room_options rooms;
    rooms.protocol.hooks.authenticate = [](native_connect const& about) -> result<native_identity> {
        return native_identity{std::string{about.token}};
    };
    test::running_server s{{.threads = 2}};
    auto& chat = s.app.rooms("/rooms", std::move(rooms));
    std::string const ann = R"({"type":"connect","id":1,"payload":{"v":1,"token":"ann"}})";
    std::vector<client> sockets;
    for (int i = 0; i < 50; ++i) {
        auto& c = sockets.emplace_back(s.open("/rooms"));
        c.send_text(ann);
        c.read_message();
    }
    auto stream = s.connect();
    stream.send(running::post_request("/rooms", ann));
    stream.read_until("\n\n");
    auto ben = s.open("/rooms");
    ben.send_text(R"({"type":"connect","id":1,"payload":{"v":1,"token":"ben"}})");
    ben.read_message();

    auto const begun = std::chrono::steady_clock::now();
    chat.disconnect("ann");
    for (auto& c : sockets) {
        CHECK(c.read_message().body.find("\"code\":3503") != std::string::npos);
        CHECK(c.read_message().close_code() == 3503);
    }
    CHECK(stream.read_all().find("\"code\":3503") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - begun < 1s);
    ben.send_text(R"({"type":"rpc","id":2})");
    CHECK(ben.read_message().body.find("\"id\":2") != std::string::npos);
}
