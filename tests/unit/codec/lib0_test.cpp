#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/codec/lib0_any.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <algorithm>
#include <cmath>
#include <string>

using unisono::byte_buffer;
using unisono::codec_error;
using unisono::lib0_integer;
using unisono::lib0_max_integer;
using unisono::lib0_reader;
using unisono::lib0_writer;
using unisono::test::bytes_of;
using unisono::test::from_hex;

namespace {

template <class Write>
byte_buffer written(Write write) {
    byte_buffer bytes;
    lib0_writer out{bytes};
    write(out);
    return bytes;
}

/// Reads `bytes` as one "any" and nothing behind it.
std::error_code check_any(byte_buffer const& bytes) {
    lib0_reader in{bytes};
    skip_any(in);
    return in.remaining() > 0 ? make_error_code(codec_error::trailing_bytes) : in.error();
}

} // namespace

TEST_CASE("unsigned integers equal lib0's") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    for (auto row : vectors.root()["varUint"].elements()) {
        std::uint64_t const value = std::stoull(std::string{row[0].as_string().value()});
        auto const bytes = bytes_of(row[1]);
        CHECK(written([&](auto& out) { out.var_uint(value); }) == bytes);
        lib0_reader in{bytes};
        CHECK(in.var_uint() == value);
        CHECK(in.ok());
        CHECK(in.remaining() == 0);
    }
}

TEST_CASE("signed integers equal lib0's, minus zero included") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    for (auto row : vectors.root()["varInt"].elements()) {
        std::string const text{row[0].as_string().value()};
        lib0_integer const value{text[0] == '-', static_cast<std::uint64_t>(std::abs(std::stoll(text)))};
        auto const bytes = bytes_of(row[1]);
        CHECK(written([&](auto& out) { out.var_int(value); }) == bytes);
        lib0_reader in{bytes};
        CHECK(in.var_int() == value);
        CHECK(in.ok());
        CHECK(in.remaining() == 0);
        CHECK(value.value() == std::stoll(text));
    }
    CHECK(written([](auto& out) { out.var_int(std::int64_t{-64}); }) == from_hex("c001"));
}

TEST_CASE("integers above 2^53-1 are refused, padded ones are read") {
    auto read = [](std::string_view hex) {
        auto const bytes = from_hex(hex);
        lib0_reader in{bytes};
        auto const value = in.var_uint();
        return in.ok() ? std::pair{value, std::error_code{}} : std::pair{value, in.error()};
    };
    CHECK(read("ff ff ff ff ff ff ff 0f").first == lib0_max_integer);
    CHECK(read("80 80 80 80 80 80 80 10").second == codec_error::number_overflow);
    CHECK(read("ff ff ff ff ff ff ff ff 01").second == codec_error::number_overflow);
    CHECK(read("80 80 80 80 80 80 80 80 80 80 80 80 00").second == codec_error::number_overflow);
    CHECK(read("81 80 00") == std::pair{std::uint64_t{1}, std::error_code{}});
    CHECK(read("80").second == codec_error::truncated);

    auto const bytes = from_hex("bf ff ff ff ff ff ff 20");
    lib0_reader in{bytes};
    in.var_int();
    CHECK(in.error() == codec_error::number_overflow);
}

TEST_CASE("a number reads alike at the end of its message and before more") {
    for (int bits = 0; bits <= 53; ++bits) {
        for (std::uint64_t off : {0, 1, 2}) {
            std::uint64_t const value = (std::uint64_t{1} << bits) - off;
            if (value > lib0_max_integer)
                continue;
            byte_buffer bytes = written([&](lib0_writer& out) { out.var_uint(value); });
            unisono::detail::byte_sink sink;
            unisono::basic_lib0_writer{sink}.var_uint(value);
            CHECK(std::equal(bytes.begin(), bytes.end(), sink.view().begin(), sink.view().end()));
            for (std::byte behind : {std::byte{0}, std::byte{0xff}}) {
                lib0_reader alone{bytes};
                CHECK(alone.var_uint() == value);
                CHECK(alone.remaining() == 0);
                byte_buffer longer = bytes;
                longer.resize(bytes.size() + 8, behind);
                lib0_reader in{longer};
                CHECK(in.var_uint() == value);
                CHECK(in.remaining() == 8);
            }
            for (std::size_t size = 0; size < bytes.size(); ++size) {
                lib0_reader cut{unisono::bytes_view{bytes}.first(size)};
                cut.var_uint();
                CHECK(cut.error() == codec_error::truncated);
            }
        }
    }
}

