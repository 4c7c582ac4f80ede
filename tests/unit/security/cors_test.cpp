#include <unisono/security/cors.hpp>

#include "support/catch.hpp"

#include <string>
#include <string_view>

using unisono::grant_cors;
using unisono::origin_policy;

TEST_CASE("threat C4: who is named may read with cookies, and nobody else may read") {
    origin_policy const policy{.allowed = {"https://app.example.com", "https://other.example.com:8443"}};
    for (std::string_view const origin : policy.allowed) {
        auto const grant = grant_cors(origin, policy);
        REQUIRE(grant);
        CHECK(grant->origin == origin); // by name: `*` and cookies exclude each other
        CHECK(grant->credentials);
    }
    for (std::string_view const origin :
         {"", "null", "*", "http://app.example.com", "https://APP.example.com", "https://app.example.com:443",
          "https://app.example.com.evil.com"}) {
        INFO(origin);
        CHECK_FALSE(grant_cors(origin, policy));
    }
    CHECK_FALSE(grant_cors("https://app.example.com", {}));
}

TEST_CASE("threat C4: where any origin may read, none brings cookies but those that are named") {
    origin_policy const policy{.allowed = {"https://app.example.com"}, .any = true};
    auto const stranger = grant_cors("https://evil.com", policy);
    REQUIRE(stranger);
    CHECK(stranger->origin == "*");
    CHECK_FALSE(stranger->credentials);
    CHECK(grant_cors("https://app.example.com", policy)->credentials);
    CHECK_FALSE(grant_cors("", policy));
}
