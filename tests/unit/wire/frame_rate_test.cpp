#include <unisono/wire/detail/frame_rate.hpp>

#include "support/catch.hpp"

using namespace std::chrono_literals;
using unisono::clock;

TEST_CASE("threat B6: frames may come at once as in a second, then at that rate") {
    unisono::detail::frame_rate rate;
    clock::time_point now{1h};
    auto const admitted = [&](int tries) {
        int count = 0;
        for (int i = 0; i < tries; ++i)
            count += rate.admit(now, 30);
        return count;
    };
    CHECK(admitted(1'000) == 30);
    now += 34ms;
    CHECK(admitted(1'000) == 1);
    now += 500ms;
    CHECK(admitted(1'000) == 15);
    now += 1h;
    CHECK(admitted(1'000) == 30);

    int count = 0;
    for (int i = 0; i < 10'000; ++i, now += 1ms)
        count += admitted(1);
    CHECK(count >= 299);
    CHECK(count <= 301);
}
