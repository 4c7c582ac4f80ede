#include "native_world.hpp"
#include "support/catch.hpp"

#include <thread>

using namespace native_world;

namespace {

/// Decisions that the test makes when it likes.
template <class T>
struct desk {
    std::vector<native_reply<T>> open;

    void take(native_reply<T> const& reply) { open.push_back(reply); }
    void answer(result<T> with) {
        auto const first = open.front();
        open.erase(open.begin());
        first(std::move(with));
    }
};

} // namespace

TEST_CASE("native: the host may answer later, and nothing is reordered meanwhile") {
    desk<native_identity> identities;
    desk<native_grant> grants;
    desk<void> permits;
    native_options options;
    options.hooks.authenticate = [&](native_connect const&, native_reply<native_identity> const& reply) {
        identities.take(reply);
    };
    options.hooks.may_subscribe = [&](publisher const&, std::string_view, std::string_view,
                                      native_reply<native_grant> const& reply) { grants.take(reply); };
    options.hooks.may_publish = [&](publisher const&, std::string_view, std::string_view,
                                    native_reply<void> const& reply) { permits.take(reply); };
    world w{2, options};
    client c{w, 0, false};
    c.send(R"({"type":"connect","id":1,"payload":{"v":1}})"
           "\n"
           R"({"type":"subscribe","id":2,"channel":"r"})"
           "\n"
           R"({"type":"publish","id":3,"channel":"r","payload":{"data":1}})"
           "\n"
           R"({"type":"publish","id":4,"channel":"r","payload":{"data":2}})"
           "\n"
           R"({"type":"unsubscribe","id":5,"channel":"r"})");
    CHECK(c.read().empty());
    CHECK(grants.open.empty()); // nobody is let into a room before they were let in at all
    identities.answer(native_identity{"ann"});
    w.settle();
    CHECK(c.one().root()["payload"]["user"].as_string() == "ann");
    CHECK(c.got->paused);
    grants.answer(native_grant{});
    w.settle();
    CHECK(c.one().root()["id"].as_int64() == 2);
    REQUIRE(permits.open.size() == 1); // the second publication waits for the first
    permits.answer({});
    w.settle();
    c.read();
    permits.answer(native_error::permission_denied);
    w.settle();
    auto const lines = std::exchange(c.got->lines, {});
    REQUIRE(lines.size() == 2);
    CHECK(code_of(*json::parse(lines[0])) == 103);
    CHECK(json::parse(lines[1])->root()["id"].as_int64() == 5);
    CHECK_FALSE(c.got->paused);
}

TEST_CASE("native: a decision that is never made is an error, and a second one changes nothing") {
    desk<native_grant> grants;
    native_options options;
    options.hooks.may_subscribe = [&](publisher const&, std::string_view, std::string_view,
                                      native_reply<native_grant> const& reply) { grants.take(reply); };
    world w{1, options};
    client c{w, 0};
    c.send(R"({"type":"subscribe","id":1,"channel":"a"})");
    grants.open.clear();
    w.settle();
    CHECK(code_of(c.one()) == 100);
    c.send(R"({"type":"subscribe","id":2,"channel":"a"})");
    auto const twice = grants.open.front();
    twice(native_grant{});
    twice(native_error::permission_denied);
    w.settle();
    CHECK(is_ack(c.one()));
}

TEST_CASE("native: decisions come from any thread, also when nobody waits for them any more") {
    std::vector<native_reply<native_identity>> asked;
    native_options options;
    options.hooks.authenticate = [&](native_connect const&, native_reply<native_identity> const& reply) {
        asked.push_back(reply);
    };
    auto w = std::make_unique<world>(1, options);
    bool const leaves = GENERATE(false, true);
    {
        client c{*w, 0, false};
        c.post_text(R"({"type":"connect","id":1,"payload":{"v":1,"token":"ann"}})");
        w->shards[0].run_one();
        if (leaves)
            c.leave();
        std::thread{[&] { asked.front()(native_identity{"ann"}); }}.join();
        w->settle();
        CHECK((c.read().find("\"user\":\"ann\"") != std::string::npos) == !leaves);
    }

    desk<native_identity> kept;
    w = std::make_unique<world>(1, [&] {
        native_options late;
        late.hooks.authenticate = [&](native_connect const&, native_reply<native_identity> const& reply) {
            kept.take(reply);
        };
        return late;
    }());
    {
        client c{*w, 0, false};
        c.send(R"({"type":"connect","id":1,"payload":{"v":1}})");
    }
    w.reset();
    kept.answer(native_identity{}); // its shard is gone
}

