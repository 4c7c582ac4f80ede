#include <unisono/codec/lib0_integer.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/crdt/yjs/detail/client_id_reader.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace unisono;
using unisono::test::from_hex;

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
            for (std::uint64_t id : {first, second, first, first, second})
                out.var_uint(id);
        }
    }
    yjs::detail::client_id_reader clients;
    bytes_view rest{bytes};
    for (std::uint64_t first : ids) {
        for (std::uint64_t second : ids) {
            for (std::uint64_t id : {first, second, first, first, second}) {
                auto const read = clients.read(rest.data(), rest.size());
                REQUIRE(read.value == id);
                REQUIRE(read.size > 0);
                rest = rest.subspan(read.size);
            }
        }
    }
    CHECK(rest.empty());
}

TEST_CASE("what begins like the id before is another id, or none") {
    byte_buffer const known = from_hex("80 80 01 00 00 00 00 00 00");
    auto const reads = [&](char const* hex, std::uint64_t id, std::size_t size) {
        yjs::detail::client_id_reader clients;
        clients.read(known.data(), known.size());
        byte_buffer const bytes = from_hex(hex);
        auto const read = clients.read(bytes.data(), bytes.size());
        return read.value == id && read.size == size;
    };
    CHECK(reads("80 80 01 ff ff ff ff ff ff", 0x4000, 3));
    CHECK(reads("80 80 02 00 00 00 00 00", 0x8000, 3));
    CHECK(reads("80 80 81 01 00 00 00 00", 0x20'4000, 4));
    CHECK(reads("80 80 01", 0x4000, 3)); // too near to the end to be compared
    CHECK(reads("80 80", 0, 0));         // cut
}

TEST_CASE("ids are read as the names of their clients, and one without a name as none") {
    byte_buffer const five = from_hex("05 00 00 00 00 00 00 00");
    byte_buffer const six = from_hex("06 00 00 00 00 00 00 00");
    yjs::detail::client_id_reader clients;
    std::size_t asked = 0;
    bool known = false;
    auto const read = [&](byte_buffer const& bytes) {
        return clients.read(bytes.data(), bytes.size(), [&](std::uint64_t id) {
            ++asked;
            return id == 5 || known ? id + 100 : yjs::detail::client_id_reader::unknown;
        });
    };
    CHECK(read(five).value == 105);
    CHECK(read(six).size == 0);
    CHECK(read(five).value == 105);
    CHECK(asked == 2);
    known = true; // it has come since
    CHECK(read(six).value == 106);
    CHECK(read(six).size == 1);
    CHECK(asked == 3);
}
