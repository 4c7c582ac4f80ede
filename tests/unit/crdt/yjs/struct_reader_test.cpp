#include <unisono/codec/error.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

using unisono::byte_buffer;
using unisono::codec_error;
using unisono::crdt_error;
using unisono::lib0_reader;
using unisono::test::from_hex;
using unisono::yjs::id;
using unisono::yjs::struct_kind;
using unisono::yjs::struct_view;
using unisono::yjs::update_limits;

namespace {

/// The element the structs here begin with.
constexpr id here{1, 5};

struct read_struct {
    explicit read_struct(std::string_view hex, update_limits const& limits = {}) : bytes(from_hex(hex)) {
        lib0_reader in{bytes};
        unisono::yjs::detail::client_id_reader ids;
        read_struct_v1(in, ids, here, limits, view);
        error = in.error();
        left = in.remaining();
    }
    byte_buffer bytes;
    struct_view view;
    std::error_code error;
    std::size_t left;
};

} // namespace

TEST_CASE("each kind of struct is read to its end and has its length") {
    struct row {
        char const* hex;
        struct_kind kind;
        std::uint64_t length;
    };
    auto const r = GENERATE(values<row>({
        {"00 07", struct_kind::gc, 7},
        {"0a 07", struct_kind::skip, 7},
        {"81 01 04 07", struct_kind::deleted, 7},
        {"82 01 04 02 01 31 09 756e646566696e6564", struct_kind::json, 2},
        {"83 01 04 02 0900", struct_kind::binary, 1},
        {"84 01 04 06 61 f09f9880 62", struct_kind::string, 4},
        {"85 01 04 02 7b7d", struct_kind::embed, 1},
        {"86 01 04 01 62 04 74727565", struct_kind::format, 1},
        {"87 01 04 02", struct_kind::type, 1},
        {"87 01 04 03 01 70", struct_kind::type, 1},
        {"87 01 04 05 01 70", struct_kind::type, 1},
        {"88 01 04 03 7e 7d05 75017f", struct_kind::any, 3},
        {"89 01 04 01 67 76 00", struct_kind::doc, 1},
    }));
    INFO(r.hex);
    read_struct const s{r.hex};
    REQUIRE_FALSE(s.error);
    CHECK(s.view.kind == r.kind);
    CHECK(s.view.length == r.length);
    CHECK(s.view.client == 1);
    CHECK(s.view.clock == 5);
    CHECK(s.view.end() == 5 + r.length);
    CHECK(s.left == 0);

    // Not a byte less does.
    for (std::size_t size = 0; size < s.bytes.size(); ++size) {
        lib0_reader in{unisono::bytes_view{s.bytes}.first(size)};
        struct_view view;
        unisono::yjs::detail::client_id_reader ids;
        read_struct_v1(in, ids, here, {}, view);
        CHECK(in.error() == codec_error::truncated);
    }
}

TEST_CASE("an item says where it was inserted") {
    read_struct const both{"c4 01 04 09 07 01 61"};
    CHECK(both.view.origin == id{1, 4});
    CHECK(both.view.right_origin == id{9, 7});
    CHECK_FALSE(both.view.has_parent);

    read_struct const right{"44 09 07 01 61"};
    CHECK_FALSE(right.view.origin);
    CHECK(right.view.right_origin == id{9, 7});

    for (auto parent : {"04 01 01 74 01 61", "04 00 09 07 01 61", "24 01 01 74 01 6b 01 61"}) {
        read_struct const s{parent};
        CHECK_FALSE(s.error);
        CHECK_FALSE(s.view.origin);
        CHECK(s.view.has_parent);
        CHECK(s.left == 0);
    }
    // With an origin the key bit carries no data.
    read_struct const keyed{"a8 01 04 01 7e"};
    CHECK(keyed.view.keyed);
    CHECK(keyed.view.length == 1);
    CHECK(keyed.left == 0);
}

TEST_CASE("what breaks the rules is refused") {
    struct row {
        char const* hex;
        std::error_code error;
    };
    auto const r = GENERATE(values<row>({
        {"8b 01 04 01", crdt_error::unknown_content},
        {"9f 01 04 01", crdt_error::unknown_content},
        {"80 01 04 01", crdt_error::unknown_content}, // a gc with flags
        {"8a 01 04 01", crdt_error::unknown_content}, // a skip with flags
        {"87 01 04 08", crdt_error::unknown_type},
        {"00 00", crdt_error::empty_struct},
        {"0a 00", crdt_error::empty_struct},
        {"81 01 04 00", crdt_error::empty_struct},
        {"82 01 04 00", crdt_error::empty_struct},
        {"84 01 04 00", crdt_error::empty_struct},
        {"88 01 04 00", crdt_error::empty_struct},
        {"84 01 05 01 61", crdt_error::invalid_reference}, // itself
        {"44 01 06 01 61", crdt_error::invalid_reference}, // a later one
        {"04 00 01 05 01 61", crdt_error::invalid_reference},
        {"84 02 8080808008 01 61", crdt_error::clock_out_of_range},
        {"00 ffffffff07", crdt_error::clock_out_of_range},
        {"00 ffffffffffffff0f", crdt_error::clock_out_of_range},
        {"84 01 04 01 80", codec_error::invalid_utf8},
        {"85 01 04 01 80", codec_error::invalid_utf8},
        {"86 01 04 00 01 80", codec_error::invalid_utf8},
        {"82 01 04 01 01 80", codec_error::invalid_utf8},
        {"04 01 01 80 01 61", codec_error::invalid_utf8},
        {"82 01 04 ffffffff0f", codec_error::truncated},
        {"88 01 04 ffffffff0f", codec_error::truncated},
        {"88 01 04 01 00", codec_error::unknown_tag},
    }));
    INFO(r.hex);
    CHECK(read_struct{r.hex}.error == r.error);
}

TEST_CASE("the last clock a limit allows is allowed") {
    CHECK_FALSE(read_struct{"00 fbffffff07"}.error); // ends at 2^31
    CHECK(read_struct{"00 fcffffff07"}.error == crdt_error::clock_out_of_range);
    CHECK_FALSE(read_struct("00 05", {.clock = 10}).error);
    CHECK(read_struct("00 06", {.clock = 10}).error == crdt_error::clock_out_of_range);
    CHECK(read_struct("00 01", {.clock = 4}).error == crdt_error::clock_out_of_range);
}
