#include <unisono/protocol/native/close.hpp>
#include <unisono/protocol/native/error.hpp>

#include "support/catch.hpp"

using namespace unisono;

TEST_CASE("native: errors have their number, their name and a condition") {
    std::error_code const denied = native_error::permission_denied;
    CHECK(denied.value() == 103);
    CHECK(denied.message() == "permission denied");
    CHECK(denied == condition::denied);
    CHECK(describe(native_error::not_subscribed).name == "not_subscribed");
    CHECK(describe(native_error::draining).temporary);
    CHECK_FALSE(describe(native_error::bad_request).temporary);
    for (int value = 100; value <= 131; ++value) {
        auto const& row = describe(native_error{value});
        CHECK((row.code == native_error{value} || row.code == native_error::internal));
    }
    CHECK(describe(native_error{5}).code == native_error::internal);
}

TEST_CASE("native: a client is told a native error as it is, and nothing of another") {
    CHECK(to_native_error(native_error::room_full, native_error::permission_denied) ==
          native_error::room_full);
    CHECK(to_native_error(std::make_error_code(std::errc::io_error), native_error::permission_denied) ==
          native_error::permission_denied);
}

TEST_CASE("native: close codes say whether to come back") {
    for (auto const code :
         {native_close::shutdown, native_close::slow, native_close::no_pong, native_close::expired})
        CHECK(code.allows_reconnect());
    for (auto const code : {native_close::bad_request, native_close::stale, native_close::invalid_token})
        CHECK_FALSE(code.allows_reconnect());
}
