#include "native_world.hpp"
#include "support/catch.hpp"

#include <map>

using namespace native_world;

TEST_CASE("native: a publication reaches every subscriber, encoded once, byte for byte") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    std::deque<client> all;
    for (std::size_t i = 0; i < 3; ++i) {
        auto& c = all.emplace_back(w, i % shards);
        auto const answer = c.ask("subscribe", "lobby");
        REQUIRE(is_ack(answer));
        CHECK(answer.root()["payload"]["offset"].as_int64() == 0);
    }
    auto const data = R"({"b":1.50, "a":["\u00e9", null]})";
    auto const published = all[0].ask("publish", "lobby", std::string{R"({"data":)"} + data + "}");
    CHECK(published.root()["payload"]["offset"].as_int64() == 1);
    CHECK(published.root()["payload"]["epoch"].as_string()->size() > 4);
    for (auto& c : all) {
        auto const m = c.one();
        CHECK(m.root()["type"].as_string() == "message");
        CHECK(m.root()["channel"].as_string() == "lobby");
        CHECK(m.root()["offset"].as_int64() == 1);
        CHECK_FALSE(m.root()["id"].exists());
        CHECK(m.root()["payload"]["data"].raw() == data);
        CHECK(m.root()["payload"]["from"]["client"].as_string() == all[0].session->who()->client);
        CHECK(m.root()["payload"]["ts"].as_int64() == w.time.wall_time().count());
    }
    CHECK(all[1].got->frames.back().data() == all[2].got->frames.back().data());
}

TEST_CASE(
    "native: a reader without room gets the latest ephemeral publication of each key, once there is room") {
    world w;
    client slow{w, 0}, sender{w, 0};
    slow.ask("subscribe", "r");
    sender.ask("subscribe", "r", R"({"echo":false})");
    slow.got->full = true;
    auto const move = [&](std::string const& key, int to) {
        CHECK(is_ack(
            sender.ask("publish", "r",
                       R"({"ephemeral":true,"key":")" + key + R"(","data":)" + std::to_string(to) + "}")));
    };
    for (int i = 1; i <= 3; ++i) {
        move("ann", i);
        move("ben", 10 * i);
    }
    sender.ask("publish", "r", R"({"ephemeral":true,"data":"lost"})");
    slow.drained();
    auto const lines = std::exchange(slow.got->lines, {});
    REQUIRE(lines.size() == 2);
    for (auto const& line : lines) {
        auto const m = *json::parse(line);
        auto const p = m.root()["payload"];
        CHECK(p["data"].as_int64() == (p["key"].as_string() == "ann" ? 3 : 30));
    }
    slow.got->full = true;
    for (int i = 0; i < 2000; ++i) // bounded
        move(std::to_string(i), i);
    slow.drained();
    CHECK(slow.got->lines.size() == 1024);
    CHECK(code_of(sender.ask("publish", "r", R"({"key":"ann","data":1})")) == 107); // it would have a place
}

TEST_CASE("native: what the host publishes arrives as JSON, whatever it is") {
    world w;
    client c{w, 0};
    c.ask("subscribe", "r");
    auto const data_of = [&](publication what) {
        w.rooms.publish("r", std::move(what));
        w.settle();
        return std::string{c.one().root()["payload"]["data"].raw()};
    };
    CHECK(data_of({.data = payload{R"({"a":1})"}}) == R"({"a":1})");
    CHECK(data_of({.data = payload{"hello"}}) == R"("hello")");
    CHECK(data_of({.data = payload{}}) == R"("")");
    CHECK(data_of({.data = payload{"{\n\"a\":1}"}}) == R"({ "a":1})");
    CHECK(data_of({.data = payload{std::string_view{"\xff\x00", 2}}, .binary = true}) == R"("/wA=")");
    w.rooms.publish("r", {.data = payload{"x"}, .kind = message_kind::update});
    w.rooms.publish("r", {.data = payload{"x"}, .ephemeral = true, .kind = message_kind::awareness});
    w.settle();
    CHECK(c.read().empty());
    CHECK(data_of({.data = payload{"1"}}) == "1"); // the update took an offset and left no gap
}

TEST_CASE("native rule 2: subscribing twice is refused and changes nothing") {
    world w;
    client c{w, 0};
    CHECK(is_ack(c.ask("subscribe", "r", R"({"presence":true})")));
    CHECK(code_of(c.ask("subscribe", "r", R"({"echo":false})")) == 105);
    CHECK(c.ask("presence", "r", R"({"op":"count"})").root()["payload"].raw() ==
          R"({"clients":1,"users":1})");
    c.ask("publish", "r", R"({"data":1})");
    CHECK(c.one().root()["payload"]["data"].as_int64() == 1); // echo as before
}

