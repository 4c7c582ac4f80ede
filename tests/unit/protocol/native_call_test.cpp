#include "native_world.hpp"
#include "support/catch.hpp"

#include <map>

using namespace native_world;

namespace {

/// Methods: `echo`, `late` (answered by the test), `fail`.
struct calls {
    std::vector<native_reply<std::string>> late;

    native_options options() {
        native_options o;
        o.hooks.rpc = [this](publisher const& who, std::string_view method, std::string_view data,
                             native_reply<std::string> const& reply) {
            if (method == "echo")
                reply(R"({"user":")" + who.user +
                      "\",\n\"data\":" + std::string{data.empty() ? "null" : data} + "}");
            else if (method == "late")
                late.push_back(reply);
            else if (method == "fail")
                reply(application_error(417));
            else if (method == "odd")
                reply(std::make_error_code(std::errc::io_error));
            else if (method == "garbage")
                reply(std::string{"{"});
            else
                reply(native_error::unknown_type);
        };
        return o;
    }
};

} // namespace

TEST_CASE("native: rpc is answered by the host, once") {
    calls host;
    world w{1, host.options()};
    client c{w, 0};
    auto const answer = c.ask("rpc", "", R"({"method":"echo","data":[1,"\n"]})");
    CHECK(answer.root()["payload"].raw() == R"({"data":{"user":"", "data":[1,"\n"]}})"); // one line
    CHECK(c.ask("rpc", "", R"({"method":"echo"})").root()["payload"]["data"]["data"].is_null());
    auto const failed = c.ask("rpc", "", R"({"method":"fail"})");
    CHECK(code_of(failed) == 417);
    CHECK(failed.root()["payload"]["name"].as_string() == "application");
    CHECK(code_of(c.ask("rpc", "", R"({"method":"nonsense"})")) == 104);
    CHECK(code_of(c.ask("rpc", "", R"({"method":"odd"})")) == 100); // nothing about the inside
    CHECK(code_of(c.ask("rpc", "", R"({"method":"garbage"})")) == 100);
    CHECK(code_of(c.ask("rpc", "", R"({"data":1})")) == 107);
    CHECK(code_of(c.ask("rpc", "", R"({"method":7})")) == 107);
    CHECK(code_of(c.ask("rpc", "", R"({"method":"echo","data":")" + std::string(66'000, 'x') + "\"}")) ==
          121);
    c.send(R"({"type":"rpc","payload":{"method":"echo"}})");
    CHECK(c.read().empty()); // nobody asked for an answer
}

TEST_CASE("native: rpc holds up nothing else, and its answers come in any order") {
    calls host;
    world w{1, host.options()};
    client c{w, 0};
    c.send(R"({"type":"rpc","id":1,"payload":{"method":"late"}})"
           "\n"
           R"({"type":"rpc","id":2,"payload":{"method":"late"}})"
           "\n"
           R"({"type":"subscribe","id":3,"channel":"r"})");
    CHECK(c.one().root()["id"].as_int64() == 3);
    c.send(R"({"type":"history","id":1,"channel":"r"})");
    CHECK(code_of(c.one()) == 107); // in flight
    REQUIRE(host.late.size() == 2);
    host.late[1](std::string{"2"});
    w.settle();
    CHECK(c.one().root()["id"].as_int64() == 2);
    host.late.clear();
    w.settle();
    auto const dropped = c.one();
    CHECK(dropped.root()["id"].as_int64() == 1);
    CHECK(code_of(dropped) == 100);
}

TEST_CASE("native: rpc in flight are limited") {
    calls host;
    auto options = host.options();
    options.limits.calls = 2;
    world w{1, options};
    client c{w, 0};
    for (int i = 0; i < 2; ++i)
        c.send(R"({"type":"rpc","payload":{"method":"late"}})");
    CHECK(code_of(c.ask("rpc", "", R"({"method":"late"})")) == 111);
    host.late[0](std::string{"1"});
    w.settle();
    c.send(R"({"type":"rpc","id":5,"payload":{"method":"late"}})");
    CHECK(host.late.size() == 3);
    CHECK(c.read().empty());
}

TEST_CASE("native: an application's error is 400 to 1999") {
    CHECK(application_error(400) == native_error{400});
    CHECK(application_error(1999).message() == "application error");
    CHECK(describe(native_error{2000}).code == native_error::internal);
    CHECK(describe(native_error{399}).code == native_error::internal);
}

TEST_CASE("native: what the host publishes may have line breaks between its tokens") {
    world w;
    client c{w, 0};
    c.ask("subscribe", "r");
    w.rooms.publish("r", {.data = payload{"{\n \"a\":\r\n \"\\n\" }"}});
    w.settle();
    CHECK(c.one().root()["payload"]["data"]["a"].as_string() == "\n");
}

TEST_CASE("threat A2: a user is disconnected everywhere, from any thread") {
    native_options options;
    options.hooks.authenticate = [](native_connect const& about) -> result<native_identity> {
        return native_identity{std::string{about.token}};
    };
    world w{3, options};
    std::deque<client> clients;
    auto const join = [&](std::size_t shard, std::string const& user) -> client& {
        auto& c = clients.emplace_back(w, shard, false);
        c.send(R"({"type":"connect","id":1,"payload":{"v":1,"token":")" + user + R"(","subs":{"r":{}}}})");
        return c;
    };
    for (std::size_t i = 0; i < 50; ++i)
        join(i % 3, "ann");
    auto& ben = join(1, "ben");
    auto& waiting = clients.emplace_back(w, 0, false);

    SECTION("by closing with a code that keeps them away") {
        w.server.disconnect("ann"); // on no shard
        w.settle();
        for (std::size_t i = 0; i < 50; ++i)
            CHECK(clients[i].got->closed == 3503);
        CHECK_FALSE(close_code{3503}.allows_reconnect());
    }
    SECTION("from one channel") {
        w.server.unsubscribe("ann", "r");
        w.server.unsubscribe("ann", "elsewhere");
        w.settle();
        ben.read();
        ben.ask("publish", "r", R"({"data":1})");
        for (std::size_t i = 0; i < 50; ++i) {
            CHECK_FALSE(clients[i].got->closed);
            CHECK(clients[i].got->lines.back() ==
                  R"({"type":"unsubscribed","channel":"r","payload":{"code":2001,"reason":"kicked"}})");
        }
    }
    CHECK_FALSE(ben.got->closed);
    CHECK_FALSE(waiting.got->closed);
    ben.read();
    CHECK(is_ack(ben.ask("history", "r")));
}

TEST_CASE("native: who is kicked while joining does not get in") {
    native_options options;
    world w{2, options};
    client c{w, 0};
    std::string far = "r";
    while (w.rooms.owner_of(far) == 0)
        far += 'x';
    c.post_text(R"({"type":"subscribe","id":1,"channel":")" + far + "\"}");
    w.shards[0].run();
    w.server.unsubscribe("", far);
    w.shards[0].run();
    w.settle();
    CHECK(c.read().find("\"code\":2001") != std::string::npos);
    w.rooms.publish(far, {.data = payload{"1"}});
    w.settle();
    CHECK(c.read().empty());
    CHECK(is_ack(c.ask("subscribe", far))); // the request itself was answered
}
