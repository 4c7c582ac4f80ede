#include <unisono/crdt/encoding.hpp>

#include "support/catch.hpp"
#include "support/crdt_types.hpp"
#include "support/vectors.hpp"

#include <string>
#include <string_view>
#include <system_error>

using namespace unisono;
using namespace unisono::crdt;
using test::from_hex;
using test::to_hex;

namespace {

template <class T>
std::error_code refusal(std::string_view hex, decode_limits const& limits = {}) {
    return decode<T>(from_hex(hex), limits).error();
}

using numbers = or_set<int>;
using values = mv_register<bool>;

} // namespace

TEST_CASE("states are written and read as others write and read them") {
    auto const vectors = test::load_vectors("crdt-vectors.json");
    std::size_t checked = 0;
    test::for_each_crdt([&]<class T>(std::string_view type, std::type_identity<T>) {
        for (auto const v : vectors.root()["states"].elements())
            if (v["type"].as_string() == type) {
                INFO(type << ": " << *v["name"].as_string());
                auto const bytes = test::bytes_of(v["bytes"]);
                auto const state = decode<T>(bytes);
                REQUIRE(state);
                CHECK(to_json(*state) == v["json"].raw());
                CHECK(to_hex(encode(*state)) == to_hex(bytes));
                ++checked;
            }
    });
    CHECK(checked == vectors.root()["states"].size());
}

TEST_CASE("states join as they must, from either side") {
    auto const vectors = test::load_vectors("crdt-vectors.json");
    std::size_t checked = 0;
    test::for_each_crdt([&]<class T>(std::string_view type, std::type_identity<T>) {
        for (auto const v : vectors.root()["joins"].elements())
            if (v["type"].as_string() == type) {
                INFO(type << ": " << *v["name"].as_string());
                auto const state = [&](std::size_t i) {
                    return decode<T>(test::bytes_of(v["states"][i])).value();
                };
                for (auto const& [first, second] : {std::pair{0, 1}, std::pair{1, 0}}) {
                    T joined = state(static_cast<std::size_t>(first));
                    joined.join(state(static_cast<std::size_t>(second)));
                    CHECK(to_json(joined) == to_json(state(2)));
                    CHECK(to_hex(encode(joined)) == to_hex(encode(state(2))));
                }
                ++checked;
            }
    });
    CHECK(checked == vectors.root()["joins"].size());
}

TEST_CASE("every cut of a state is refused, and so is what follows it") {
    auto const vectors = test::load_vectors("crdt-vectors.json");
    test::for_each_crdt([&]<class T>(std::string_view type, std::type_identity<T>) {
        for (auto const v : vectors.root()["states"].elements())
            if (v["type"].as_string() == type) {
                auto bytes = test::bytes_of(v["bytes"]);
                for (std::size_t length = 0; length != bytes.size(); ++length)
                    CHECK_FALSE(decode<T>(bytes_view{bytes}.first(length)));
                bytes.push_back(std::byte{0});
                CHECK(decode<T>(bytes).error() == codec_error::trailing_bytes);
            }
    });
}

TEST_CASE("the bytes of another version or type are refused as such") {
    CHECK(refusal<numbers>("020a410000") == crdt_error::unknown_version);
    CHECK(refusal<numbers>("010a440000") == codec_error::wrong_type); // of texts
    CHECK(refusal<numbers>("0105410000") == codec_error::wrong_type);
    CHECK(refusal<numbers>("010a") == codec_error::truncated);
    CHECK_FALSE(refusal<numbers>("010a410000"));
}

TEST_CASE("there is one way to write a state") {
    // 1 replica 7, 1 range [1..1]; 1 element 5 under 1 dot
    CHECK_FALSE(refusal<numbers>("010a41"
                                 "0107010100"
                                 "01050100"
                                 "01"));
    CHECK(refusal<numbers>("010a41"
                           "018700010100"
                           "01050100"
                           "01") == crdt_error::not_canonical); // 7 in two bytes
    CHECK(refusal<numbers>("010a41"
                           "0107010100"
                           "0185000100"
                           "01") == crdt_error::not_canonical); // 5 as well
    CHECK(refusal<numbers>("010a41"
                           "0107010100"
                           "01400100"
                           "01") == crdt_error::not_canonical); // minus zero
    CHECK(refusal<numbers>("010a41"
                           "0107010100"
                           "010500") == crdt_error::not_canonical); // no dot
    CHECK(refusal<numbers>("010a41"
                           "010700"
                           "00") == crdt_error::not_canonical); // no range
    CHECK(refusal<numbers>("010a41"
                           "0107010000"
                           "00") == crdt_error::not_canonical); // change 0
    CHECK(refusal<numbers>("010a41"
                           "01070201000100"
                           "00") == crdt_error::not_canonical); // [1][2]
    CHECK_FALSE(refusal<numbers>("010a41"
                                 "01070201000200"
                                 "00")); // [1][3]
    CHECK(refusal<numbers>("010a41"
                           "02070001010001010000") == crdt_error::not_canonical); // 7 twice
    CHECK(refusal<numbers>("010a41"
                           "0107010101"
                           "0205010001"
                           "05010002") == crdt_error::not_canonical); // 5 twice
    CHECK(refusal<numbers>("010a41"
                           "0107010101"
                           "0205010001"
                           "04010002") == crdt_error::not_canonical); // 5 before 4
    CHECK(refusal<values>("010540"
                          "0107010101"
                          "02000200"
                          "000101") == crdt_error::not_canonical); // dot 2 before 1
    CHECK(refusal<values>("010540"
                          "0107010100"
                          "01000102") == crdt_error::not_canonical); // a bool of 2
    CHECK(refusal<mv_register<double>>("010543"
                                       "0107010100"
                                       "010001"
                                       "8000000000000000") == crdt_error::not_canonical);
    CHECK(refusal<mv_register<double>>("010543"
                                       "0107010100"
                                       "010001"
                                       "7ff8000000000000") == crdt_error::not_canonical);
    CHECK(refusal<lww_element_set<int>>("010b41"
                                        "0107"
                                        "00") == crdt_error::not_canonical); // a replica too many
}

