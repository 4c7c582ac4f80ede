#include <unisono/core/payload.hpp>

#include "support/catch.hpp"

#include <thread>
#include <vector>

using unisono::payload;

TEST_CASE("a payload copies its bytes once and shares them") {
    std::string source = "hello";
    payload first{std::string_view{source}};
    source = "other";
    payload second = first;
    CHECK(first.text() == "hello");
    CHECK(second.data() == first.data());
    payload third = std::move(first);
    CHECK(first.empty());
    CHECK(third.text() == "hello");
}

TEST_CASE("an empty payload allocates nothing") {
    CHECK(payload{}.data() == nullptr);
    CHECK(payload{std::string_view{}}.data() == nullptr);
    CHECK(payload{}.view().empty());
}

TEST_CASE("build encodes in place") {
    auto p = payload::build(3, [](unisono::mutable_bytes out) {
        for (auto& b : out)
            b = std::byte{'x'};
    });
    CHECK(p.text() == "xxx");
}

TEST_CASE("assignment keeps self and aliases intact") {
    payload p{std::string_view{"abc"}};
    auto& alias = p;
    p = alias;
    CHECK(p.text() == "abc");
    p = payload{};
    CHECK(p.empty());
}

TEST_CASE("threads may copy and drop the same bytes") {
    payload const shared{std::string_view{"shared"}};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([copy = shared] {
            for (int i = 0; i < 10'000; ++i)
                payload local = copy;
        });
    for (auto& t : threads)
        t.join();
    CHECK(shared.text() == "shared");
}
