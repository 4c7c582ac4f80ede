#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/random.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/document/encoded_yjs.hpp>
#include <unisono/document/resident_yjs.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <vector>

using namespace unisono;
using unisono::test::all_bytes_of;
using unisono::test::bytes_of;
using unisono::test::from_hex;
using unisono::test::to_hex;

namespace {

json::document const& vectors() {
    static auto const loaded = test::load_vectors("yjs-vectors.json");
    return loaded;
}

template <class Engine>
void take_in(Engine& doc, std::vector<byte_buffer> const& updates) {
    for (auto const& u : updates)
        if (doc.is_new(u).value())
            doc.add(payload{u});
}

/// The whole of a Yjs document, without what only one of the engines remembers.
byte_buffer state_of(bytes_view update) {
    yjs::document doc;
    (void)doc.apply_update(update);
    return doc.encode_state_as_update();
}

byte_buffer bytes(payload const& p) {
    return {p.view().begin(), p.view().end()};
}

} // namespace

TEMPLATE_TEST_CASE("updates in any order and number give the same document", "[engine]", encoded_yjs,
                   resident_yjs) {
    auto const seed = GENERATE(take(3, random(1, 1'000'000)));
    INFO("seed " << seed);
    seeded_random random{static_cast<std::uint64_t>(seed)};
    for (auto v : vectors().root()["docs"].elements()) {
        auto updates = all_bytes_of(v["updates"]);
        TestType doc;
        take_in(doc, updates);
        CHECK(to_hex(doc.state_vector()) == to_hex(bytes_of(v["expect"]["sv"])));

        auto const count = updates.size();
        for (std::size_t i = 0; i < count / 2; ++i)
            updates.push_back(updates[random.below(count)]);
        for (std::size_t i = updates.size(); i > 1; --i)
            std::swap(updates[i - 1], updates[random.below(i)]);
        TestType shuffled;
        take_in(shuffled, updates);
        // The same element may be known with its content or as forgotten: what each lacks of the other
        // decides.
        CHECK(shuffled.state_vector() == doc.state_vector());
        CHECK_FALSE(shuffled.is_new(doc.whole().value().view()).value());
        CHECK_FALSE(doc.is_new(shuffled.whole().value().view()).value());
    }
}

TEMPLATE_TEST_CASE("what is known is not new, also as part of something else", "[engine]", encoded_yjs,
                   resident_yjs) {
    for (auto v : vectors().root()["docs"].elements()) {
        auto const updates = all_bytes_of(v["updates"]);
        TestType doc;
        for (auto const& u : updates) {
            (void)doc.is_new(u).value();
            doc.add(payload{u});
            REQUIRE_FALSE(doc.is_new(u).value());
        }
        CHECK_FALSE(doc.is_new(bytes(doc.whole().value())).value());
        CHECK_FALSE(doc.is_new(from_hex("0000")).value());
    }
}

TEST_CASE("missing() is what yjs would send") {
    for (auto v : vectors().root()["docs"].elements()) {
        encoded_yjs doc;
        take_in(doc, all_bytes_of(v["updates"]));
        auto const whole = bytes(doc.whole().value());
        CHECK(doc.missing(from_hex("00")).value() == yjs::diff_update(whole, from_hex("00")).value());
        auto const sv = bytes_of(v["diffSv"]);
        auto const part = doc.missing(sv).value();
        CHECK(part == yjs::diff_update(whole, sv).value());
        CHECK(yjs::validate_update(part));
        // A replica that has nothing needs it all; one that has it all gets no struct.
        auto const none = doc.missing(doc.state_vector()).value();
        CHECK(yjs::parse_update_meta(none).value().clients.empty());
    }
}

TEMPLATE_TEST_CASE("an update that came too early counts when its past is there", "[engine]", encoded_yjs,
                   resident_yjs) {
    auto const p = vectors().root()["pending"][0];
    auto const updates = all_bytes_of(p["updates"]);
    TestType in_order;
    take_in(in_order, updates);
    TestType doc;
    for (auto i = updates.size(); i-- > 0;) {
        CHECK(doc.is_new(updates[i]).value());
        doc.add(payload{updates[i]});
        if (i != 0)
            CHECK(to_hex(doc.state_vector()) == "00");
    }
    CHECK(to_hex(doc.state_vector()) == to_hex(in_order.state_vector()));
}

TEMPLATE_TEST_CASE("what is malformed changes nothing", "[engine]", encoded_yjs, resident_yjs) {
    auto const log = all_bytes_of(vectors().root()["docs"][0]["updates"]);
    TestType doc;
    take_in(doc, log);
    auto const before = bytes(doc.whole().value());
    for (auto const& u : log)
        for (std::size_t size = 0; size < u.size(); ++size)
            REQUIRE_FALSE(doc.is_new(bytes_view{u}.first(size)));
    CHECK_FALSE(doc.missing(from_hex("01")));
    CHECK_FALSE(doc.missing({}));
    CHECK(bytes(doc.whole().value()) == before);
}

TEST_CASE("both engines hold the same documents") {
    for (auto v : vectors().root()["docs"].elements()) {
        auto const updates = all_bytes_of(v["updates"]);
        encoded_yjs encoded;
        resident_yjs resident;
        take_in(encoded, updates);
        take_in(resident, updates);
        CHECK(state_of(encoded.whole().value().view()) == state_of(resident.whole().value().view()));
        for (auto const& vector : {bytes_of(v["diffSv"]), from_hex("00"), encoded.state_vector()})
            CHECK(yjs::parse_update_meta(encoded.missing(vector).value()).value().clients ==
                  yjs::parse_update_meta(resident.missing(vector).value()).value().clients);
        // What one of them wrote the other reads, for a store does not know which it is.
        resident_yjs loaded;
        loaded.add(encoded.whole().value());
        CHECK_FALSE(loaded.is_new(resident.whole().value().view()).value());
    }
}

TEST_CASE("a document beyond the limits as a whole says so and loses nothing") {
    encoded_yjs doc{{.structs = 2}};
    // Three clients of one struct each: every update is small enough, the whole is not.
    auto const of = [](std::string const& client) { return from_hex("0101" + client + "0004010174016100"); };
    for (auto const* client : {"01", "02", "03"}) {
        REQUIRE(doc.is_new(of(client)).value());
        doc.add(payload{of(client)});
    }
    CHECK(doc.missing(from_hex("00")).error() == condition::too_large);
    CHECK(doc.whole().error() == condition::too_large);
    CHECK_FALSE(doc.is_new(of("02")).value());
    CHECK(doc.is_new(of("04")).error() == condition::too_large);
}

TEST_CASE("what is remembered of separate ranges counts as memory, until they touch") {
    // Deletes `count` elements of client 1, each `step` behind the last.
    auto const deleted = [](std::uint64_t count, std::uint64_t first, std::uint64_t step) {
        byte_buffer update;
        lib0_writer out{update};
        for (std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1}, count})
            out.var_uint(n);
        for (std::uint64_t i = 0; i < count; ++i) {
            out.var_uint(first + i * step);
            out.var_uint(1);
        }
        return update;
    };
    encoded_yjs doc;
    auto const apart = deleted(1000, 0, 2);
    doc.add(payload{apart});
    CHECK(doc.size() >= 64 * 1000);
    auto const between = deleted(1000, 1, 2);
    doc.add(payload{between});
    CHECK(doc.size() < apart.size() + between.size() + 1000);
}
