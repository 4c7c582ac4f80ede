// What an update, a state vector or a snapshot may be like when its sender means harm: every one is refused
// whole, names its fault, and costs next to nothing.
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/crdt/yjs/update_v2.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace unisono;
using test::from_hex;

namespace {

/// Runs `attack()` a few times; the quickest must take less than a millisecond, also without optimization.
template <class Attack>
std::error_code quick(Attack attack) {
    using steady = std::chrono::steady_clock;
    std::error_code error;
    auto best = steady::duration::max();
    for (int i = 0; i < 5; ++i) {
        auto const begin = steady::now();
        error = attack();
        best = std::min(best, steady::now() - begin);
    }
    CHECK(best < std::chrono::milliseconds{1});
    return error;
}

/// A document with something in it, which no attack may change.
struct victim {
    victim() {
        doc.get_text("t").insert(0, "precious");
        before = doc.encode_state_as_update();
    }
    ~victim() {
        CHECK(doc.encode_state_as_update() == before);
        CHECK(!doc.waits());
    }

    std::error_code attack(bytes_view update) {
        return quick([&] { return doc.apply_update(update).error(); });
    }
    std::error_code attack_v2(bytes_view update) {
        return quick([&] { return doc.apply_update_v2(update).error(); });
    }

    yjs::document doc{{.client_id = 1}};
    byte_buffer before;
};

byte_buffer with_varint(std::string_view before, std::uint64_t number, std::string_view after) {
    byte_buffer bytes = from_hex(before);
    lib0_writer{bytes}.var_uint(number);
    append(bytes, from_hex(after));
    return bytes;
}

constexpr std::uint64_t largest = (std::uint64_t{1} << 53) - 1;

} // namespace

TEST_CASE("attack: 27 bytes of V2 that stand for more structs than there is time") {
    auto const bomb = from_hex("00010000000001000100010200001602000001fdffffffff7f0000");
    victim target;
    CHECK(target.attack_v2(bomb));
    CHECK(quick([&] { return yjs::validate_update_v2(bomb).error(); }));
    CHECK(quick([&] { return yjs::convert_update_v2_to_v1(bomb).error(); }));
    CHECK(quick([&] { return yjs::merge_updates_v2(std::vector<bytes_view>{bomb, bomb}).error(); }));
    CHECK(quick([&] { return yjs::diff_update_v2(bomb, from_hex("00")).error(); }));
    CHECK(quick([&] { return yjs::state_vector_from_update_v2(bomb).error(); }));
    CHECK(quick([&] { return yjs::contains_update_v2({}, bomb).error(); }));
}

TEST_CASE("attack: clocks and lengths beyond all limits") {
    victim target;
    for (std::string_view kind : {"00", "0a", "01 01 01 74"}) { // forgotten, skipped, deleted
        INFO(kind);
        CHECK(target.attack(with_varint("01 01 05 00 " + std::string{kind}, largest, "00")) ==
              crdt_error::clock_out_of_range);
    }
    CHECK(target.attack(with_varint("01 01 05", largest, "00 01 00")) == crdt_error::clock_out_of_range);
    CHECK(target.attack(with_varint("01 01 05 00 84 09", largest, "01 61 00")) ==
          crdt_error::clock_out_of_range);
    CHECK(target.attack(with_varint("00 01 05 01 00", largest, "")) == crdt_error::clock_out_of_range);
    CHECK(target.attack(with_varint("00 01 05 01", largest, "01")) == crdt_error::clock_out_of_range);
    // More than 53 bits.
    CHECK(target.attack(from_hex("01 01 05 00 00 ffffffffffffffffff01 00")) == codec_error::number_overflow);
}

TEST_CASE("attack: a client's clocks used up by somebody else") {
    yjs::document target{{.client_id = 1, .limits = {.clock = 1000}}};
    CHECK(target.apply_update(with_varint("01 01 05 00 00", 1001, "00")).error() ==
          crdt_error::clock_out_of_range);
    CHECK(target.apply_update(with_varint("01 01 05 00 00", 1000, "00")));
}

TEST_CASE("attack: structs that cover nothing") {
    victim target;
    for (std::string_view update : {"01 01 05 00 00 00 00", "01 01 05 00 0a 00 00",
                                    "01 01 05 00 01 01 01 74 00 00", "01 01 05 00 04 01 01 74 00 00",
                                    "01 01 05 00 08 01 01 74 00 00", "01 01 05 00 02 01 01 74 00 00"}) {
        INFO(update);
        CHECK(target.attack(from_hex(update)) == crdt_error::empty_struct);
    }
}

