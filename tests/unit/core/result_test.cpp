#include <unisono/core/error.hpp>
#include <unisono/core/result.hpp>

#include "support/catch.hpp"

#include <memory>
#include <string>

using unisono::condition;
using unisono::result;

namespace {

enum class fault { broken = 1, large };

std::error_code make_error_code(fault f) noexcept {
    static constexpr unisono::error_entry rows[] = {{"it broke", condition::malformed},
                                                    {"it is large", condition::too_large}};
    static unisono::table_category const category{"test", rows};
    return {static_cast<int>(f), category};
}

} // namespace

template <>
struct std::is_error_code_enum<fault> : std::true_type {};

TEST_CASE("a result holds a value or an error") {
    result<std::string> good = "text";
    REQUIRE(good);
    CHECK(*good == "text");
    CHECK(!good.error());

    result<std::string> bad = fault::broken;
    REQUIRE_FALSE(bad);
    CHECK(bad.error().message() == "it broke");
    CHECK(bad.value_or("other") == "other");
    CHECK_THROWS_AS(bad.value(), std::system_error);
}

TEST_CASE("a result moves what cannot be copied") {
    result<std::unique_ptr<int>> r = std::make_unique<int>(7);
    std::unique_ptr<int> taken = *std::move(r);
    CHECK(*taken == 7);
}

TEST_CASE("a result of void is success or an error") {
    result<void> good;
    CHECK(good);
    result<void> bad = fault::large;
    CHECK_FALSE(bad);
    CHECK(bad.error() == condition::too_large);
}

TEST_CASE("a folder's errors compare with the portable conditions") {
    std::error_code ec = fault::broken;
    CHECK(ec == condition::malformed);
    CHECK(ec != condition::too_large);
    CHECK(std::string{ec.category().name()} == "test");
    CHECK(std::error_code(99, ec.category()).message() == "unknown error");
}
