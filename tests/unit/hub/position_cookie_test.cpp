#include <unisono/codec/base64.hpp>
#include <unisono/core/random.hpp>
#include <unisono/hub/position_cookie.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"

#include <map>
#include <string>

using namespace unisono;

TEST_CASE("a cookie tells where a client stands in every room") {
    position_cookie cookie;
    cookie.set("news", {"AbCdEfGh", 7});
    cookie.set("weather", {"_-345678", 0});
    cookie.set("news", {"AbCdEfGh", 9'007'199'254'740'991});
    auto const text = cookie.text();
    CHECK(text.starts_with("v1."));
    CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
          std::string::npos);
    auto const again = position_cookie::parse(text);
    REQUIRE(again);
    CHECK(again->size() == 2);
    CHECK(again->find("news") == position{"AbCdEfGh", 9'007'199'254'740'991});
    CHECK(again->find("weather") == position{"_-345678", 0});
    CHECK_FALSE(again->find("other"));
    CHECK(again->text() == text);
}

TEST_CASE("sixteen rooms always fit in a cookie, and what does not fit is left out") {
    position_cookie cookie;
    for (int i = 0; i < 100; ++i) {
        cookie.set("room " + std::to_string(i), {"12345678", 9'007'199'254'740'991});
        auto const read = position_cookie::parse(cookie.text());
        REQUIRE(read);
        REQUIRE(cookie.text().size() <= position_cookie::max_size);
        REQUIRE(read->find("room " + std::to_string(std::min(i, 15))));
    }
}

TEST_CASE("what is no cookie is refused") {
    auto const encoded = [](std::string_view bytes) {
        return "v1." + base64_encode(as_bytes(bytes), base64_alphabet::url);
    };
    using namespace std::string_view_literals;
    REQUIRE(position_cookie::parse(encoded("abcd\1e\5"sv)));
    for (auto const& text :
         {std::string{}, std::string{"v1."}, std::string{"v1"}, std::string{"v2.YWJjZAFlBQ"},
          std::string{"e:5"}, std::string{"v1.YWJjZAFlBQ=="}, std::string{"v1.YWJjZAFlBQ "},
          "v1." + std::string(600, 'A'), encoded("abcd"sv), encoded("abcd\0\5"sv),
          encoded("abcd\xff"
                  "e\5"sv),
          encoded("abcd\1e"sv), encoded("abcd\1e\x80"sv),
          encoded("abcd\1e\x85\0"sv), // a number in more bytes than it needs
          encoded("abcd\1\xff\5"sv), encoded("abcd\1e\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv),
          encoded("abcd\1e\5abcd\1e\5"sv)}) {
        INFO(text);
        CHECK_FALSE(position_cookie::parse(text));
    }
}

TEST_CASE("any cookie that is written can be read") {
    auto const seed = test::seed();
    INFO("seed " << seed);
    seeded_random random{seed};
    for (int round = 0; round < 2'000; ++round) {
        position_cookie cookie;
        std::map<std::string, position> model;
        for (auto n = random.below(16) + 1; n != 0; --n) {
            auto const room = random.token(1 + random.below(40));
            position const at{random.token(8), random.next() >> (11 + random.below(53))};
            cookie.set(room, at);
            model[room] = at;
        }
        auto const read = position_cookie::parse(cookie.text());
        REQUIRE(read);
        for (auto const& [room, at] : model)
            REQUIRE(read->find(room) == at);
    }
}
