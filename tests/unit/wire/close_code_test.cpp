#include <unisono/wire/close_code.hpp>

#include "support/catch.hpp"
#include "unit/wire/websocket_events.hpp"

#include <string>

using unisono::close_code;
using unisono::truncate_close_reason;

TEST_CASE("a close code is sendable exactly when a receiver accepts it") {
    for (unsigned value = 0; value <= 0xFFFF; ++value) {
        unisono::websocket_decoder receiver;
        auto const events = websocket_test::feed(
            receiver, websocket_test::frame(0x88, websocket_test::raw({value >> 8, value & 0xFF})));
        if (close_code{static_cast<std::uint16_t>(value)}.is_sendable() != events.starts_with("close("))
            FAIL("differs for " << value);
    }
}

TEST_CASE("the range of a close code says whether to connect again") {
    struct row {
        std::uint16_t first, last;
        bool reconnect;
    };
    for (row const& r :
         {row{1000, 1000, false}, row{1001, 1001, true}, row{1002, 1003, false}, row{1005, 1006, true},
          row{1007, 1010, false}, row{1011, 1014, true}, row{3000, 3499, true}, row{3500, 3999, false},
          row{4000, 4499, true}, row{4500, 4999, false}, row{5000, 5499, false}}) {
        CHECK(close_code{r.first}.allows_reconnect() == r.reconnect);
        CHECK(close_code{r.last}.allows_reconnect() == r.reconnect);
    }
}

TEST_CASE("threat B10: a close reason is cut between code points") {
    CHECK(truncate_close_reason("").empty());
    CHECK(truncate_close_reason("short") == "short");
    CHECK(truncate_close_reason(std::string(123, 'a')).size() == 123);
    CHECK(truncate_close_reason(std::string(124, 'a')).size() == 123);

    std::string const euro = "\xe2\x82\xac";
    CHECK(truncate_close_reason(std::string(120, 'a') + euro).size() == 123);
    CHECK(truncate_close_reason(std::string(121, 'a') + euro).size() == 121);
    CHECK(truncate_close_reason(std::string(122, 'a') + euro).size() == 122);
    CHECK(truncate_close_reason(std::string(123, 'a') + euro).size() == 123);
}

TEST_CASE("threat B10: a close reason that is not UTF-8 is cut before the fault") {
    CHECK(truncate_close_reason("fine\xff no more") == "fine");
    CHECK(truncate_close_reason("half \xe2\x82") == "half ");
    CHECK(truncate_close_reason("\xed\xa0\x80").empty());
}
