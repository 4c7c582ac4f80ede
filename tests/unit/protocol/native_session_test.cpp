#include "native_world.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <set>

using namespace native_world;

TEST_CASE("native: what is unknown or not offered is an error and no reason to close") {
    world w;
    client c{w, 0};
    CHECK(code_of(c.ask("nonsense", "r")) == 104);
    for (auto const* type : {"update", "rpc", "refresh", "refresh_sub"}) // without hooks
        CHECK(code_of(c.ask(type, "r")) == 108);
    CHECK(is_ack(c.ask("subscribe", "r", R"({"what":"ever","recover":null})")));
    CHECK_FALSE(c.got->closed);
}

TEST_CASE("native: an error says what it is, and which field is wrong") {
    world w;
    client c{w, 0};
    auto const answer = c.ask("subscribe", "r", R"({"echo":"yes"})");
    CHECK(answer.root()["type"].as_string() == "error");
    auto const p = answer.root()["payload"];
    CHECK(p["code"].as_int64() == 107);
    CHECK(p["name"].as_string() == "bad_request");
    CHECK(p["message"].as_string() == "payload.echo must be true or false");
    CHECK(p["temporary"].as_bool() == false);
}

TEST_CASE("native: a ping is answered") {
    world w;
    client c{w, 0};
    CHECK(is_ack(c.ask("ping", "r")));
    c.send(R"({"type":"ping"})");
    CHECK(c.read().empty());
}

TEST_CASE("native: every request with an id has one answer, others have none") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    client c{w, 0};
    c.send(R"({"type":"subscribe","channel":"r"})");
    CHECK(c.read().empty());
    c.send(R"({"type":"unsubscribe","channel":"r"})");
    CHECK(c.read().empty());
    c.send(R"({"type":"pong"})");
    CHECK(c.read().empty());
    c.send(R"({"type":"typing","id":3,"channel":"r","payload":{"on":true}})");
    CHECK(code_of(c.one()) == 107);
    std::string frame;
    for (int id = 1; id <= 40; ++id)
        frame += (id == 1 ? "" : "\n") + std::string{R"({"type":"subscribe","id":)"} + std::to_string(id) +
                 R"(,"channel":"c)" + std::to_string(id) + "\"}";
    c.send(frame);
    std::vector<std::int64_t> ids;
    for (auto const& line : std::exchange(c.got->lines, {}))
        ids.push_back(json::parse(line)->root()["id"].as_int64().value_or(0));
    std::sort(ids.begin(), ids.end());
    REQUIRE(ids.size() == 40);
    CHECK(ids.front() == 1);
    CHECK(ids.back() == 40);
    CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
}

TEST_CASE("native: an id in flight cannot be used again, and the first request is not harmed") {
    world w{3};
    client c{w, 0};
    // A channel of another shard, so that its answer takes a turn.
    std::string far = "r";
    while (w.rooms.owner_of(far) == 0)
        far += 'x';
    auto const request = R"({"type":"subscribe","id":9,"channel":")" + far + "\"}";
    c.send(request + "\n" + R"({"type":"history","id":9,"channel":"other"})");
    auto const lines = std::exchange(c.got->lines, {});
    REQUIRE(lines.size() == 2);
    auto const notice = *json::parse(lines[0]);
    CHECK(code_of(notice) == 107);
    CHECK_FALSE(notice.root()["id"].exists());
    auto const answer = *json::parse(lines[1]);
    CHECK(is_ack(answer));
    CHECK(answer.root()["id"].as_int64() == 9);
    c.send(R"({"type":"unsubscribe","id":9,"channel":")" + far + "\"}");
    CHECK(is_ack(c.one())); // free again
}

TEST_CASE("native: replies to one frame share frames") {
    world w;
    client c{w, 0};
    c.got->frames.clear();
    std::string frame;
    for (int id = 1; id <= 10; ++id)
        frame += (id == 1 ? "" : "\n") + std::string{R"({"type":"rpc","id":)"} + std::to_string(id) + "}";
    c.send(frame);
    CHECK(c.got->lines.size() == 10);
    CHECK(c.got->frames.size() == 1);
}

