#include <unisono/transport/detail/lazy_stop_source.hpp>

#include "support/catch.hpp"

#include <stop_token>
#include <thread>
#include <vector>

using unisono::detail::lazy_stop_source;

TEST_CASE("tokens of a lazy stop source stop, whenever they were asked for") {
    lazy_stop_source source;
    auto const early = source.get_token();
    CHECK(early.stop_possible());
    CHECK(source.get_token() == early);
    CHECK_FALSE(early.stop_requested());
    source.request_stop();
    CHECK(early.stop_requested());
    CHECK(source.get_token().stop_requested());
}

TEST_CASE("a lazy stop source that stops before anybody asked has stopped for all who ask then") {
    lazy_stop_source source;
    source.request_stop();
    source.request_stop();
    CHECK(source.get_token().stop_requested());
}

TEST_CASE("a stop reaches every thread that asks at the same time") {
    for (int round = 0; round < 200; ++round) {
        lazy_stop_source source;
        std::vector<std::stop_token> tokens(3);
        {
            std::vector<std::jthread> threads;
            for (auto& token : tokens)
                threads.emplace_back([&] { token = source.get_token(); });
            threads.emplace_back([&] { source.request_stop(); });
        }
        for (auto const& token : tokens)
            CHECK(token.stop_requested());
    }
}