TEST_CASE("native rule 2: subscribe, publish and unsubscribe may be sent in one go") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    client c{w, 0};
    for (auto const* channel : {"a", "b", "c", "d", "e"}) {
        std::string frame;
        int id = 10;
        for (auto const* type : {"subscribe", "subscribe", "publish", "history", "unsubscribe", "publish"})
            frame += std::string{frame.empty() ? "" : "\n"} + R"({"type":")" + type + R"(","id":)" +
                     std::to_string(++id) + R"(,"channel":")" + channel + R"(","payload":{"data":1}})";
        c.send(frame);
        std::map<std::int64_t, std::string> answers;
        for (auto const& line : std::exchange(c.got->lines, {})) {
            auto const got = *json::parse(line);
            if (auto const id_of = got.root()["id"].as_int64())
                answers[*id_of] += is_ack(got) ? "ack" : std::to_string(code_of(got));
        }
        CHECK(answers == std::map<std::int64_t, std::string>{
                             {11, "ack"}, {12, "105"}, {13, "ack"}, {14, "ack"}, {15, "ack"}, {16, "120"}});
    }
}

TEST_CASE("native: after unsubscribe nothing arrives") {
    world w{3};
    client c{w, 0}, other{w, 1};
    c.ask("subscribe", "r");
    other.ask("subscribe", "r");
    CHECK(c.ask("unsubscribe", "r").root()["payload"].raw() == "{}");
    other.ask("publish", "r", R"({"data":1})");
    CHECK(c.read().empty());
    CHECK(code_of(c.ask("unsubscribe", "r")) == 120);
}

TEST_CASE("native: what needs a subscription says so") {
    world w;
    client c{w, 0};
    CHECK(code_of(c.ask("publish", "r", R"({"data":1})")) == 120);
    CHECK(code_of(c.ask("history", "r")) == 120);
    CHECK(code_of(c.ask("presence", "r", R"({"op":"get"})")) == 120);
    c.send(R"({"type":"typing","channel":"r","payload":{"on":true}})");
    auto const notice = c.one();
    CHECK(code_of(notice) == 120);
    CHECK(notice.root()["channel"].as_string() == "r");
}

TEST_CASE("native: the host decides who may subscribe and publish") {
    native_options options;
    options.hooks.may_subscribe = [](publisher const&, std::string_view channel, std::string_view token) {
        if (channel == "closed")
            return make_error_code(native_error::channel_closed);
        return token == "key" ? std::error_code{} : std::make_error_code(std::errc::permission_denied);
    };
    options.hooks.may_publish = [](publisher const&, std::string_view, std::string_view data) {
        return data == "\"ok\"" ? std::error_code{} : std::make_error_code(std::errc::permission_denied);
    };
    world w{1, options};
    client c{w, 0};
    CHECK(code_of(c.ask("subscribe", "r")) == 103);
    CHECK(code_of(c.ask("subscribe", "closed")) == 125);
    CHECK(is_ack(c.ask("subscribe", "r", R"({"token":"key"})")));
    CHECK(code_of(c.ask("publish", "r", R"({"data":"no"})")) == 103);
    CHECK(is_ack(c.ask("publish", "elsewhere", R"({"data":"ok"})")));
    c.send(R"({"type":"typing","channel":"r","payload":{"on":true}})");
    CHECK(code_of(c.one()) == 103);
}

TEST_CASE("native: limits of channels and data") {
    world w{1, {.limits = {.message = 16, .channels = 2}}};
    client c{w, 0};
    CHECK(is_ack(c.ask("subscribe", "a")));
    CHECK(is_ack(c.ask("subscribe", "b")));
    CHECK(code_of(c.ask("subscribe", "c")) == 106);
    c.ask("unsubscribe", "a");
    CHECK(is_ack(c.ask("subscribe", "c")));
    CHECK(is_ack(c.ask("publish", "b", R"({"data":"34567890123456"})")));
    CHECK(code_of(c.ask("publish", "b", R"({"data":"345678901234567"})")) == 121);
    CHECK(is_ack(c.ask("subscribe", std::string(255, 'x'))) == false); // both places are taken
    c.ask("unsubscribe", "b");
    CHECK(is_ack(c.ask("subscribe", std::string(255, 'x'))));
    CHECK(code_of(c.ask("subscribe", std::string(256, 'x'))) == 107);
}

