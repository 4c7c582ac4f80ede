#include <unisono/codec/error.hpp>
#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <stdexcept>

using unisono::test::bytes_of;
using unisono::test::from_hex;
using unisono::test::to_hex;
namespace yjs = unisono::yjs;

TEST_CASE("relative positions equal those of Yjs byte for byte") {
    auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
    yjs::document doc;
    REQUIRE(doc.apply_update(bytes_of(vectors.root()["relposDocV1"])));
    auto const root = doc.get_text("text");
    auto const nested = *doc.get_map("map").get("t")->as<yjs::text>();
    std::size_t positions = 0;
    for (auto v : vectors.root()["relpos"].elements()) {
        auto const& type = v[0].as_string() == "root" ? root : nested;
        auto const index = static_cast<std::uint32_t>(v[1].as_int64().value());
        auto const side = v[2].as_int64() == 0 ? yjs::association::right : yjs::association::left;
        INFO(v.raw());
        auto const position = yjs::make_relative_position(type, index, side);
        CHECK(to_hex(position.encode()) == v[3].as_string().value());
        CHECK(yjs::relative_position::decode(position.encode()).value() == position);
        auto const now = doc.resolve(position);
        REQUIRE(now);
        CHECK(now->type == type);
        CHECK(now->index == static_cast<std::uint32_t>(v[5].as_int64().value()));
        ++positions;
    }
    CHECK(positions == 12);
}

TEST_CASE("a position stays at its element, and where that was when it is deleted") {
    yjs::document doc{{.client_id = 1}};
    auto text = doc.get_text("t");
    text.insert(0, "abcdef");
    auto const before_d = yjs::make_relative_position(text, 3);
    auto const behind_c = yjs::make_relative_position(text, 3, yjs::association::left);
    auto const end = yjs::make_relative_position(text, 6);
    text.insert(3, "XY");
    CHECK(doc.resolve(before_d)->index == 5);
    CHECK(doc.resolve(behind_c)->index == 3);
    CHECK(doc.resolve(end)->index == 8);
    text.erase(2, 5);
    CHECK(doc.resolve(before_d)->index == 2);
    CHECK(doc.resolve(behind_c)->index == 2);
    CHECK_THROWS_AS(yjs::make_relative_position(text, 4), std::out_of_range);
}

TEST_CASE("a position nobody can know yet, or any more, is nowhere") {
    yjs::document doc{{.client_id = 1}};
    auto array = doc.get_array("a");
    auto inner = array.insert_type<yjs::text>(0);
    inner.insert(0, "x");
    auto const at_x = yjs::make_relative_position(inner, 0);
    auto const at_end = yjs::make_relative_position(inner, 1);
    yjs::document other;
    CHECK(!other.resolve(at_x));
    CHECK(!other.resolve(at_end));
    array.erase(0, 1);
    CHECK(!doc.resolve(at_x));
    CHECK(!doc.resolve(at_end));
}

TEST_CASE("bytes that are no position are refused") {
    CHECK(!yjs::relative_position::decode(from_hex("")));
    CHECK(!yjs::relative_position::decode(from_hex("03 01 02")));
    CHECK(!yjs::relative_position::decode(from_hex("00 01")));
    CHECK(!yjs::relative_position::decode(from_hex("00 01 02 00 00")));
    CHECK(yjs::relative_position::decode(from_hex("00 01 02")).value().side == yjs::association::right);
}
