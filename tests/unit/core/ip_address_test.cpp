#include <unisono/core/ip_address.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <string>
#include <string_view>

using unisono::ip_address;

TEST_CASE("an address is read and written in its usual form") {
    auto const [text, usual] = GENERATE(table<std::string, std::string>({
        {"192.0.2.1", "192.0.2.1"},
        {"0.0.0.0", "0.0.0.0"},
        {"2001:db8::1", "2001:db8::1"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"::ffff:c000:201", "192.0.2.1"},
        {"::1", "::1"},
    }));
    INFO(text);
    auto const address = ip_address::parse(text);
    REQUIRE(address);
    CHECK(address->text() == usual);
    CHECK(address->is_v4() == (usual.find('.') != std::string::npos));
    CHECK(ip_address::parse(usual) == address);
}

TEST_CASE("what is not exactly an address is none") {
    using namespace std::string_view_literals;
    for (auto const text : {""sv, "1.2.3"sv, "1.2.3.4.5"sv, "256.0.0.1"sv, "01.2.3.4"sv, "0x7f.0.0.1"sv,
                            "1.2.3.4 "sv, " 1.2.3.4"sv, "1.2.3.4:80"sv, "[::1]"sv, "fe80::1%eth0"sv, ":::"sv,
                            "1:2:3:4:5:6:7:8:9"sv, "unknown"sv, "1.2.3.4\0"sv, "1.2.3.4\0.example"sv,
                            "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001"sv}) {
        INFO(text);
        CHECK_FALSE(ip_address::parse(text));
    }
    for (std::size_t size = 40; size < 50; ++size) // around the room that is there for it
        CHECK_FALSE(ip_address::parse(std::string(size, '0')));
    CHECK(ip_address{}.text().empty());
}
