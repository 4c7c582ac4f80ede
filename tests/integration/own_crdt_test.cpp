// examples/own_crdt: a type of the host's own is synced, stored, and there after a restart.

#include <unisono/codec/base64.hpp>
#include <unisono/codec/json_document.hpp>
#include <unisono/crdt/encoding.hpp>
#include <unisono/document/testing/engine_laws.hpp>
#include <unisono/store/store_sqlite.hpp>

#include "crdt_laws/laws.hpp"
#include "own_crdt/routes.hpp"
#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"
#include "support/temporary_directory.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

using namespace unisono;
using client = test::loopback_client;

namespace {

struct scores_server : test::running_server {
    explicit scores_server(std::filesystem::path const& file)
        : test::running_server{
              {.threads = 2, .store = sqlite_store::open(file).value(), .documents = own_crdt::documents()}} {
        own_crdt::add_routes(app);
    }
    int post(std::string_view target) {
        auto c = connect();
        c.send(client::request(target, "Content-Length: 0\r\n", "POST"));
        return c.read_response().status;
    }
    std::string scores() {
        auto c = connect();
        return c.get("/scores/chess").body;
    }
};

} // namespace

TEST_CASE("a host's own type syncs, persists and survives a restart") {
    test::temporary_directory directory;
    auto const file = directory / "scores.db";
    {
        scores_server s{file};
        auto player = s.connect();
        REQUIRE(player.open("/ws"));
        player.send_text(R"({"type":"connect","id":1,"payload":{"v":1,"subs":{"chess":{}}}})");
        player.read_message();
        player.send_text(
            R"({"type":"update","id":2,"channel":"chess","payload":{"kind":"sync1","data":""}})");
        CHECK(player.read_message().body.find("sync2") != std::string::npos);

        CHECK(s.post("/scores/chess/ann/1850") == 204);
        high_scores told;
        auto const push = *json::parse(player.read_message().body);
        auto const data = base64_decode(*push.root()["payload"]["data"].as_string());
        told.join(crdt::decode<high_scores>(data.value()).value());
        CHECK(told.best().at("ann") == 1850);

        high_scores mine;
        auto const delta = base64_encode(crdt::encode(mine.reach("bob", 2000)));
        player.send_text(R"({"type":"update","id":3,"channel":"chess","payload":{"kind":"update","data":")" +
                         delta + R"("}})");
        CHECK(player.read_message().body.find("ack") != std::string::npos);
        CHECK(s.post("/scores/chess/bob/17") == 204); // no news
        CHECK(s.post("/scores/chess/bob/many") == 400);
        CHECK(s.post("/scores/chess/%ff/17") == 400);
        CHECK(s.scores() == R"({"ann":1850,"bob":2000})");
    }
    scores_server again{file};
    CHECK(again.scores() == R"({"ann":1850,"bob":2000})");
}

TEST_CASE("the host's own type keeps the laws of CRDTs and of engines") {
    auto const change = [](high_scores& scores, random_source& random) {
        return scores.reach(std::string(1, static_cast<char>('a' + random.below(5))),
                            static_cast<std::int32_t>(random.below(100)) - 50);
    };
    seeded_random random{1};
    for (int i = 0; i < 100; ++i) {
        high_scores a;
        high_scores b;
        high_scores c;
        for (auto* const state : {&a, &b, &c})
            for (auto n = random.below(5); n-- != 0;) {
                auto const before = *state;
                auto const delta = change(*state, random);
                test::check_change(before, delta, *state);
            }
        test::check_join(a, b, c);
        test::transported(a);
    }
    testing::check_engine({.make = [] { return std::make_unique<own_crdt::scores_document>(); },
                           .write =
                               [&](std::uint64_t) {
                                   return [change, mine = high_scores{}](bytes_view others,
                                                                         random_source& die) mutable {
                                       if (!others.empty())
                                           mine.join(crdt::decode<high_scores>(others).value());
                                       return crdt::encode(change(mine, die));
                                   };
                               }});
}
