#include <unisono/core/detail/payload_stock.hpp>

#include "support/catch.hpp"

#include <string_view>
#include <utility>
#include <vector>

using unisono::payload;
using unisono::detail::payload_stock;

TEST_CASE("references from a stock are payloads like any other") {
    payload const original{std::string_view{"shared"}};
    std::vector<payload> taken;
    {
        payload_stock stock{original};
        CHECK(stock.bytes().is_same(original));
        for (int i = 0; i < 10'000; ++i) // more than are counted at once
            taken.push_back(stock.take());
        for (int i = 0; i < 5'000; ++i) {
            stock.give_back(std::move(taken.back()));
            CHECK(taken.back().empty());
            taken.pop_back();
        }
        payload_stock moved{std::move(stock)};
        CHECK(stock.bytes().empty());
        taken.push_back(moved.take());
        stock = std::move(moved);
        taken.push_back(stock.take());
    }
    for (payload const& reference : taken)
        REQUIRE(reference.is_same(original));
    CHECK(taken.back().text() == "shared");
}

TEST_CASE("the bytes go with the last reference, wherever that came from") {
    // That nothing is left or freed twice is for the address sanitizer to see.
    payload last;
    {
        payload_stock stock{payload{std::string_view{"bytes"}}};
        last = stock.take();
        stock.give_back(stock.take());
    }
    CHECK(last.text() == "bytes");
    payload_stock of_nothing;
    of_nothing = payload_stock{std::exchange(last, {})};
    of_nothing = {};
    CHECK(of_nothing.bytes().empty());
}
