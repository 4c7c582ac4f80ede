#include <unisono/core/random.hpp>
#include <unisono/security/trusted_proxies.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>

using namespace unisono;

namespace {

ip_address address(std::string_view text) {
    return ip_address::parse(text).value();
}

} // namespace

TEST_CASE("threat A13: the client is the last address that no trusted proxy has") {
    trusted_proxies const proxies{"10.0.0.0/8", "192.0.2.7", "fd00::/8"};
    auto const [peer, field, client] = GENERATE(table<std::string, std::string, std::string>({
        {"203.0.113.9", "", "203.0.113.9"},
        {"203.0.113.9", "198.51.100.1", "203.0.113.9"}, // nobody we trust says so
        {"203.0.113.9", "10.0.0.1", "203.0.113.9"},
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", "198.51.100.1", "198.51.100.1"},
        {"10.255.255.255", "198.51.100.1", "198.51.100.1"},
        {"11.0.0.0", "198.51.100.1", "11.0.0.0"},
        {"192.0.2.7", "198.51.100.1", "198.51.100.1"},
        {"192.0.2.6", "198.51.100.1", "192.0.2.6"},
        {"::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"},
        {"fd12::1", "2001:db8::1", "2001:db8::1"},
        {"fe00::1", "2001:db8::1", "fe00::1"},
        // What stands before is the client's own word.
        {"10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"},
        {"10.0.0.1", "10.0.0.2, 198.51.100.1", "198.51.100.1"},
        {"10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.9,\t192.0.2.7 ", "198.51.100.1"},
        {"10.0.0.1", "nonsense, 198.51.100.1", "198.51.100.1"},
        // Our own all the way.
        {"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
        // Who wrote what is no address is as far as we know.
        {"10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"},
        {"10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", "10.0.0.2"},
        {"10.0.0.1", "198.51.100.1,", "10.0.0.1"},
        {"10.0.0.1", ",,,", "10.0.0.1"},
        {"10.0.0.1", "198.51.100.1\x01", "10.0.0.1"},
        {"10.0.0.1", "[2001:db8::1", "10.0.0.1"},
        {"10.0.0.1", "[2001:db8::1]x", "10.0.0.1"},
        // With ports, as some proxies write them.
        {"10.0.0.1", "198.51.100.1:4711", "198.51.100.1"},
        {"10.0.0.1", "[2001:DB8::1]:4711", "2001:db8::1"},
        {"10.0.0.1", "[2001:db8::1]", "2001:db8::1"},
    }));
    INFO(peer << " with " << field);
    CHECK(proxies.client(address(peer), field) == address(client));
}

TEST_CASE("threat A13: without trusted proxies nobody is believed") {
    trusted_proxies const none;
    CHECK(none.empty());
    CHECK(none.client(address("127.0.0.1"), "198.51.100.1") == address("127.0.0.1"));
}

TEST_CASE("threat A13: whatever a client writes before the proxy's entry changes nothing") {
    auto const seed = GENERATE(take(5, random(1, 1'000'000)));
    INFO("seed " << seed);
    seeded_random random{static_cast<std::uint64_t>(seed)};
    trusted_proxies const proxies{"10.0.0.0/8"};
    constexpr std::string_view pieces[] = {"10.0.0.1", "1.2.3.4", ",", " ",   "\t", "[",
                                           "]:",       "::",      "x", "10.", "%"};
    for (int i = 0; i < 10'000; ++i) {
        std::string forged;
        for (auto n = random.below(12); n > 0; --n)
            forged += pieces[random.below(std::size(pieces))];
        CAPTURE(forged);
        REQUIRE(proxies.client(address("10.0.0.1"), forged + ",198.51.100.1") == address("198.51.100.1"));
        (void)proxies.client(address("10.0.0.1"), forged);
    }
}

TEST_CASE("networks are compared by the bits they name") {
    auto const [network, inside, outside] = GENERATE(table<std::string, std::string, std::string>({
        {"172.16.0.0/12", "172.31.255.255", "172.32.0.0"},
        {"192.0.2.128/25", "192.0.2.255", "192.0.2.127"},
        {"192.0.2.1/32", "192.0.2.1", "192.0.2.0"},
        {"192.0.2.1", "192.0.2.1", "192.0.2.3"},
        {"0.0.0.0/0", "255.1.2.3", "::1"},
        {"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"},
        {"::/0", "1.2.3.4", ""},
        {"10.1.2.3/8", "10.0.0.0", "9.255.255.255"},
    }));
    INFO(network);
    trusted_proxies const proxies{network};
    CHECK(proxies.contains(address(inside)));
    if (!outside.empty())
        CHECK_FALSE(proxies.contains(address(outside)));
}

TEST_CASE("a network that cannot be read is a mistake in the configuration") {
    trusted_proxies proxies;
    for (std::string_view const text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                                        "fd00::/129", "10.0.0/8", "proxy.example", "10.0.0.0/8/8"}) {
        INFO(text);
        CHECK_THROWS_AS(proxies.add(text), std::invalid_argument);
    }
    CHECK(proxies.empty());
}
