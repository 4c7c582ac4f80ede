#include "native_world.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace native_world;

namespace {

struct room {
    world w;
    client typist;
    client reader;

    explicit room(std::size_t shards) : w{shards}, typist{w, 0}, reader{w, shards - 1} {
        typist.ask("subscribe", "r");
        reader.ask("subscribe", "r");
    }
    void type(bool on) {
        typist.send(std::string{R"({"type":"typing","channel":"r","payload":{"on":)"} +
                    (on ? "true" : "false") + "}}");
    }
    /// "+" somebody types, "-" not any more; anything else "?".
    std::string heard() {
        std::string all;
        for (auto const& line : std::exchange(reader.got->lines, {})) {
            auto const m = *json::parse(line);
            bool const typing = m.root()["type"].as_string() == "typing";
            all += !typing ? '?' : m.root()["payload"]["on"].as_bool() == true ? '+' : '-';
        }
        return all;
    }
};

} // namespace

TEST_CASE("native rule 6: typing is told to the others, and never kept") {
    room r{GENERATE(std::size_t{1}, std::size_t{3})};
    r.type(true);
    auto const m = r.reader.one();
    CHECK(m.root()["type"].as_string() == "typing");
    CHECK(m.root()["channel"].as_string() == "r");
    CHECK_FALSE(m.root()["offset"].exists());
    CHECK(m.root()["payload"]["client"].as_string() == r.typist.session->who()->client);
    CHECK(m.root()["payload"]["on"].as_bool() == true);
    CHECK(m.root()["payload"]["ttl_ms"].as_int64() == 6000);
    CHECK(r.typist.read().empty());
    r.type(false);
    CHECK(r.heard() == "-");
    r.type(false);
    CHECK(r.heard().empty());
    CHECK(r.reader.ask("history", "r").root()["payload"]["messages"].size() == 0);
}

TEST_CASE("native rule 6: typing ends by itself") {
    room r{3};
    r.type(true);
    r.w.time.advance(5'999ms);
    r.typist.tick();
    CHECK(r.heard() == "+");
    r.w.time.advance(1ms);
    r.typist.tick();
    CHECK(r.heard() == "-");
    r.typist.tick();
    CHECK(r.heard().empty());
}

TEST_CASE("native rule 6: typing ends with a publication, unsubscribe and the connection") {
    room r{GENERATE(std::size_t{1}, std::size_t{3})};
    r.type(true);
    r.typist.ask("publish", "r", R"({"data":1})");
    CHECK(r.heard() == "+-?");
    r.w.time.advance(1s);
    r.type(true);
    r.typist.ask("unsubscribe", "r");
    CHECK(r.heard() == "+-");
    r.typist.ask("subscribe", "r");
    r.type(true);
    r.typist.leave();
    CHECK(r.heard() == "+-");
}

TEST_CASE("native rule 6: typing too often is dropped silently, and refreshed typing lives on") {
    room r{1};
    for (int i = 0; i < 10; ++i) {
        r.type(true);
        r.type(false);
    }
    CHECK(r.heard() == "+-");
    CHECK(r.typist.read().empty());
    for (int i = 0; i < 4; ++i) {
        r.w.time.advance(3s);
        r.typist.tick();
        r.type(true);
    }
    CHECK(r.heard() == "++++");
    r.w.time.advance(6s);
    r.typist.tick();
    CHECK(r.heard() == "-");
}

TEST_CASE("native: a reader without room gets the latest typing of each, once there is room") {
    room r{1};
    client second{r.w, 0};
    second.ask("subscribe", "r");
    r.reader.got->full = true;
    r.type(true);
    second.send(R"({"type":"typing","channel":"r","payload":{"on":true}})");
    r.type(false);
    CHECK(r.heard().empty());
    r.reader.got->full = false;
    r.w.time.advance(1s);
    r.type(true); // stays behind what waits already
    r.type(false);
    CHECK(r.heard().empty());
    r.reader.drained();
    auto const got = r.heard();
    CHECK(std::count(got.begin(), got.end(), '+') == 1);
    CHECK(std::count(got.begin(), got.end(), '-') == 1);
    r.w.time.advance(1s);
    r.type(true);
    CHECK(r.heard() == "+");
    CHECK_FALSE(r.reader.got->closed);
}

TEST_CASE("native rule 6: typing that waits for room is forgotten with the subscription") {
    room r{1};
    r.reader.got->full = true;
    r.type(true);
    r.reader.ask("unsubscribe", "r");
    r.reader.drained();
    CHECK(r.reader.read().empty());
}
