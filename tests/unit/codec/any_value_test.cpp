#include <unisono/codec/any_value.hpp>
#include <unisono/codec/lib0_any.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

using unisono::any_array;
using unisono::any_kind;
using unisono::any_object;
using unisono::any_value;
using unisono::byte_buffer;
using unisono::test::bytes_of;
using unisono::test::from_hex;
using unisono::test::to_hex;

namespace {

any_value read(unisono::bytes_view bytes) {
    unisono::lib0_reader in{bytes};
    any_value value = unisono::read_any(in);
    CHECK(in.ok());
    CHECK(in.remaining() == 0);
    return value;
}

std::string written(any_value const& value) {
    byte_buffer bytes;
    unisono::write_any(bytes, value);
    return to_hex(bytes);
}

std::string keys_of(any_object const& object) {
    std::string keys;
    for (auto const& member : object.members())
        keys += (keys.empty() ? "" : " ") + member.key;
    return keys;
}

any_value nested(std::size_t depth) {
    any_value value = nullptr;
    for (std::size_t i = 0; i < depth; ++i)
        value = i % 2 == 0 ? any_value{any_array{value}} : any_value{any_object{{"k", value}}};
    return value;
}

} // namespace

TEST_CASE("values read from lib0's bytes are written to the same bytes") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    std::size_t values = 0;
    for (auto row : vectors.root()["any"].elements()) {
        INFO(row[0].as_string().value());
        CHECK(written(read(bytes_of(row[1]))) == row[1].as_string().value());
        ++values;
    }
    CHECK(values == 27);
}

TEST_CASE("a value is what it was made from") {
    CHECK(any_value{}.is_undefined());
    CHECK(any_value{nullptr}.is_null());
    CHECK(any_value{true}.as_bool() == true);
    CHECK(any_value{3}.as_number() == 3.0);
    CHECK(any_value{1.5F}.as_number() == 1.5);
    CHECK(any_value::bigint(3).as_bigint() == 3);
    CHECK(any_value{"text"}.as_string() == "text");
    CHECK(any_value{from_hex("00ff")}.as_bytes()->size() == 2);
    CHECK(any_value{any_array{1, "a"}}.as_array()->size() == 2);
    CHECK(*any_value{any_object{{"k", 1}}}.as_object()->find("k") == any_value{1});

    CHECK(any_value{3}.kind() == any_kind::number);
    CHECK_FALSE(any_value{3}.as_bigint());
    CHECK_FALSE(any_value::bigint(3).as_number());
    CHECK_FALSE(any_value{"true"}.as_bool());
    CHECK(any_value{"[]"}.as_array() == nullptr);
    CHECK(any_value{3} != any_value::bigint(3));
    CHECK(any_value{} != any_value{nullptr});
}

TEST_CASE("keys stand as JavaScript has them: array indices first, ascending") {
    any_object const object{{"b", 1},           {"10", 1},         {"a", 1},          {"2", 1},
                            {"02", 1},          {"4294967294", 1}, {"4294967295", 1}, {"-1", 1},
                            {"99999999999", 1}, {"", 1},           {"0", 1}};
    CHECK(keys_of(object) == "0 2 10 4294967294 b a 02 4294967295 -1 99999999999 ");

    any_object grown;
    for (auto const& member : {"b", "10", "a", "2", "0"})
        grown.set(member, 1);
    CHECK(keys_of(grown) == "0 2 10 b a");
    CHECK(grown.find("c") == nullptr);
}

TEST_CASE("of a key that comes twice the last value counts, at the place of the first") {
    any_object const object{{"a", 1}, {"b", 2}, {"a", 3}, {"c", 4}, {"b", 5}, {"a", 6}};
    CHECK(object == any_object{{"a", 6}, {"b", 5}, {"c", 4}});
    any_object set{{"a", 1}, {"b", 2}};
    set.set("a", 3);
    CHECK(set == any_object{{"a", 3}, {"b", 2}});
    CHECK(written(read(from_hex("76 02 0161 7d01 0161 7d02"))) == "7601"
                                                                  "01617d02");
}

TEST_CASE("numbers are written as lib0 writes them, whatever they were read from") {
    CHECK(written(read(from_hex("7d bf ff ff ff ff ff ff 1f"))) == "7b433fffffffffffff"); // as yrs writes it
    CHECK(written(read(from_hex("7b 3ff0000000000000"))) == "7d01");
    CHECK(written(-0.0) == "7d40");
    CHECK(written(2147483647) == "7dbfffffff0f");
    CHECK(written(-2147483647) == "7dffffffff0f");
    CHECK(written(-2147483648.0) == "7ccf000000");
    CHECK(written(std::numeric_limits<double>::max()) == "7b7fefffffffffffff");
    CHECK(written(-std::numeric_limits<double>::infinity()) == "7cff800000");
    CHECK(written(-std::nan("7")) == "7b7ff8000000000000");
    CHECK(written(read(from_hex("7c 7fc00001"))) == "7b7ff8000000000000");
}

TEST_CASE("values are written as deep as they can be read") {
    CHECK(read(from_hex(written(nested(unisono::lib0_max_depth)))) == nested(unisono::lib0_max_depth));
    auto bytes = from_hex("01");
    CHECK_THROWS_AS(unisono::write_any(bytes, nested(unisono::lib0_max_depth + 1)), std::length_error);
    CHECK(to_hex(bytes) == "01");
}

TEST_CASE("what cannot be read is undefined, and the reader tells why") {
    for (auto hex : {"75 02 7e", "76 01 01 61", "77 02 61", "75 01 73", ""}) {
        auto const bytes = from_hex(hex);
        unisono::lib0_reader in{bytes};
        CHECK(unisono::read_any(in).is_undefined());
        CHECK_FALSE(in.ok());
    }
}