TEST_CASE("attack: content and types that nobody defined") {
    victim target;
    for (std::string_view info : {"0b", "1f", "20"})
        CHECK(target.attack(from_hex("01 01 05 00 " + std::string{info} + " 01 01 74 01 00")) ==
              crdt_error::unknown_content);
    CHECK(target.attack(from_hex("01 01 05 00 07 01 01 74 0f 00")) == crdt_error::unknown_type);
    CHECK(target.attack(from_hex("01 01 05 00 08 01 01 74 01 10 00")) == codec_error::unknown_tag);
}

TEST_CASE("attack: text that is none") {
    victim target;
    for (std::string_view text : {"02 c0af", "03 eda080", "01 ff", "04 f4908080"}) {
        INFO(text);
        CHECK(target.attack(from_hex("01 01 05 00 04 01 01 74 " + std::string{text} + " 00")) ==
              codec_error::invalid_utf8);
        CHECK(target.attack(from_hex("01 01 05 00 04 01 " + std::string{text} + " 01 61 00")) ==
              codec_error::invalid_utf8);
    }
}

TEST_CASE("attack: JSON that is none stays as it is, but has to be something") {
    yjs::document doc{{.client_id = 1}};
    auto const opaque = from_hex("01 02 05 00 06 01 01 74 01 62 01 7b 84 05 00 01 78 00");
    REQUIRE(doc.apply_update(opaque));
    CHECK(doc.get_text("t").to_delta().size() == 1);
    CHECK(doc.encode_state_as_update() == opaque);
    CHECK(yjs::convert_update_v1_to_v2(opaque).error() == codec_error::invalid_json);
    yjs::document loaded{{.client_id = 1}}; // V2 has values there, so it says null
    REQUIRE(loaded.apply_update_v2(doc.encode_state_as_update_v2()));
    CHECK(loaded.get_text("t").to_string() == "x");

    victim target;
    CHECK(target.attack(from_hex("01 01 05 00 02 01 01 74 01 00 00")) == codec_error::invalid_json);
    CHECK(target.attack_v2(
              from_hex("00 00 01 05 00 00 01 02 09 0174 01 40ffffffff07 01 01 00 05 bfffffff0f 01 01 00 "
                       "00")) == codec_error::invalid_json);
}

TEST_CASE("attack: counts that no bytes follow") {
    victim target;
    for (std::uint64_t count : {std::uint64_t{1} << 20, std::uint64_t{1} << 32, largest}) {
        CHECK(target.attack(with_varint("", count, "00")));                           // clients
        CHECK(target.attack(with_varint("01", count, "05 00 00 01 00")));             // structs
        CHECK(target.attack(with_varint("00", count, "05 01 00 01")));                // clients that delete
        CHECK(target.attack(with_varint("00 01 05", count, "00 01")));                // delete ranges
        CHECK(target.attack(with_varint("01 01 05 00 04 01 01 74", count, "61 00"))); // bytes of text
        CHECK(target.attack(with_varint("01 01 05 00 08 01 01 74", count, "7f 00"))); // values
        CHECK(target.attack(
            with_varint("01 01 05 00 08 01 01 74 01 75", count, "7f 00"))); // elements of a value
        CHECK(target.attack(with_varint("01 01 05 00 08 01 01 74 01 76", count, "00 7f 00"))); // members
    }
}

TEST_CASE("attack: a state vector of five bytes that declares more clients than there are") {
    auto const vector = from_hex("ffffffff0f");
    CHECK(quick([&] { return yjs::state_vector::decode(vector).error(); }));
    CHECK(quick([&] { return yjs::diff_update(from_hex("0000"), vector).error(); }));
    CHECK(quick([&] { return yjs::diff_update_v2(from_hex("00000000000001000000000000"), vector).error(); }));
}

TEST_CASE("attack: a snapshot that names what cannot be") {
    victim target;
    for (std::string_view bytes :
         {"ffffffff0f", "00 ffffffff0f", "01 05 ffffffff0f 00", "01 05 01 00 ffffffffffffff0f 00"})
        for (auto decode : {&yjs::snapshot::decode, &yjs::snapshot::decode_v2})
            CHECK(quick([&] { return decode(from_hex(bytes), {}).error(); }));
    // Deleted elements that nobody has, and elements that nobody has.
    auto const far = yjs::snapshot::decode(with_varint("01 05 01 00", (1U << 31) - 1, "00")).value();
    CHECK_FALSE(quick([&] { return target.doc.at(far).error(); }));
    auto const missing = yjs::snapshot::decode(with_varint("00 01 05", largest, "")).value();
    CHECK(quick([&] { return target.doc.at(missing).error(); }) == crdt_error::missing_elements);
    CHECK(quick([&] { return target.doc.encode_state_at(missing).error(); }) == crdt_error::missing_elements);
}