TEST_CASE("native rule 4: a client that comes back gets what it missed, or is told that it cannot") {
    world w{3, {.limits = {.history = 4}}, {.messages = 5}};
    client sender{w, 1};
    auto const epoch = std::string{*sender.ask("subscribe", "r").root()["payload"]["epoch"].as_string()};
    for (int i = 1; i <= 6; ++i)
        sender.ask("publish", "r", R"({"data":)" + std::to_string(i) + "}");
    auto const recover = [&](std::string const& from, std::uint64_t offset) {
        client c{w, 0};
        auto const answer = c.ask("subscribe", "r",
                                  R"({"last":2,"recover":{"epoch":")" + from + R"(","offset":)" +
                                      std::to_string(offset) + "}}");
        auto const p = answer.root()["payload"];
        CHECK(p["was_recovering"].as_bool() == true);
        CHECK(p["offset"].as_int64() == 6);
        CHECK(p["epoch"].as_string() == epoch);
        std::string all = p["recovered"].as_bool().value() ? "" : "no";
        for (auto const m : p["messages"].elements())
            all += std::to_string(*m["offset"].as_int64()) + "=" + std::string{m["data"].raw()} + " ";
        return all;
    };
    CHECK(recover(epoch, 6) == "");
    CHECK(recover(epoch, 4) == "5=5 6=6 ");
    CHECK(recover(epoch, 2) == "3=3 4=4 5=5 6=6 ");
    CHECK(recover(epoch, 1) == "no"); // kept, but more than one reply may hold
    CHECK(recover(epoch, 0) == "no"); // not kept
    CHECK(recover(epoch, 7) == "no");
    CHECK(recover("other", 6) == "no");

    client c{w, 2};
    auto const answer = c.ask("subscribe", "r", R"({"last":2})");
    CHECK(answer.root()["payload"]["was_recovering"].as_bool() == false);
    CHECK(answer.root()["payload"]["messages"].size() == 2);
    CHECK(answer.root()["payload"]["messages"][0]["offset"].as_int64() == 5);
}

TEST_CASE("native: history") {
    world w{3};
    client c{w, 0};
    auto const epoch = std::string{*c.ask("subscribe", "r").root()["payload"]["epoch"].as_string()};
    for (int i = 1; i <= 5; ++i)
        c.ask("publish", "r", R"({"data":)" + std::to_string(i) + "}");
    c.read();
    auto const read = [&](std::string const& payload) {
        auto const answer = c.ask("history", "r", payload);
        auto const p = answer.root()["payload"];
        if (!is_ack(answer))
            return std::to_string(code_of(answer));
        CHECK(p["offset"].as_int64() == 5);
        CHECK(p["epoch"].as_string() == epoch);
        std::string all;
        for (auto const m : p["messages"].elements())
            all += m["data"].raw();
        return all;
    };
    auto const since = [&](int offset) {
        return R"("since":{"epoch":")" + epoch + R"(","offset":)" + std::to_string(offset) + "}";
    };
    CHECK(read(R"({"limit":0})") == "");
    CHECK(read(R"({"limit":2})") == "45");
    CHECK(read(R"({"limit":2,"reverse":true})") == "54");
    CHECK(read("{}") == "12345");
    CHECK(read("{" + since(1) + R"(,"limit":2})") == "23");
    CHECK(read("{" + since(5) + "}") == "");
    CHECK(read("{" + since(6) + "}") == "112");
    CHECK(read(R"({"since":{"epoch":"x","offset":1}})") == "112");
    CHECK(c.read().empty());
}

TEST_CASE("native: who asked for no echo hears the others only, without losing its place") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    client mute{w, 0}, other{w, shards - 1};
    mute.ask("subscribe", "r", R"({"echo":false})");
    other.ask("subscribe", "r");
    mute.ask("publish", "r", R"({"data":1})");
    other.ask("publish", "r", R"({"data":2})");
    CHECK(mute.one().root()["payload"]["data"].as_int64() == 2);
    CHECK(other.got->lines.size() == 2);
}

TEST_CASE("native: a publication may leave out its sender, who keeps its place") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    client sender{w, 0}, other{w, shards - 1};
    for (auto const* channel : {"a", "b", "c"}) {
        sender.ask("subscribe", channel);
        other.ask("subscribe", channel);
        for (int i = 0; i < 3; ++i) {
            other.post_text(R"({"type":"publish","channel":")" + std::string{channel} +
                            R"(","payload":{"data":0}})");
            CHECK(is_ack(sender.ask("publish", channel, R"({"data":1,"exclude_self":true})")));
            sender.ask("publish", channel, R"({"data":2})");
        }
        std::string heard;
        for (auto const& line : std::exchange(sender.got->lines, {}))
            heard += std::to_string(json::parse(line)->root()["payload"]["data"].as_int64().value_or(9));
        CHECK(heard.size() == 6);
        CHECK(heard.find_first_not_of("02") == heard.npos);
        CHECK(std::exchange(other.got->lines, {}).size() == 9);
    }
}

