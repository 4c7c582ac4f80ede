#include <unisono/security/origin.hpp>

#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <tuple>

using unisono::origin_allowed;
using unisono::origin_policy;

TEST_CASE("threat A1: a page of another origin is refused, whatever it looks like") {
    auto const [origin, host] = GENERATE(table<std::string, std::string>({
        {"https://evil.com", "good.com"},
        {"https://good.com.evil.com", "good.com"},
        {"https://evilgood.com", "good.com"},
        {"https://good.com@evil.com", "good.com"},
        {"https://evil.com/good.com", "good.com"},
        {"https://evil.com#good.com", "good.com"},
        {"https://sub.good.com", "good.com"},
        {"https://good.co", "good.com"},
        {"https://good.com.", "good.com"},
        {"https://good.com:8443", "good.com"},
        {"https://good.com", "good.com:8443"},
        {"http://good.com:81", "good.com:8"},
        {"null", "good.com"},
        {"null", "null"},
        {"good.com", "good.com"},
        {"ftp://good.com", "good.com"},
        {"HTTPS://good.com", "good.com"},
        {"https:good.com", "good.com"},
        {"https://", ""},
        {"https://good.com https://evil.com", "good.com"},
        {"https://xn--god-8na.com", "good.com"},
        {"file://", "good.com"},
        {"chrome-extension://good.com", "good.com"},
    }));
    INFO(origin << " to " << host);
    CHECK_FALSE(origin_allowed(origin, host, {}));
    CHECK(origin_allowed(origin, host, {.any = true}));
}

TEST_CASE("the same host and port are our own pages, whatever the case of the host") {
    CHECK(origin_allowed("https://good.com", "good.com", {}));
    CHECK(origin_allowed("http://good.com", "good.com", {}));
    CHECK(origin_allowed("http://localhost:8080", "localhost:8080", {}));
    CHECK(origin_allowed("http://[::1]:8080", "[::1]:8080", {}));
    CHECK(origin_allowed("https://good.com", "GOOD.com", {}));
}

TEST_CASE("what does not come from a page has no origin") {
    CHECK(origin_allowed("", "good.com", {}));
}

TEST_CASE("threat A1: the list is matched exactly: scheme, host and port") {
    origin_policy const policy{.allowed = {"https://app.example.com"}};
    CHECK(origin_allowed("https://app.example.com", "api.example.com", policy));
    for (std::string_view other :
         {"http://app.example.com", "https://app.example.com:8443", "https://app.example.com.evil.com",
          "https://app.example.comx", "https://APP.example.com", "https://app.example.com/", "null"}) {
        INFO(other);
        CHECK_FALSE(origin_allowed(other, "api.example.com", policy));
    }
}
