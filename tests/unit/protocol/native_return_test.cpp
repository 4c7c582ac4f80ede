#include "native_world.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace native_world;

namespace {

constexpr auto grace = 10s;

native_options with_grace() {
    native_options options;
    options.times.presence_grace = grace;
    options.hooks.authenticate = [](native_connect const& about) -> result<native_identity> {
        return native_identity{std::string{about.token}};
    };
    return options;
}

/// Returns the new session's id.
std::string connect(client& c, std::string const& user, std::string const& last_session = {}) {
    c.send(R"({"type":"connect","id":1,"payload":{"v":1,"token":")" + user + R"(","resume":")" +
           last_session + R"("}})");
    return std::string{c.one().root()["payload"]["session"].as_string().value_or("")};
}
std::string enter(client& c) {
    return std::string{c.ask("subscribe", "r", R"({"presence":true})").root()["payload"]["presence"].raw()};
}

/// Somebody who watches, and a client that has entered with a state.
struct room : world {
    client watcher{*this, 0, false};

    explicit room(std::size_t shards = 1, native_options options = with_grace())
        : world(shards, std::move(options)) {
        connect(watcher, "watcher");
        enter(watcher);
    }
    std::string session; ///< of who came last

    std::unique_ptr<client> come(std::size_t shard = 0, std::string const& user = "ann",
                                 std::string const& last_session = {}) {
        auto c = std::make_unique<client>(*this, shard, false);
        session = connect(*c, user, last_session);
        enter(*c);
        return c;
    }
    std::string count() {
        return std::string{watcher.ask("presence", "r", R"({"op":"count"})").root()["payload"].raw()};
    }
};

} // namespace

TEST_CASE("native: a connection that is lost stays in presence for the grace window") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    room w{shards};
    auto ann = w.come(shards - 1);
    w.watcher.read();
    ann->leave();
    w.pass(grace - 1ms);
    CHECK(w.watcher.read().empty());
    CHECK(w.count() == R"({"clients":2,"users":2})");
    w.pass(1ms);
    CHECK(w.watcher.one().root()["payload"]["leaves"]["ann"]["last"].as_bool() == true);
}

TEST_CASE("native: a client that names its last session comes back under its name, and nobody notices") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    room w{shards};
    auto ann = w.come();
    auto const name = ann->session->who()->client;
    CHECK(name.size() == 16);
    ann->ask("presence", "r", R"({"op":"set","state":{"at":7}})");
    w.watcher.read();
    std::unique_ptr<client> again;
    SECTION("after the connection was lost") {
        ann->leave();
        w.pass(grace - 1s);
        again = w.come(shards - 1, "ann", w.session);
    }
    SECTION("before it is known to be lost") {
        again = w.come(shards - 1, "ann", w.session);
        ann->leave();
    }
    CHECK(again->session->who()->client == name);
    w.pass(grace + 1s);
    CHECK(w.watcher.read().empty());
    auto const all = again->ask("presence", "r", R"({"op":"get"})");
    CHECK(all.root()["payload"]["members"]["ann"]["metas"][0]["state"].raw() == R"({"at":7})");
    again->ask("presence", "r", R"({"op":"clear"})");
    CHECK(w.watcher.one().root()["payload"]["leaves"].size() == 1); // of its own will: at once
}

TEST_CASE("native, threat D8: nobody takes over a client without its session") {
    room w;
    auto ann = w.come();
    auto const name = ann->session->who()->client;
    auto const session = w.session;
    CHECK(w.come(0, "ann")->session->who()->client != name);
    CHECK(w.come(0, "eve", session)->session->who()->client != name);
    CHECK(w.come(0, "ann", name)->session->who()->client != name); // others see the name, not the session
    CHECK(w.come(0, "ann", name + "......" + session)->session->who()->client != name);
    CHECK(w.session.size() == session.size());
    CHECK(w.come(0, "ann", session)->session->who()->client == name);
    CHECK(w.session != session); // and each time another secret for what it posts
}

TEST_CASE("native, threat D8: what a client's older connection says of presence changes nothing") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    room w{shards};
    auto old = w.come(0);
    auto const session = w.session;
    auto again = w.come(shards - 1, "ann", session);
    CHECK(is_ack(again->ask("presence", "r", R"({"op":"set","state":2})")));
    w.watcher.read();
    CHECK(code_of(old->ask("presence", "r", R"({"op":"set","state":1})")) == 131);
    CHECK(is_ack(old->ask("presence", "r", R"({"op":"clear"})")));
    old->ask("unsubscribe", "r");
    enter(*old); // it may watch
    old->leave();
    w.pass(grace);
    CHECK(w.watcher.read().empty());
    CHECK(w.count() == R"({"clients":2,"users":2})");
    again->leave();
    w.pass(grace);
    CHECK(w.watcher.one().root()["payload"]["leaves"].size() == 1);
}