TEST_CASE("native rule 5: a publisher's answer and its own message carry the same place") {
    world w;
    client c{w, 0};
    c.ask("subscribe", "r");
    auto const answer = c.ask("publish", "r", R"({"data":1})");
    CHECK(answer.root()["payload"]["offset"].as_int64() == 1);
    CHECK(c.one().root()["offset"].as_int64() == 1);
}

TEST_CASE("native: an ephemeral publication has no place and is not kept") {
    world w{3};
    client c{w, 0}, other{w, 1};
    c.ask("subscribe", "r");
    other.ask("subscribe", "r");
    CHECK(c.ask("publish", "r", R"({"data":1,"ephemeral":true})").root()["payload"].raw() == "{}");
    auto const m = other.one();
    CHECK(m.root()["payload"]["data"].as_int64() == 1);
    CHECK_FALSE(m.root()["offset"].exists());
    CHECK(c.ask("history", "r").root()["payload"]["messages"].size() == 0);
}

TEST_CASE("native rule 10: a publication repeated with its key within five minutes gets its first place") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    client a{w, 0}, b{w, shards - 1};
    a.ask("subscribe", "r");
    b.ask("subscribe", "r");
    auto const publish = [&](client& by, std::string const& key) {
        auto const answer = by.ask("publish", "r", R"({"data":1,"idempotency_key":")" + key + "\"}");
        auto const p = answer.root()["payload"];
        return std::to_string(*p["offset"].as_int64()) + (p["duplicate"].as_bool() == true ? "d" : "");
    };
    CHECK(publish(a, "k") == "1");
    CHECK(publish(a, "l") == "2");
    CHECK(publish(b, "k") == "1d"); // the channel's keys, not the client's
    CHECK(publish(a, "k") == "1d");
    w.time.advance(299s);
    CHECK(publish(a, "k") == "1d");
    w.time.advance(1s);
    CHECK(publish(a, "k") == "3");
    CHECK(std::exchange(a.got->lines, {}).size() == 3);
    // Pipelined, so that the second is asked before the first is answered.
    a.send(R"({"type":"publish","id":1,"channel":"r","payload":{"data":1,"idempotency_key":"m"}})"
           "\n"
           R"({"type":"publish","id":2,"channel":"r","payload":{"data":1,"idempotency_key":"m"}})");
    CHECK(a.read().find(R"("duplicate":true)") != std::string::npos);
    CHECK(publish(a, "n") == "5");
}

TEST_CASE("native: empty channels are forgotten") {
    world w{1};
    client c{w, 0};
    c.ask("subscribe", "r", R"({"presence":true})");
    CHECK(w.server.channel_count(0) == 1);
    c.ask("unsubscribe", "r");
    CHECK(w.server.channel_count(0) == 0);
}

TEST_CASE(
    "native rule 3: a duplicate is dropped, and a gap ends the subscription so that the client recovers") {
    world w;
    client c{w, 0}, other{w, 0};
    c.ask("subscribe", "r", R"({"presence":true})");
    other.ask("subscribe", "r");
    c.ask("publish", "r", R"({"data":1})");
    c.read();
    auto const with_offset = [](std::uint64_t offset) {
        auto m = std::make_shared<message>();
        m->room = std::make_shared<std::string const>("r");
        m->offset = offset;
        m->data = payload{"1"};
        return m;
    };
    c.on_shard([&] { c.session->subscriber_of("r")->deliver(with_offset(1)); });
    CHECK(c.read().empty());
    c.on_shard([&] { c.session->subscriber_of("r")->deliver(with_offset(3)); });
    auto const told = c.one();
    CHECK(told.root()["type"].as_string() == "unsubscribed");
    CHECK(told.root()["channel"].as_string() == "r");
    CHECK(code_of(told) == 2500);
    other.ask("publish", "r", R"({"data":1})");
    CHECK(c.read().empty());
    CHECK(other.ask("presence", "r", R"({"op":"count"})").root()["payload"].raw() ==
          R"({"clients":0,"users":0})");
    CHECK(is_ack(c.ask("subscribe", "r")));
}
