#include "native_world.hpp"
#include "support/catch.hpp"

using namespace native_world;

namespace {

/// Tokens are "<user> <seconds from now>"; without seconds they hold for ever.
struct tokens {
    manual_clock* time = nullptr;

    native_expiry expiry_of(std::string_view token) const {
        auto const space = token.find(' ');
        if (space == token.npos)
            return {};
        return time->wall_time() + std::chrono::seconds{std::stoi(std::string{token.substr(space + 1)})};
    }
    native_options options() {
        native_options o;
        o.times.ping = 3600s;
        o.hooks.authenticate = [this](native_connect const& about) -> result<native_identity> {
            if (about.token == "bad")
                return native_error::unauthorized;
            return native_identity{std::string{about.token.substr(0, about.token.find(' '))},
                                   expiry_of(about.token)};
        };
        o.hooks.may_subscribe = [this](publisher const&, std::string_view,
                                       std::string_view token) -> result<native_grant> {
            if (token == "bad")
                return native_error::permission_denied;
            return native_grant{expiry_of(token)};
        };
        return o;
    }
};

struct expiring : tokens {
    world w{1, options()};
    client c{w, 0, false};

    expiring() { time = &w.time; }
    json::document connect(std::string const& token) {
        c.send(R"({"type":"connect","id":1,"payload":{"v":1,"token":")" + token + "\"}}");
        return c.got->lines.empty() ? *json::parse("null") : *json::parse(c.got->lines.front());
    }
    void pass(std::chrono::seconds by) {
        w.time.advance(by);
        c.tick();
    }
};

} // namespace

TEST_CASE("native: a connection ends when it has expired and was not renewed in time") {
    expiring x;
    CHECK(x.connect("ann 60").root()["payload"]["expires_in"].as_int64() == 60);
    x.pass(84s); // 60 and a grace of 25
    CHECK_FALSE(x.c.got->closed);
    x.pass(1s);
    CHECK(x.c.got->closed == 3005);
}

TEST_CASE("native: refresh renews a connection") {
    expiring x;
    x.connect("ann 60");
    x.pass(70s);
    CHECK(code_of(x.c.ask("refresh", "", R"({"token":"bad"})")) == 101);
    CHECK(code_of(x.c.ask("refresh", "", R"({"token":"ben 60"})")) == 103); // somebody else
    CHECK(code_of(x.c.ask("refresh", "", R"({"token":"ann -1"})")) == 109);
    CHECK(code_of(x.c.ask("refresh", "", "{}")) == 107);
    CHECK(x.c.ask("refresh", "", R"({"token":"ann 60"})").root()["payload"].raw() == R"({"expires_in":60})");
    x.pass(80s);
    CHECK_FALSE(x.c.got->closed);
    CHECK(x.c.ask("refresh", "", R"({"token":"ann"})").root()["payload"].raw() == "{}"); // for ever
    x.pass(10'000s);
    CHECK_FALSE(x.c.got->closed);
}

TEST_CASE("native: a token that has expired lets nobody in") {
    expiring x;
    CHECK(code_of(x.connect("ann 0")) == 109);
    CHECK(x.c.got->closed == 3005);
}

TEST_CASE("native: a subscription expires, and is renewed, by itself") {
    expiring x;
    x.connect("ann");
    x.c.read();
    CHECK(code_of(x.c.ask("subscribe", "r", R"({"token":"x 0"})")) == 110);
    CHECK(x.c.ask("subscribe", "r", R"({"token":"x 60"})").root()["payload"]["expires_in"].as_int64() == 60);
    CHECK_FALSE(x.c.ask("subscribe", "other").root()["payload"]["expires_in"].exists());
    x.pass(50s);
    CHECK(code_of(x.c.ask("refresh_sub", "r", R"({"token":"bad"})")) == 103);
    CHECK(code_of(x.c.ask("refresh_sub", "nowhere", R"({"token":"x 60"})")) == 120);
    CHECK(x.c.ask("refresh_sub", "r", R"({"token":"x 60"})").root()["payload"].raw() ==
          R"({"expires_in":60})");
    x.pass(84s);
    CHECK(x.c.read().empty());
    x.pass(1s);
    CHECK(x.c.read() == R"({"type":"unsubscribed","channel":"r","payload":{"code":2501,"reason":"expired"}})"
                        "\n");
    CHECK_FALSE(x.c.got->closed);
    CHECK(is_ack(x.c.ask("history", "other")));
}

TEST_CASE("native: a jump of the wall clock and an absurd expiry do no harm") {
    native_options options;
    options.hooks.authenticate = [](native_connect const&) -> result<native_identity> {
        return native_identity{"ann", std::chrono::milliseconds::max()};
    };
    world w{1, options};
    client c{w, 0};
    w.time.advance(std::chrono::seconds{3});
    c.tick();
    CHECK_FALSE(c.got->closed);
}
