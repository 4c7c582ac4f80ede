#include <unisono/transport/detail/spread.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

using unisono::detail::spread;
using namespace std::chrono_literals;

TEST_CASE("whoever comes one after the other is spread over the whole range") {
    for (std::uint64_t const first : {std::uint64_t{0}, std::uint64_t{12'345}, UINT64_MAX - 50}) {
        std::vector<std::chrono::milliseconds> places;
        for (std::uint64_t n = 0; n < 100; ++n)
            places.push_back(spread(first + n, 60'000ms));
        std::sort(places.begin(), places.end());
        CHECK(places.front() >= 0ms);
        CHECK(places.back() < 60'000ms);
        // Evenly, a hundred would be 600 ms apart.
        CHECK(places.front() < 1'600ms);
        CHECK(places.back() > 58'400ms);
        for (std::size_t i = 1; i < places.size(); ++i)
            CHECK(places[i] - places[i - 1] < 1'600ms);
    }
    CHECK(spread(7, 0ms) == 0ms);
}
