#include <unisono/protocol/native/close.hpp>

#include "native_world.hpp"
#include "support/catch.hpp"

using namespace native_world;

TEST_CASE("native: connect says who and where the client is, and what is allowed") {
    world w{1, {.node = "n1"}};
    client c{w, 0, false};
    c.send(R"({"type":"connect","id":5,"payload":{"v":1,"name":"js","version":"0.1","caps":["bin"]}})");
    auto const answer = c.one();
    REQUIRE(is_ack(answer));
    CHECK(answer.root()["id"].as_int64() == 5);
    auto const p = answer.root()["payload"];
    CHECK(p["client"].as_string()->size() == 16);
    CHECK(p["user"].as_string() == "");
    CHECK(p["node"].as_string() == "n1");
    CHECK(p["ping"].as_int64() == 25);
    CHECK(p["pong"].as_bool() == true);
    CHECK(p["limits"].raw() == R"({"message":65536,"channels":128})");
    CHECK(p["reconnect"].raw() == R"({"min_ms":500,"max_ms":20000})");
    CHECK(p["time"].as_int64() == 1'700'000'000'000);
    CHECK_FALSE(p["subs"].exists());
    CHECK_FALSE(c.got->closed);
}

TEST_CASE("native rule 1: anything before connect ends the connection") {
    world w;
    for (auto const* first : {R"({"type":"subscribe","id":1,"channel":"a"})", R"({"type":"pong"})",
                              R"({"type":"rpc","id":1})", R"({"id":1})", R"({"type":"nonsense"})"}) {
        client c{w, 0, false};
        c.send(std::string{first} + "\n" + R"({"type":"connect","id":2,"payload":{"v":1}})");
        CHECK(c.got->closed == 3501);
        auto const last = c.one(); // and nothing else was done
        CHECK(last.root()["type"].as_string() == "disconnect");
        CHECK(last.root()["payload"]["reconnect"].as_bool() == false);
    }
}

TEST_CASE("native rule 1, threat A4: who does not connect in time is closed") {
    world w;
    client late{w, 0, false};
    client there{w, 0};
    w.time.advance(9'999ms);
    late.tick();
    CHECK_FALSE(late.got->closed);
    w.time.advance(1ms);
    late.tick();
    there.tick();
    CHECK(late.got->closed == 3502);
    CHECK_FALSE(there.got->closed);
}

TEST_CASE("native: a user has a name that can be a member's") {
    native_options options;
    options.hooks.authenticate = [](native_connect const& about) -> result<native_identity> {
        return native_identity{std::string{about.token}};
    };
    world w{1, options};
    auto const connect = [](client& c, std::size_t length) {
        c.send(R"({"type":"connect","id":1,"payload":{"v":1,"token":")" + std::string(length, 'x') + "\"}}");
    };
    client fits{w, 0, false}, too_long{w, 0, false};
    connect(fits, 255);
    CHECK(is_ack(fits.one()));
    CHECK(is_ack(fits.ask("subscribe", "r", R"({"presence":true})")));
    CHECK(fits.ask("presence", "r", R"({"op":"count"})").root()["payload"]["users"].as_int64() == 1);
    connect(too_long, 256);
    CHECK(too_long.read().find("\"code\":106") != std::string::npos);
    CHECK(too_long.got->closed == 3507);
}

TEST_CASE("native: connect is refused when it is wrong") {
    world w;
    struct {
        char const* payload;
        std::int64_t code;
        std::uint16_t close;
    } const table[] = {
        {"{}", 107, 3501},
        {R"({"v":"1"})", 107, 3501},
        {R"({"v":2})", 108, 3506},
        {R"([])", 107, 3501},
        {R"({"v":1,"token":5})", 107, 3501},
        {R"({"v":1,"subs":[]})", 107, 3501},
        {R"({"v":1,"name":{}})", 107, 3501},
    };
    for (auto const& row : table) {
        CAPTURE(row.payload);
        client c{w, 0, false};
        c.send(std::string{R"({"type":"connect","id":1,"payload":)"} + row.payload + "}");
        REQUIRE(c.got->lines.size() == 2);
        CHECK(code_of(*json::parse(c.got->lines[0])) == row.code);
        CHECK(c.got->closed == row.close);
    }
}

TEST_CASE("native: a second connect is refused and changes nothing") {
    world w;
    client c{w, 0};
    auto const before = c.session->who();
    CHECK(code_of(c.ask("connect", "", R"({"v":1})")) == 107);
    CHECK(c.session->who() == before);
    CHECK_FALSE(c.got->closed);
}

TEST_CASE("native: the host decides who may connect") {
    std::error_code answer;
    native_options options;
    options.hooks.authenticate = [&](native_connect const& about) -> result<native_identity> {
        if (answer)
            return answer;
        return native_identity{std::string{about.token} + "@" + std::string{about.name}};
    };
    world w{1, options};
    auto const connect = [&](client& c) {
        c.send(R"({"type":"connect","id":1,"payload":{"v":1,"token":"ann","name":"js"}})");
    };
    client welcome{w, 0, false};
    connect(welcome);
    CHECK(welcome.one().root()["payload"]["user"].as_string() == "ann@js");

    struct {
        std::error_code error;
        std::int64_t code;
        std::uint16_t close;
    } const table[] = {
        {native_error::unauthorized, 101, 3500},
        {native_error::token_expired, 109, 3005},
        {native_error::permission_denied, 103, 3507},
        {native_error::backend_unavailable, 126, 3004},
        {std::make_error_code(std::errc::io_error), 101, 3500},
    };
    for (auto const& row : table) {
        answer = row.error;
        client c{w, 0, false};
        connect(c);
        REQUIRE(c.got->lines.size() == 2);
        CHECK(code_of(*json::parse(c.got->lines[0])) == row.code);
        CHECK(c.got->closed == row.close);
    }
}

TEST_CASE("native: subscriptions made along with connect are answered in its reply, before anything else") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    client sender{w, 0};
    for (auto const* channel : {"a", "b", "c", "d"})
        sender.ask("subscribe", channel);
    sender.ask("publish", "a", R"({"data":1})");

    client c{w, 0, false};
    c.post_text(
        R"({"type":"connect","id":1,"payload":{"v":1,"subs":{"a":{"last":5},"b":null,"c":{"presence":true},)"
        R"("d":{"presence":1},"":{},"e":{"last":-1}}}})"
        "\n"
        R"({"type":"publish","id":2,"channel":"a","payload":{"data":3}})");
    // On every other shard, in the middle of it all, something is published.
    for (auto const* channel : {"a", "b", "c"})
        w.rooms.publish(channel, {.data = payload{"2"}});
    w.settle();
    REQUIRE(c.got->lines.size() >= 2);
    auto const answer = *json::parse(c.got->lines.front());
    REQUIRE(is_ack(answer));
    auto const subs = answer.root()["payload"]["subs"];
    CHECK(subs["a"]["messages"][0]["data"].as_int64() == 1);
    CHECK(subs["b"]["positioned"].as_bool() == true);
    CHECK(subs["c"]["presence"]["members"].size() == 1);
    CHECK(subs["d"]["error"]["code"].as_int64() == 107);
    CHECK(subs[""]["error"]["code"].as_int64() == 107);
    CHECK(subs["e"]["error"]["code"].as_int64() == 107);
    std::int64_t last = *subs["a"]["offset"].as_int64();
    for (auto const& line : c.got->lines) {
        auto const m = *json::parse(line);
        if (m.root()["type"].as_string() == "message" && m.root()["channel"].as_string() == "a")
            CHECK(m.root()["offset"].as_int64() == ++last);
    }
    CHECK(last == 3);
}