TEST_CASE("native: a client says goodbye for good, or for how long") {
    room w;
    auto ann = w.come();
    w.watcher.read();
    SECTION("for good") {
        ann->send(R"({"type":"disconnect"})");
        CHECK(w.watcher.one().root()["payload"]["leaves"].size() == 1);
        CHECK(ann->got->closed == 1000);
    }
    SECTION("for two seconds") {
        ann->send(R"({"type":"disconnect","payload":{"return_ms":2000}})");
        ann->leave();
        w.pass(2s - 1ms);
        CHECK(w.watcher.read().empty());
        w.pass(700ms);
        CHECK(w.watcher.one().root()["payload"]["leaves"].size() == 1);
    }
    SECTION("in a way nobody understands") {
        auto const return_ms = GENERATE(R"("2s")", "-1", "[]");
        ann->send(std::string{R"({"type":"disconnect","payload":{"return_ms":)"} + return_ms + "}}");
        CHECK(ann->got->closed == 3501);
        CHECK(w.watcher.one().root()["payload"]["leaves"].size() == 1);
    }
    SECTION("for longer than anybody waits") {
        ann->send(R"({"type":"disconnect","payload":{"return_ms":9007199254740991}})");
        w.pass(grace);
        CHECK(w.watcher.one().root()["payload"]["leaves"].size() == 1);
    }
    SECTION("and comes back") {
        ann->send(R"({"type":"disconnect","payload":{"return_ms":2000}})");
        auto const again = w.come(0, "ann", w.session);
        w.pass(grace);
        CHECK(w.watcher.read().empty());
    }
}

TEST_CASE("native: who is sent away for good leaves presence at once, who is told to come back does not") {
    room w;
    auto ann = w.come();
    w.watcher.read();
    SECTION("for good") {
        w.server.disconnect("ann");
        w.settle();
        CHECK(w.watcher.one().root()["payload"]["leaves"].size() == 1);
    }
    SECTION("to come back") {
        ann->on_shard([&] { ann->session->on_shutdown(); });
        CHECK(w.watcher.read().empty());
    }
    SECTION("from the channel") {
        w.server.unsubscribe("ann", "r");
        w.settle();
        CHECK(w.watcher.one().root()["payload"]["leaves"].size() == 1);
    }
}

TEST_CASE("native: changes within the window are one diff") {
    auto options = with_grace();
    options.times.presence_window = 300ms;
    room w{1, std::move(options)};
    w.pass(300ms);
    auto a = w.come(0, "a"), b = w.come(0, "b"), c = w.come(0, "b");
    CHECK(w.watcher.one().root()["payload"]["joins"].raw().find("\"a\"") != std::string::npos);
    w.pass(300ms);
    auto const diff = w.watcher.one();
    CHECK(diff.root()["payload"]["joins"].size() == 1);
    CHECK(diff.root()["payload"]["joins"]["b"]["first"].as_bool() == true);
    CHECK(diff.root()["payload"]["joins"]["b"]["metas"].size() == 2);
}

TEST_CASE("native: the host is told of users that come and go, not of their connections") {
    std::vector<std::string> told;
    auto options = with_grace();
    options.hooks.user_joined = [&](auto, auto user) { told.push_back("+" + std::string{user}); };
    options.hooks.user_left = [&](auto, auto user) { told.push_back("-" + std::string{user}); };
    room w{1, std::move(options)};
    auto ann = w.come(), other = w.come(0, "ann");
    ann->leave();
    w.pass(grace);
    other->leave();
    CHECK(told == std::vector<std::string>{"+watcher", "+ann"});
    w.pass(grace);
    CHECK(told.back() == "-ann");
}

TEST_CASE("native: what the host publishes when a user goes waits until presence is done") {
    world* all = nullptr;
    std::vector<std::string> left;
    bool in_hook = false;
    auto options = with_grace();
    options.times.presence_grace = 0s; // who is closed leaves at once
    options.times.presence_window = 300ms;
    options.hooks.user_left = [&](auto channel, auto user) {
        CHECK_FALSE(in_hook); // presence would be told while it is telling
        in_hook = true;
        left.emplace_back(user);
        all->rooms.publish(channel, {.data = payload{"\"bye\""}});
        in_hook = false;
    };
    room w{1, std::move(options)};
    all = &w;
    auto ann = w.come(0, "ann"), ben = w.come(0, "ben"), slow = w.come(0, "slow");
    w.pass(300ms);
    slow->got->full = true; // closed with the first publication
    ann->leave();
    ben->leave();
    CHECK(left.empty()); // the channel rests
    w.pass(300ms);
    CHECK(slow->got->closed == 3008);
    CHECK(left.size() == 2);
    w.pass(300ms);
    CHECK(left.back() == "slow");
    CHECK(w.count() == R"({"clients":1,"users":1})");
}

TEST_CASE("native: a user may be in a channel with so many connections") {
    room w{1, [] {
               auto options = with_grace();
               options.limits.presence_connections = 2;
               return options;
           }()};
    auto a = w.come(0, "ann"), b = w.come(0, "ann"), c = w.come(0, "ann");
    CHECK(w.count() == R"({"clients":3,"users":2})"); // it watches only
    CHECK(code_of(c->ask("presence", "r", R"({"op":"set"})")) == 106);
    a->ask("unsubscribe", "r");
    CHECK(is_ack(c->ask("presence", "r", R"({"op":"set"})")));
}