TEST_CASE("native rule 9, threat B11: hostile JSON is refused, and nobody else is harmed") {
    native_options options;
    options.hooks.rpc = [](publisher const&, std::string_view, std::string_view data) -> result<std::string> {
        return std::string{data.empty() ? "null" : data};
    };
    world w{1, options};
    client other{w, 0};
    other.ask("subscribe", "r");
    std::string deep(100, '[');
    std::string const closing[] = {
        "",
        " ",
        "{",
        "[]",
        "1",
        "null",
        "\"x\"",
        "{}x",
        "{\"type\":\"pong\"}\n",
        "\n{\"type\":\"pong\"}",
        "{\"type\":\"pong\",\"type\":\"pong\"}",
        "{\"a\":\"\xff\"}",
        std::string("{\"a\":\0}", 7),
        deep,
        R"({"type":"publish","channel":"r","payload":{"data":1e99999}})",
        R"({"a":"\ud800"})",
        std::string(60'000, '['),
        R"({"type":"pong","payload":)" + std::string(33, '[') + std::string(33, ']') + "}",
        R"({"type":"publish","channel":"r","payload":{"data":-0e-2147483639}})",
        R"({"type":"publish","channel":"r","payload":{"data":)" + std::string(41, '1') + "}}",
    };
    for (auto const& text : closing) {
        CAPTURE(text);
        client c{w, 0};
        c.ask("subscribe", "r");
        c.send(text);
        CHECK(c.got->closed == 3501);
    }
    std::string many = R"({"type":"pong"})";
    for (int i = 1; i < 64; ++i)
        many += "\n{\"type\":\"pong\"}";
    client counted{w, 0};
    counted.send(many);
    CHECK_FALSE(counted.got->closed);
    counted.send(many + "\n{\"type\":\"pong\"}");
    CHECK(counted.got->closed == 3501);
    client big{w, 0};
    big.send(R"({"type":"publish","channel":"r","payload":{"data":")" + std::string(200'000, 'x') + "\"}}");
    CHECK(big.got->closed == 1009);

    auto const types = {"connect", "subscribe", "unsubscribe", "publish", "presence",   "typing",
                        "history", "pong",      "rpc",         "refresh", "refresh_sub"};
    auto const values = {"null",
                         "true",
                         "-1",
                         "0.5",
                         "9007199254740992",
                         "\"\"",
                         "\"\\u0000\"",
                         "\"a\\nb\"",
                         "\"\\u0085\"",
                         "[]",
                         "[1]",
                         "{}",
                         "{\"epoch\":1,\"offset\":\"1\"}",
                         "{\"epoch\":\"e\",\"offset\":-1}"};
    auto const fields = {
        "v",    "token",           "recover",   "last",         "presence", "method", "echo",
        "data", "idempotency_key", "ephemeral", "exclude_self", "limit",    "since",  "reverse",
        "op",   "state",           "on",        "subs"};
    client c{w, 0};
    std::size_t sent = 0, answered = 0;
    auto const ask = [&](std::string const& envelope) {
        ++sent;
        c.drained();
        c.send(R"({"id":)" + std::to_string(sent) + "," + envelope + "}");
        for (auto const& line : std::exchange(c.got->lines, {}))
            answered += json::parse(line)->root()["id"].as_int64() == static_cast<std::int64_t>(sent);
    };
    for (std::string const type : types)
        for (std::string const value : values) {
            ask(R"("type":")" + type + R"(","channel":)" + value);
            ask(R"("type":")" + type + R"(","channel":"r","payload":)" + value);
            for (std::string const field : fields)
                ask(R"("type":")" + type + R"(","channel":"r","payload":{")" + field + "\":" + value + "}");
        }
    for (std::string const value : values) {
        ask(R"("type":)" + value);
        c.send(R"({"type":"publish","id":)" + value + "}");
        c.read();
    }
    CHECK(sent == answered);
    CHECK_FALSE(c.got->closed);
    CHECK_FALSE(other.got->closed);
    other.read();
    CHECK(is_ack(other.ask("publish", "r", R"({"data":"still here"})")));
    CHECK(other.one().root()["payload"]["data"].as_string() == "still here");
}

TEST_CASE(
    "native rule 8: a ping comes only after silence of ours, the first at a random moment of the interval") {
    world w;
    std::set<int> firsts;
    for (int i = 0; i < 8; ++i) {
        client c{w, 0};
        c.tick();
        auto const silence = [&] {
            int seconds = 0;
            while (c.got->lines.empty() && seconds < 60) {
                ++seconds;
                w.time.advance(1s);
                c.tick();
            }
            CHECK(c.read() == "{\"type\":\"ping\"}\n");
            c.send(R"({"type":"pong"})");
            c.tick();
            return seconds;
        };
        firsts.insert(silence());
        CHECK(silence() == 25);
        w.time.advance(20s);
        c.ask("rpc", "r"); // an answer is sign of life enough
        c.tick();
        CHECK(silence() == 25);
    }
    CHECK(*firsts.begin() >= 12);
    CHECK(*firsts.rbegin() <= 25);
    CHECK(firsts.size() > 3);
}

TEST_CASE("native rule 8, threat B9: who does not answer a ping is closed and may come back") {
    world w;
    client quiet{w, 0}, alive{w, 0};
    quiet.tick();
    alive.tick();
    for (int s = 0; s < 40; ++s) {
        w.time.advance(1s);
        quiet.tick();
        alive.tick();
        if (!alive.read().empty())
            alive.send(R"({"type":"unknown"})"); // any message proves life
    }
    CHECK(quiet.got->closed == 3012);
    CHECK_FALSE(alive.got->closed);
}

