#include "native_world.hpp"
#include "support/catch.hpp"

using namespace native_world;

TEST_CASE("threat A4: who has not connected costs little, and joins nothing") {
    world w;
    SECTION("in bytes") {
        client c{w, 0, false};
        c.send(R"({"type":"connect","id":1,"payload":{"v":1,"data":")" + std::string(16 * 1024, 'x') +
               "\"}}");
        CHECK(c.got->closed == 1009);
        CHECK_FALSE(c.session->who());
    }
    SECTION("in messages, while the host still decides") {
        std::vector<native_reply<native_identity>> kept;
        native_options options;
        options.hooks.authenticate = [&](native_connect const&, native_reply<native_identity> const& reply) {
            kept.push_back(reply);
        };
        world slow{1, options};
        client c{slow, 0, false};
        c.send(R"({"type":"connect","id":1,"payload":{"v":1}})");
        for (int i = 0; i < 15; ++i)
            c.send(R"({"type":"subscribe","channel":"r"})");
        CHECK_FALSE(c.got->closed);
        CHECK(slow.rooms.room_count(0) == 0);
        c.send(R"({"type":"subscribe","channel":"r"})");
        CHECK(c.got->closed == 3501);
        kept.clear();
        slow.settle();
        CHECK(slow.rooms.room_count(0) == 0);
    }
}

TEST_CASE("threat A4: what came before the answer is not counted against who was let in") {
    world w;
    client c{w, 0};
    for (int i = 0; i < 100; ++i)
        CHECK(code_of(c.ask("rpc", "", R"({"data":")" + std::string(1000, 'x') + "\"}")) == 108);
    CHECK_FALSE(c.got->closed);
}

TEST_CASE("threat B8: a request that had to wait counts once") {
    native_options options;
    options.limits.requests = 3;
    world w{2, options};
    std::string far = "r";
    while (w.rooms.owner_of(far) == 0)
        far += 'x';
    client c{w, 0};
    c.send(R"({"type":"subscribe","id":2,"channel":")" + far + "\"}\n" +
           R"({"type":"publish","id":3,"channel":")" + far + R"(","payload":{"data":1}})");
    CHECK(c.read().find("\"code\":111") == std::string::npos);
    CHECK(code_of(c.ask("history", far)) == 111);
}

TEST_CASE("threat B8: who has sent too much may still say goodbye") {
    native_options options;
    options.limits.requests = 2;
    options.times.presence_grace = 15s;
    world w{1, options};
    client c{w, 0}; // one: the connect
    c.ask("rpc", "");
    CHECK(code_of(c.ask("rpc", "")) == 111);
    c.send(R"({"type":"disconnect"})");
    CHECK(c.got->closed == 1000);
}

TEST_CASE("threat B8: a client that sends too much is told to wait, then closed") {
    native_options options;
    options.limits.requests = 10;
    options.times.rate = 1s;
    world w{1, options};
    client c{w, 0}; // one: the connect
    for (int i = 0; i < 9; ++i)
        CHECK(code_of(c.ask("rpc", "")) == 108);
    w.time.advance(400ms);
    auto const refused = c.ask("subscribe", "r");
    CHECK(code_of(refused) == 111);
    CHECK(refused.root()["payload"]["retry_after_ms"].as_int64() == 600);
    CHECK(refused.root()["payload"]["temporary"].as_bool() == true);
    c.send(R"({"type":"typing","channel":"r","payload":{"on":true}})");
    CHECK(c.read().empty()); // typing is dropped without a word
    c.send(R"({"type":"publish","channel":"r","payload":{"data":1}})");
    CHECK(code_of(c.one()) == 111); // a notice
    w.time.advance(600ms);
    CHECK(is_ack(c.ask("subscribe", "r")));
    for (int i = 0; i < 9; ++i)
        CHECK(is_ack(c.ask("history", "r")));
    for (int i = 0; i < 7; ++i) // with the three before, as many as may be refused
        CHECK(code_of(c.ask("history", "r")) == 111);
    CHECK_FALSE(c.got->closed);
    c.send(R"({"type":"pong"})");
    CHECK(c.got->closed == 3013);
}
