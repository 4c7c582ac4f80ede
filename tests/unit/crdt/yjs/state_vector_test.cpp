#include <unisono/codec/error.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

using unisono::codec_error;
using unisono::crdt_error;
using unisono::test::from_hex;
using unisono::test::to_hex;
using unisono::yjs::state_vector;

TEST_CASE("a state vector tells the next clock of each client") {
    auto const vector = state_vector::decode(from_hex("02 ffffffffffffff0f 05 00 8001")).value();
    CHECK(vector.get((std::uint64_t{1} << 53) - 1) == 5);
    CHECK(vector.get(0) == 128);
    CHECK(vector.get(1) == 0);
    CHECK(to_hex(vector.encode()) == "02ffffffffffffff0f05008001");
    CHECK(state_vector{}.encode() == from_hex("00"));
}

TEST_CASE("a state vector is canonical, however it came to be") {
    state_vector built;
    built.set(1, 2);
    built.set(9, 3);
    built.set(4, 7);
    built.set(4, 8);
    built.set(5, 1);
    built.set(5, 0);
    built.set(6, 0);
    CHECK(to_hex(built.encode()) == "03090304080102");
    // Any order; the last entry of a client counts; a clock of 0 is no entry.
    CHECK(state_vector::decode(from_hex("05 04 07 01 02 06 00 04 08 09 03")).value() == built);
}

TEST_CASE("a malformed state vector is refused") {
    auto error = [](std::string_view hex) { return state_vector::decode(from_hex(hex)).error(); };
    CHECK(error("") == codec_error::truncated);
    CHECK(error("01 05") == codec_error::truncated);
    CHECK(error("ff ff ff ff 0f") == codec_error::truncated);
    CHECK(error("01 05 06 00") == codec_error::trailing_bytes);
    CHECK(state_vector::decode(from_hex("02 01 01 02 01"), {.clients = 1}).error() ==
          crdt_error::too_many_clients);
}
