#include <unisono/codec/base64.hpp>
#include <unisono/codec/json_document.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"
#include "support/small_updates.hpp"

#include <string>
#include <string_view>

using namespace unisono;
using client = test::loopback_client;
using op = websocket_opcode;
using test::typed;

namespace {

std::string hello(std::string_view caps) {
    return R"({"type":"connect","id":1,"payload":{"v":1,"caps":[)" + std::string{caps} +
           R"(],"subs":{"doc":{}}}})";
}
std::string about(std::string_view kind, bytes_view data) {
    return R"({"type":"update","id":2,"channel":"doc","payload":{"kind":")" + std::string{kind} +
           R"(","data":")" + base64_encode(data) + R"("}})";
}
std::string post(std::string_view target, std::string_view body) {
    return client::request(target, "Content-Length: " + std::to_string(body.size()) + "\r\n", "POST") +
           std::string{body};
}
std::string binary(std::uint8_t what, std::uint64_t alias, std::uint64_t id, bytes_view body) {
    byte_buffer bytes;
    lib0_writer out{bytes};
    out.u8(1);
    out.u8(what);
    for (auto n : {alias, id, std::uint64_t{0}})
        out.var_uint(n);
    out.bytes(body);
    return std::string{as_text(bytes)};
}

} // namespace

TEST_CASE("one document over WebSockets as bytes and as JSON, an event stream and y-websocket") {
    test::running_server s{{.threads = static_cast<std::size_t>(GENERATE(1, 3))}};
    s.app.documents("/yjs");
    s.app.rooms("/ws", {.documents = true});
    auto bytes = s.connect();
    REQUIRE(bytes.open("/ws"));
    bytes.send_text(hello("\"bin\""));
    auto const connected = *json::parse(bytes.read_message().body);
    auto const alias = static_cast<std::uint64_t>(
        connected.root()["payload"]["subs"]["doc"]["alias"].as_int64().value_or(0));
    REQUIRE(alias != 0);
    auto const send = [&](std::uint8_t what, std::uint64_t id, bytes_view body) {
        bytes.send(client::frame(op::binary, binary(what, alias, id, body)));
    };
    send(3, 2, test::from_hex("00"));
    CHECK(bytes.read_message().body == binary(3, alias, 0, test::from_hex("00")));
    CHECK(bytes.read_message().body == binary(4, alias, 2, test::from_hex("0000")));

    auto text = s.connect();
    REQUIRE(text.open("/ws"));
    text.send_text(hello(""));
    text.read_message();
    text.send_text(about("sync1", test::from_hex("00")));
    CHECK(text.read_message().body.find(R"("sync2":"AAA=","sync1":"AA==")") != std::string::npos);

    auto stream = s.connect();
    stream.send(post("/ws", hello("\"bin\""))); // which it cannot have
    auto const head = stream.read_until("\r\n\r\n");
    auto const reply = *json::parse(std::string_view{stream.read_until("\n\n")}.substr(6));
    CHECK_FALSE(reply.root()["payload"]["caps"].exists());
    auto const sid = "/ws?sid=" + std::string{*reply.root()["payload"]["session"].as_string()};
    auto up = s.connect();
    up.send(post(sid, about("sync1", test::from_hex("00"))));
    CHECK(up.read_response().status == 204);
    stream.read_until("\n\n");

    auto editor = s.connect();
    REQUIRE(editor.open("/yjs/doc"));
    CHECK(editor.read_message().body == std::string("\0\0\1\0", 4));

    // Larger than an outbox, and than what a message may be without documents.
    auto const large = typed(1, 0, std::string(2'000'000, 'x'));
    send(2, 5, large);
    CHECK(bytes.read_message().body == R"({"type":"ack","id":5,"payload":{}})");
    auto const base64 = base64_encode(large);
    CHECK(text.read_message().body.find(base64) != std::string::npos);
    CHECK(stream.read_until("\n\n").find(base64) != std::string::npos);
    CHECK(editor.read_message().body.ends_with(std::string{as_text(large)}));

    auto const small = typed(2, 0, "hi");
    up.send(post(sid, about("update", small)));
    CHECK(up.read_response().status == 204);
    CHECK(bytes.read_message().body == binary(2, alias, 0, small));
    CHECK(text.read_message().body.find(base64_encode(small)) != std::string::npos);
    CHECK(editor.read_message().body.ends_with(std::string{as_text(small)}));
}