TEST_CASE("threat B7: who is too slow for a publication is closed and recovers") {
    world w{3};
    client slow{w, 0}, sender{w, 1};
    auto const epoch = std::string{*slow.ask("subscribe", "r").root()["payload"]["epoch"].as_string()};
    sender.ask("subscribe", "r", R"({"presence":true})");
    sender.ask("publish", "r", R"({"data":1})");
    slow.got->full = true;
    sender.ask("publish", "r", R"({"data":2,"ephemeral":true})");
    CHECK_FALSE(slow.got->closed);
    sender.ask("publish", "r", R"({"data":3})");
    CHECK(slow.got->closed == 3008);
    auto const last = *json::parse(slow.got->lines.back());
    CHECK(last.root()["type"].as_string() == "disconnect");
    CHECK(last.root()["payload"].raw() ==
          R"({"code":3008,"reason":"reading too slowly","reconnect":true,"min_ms":500,"max_ms":20000})");
    sender.ask("publish", "r", R"({"data":4})");
    CHECK(json::parse(slow.got->lines.back())->root()["type"].as_string() == "disconnect");

    client again{w, 0};
    auto const answer = again.ask("subscribe", "r", R"({"recover":{"epoch":")" + epoch + R"(","offset":1}})");
    CHECK(answer.root()["payload"]["recovered"].as_bool() == true);
    CHECK(answer.root()["payload"]["messages"].size() == 2);
}

TEST_CASE("native: who asks without reading is not read from until it has read") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards, {.limits = {.unread_replies = 4096}}};
    client c{w, 0};
    c.drained();
    c.ask("subscribe", "r");
    c.ask("publish", "r", R"({"data":")" + std::string(1000, 'x') + "\"}");
    c.drained();
    c.read();
    std::string frame;
    for (int id = 1; id <= 60; ++id)
        frame += (id == 1 ? "" : "\n") + std::string{R"({"type":"history","channel":"r","id":)"} +
                 std::to_string(id) + "}";
    c.send(frame);
    CHECK(c.got->paused);
    c.send(R"({"type":"history","channel":"r","id":61})"); // had been read before
    std::vector<std::int64_t> ids;
    auto const collect = [&] {
        auto const lines = std::exchange(c.got->lines, {});
        for (auto const& line : lines)
            ids.push_back(*json::parse(line)->root()["id"].as_int64());
        return lines.size();
    };
    while (collect() != 0)
        c.drained();
    CHECK_FALSE(c.got->paused);
    REQUIRE(ids.size() == 61);
    CHECK(std::is_sorted(ids.begin(), ids.end()));
}

TEST_CASE("native: requests that wait for another shard are bounded") {
    world w{3};
    client c{w, 0};
    std::string far = "r";
    while (w.rooms.owner_of(far) == 0)
        far += 'x';
    c.ask("subscribe", far);
    for (int i = 0; i < 16; ++i) {
        CHECK_FALSE(c.got->paused);
        c.post_text(R"({"type":"publish","channel":")" + far +
                    R"(","payload":{"data":1,"exclude_self":true}})");
        w.shards[0].run();
    }
    c.post_text(R"({"type":"history","id":1,"channel":")" + far + "\"}");
    w.shards[0].run();
    CHECK(c.got->paused);
    w.settle();
    CHECK_FALSE(c.got->paused);
    CHECK(c.one().root()["payload"]["messages"].size() == 16); // and in order
}

TEST_CASE("native: shutdown tells the client when to come back") {
    world w;
    client c{w, 0};
    c.ask("subscribe", "r");
    c.on_shard([&] { c.session->on_shutdown(); });
    CHECK(c.got->closed == 3001);
    CHECK(c.one().root()["payload"]["reconnect"].as_bool() == true);
    w.rooms.publish("r", {.data = payload{"1"}});
    c.send(R"({"type":"subscribe","id":1,"channel":"x"})");
    c.tick();
    c.drained();
    CHECK(c.read().empty());
}

TEST_CASE("native: a connection that goes in the middle of things leaves nothing behind") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    std::weak_ptr<native_session> watched;
    {
        client c{w, 0};
        for (auto const* channel : {"a", "b", "c", "d"}) {
            c.post_text(R"({"type":"subscribe","id":1,"channel":")" + std::string{channel} +
                        R"(","payload":{"presence":true}})");
            c.post_text(R"({"type":"publish","id":2,"channel":")" + std::string{channel} +
                        R"(","payload":{"data":1}})");
        }
        watched = c.session;
    }
    CHECK(watched.expired());
    w.settle();
    for (std::size_t s = 0; s < shards; ++s)
        CHECK(w.server.channel_count(s) == 0);
}