TEST_CASE("native: what a session joins meanwhile counts when the decision comes") {
    desk<native_grant> grants;
    native_options options;
    options.limits.channels = 1;
    options.hooks.may_subscribe = [&](publisher const&, std::string_view, std::string_view,
                                      native_reply<native_grant> const& reply) { grants.take(reply); };
    world w{1, options};
    client c{w, 0, false};
    c.send(R"({"type":"connect","id":1,"payload":{"v":1,"subs":{"a":{},"b":{}}}})");
    REQUIRE(grants.open.size() == 2);
    grants.answer(native_grant{});
    grants.answer(native_grant{});
    w.settle();
    auto const answer = c.one();
    auto const subs = answer.root()["payload"]["subs"];
    CHECK(subs["a"]["positioned"].as_bool() == true);
    CHECK(subs["b"]["error"]["code"].as_int64() == 106);
}

TEST_CASE("threat B12: a channel that does not exist and one that is forbidden look the same") {
    native_options options;
    auto const decide = [](publisher const&, std::string_view channel, std::string_view) -> std::error_code {
        if (channel == "absent")
            return native_error::unknown_channel;
        return channel == "forbidden" ? native_error::permission_denied : std::error_code{};
    };
    options.hooks.may_subscribe = decide;
    options.hooks.may_publish = decide;
    world w{1, options};
    client c{w, 0};
    auto const answer = [&](std::string const& type, std::string const& channel) {
        c.send(R"({"type":")" + type + R"(","id":7,"channel":")" + channel +
               R"(","payload":{"data":1,"op":"get","token":"t"}})");
        return c.read();
    };
    for (auto const* type : {"subscribe", "publish", "history", "presence", "unsubscribe", "refresh_sub"}) {
        CAPTURE(type);
        auto const told = answer(type, "forbidden");
        CHECK(told.find("\"error\"") != std::string::npos);
        CHECK(answer(type, "absent") == told);
    }
    for (std::size_t s = 0; s < w.shards.size(); ++s) {
        CHECK(w.rooms.room_count(s) == 0); // nothing was made by asking
        CHECK(w.server.channel_count(s) == 0);
    }
}

TEST_CASE("threat A3: a token may come in the handshake, and stays out of what is told") {
    struct {
        std::vector<http_field> fields;
        char const* payload;
        std::string token;
    } const table[] = {
        {{{"Sec-WebSocket-Protocol", "unisono.v1.json, unisono.bearer.czNjcmV0"}}, R"({"v":1})", "s3cret"},
        {{{"Sec-WebSocket-Protocol", "unisono.v1.json"},
          {"sec-websocket-protocol", "unisono.bearer.czNjcmV0"}},
         R"({"v":1})",
         "s3cret"},
        {{{"Authorization", "Bearer s3cret"}}, R"({"v":1})", "s3cret"},
        {{{"Authorization", "Basic s3cret"}}, R"({"v":1})", ""},
        {{{"Authorization", "Bearer other"}}, R"({"v":1,"token":"s3cret"})", "s3cret"},
        {{{"Sec-WebSocket-Protocol", "unisono.bearer.!!!!"}}, R"({"v":1})", ""},
        {{{"Sec-WebSocket-Protocol", "unisono.bearer.czNjcmV0="}}, R"({"v":1})", ""},
        {{{"Sec-WebSocket-Protocol", "unisono.bearer._w"}}, R"({"v":1})", ""},
        {{}, R"({"v":1})", ""},
    };
    for (auto const& row : table) {
        std::string token, cookie;
        native_options options;
        options.hooks.authenticate = [&](native_connect const& about) -> result<native_identity> {
            token = about.token;
            cookie = about.request->cookie("sid").value_or("");
            return native_identity{"ann"};
        };
        world w{1, options};
        auto request = std::make_shared<http_request>();
        for (auto const& field : row.fields)
            request->headers.add(field.name, field.value);
        request->headers.add("Cookie", "sid=42");
        std::weak_ptr<http_request> const watched = request;
        client c{w, 0, false, std::move(request)};
        c.send(std::string{R"({"type":"connect","id":1,"payload":)"} + row.payload + "}");
        CHECK(token == row.token);
        CHECK(cookie == "42");
        CHECK(c.read().find("s3cret") == std::string::npos);
        CHECK(watched.expired()); // not kept for the life of the connection
    }
}
