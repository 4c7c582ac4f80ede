#include "native_document_world.hpp"
#include "support/catch.hpp"

using namespace native_world;
using test::to_hex;
using frames = std::vector<byte_buffer>;

namespace {

auto const hi = typed(1, 0, "hi");

} // namespace

namespace op {
enum : std::uint8_t { message = 1, update, sync1, sync2, awareness };
}

TEST_CASE("native: binary messages are agreed on, and channels get one alias for all") {
    document_world w{GENERATE(std::size_t{1}, std::size_t{3})};
    binary_client a{w};
    binary_client b{w, w.shards.size() - 1};
    CHECK(a.connected.root()["payload"]["caps"].raw() == R"(["bin"])");
    CHECK(a.alias != 0);
    CHECK(b.alias == a.alias);
    auto const other = a.ask("subscribe", "other").root()["payload"]["alias"].as_int64();
    CHECK(other.value_or(0) != static_cast<std::int64_t>(a.alias));
    client text{w, 0};
    CHECK_FALSE(text.ask("subscribe", "doc").root()["payload"]["alias"].exists());
    a.leave();
    b.leave();
    text.leave();
    for (std::size_t s = 0; s < w.shards.size(); ++s)
        CHECK(w.server.channel_count(s) == 0);
}

TEST_CASE("native: a carrier of text alone does not agree on binary messages") {
    world w;
    client c{w, 0, false};
    c.send(R"({"type":"connect","id":1,"payload":{"v":1,"caps":["bin"]}})");
    CHECK_FALSE(c.one().root()["payload"]["caps"].exists());
    c.send_binary(binary_client::binary(op::message, 1, 0, 0, hi));
    CHECK(c.got->closed == 1003);
}

TEST_CASE("native: a document in binary messages, beside clients without them and editors") {
    document_world w{GENERATE(std::size_t{1}, std::size_t{3})};
    binary_client a{w};
    binary_client b{w, w.shards.size() - 1};
    client text{w, 0};
    text.ask("subscribe", "doc");
    text.ask("update", "doc", about("sync1", from_hex("00")));
    editor e{w};

    a.send_op(op::sync1, from_hex("00"), 9);
    CHECK(a.read_binary() == frames{binary_client::binary(op::sync1, a.alias, 0, 0, from_hex("00")),
                                    binary_client::binary(op::sync2, a.alias, 9, 0, from_hex("0000"))});
    b.send_op(op::sync1, from_hex("00"));
    b.read_binary();

    a.send_op(op::update, hi, 10);
    CHECK(a.read() == "{\"type\":\"ack\",\"id\":10,\"payload\":{}}\n");
    CHECK(a.read_binary().empty());
    CHECK(b.read_binary() == frames{binary_client::binary(op::update, a.alias, 0, 0, hi)});
    CHECK(heard(text) == "update " + to_hex(hi));
    CHECK(e.read() == frames{y_websocket_world::change(hi)});

    text.ask("update", "doc", about("awareness", cursor(7, 1, "{}")));
    auto const expected = binary_client::binary(op::awareness, a.alias, 0, 0, cursor(7, 1, "{}"));
    CHECK(a.read_binary() == frames{expected});
    CHECK(b.read_binary() == frames{expected});
    CHECK(b.read().empty());

    a.send_op(op::sync1, from_hex("00"), 11);
    CHECK(a.read_binary() == frames{binary_client::binary(op::sync1, a.alias, 0, 0, from_hex("010102")),
                                    expected, binary_client::binary(op::sync2, a.alias, 11, 0, hi)});
}

TEST_CASE("native: a binary broadcast is encoded once for all who take it") {
    document_world w;
    binary_client a{w};
    binary_client b{w};
    a.got->frames.clear();
    b.got->frames.clear();
    w.rooms.publish("doc", {.data = payload{std::string_view{"\0\xff", 2}}, .binary = true});
    w.settle();
    REQUIRE(a.got->frames.size() == 1);
    CHECK(a.got->frames[0].data() == b.got->frames.at(0).data());
}