TEST_CASE("a state holds nothing it has not seen, and nothing twice") {
    CHECK(refusal<numbers>("010a41"
                           "0107010100"
                           "01050100"
                           "02") == crdt_error::unseen_dot);
    CHECK(refusal<numbers>("010a41"
                           "0107010100"
                           "01050101"
                           "01") == crdt_error::unknown_replica);
    CHECK(refusal<numbers>("010a41"
                           "0107010100"
                           "020501000106010001") == crdt_error::reused_dot);
}

TEST_CASE("a sequence stands in the order its elements give it, written as short as can be") {
    auto const refused = [](std::string_view after_the_type) {
        return refusal<sequence<bool>>("010e40" + std::string{after_the_type});
    };
    // Of replica 7, with nothing waiting: element 1 at the beginning, element 2 behind it.
    CHECK_FALSE(refused("0107 0200 02010000 0a01"));
    CHECK(refused("0107 0200 02010000 02020001") == crdt_error::not_canonical); // 2 comes after 1 anyway
    CHECK(refused("0107 0200 02010000 08010001") == crdt_error::not_canonical); // and stands behind it
    CHECK(refused("0107 0200 02010000 1a01") == crdt_error::not_canonical);     // an unknown flag
    // Both at the beginning: the later one first.
    CHECK_FALSE(refused("0107 0200 02020000 04010001"));
    CHECK(refused("0107 0200 02010000 0c01") == crdt_error::not_canonical);
    CHECK(refused("0107 0001 02010000") == crdt_error::not_canonical);         // it has nothing to wait for
    CHECK(refused("0107 0100 000500050000") == crdt_error::invalid_reference); // behind itself
    CHECK(refused("0107 0200 02010000 02010001") == crdt_error::invalid_reference);
    CHECK(refused("0107 0101 02060000 000600050001") == crdt_error::reused_dot); // 6 stands there, and waits
    CHECK(refused("020701 0100 02010000") == crdt_error::not_canonical); // a replica that is not in it
    CHECK(refused("0107 0200 02010000 06020001") == crdt_error::not_canonical);
}

TEST_CASE("what is beyond the limits is refused whole") {
    CHECK(refusal<g_set<int>>("010841"
                              "03000102",
                              {.elements = 2}) == codec_error::too_large);
    CHECK_FALSE(refusal<g_set<int>>("010841"
                                    "03000102",
                                    {.elements = 3}));
    CHECK(refusal<numbers>("010a41"
                           "0107010109"
                           "00",
                           {.counter = 9}) == crdt_error::clock_out_of_range);
    CHECK_FALSE(refusal<numbers>("010a41"
                                 "0107010109"
                                 "00",
                                 {.counter = 10}));
    CHECK(refusal<sequence<bool>>("010e40"
                                  "0107"
                                  "0100"
                                  "020a0000",
                                  {.counter = 9}) == crdt_error::clock_out_of_range);
    CHECK(refusal<sequence<bool>>("010e40"
                                  "0107"
                                  "0200"
                                  "02090000"
                                  "0a01",
                                  {.counter = 9}) == crdt_error::clock_out_of_range);
    // A count allocates nothing that is not there.
    CHECK(refusal<g_set<int>>("010841"
                              "ffffffffffffff0f") == codec_error::truncated);
    CHECK(refusal<g_counter>("0101"
                             "02ffffffffffffff0f01"
                             "0101") == codec_error::number_overflow);
}

TEST_CASE("values of every kind keep what they are") {
    auto const through = []<class T>(T value) {
        g_set<T> set;
        set.add(value);
        return decode<g_set<T>>(encode(set)).value().contains(value);
    };
    CHECK(through(true));
    CHECK(through(std::int8_t{-128}));
    CHECK(through(std::uint32_t{0xffff'ffff}));
    CHECK(through(std::int64_t{INT64_MIN}));
    CHECK(through(std::uint64_t{UINT64_MAX}));
    CHECK(through(-0.0));
    CHECK(through(std::string("\0x", 2)));
    CHECK(through(byte_buffer{std::byte{0xff}}));
    CHECK(refusal<g_set<std::int8_t>>("010841"
                                      "018002") == codec_error::number_overflow); // 128
    CHECK(refusal<g_set<std::uint32_t>>("010841"
                                        "0141") == codec_error::number_overflow); // -1
    CHECK(refusal<g_set<std::string>>("010844"
                                      "0101ff") == codec_error::invalid_utf8);
}