TEST_CASE("attack: a deletion of more than anybody wrote waits as one range") {
    yjs::document doc{{.client_id = 1}};
    doc.get_text("t").insert(0, "abc");
    auto const wide = with_varint("00 01 01 01 00", (1U << 31) - 1, "");
    CHECK_FALSE(quick([&] { return doc.apply_update(wide).error(); }));
    CHECK(doc.get_text("t").length() == 0);
    CHECK(doc.waits());
    CHECK(doc.encode_state_as_update().size() < 40);
    CHECK(doc.encode_state_as_update({}, yjs::waiting_part::left_out).size() <
          doc.encode_state_as_update().size());
}

TEST_CASE("attack: values nested deeper than any stack") {
    victim target;
    byte_buffer update = from_hex("01 01 05 00 08 01 01 74 01");
    for (int i = 0; i < 10'000; ++i)
        append(update, from_hex("75 01"));
    append(update, from_hex("7f 00"));
    CHECK(target.attack(update) == codec_error::too_deep);
    byte_buffer json = from_hex("01 01 05 00 05 01 01 74");
    std::string const brackets(100'000, '[');
    lib0_writer{json}.var_string(brackets);
    append(json, from_hex("00"));
    yjs::document doc;
    REQUIRE(doc.apply_update(json)); // not looked at before somebody reads it
    CHECK(*doc.get_text("t").to_delta().at(0).insert.as_any() == any_value{});
    REQUIRE(doc.apply_update_v2(doc.encode_state_as_update_v2()));
}

TEST_CASE("attack: V2 columns that end early, and keys that nobody wrote") {
    yjs::document other{{.client_id = 2}};
    other.get_text("t").insert(0, "ab", {{"bold", true}});
    auto const whole = other.encode_state_as_update_v2();
    victim target;
    for (std::size_t length = 0; length < whole.size(); ++length)
        CHECK(target.attack_v2(bytes_view{whole}.first(length)));
    // A format whose key has the number 0, which is new, and 1, which nobody has seen.
    yjs::document doc;
    auto const format = [](std::string_view key) {
        return from_hex("00 01 " + std::string{key} +
                        " 01 05 00 00 01 06 05 02 7462 41 00 01 01 00 00 01 01 00 7e 00");
    };
    CHECK(doc.apply_update_v2(format("00")));
    CHECK(target.attack_v2(format("02")) == crdt_error::unknown_key);
}

TEST_CASE("attack: references to oneself, to later elements and in circles") {
    victim target;
    CHECK(target.attack(from_hex("01 01 05 00 84 05 00 01 61 00")) == crdt_error::invalid_reference);
    CHECK(target.attack(from_hex("01 01 05 00 44 05 07 01 61 00")) == crdt_error::invalid_reference);
    yjs::document doc{{.client_id = 1}};
    REQUIRE(doc.apply_update(from_hex("02 01 06 00 84 05 00 01 61 01 05 00 84 06 00 01 61 00")));
    CHECK(doc.waits()); // two that wait for each other do so for ever, within the bound
    CHECK(doc.state().empty());
    CHECK(doc.encode_state_as_update({}, yjs::waiting_part::left_out) == from_hex("0000"));
}

TEST_CASE("budget: structs, clients, ranges, clocks, nesting, waiting bytes and expansion are all bounded") {
    auto const error_of = [](std::string_view update, yjs::update_limits limits) {
        yjs::document doc{{.limits = limits}};
        return doc.apply_update(from_hex(update)).error();
    };
    std::string_view const two = "02 01 06 00 00 01 01 05 00 00 01 02 06 01 00 01 05 01 00 01";
    CHECK_FALSE(error_of(two, {}));
    CHECK(error_of(two, {.structs = 1}) == crdt_error::too_many_structs);
    CHECK(error_of(two, {.clients = 1}) == crdt_error::too_many_clients);
    CHECK(error_of(two, {.delete_ranges = 1}) == crdt_error::too_many_ranges);
    CHECK(error_of("01 01 05 00 00 03 00", {.clock = 2}) == crdt_error::clock_out_of_range);
    yjs::document small{{.limits = {.expanded_bytes = 10}}};
    CHECK(small
              .apply_update_v2(
                  from_hex("00 00 01 05 00 00 01 04 0f 0c 7461616161616161616161610c 01 0b 01 01 00 00 01 "
                           "01 00 00"))
              .error());
    yjs::document waiting{{.waiting_bytes = 10}};
    REQUIRE(waiting.apply_update(from_hex("01 01 05 07 84 05 06 0a 61616161616161616161 00")));
    CHECK(!waiting.waits());
}