TEST_CASE("native: bytes are published as they are, and reach others as base64") {
    document_world w;
    binary_client a{w};
    client text{w, 0};
    text.ask("subscribe", "doc");
    a.send_op(op::message, from_hex("00ff"), 3);
    CHECK(a.one().root()["payload"]["offset"].as_int64() == 1);
    CHECK(a.read_binary() == frames{binary_client::binary(op::message, a.alias, 0, 1, from_hex("00ff"))});
    auto const m = text.one();
    CHECK(m.root()["type"].as_string() == "message");
    CHECK(m.root()["payload"]["data"].as_string() == "AP8=");
    CHECK(m.root()["offset"].as_int64() == 1);
    text.ask("publish", "doc", R"({"data":1})");
    CHECK(a.one().root()["offset"].as_int64() == 2); // text stays text
}

TEST_CASE("native: what is wrong with a binary message") {
    native_options options;
    options.limits.message = 10;
    options.limits.update = 20;
    document_world w{1, options};
    binary_client c{w};
    SECTION("closes when it cannot be read") {
        auto const bytes = GENERATE(as<std::string>{}, "", "01", "0102", "010201", "01020100", "0202010000",
                                    "0102ffffffffffffffffff010000");
        c.send_binary(from_hex(bytes));
        CHECK(c.got->closed == 3501);
    }
    SECTION("is said otherwise") {
        auto const code = [&](std::uint8_t op, std::uint64_t alias, std::size_t size) {
            c.send_binary(binary_client::binary(op, alias, 77, 0, byte_buffer(size)));
            auto const told = c.one();
            CHECK(told.root()["id"].as_int64() == 77);
            return code_of(told);
        };
        CHECK(code(0, c.alias, 0) == 104);
        CHECK(code(6, c.alias, 0) == 104);
        CHECK(code(255, c.alias, 0) == 104);
        CHECK(code(op::update, c.alias + 1, 0) == 120);
        CHECK(code(op::update, 0, 0) == 120);
        CHECK(code(op::message, c.alias, 11) == 121);
        CHECK(code(op::update, c.alias, 21) == 121);
        CHECK(code(op::update, c.alias, 1) == 124);
        c.ask("unsubscribe", "doc");
        CHECK(code(op::update, c.alias, 0) == 120);
        CHECK_FALSE(c.got->closed);
    }
}

TEST_CASE("native: binary messages keep their place among the others, and count as they do") {
    std::vector<native_reply<void>> open;
    native_options options;
    options.limits.requests = 4;
    options.hooks.may_publish = [&](publisher const&, std::string_view, std::string_view,
                                    native_reply<void> const& reply) { open.push_back(reply); };
    document_world w{1, options};
    binary_client c{w};
    c.send(R"({"type":"publish","channel":"doc","payload":{"data":1}})");
    c.send_op(op::message, from_hex("02"), 5);
    CHECK(c.got->paused);
    REQUIRE(open.size() == 1);
    open[0]({});
    w.settle();
    REQUIRE(open.size() == 2);
    open[1]({});
    w.settle();
    auto const told = c.read();
    CHECK(told.find("\"offset\":1,\"payload\":{\"data\":1,") != std::string::npos);
    CHECK(told.find("\"id\":5,") != std::string::npos);
    CHECK(c.read_binary() == frames{binary_client::binary(op::message, c.alias, 0, 2, from_hex("02"))});
    c.send_op(op::message, from_hex("03"), 6);
    CHECK(code_of(c.one()) == 111);
    open.clear();
}

TEST_CASE("native: no bytes harm the server") {
    document_world w;
    seeded_random random{7};
    for (int round = 0; round < 300; ++round) {
        binary_client c{w};
        for (int i = 0; i < 20 && !c.got->closed; ++i) {
            auto bytes = binary_client::binary(static_cast<std::uint8_t>(random.below(7)), c.alias,
                                               random.below(3), 0, hi);
            for (auto n = random.below(3); n != 0; --n)
                bytes[random.below(bytes.size())] = static_cast<std::byte>(random.below(256));
            bytes.resize(random.below(bytes.size() + 1));
            c.send_binary(std::move(bytes));
        }
    }
    binary_client c{w};
    c.send_op(op::sync1, from_hex("00"), 1);
    CHECK_FALSE(c.got->closed);
    CHECK(w.shards.size() == 1);
}