TEST_CASE("numbers of fixed size are big endian") {
    auto const bytes = written([](auto& out) {
        out.f32(1.5F);
        out.f64(-0.1);
        out.i64(-2);
    });
    CHECK(bytes == from_hex("3fc00000 bfb999999999999a fffffffffffffffe"));
    lib0_reader in{bytes};
    CHECK(in.f32() == 1.5F);
    CHECK(in.f64() == -0.1);
    CHECK(in.i64() == -2);
    CHECK(in.ok());
}

TEST_CASE("strings are strict UTF-8 and a leading byte order mark is kept") {
    for (std::string text : {"", "plain", "\xef\xbb\xbfmark", "\xf0\x9f\x98\x80"}) {
        auto const bytes = written([&](auto& out) { out.var_string(text); });
        lib0_reader in{bytes};
        CHECK(in.var_string() == text);
        CHECK(in.ok());
    }
    auto const surrogate = from_hex("03 ed a0 80");
    lib0_reader in{surrogate};
    CHECK(in.var_string().empty());
    CHECK(in.error() == codec_error::invalid_utf8);
}

TEST_CASE("the first error sticks and ends the input") {
    auto const bytes = from_hex("05 61 62 01 02 03");
    lib0_reader in{bytes};
    in.bytes(7);
    CHECK(in.error() == codec_error::truncated);
    CHECK(in.remaining() == 0);
    CHECK(in.u8() == 0);
    CHECK(in.var_uint() == 0);
    CHECK(in.var_string().empty());
    in.fail(codec_error::too_deep);
    CHECK(in.error() == codec_error::truncated);
}

TEST_CASE("a length or count beyond the input is refused before anything is made from it") {
    for (auto hex : {"ffffffffffffff0f", "04 616263"}) {
        auto const bytes = from_hex(hex);
        CHECK(lib0_reader{bytes}.var_bytes().empty());
        CHECK(lib0_reader{bytes}.var_count() == 0);
    }
    auto const three = from_hex("03 0102030405");
    lib0_reader in{three};
    CHECK(in.var_count(2) == 0);
    CHECK(in.error() == codec_error::truncated);
}

TEST_CASE("every any value of lib0 is read to its last byte, and no prefix of it") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    for (auto row : vectors.root()["any"].elements()) {
        auto bytes = bytes_of(row[1]);
        INFO(row[0].as_string().value());
        CHECK_FALSE(check_any(bytes));
        for (bytes.pop_back(); !bytes.empty(); bytes.pop_back())
            CHECK(check_any(bytes) == codec_error::truncated);
        CHECK(check_any(bytes) == codec_error::truncated);
    }
    CHECK_FALSE(check_any(from_hex("7d bf ff ff ff ff ff ff 1f"))); // an integer of 53 bits, as yrs writes it
}

TEST_CASE("any values that are not well formed are refused") {
    CHECK(check_any(from_hex("73")) == codec_error::unknown_tag);
    CHECK(check_any(from_hex("80")) == codec_error::unknown_tag);
    CHECK(check_any(from_hex("75 01 00")) == codec_error::unknown_tag);
    CHECK(check_any(from_hex("75 ff ff ff ff 0f 7e")) == codec_error::truncated);
    CHECK(check_any(from_hex("76 01 7e 7e")) == codec_error::truncated);
    CHECK(check_any(from_hex("76 01 01 80 7e")) == codec_error::invalid_utf8);
    CHECK(check_any(from_hex("77 01 80")) == codec_error::invalid_utf8);
}

TEST_CASE("any values may nest as deep as the limit") {
    auto nested = [](std::size_t depth) {
        byte_buffer bytes;
        for (std::size_t i = 0; i < depth; ++i)
            unisono::append(bytes, from_hex(i % 2 == 0 ? "75 01" : "76 01 00"));
        unisono::append(bytes, from_hex("7e"));
        return bytes;
    };
    CHECK_FALSE(check_any(nested(unisono::lib0_max_depth)));
    CHECK(check_any(nested(unisono::lib0_max_depth + 1)) == codec_error::too_deep);
    CHECK(check_any(nested(1'000'000)) == codec_error::too_deep);
}
