#include <unisono/codec/lib0_writer.hpp>
#include <unisono/crdt/yjs/detail/client_id_reader.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace unisono;
using unisono::test::from_hex;

namespace {

/// Reads both, the second one when the first one is known. Returns what is read of the second.
std::uint64_t read_after(byte_buffer const& first, lib0_reader& second) {
    yjs::detail::client_id_reader clients;
    lib0_reader in{first};
    clients.read(in);
    return clients.read(second);
}

} // namespace

TEST_CASE("ids of clients are read like other numbers, whichever came before") {
    std::vector<std::uint64_t> const ids{0,
                                         1,
                                         0x7f,
                                         0x80,
                                         0x81,
                                         0x3fff,
                                         3'000'000'000,
                                         3'000'000'001,
                                         0x80'0000'0000,
                                         lib0_max_integer - 1,
                                         lib0_max_integer};
    byte_buffer bytes;
    lib0_writer out{bytes};
    for (std::uint64_t first : ids) {
        for (std::uint64_t second : ids) {
            for (std::uint64_t id : {first, second, first, first})
                out.var_uint(id);
        }
    }
    yjs::detail::client_id_reader clients;
    lib0_reader in{bytes};
    for (std::uint64_t first : ids) {
        for (std::uint64_t second : ids) {
            for (std::uint64_t id : {first, second, first, first})
                REQUIRE(clients.read(in) == id);
        }
    }
    CHECK(in.ok());
    CHECK(in.remaining() == 0);
}

TEST_CASE("what begins like the id before is another id, or none") {
    byte_buffer const known = from_hex("80 80 01 00 00 00 00 00 00");
    auto const reads = [&](char const* hex, std::uint64_t id, std::size_t left) {
        byte_buffer const bytes = from_hex(hex);
        lib0_reader in{bytes};
        return read_after(known, in) == id && in.ok() && in.remaining() == left;
    };
    CHECK(reads("80 80 01 ff ff ff ff ff ff", 0x4000, 6));
    CHECK(reads("80 80 02 00 00 00 00 00", 0x8000, 5));
    CHECK(reads("80 80 81 01 00 00 00 00", 0x20'4000, 4));
    CHECK(reads("80 80 01", 0x4000, 0)); // too near to the end to be compared
    byte_buffer const cut = from_hex("80 80");
    lib0_reader in{cut};
    CHECK(read_after(known, in) == 0);
    CHECK(in.error() == codec_error::truncated);
}
