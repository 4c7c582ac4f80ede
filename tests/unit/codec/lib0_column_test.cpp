#include <unisono/codec/lib0_column_reader.hpp>
#include <unisono/codec/lib0_column_writer.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <cstdint>
#include <string>
#include <vector>

using unisono::byte_buffer;
using unisono::codec_error;
using unisono::lib0_int_diff_opt_rle_reader;
using unisono::lib0_int_diff_opt_rle_writer;
using unisono::lib0_reader;
using unisono::lib0_rle_reader;
using unisono::lib0_rle_writer;
using unisono::lib0_string_column_reader;
using unisono::lib0_string_column_writer;
using unisono::lib0_uint_opt_rle_reader;
using unisono::lib0_uint_opt_rle_writer;
using unisono::test::bytes_of;
using unisono::test::from_hex;
using unisono::test::to_hex;

namespace {

template <class Number, class Writer>
std::string written(unisono::json::value values, Writer writer) {
    for (auto v : values.elements())
        writer.add(static_cast<Number>(v.as_int64().value()));
    return to_hex(writer.finish());
}

/// As many values as were written.
template <class Reader>
std::vector<std::int64_t> read(unisono::json::value values, byte_buffer const& column) {
    lib0_reader message{{}};
    Reader reader{column, message};
    std::vector<std::int64_t> result;
    for (std::size_t i = 0; i < values.size(); ++i)
        result.push_back(static_cast<std::int64_t>(reader.next()));
    CHECK(message.ok());
    return result;
}

std::string text(unisono::utf16_piece const& piece) {
    std::string_view const half = "\xef\xbf\xbd";
    return std::string{piece.half_before ? half : ""} + std::string{piece.whole} +
           std::string{piece.half_after ? half : ""};
}

} // namespace

TEST_CASE("columns equal lib0's") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    std::size_t numbers = 0, strings = 0;
    for (auto row : vectors.root()["rle"].elements()) {
        std::string const encoder{row[0].as_string().value()};
        auto const values = row[1];
        auto const column = bytes_of(row[2]);
        INFO(encoder << " " << to_hex(column));
        if (encoder == "StringEncoder") {
            lib0_string_column_writer writer;
            lib0_reader message{{}};
            lib0_string_column_reader reader{column, message};
            for (auto v : values.elements()) {
                auto const expected = v.as_string().value();
                writer.add(expected, unisono::utf16_length(expected));
                CHECK(text(reader.next()) == expected);
            }
            byte_buffer bytes;
            writer.finish_to(bytes);
            CHECK(bytes == column);
            CHECK(message.ok());
            ++strings;
            continue;
        }
        std::vector<std::int64_t> expected;
        for (auto v : values.elements())
            expected.push_back(v.as_int64().value());
        if (encoder == "RleUint8") {
            CHECK(written<std::uint8_t>(values, lib0_rle_writer{}) == to_hex(column));
            CHECK(read<lib0_rle_reader>(values, column) == expected);
        } else if (encoder == "UintOptRle") {
            CHECK(written<std::uint64_t>(values, lib0_uint_opt_rle_writer{}) == to_hex(column));
            CHECK(read<lib0_uint_opt_rle_reader>(values, column) == expected);
        } else {
            CHECK(written<std::uint64_t>(values, lib0_int_diff_opt_rle_writer{}) == to_hex(column));
            CHECK(read<lib0_int_diff_opt_rle_reader>(values, column) == expected);
        }
        ++numbers;
    }
    CHECK(numbers == 16);
    CHECK(strings == 4);
}

TEST_CASE("a column that ends too early ends the message") {
    auto short_of_a_value = [](auto column) {
        auto const bytes = from_hex("0102");
        lib0_reader message{bytes};
        decltype(column(message)) reader = column(message);
        reader.next();
        CHECK(message.error() == codec_error::truncated);
        CHECK(message.remaining() == 0);
        reader.next();
    };
    short_of_a_value([](auto& message) { return lib0_rle_reader{{}, message}; });
    short_of_a_value([](auto& message) { return lib0_uint_opt_rle_reader{{}, message}; });
    short_of_a_value([](auto& message) { return lib0_int_diff_opt_rle_reader{{}, message}; });
    short_of_a_value([](auto& message) { return lib0_string_column_reader{{}, message}; });
    static auto const cut_count = from_hex("41");
    short_of_a_value([](auto& message) { return lib0_uint_opt_rle_reader{cut_count, message}; });
    static auto const invalid = from_hex("02 c080 02");
    lib0_reader message{{}};
    lib0_string_column_reader{invalid, message};
    CHECK(message.error() == codec_error::invalid_utf8);
}

TEST_CASE("the last run of bytes has no end") {
    auto const column = from_hex("07");
    lib0_reader message{{}};
    lib0_rle_reader reader{column, message};
    for (int i = 0; i < 1000; ++i)
        CHECK(reader.next() == 7);
    CHECK(message.ok());
}

TEST_CASE("differences below zero and beyond everything do no harm") {
    auto const column = from_hex("03 01 42 feffffffffffff1f feffffffffffff1f"); // 1, 2, 3, 2, then huge steps
    lib0_reader message{{}};
    lib0_int_diff_opt_rle_reader reader{column, message};
    for (std::uint64_t expected : {1, 2, 3, 2})
        CHECK(reader.next() == expected);
    CHECK(reader.next() > std::uint64_t{1} << 63);
    CHECK(reader.next() > std::uint64_t{1} << 63);
    CHECK(message.ok());
}

TEST_CASE("texts are cut by UTF-16 code units, also inside a character") {
    // "a😀b" as 2 + 2, 1 + 2 + 1 and 2 + 0 + 1 + 1 units.
    auto pieces = [](std::string_view lengths, std::size_t count) {
        auto const column = from_hex("06 61 f09f9880 62 " + std::string{lengths});
        lib0_reader message{{}};
        lib0_string_column_reader reader{column, message};
        std::vector<std::string> result;
        for (std::size_t i = 0; i < count; ++i)
            result.push_back(text(reader.next()));
        CHECK(message.ok());
        reader.next();
        CHECK(message.error() == codec_error::truncated);
        return result;
    };
    std::string const half = "\xef\xbf\xbd", smile = "\xf0\x9f\x98\x80";
    CHECK(pieces("42 00", 2) == std::vector{"a" + half, half + "b"});
    CHECK(pieces("01 02 01", 3) == std::vector<std::string>{"a", smile, "b"});
    CHECK(pieces("02 00 41 00", 4) == std::vector<std::string>{"a" + half, "", half, "b"});
}

TEST_CASE("a text longer than what is left is refused") {
    auto const column = from_hex("03 616263 02 02");
    lib0_reader message{{}};
    lib0_string_column_reader reader{column, message};
    CHECK(text(reader.next()) == "ab");
    CHECK(text(reader.next()).empty());
    CHECK(message.error() == codec_error::truncated);
}
