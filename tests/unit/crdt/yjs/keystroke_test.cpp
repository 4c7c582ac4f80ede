#include <unisono/crdt/yjs/detail/keystroke.hpp>
#include <unisono/crdt/yjs/detail/state_encoder.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

using unisono::byte_buffer;
using unisono::bytes_view;
using unisono::test::from_hex;
namespace yjs = unisono::yjs;

namespace {

/// Some clients, as a document knows them: 5 is number 0, 6 is number 1.
yjs::detail::client_table const& known_clients() {
    static auto const known = [] {
        yjs::detail::client_table clients;
        for (std::uint64_t id : {5ULL, 6ULL, 7ULL, 3'000'000'000ULL})
            clients.intern(id);
        return clients;
    }();
    return known;
}

bool is_keystroke(bytes_view update, yjs::detail::client_table const& clients = known_clients()) {
    yjs::detail::keystroke k;
    return read_keystroke(update, clients, k);
}

/// A document where two people write and delete here and there, and its updates.
struct session {
    yjs::document doc{{.client_id = 3'000'000'000}};
    std::vector<byte_buffer> updates = {};

    explicit session(std::mt19937& random) {
        yjs::document other{{.client_id = 7}};
        auto const note = [this](auto const& event) {
            if (event.local)
                updates.emplace_back(event.update.begin(), event.update.end());
        };
        doc.on_update(note);
        other.on_update(note);
        for (int i = 0; i < 60; ++i) {
            bool const mine = random() % 3 != 0;
            yjs::document& author = mine ? doc : other;
            auto text = author.get_text("text");
            std::uint32_t const at = static_cast<std::uint32_t>(random() % (text.length() + 1));
            if (text.length() - at >= 2 && random() % 3 == 0)
                text.erase(at, 2);
            else
                text.insert(at, random() % 8 == 0 ? "\xc3\xa9" : "abc");
            (mine ? other : doc).apply_update(updates.back()).error();
        }
    }
};

} // namespace

TEST_CASE("what one key press says is read in one go") {
    yjs::detail::keystroke k;
    SECTION("typing") {
        byte_buffer const update = from_hex("01 01 05 09 c4 05 08 06 02 02 61 62 00");
        REQUIRE(read_keystroke(update, known_clients(), k));
        CHECK(k.text == "ab");
        CHECK(k.at == yjs::detail::element{0, 9});
        CHECK(k.origin == yjs::detail::element{0, 8});
        CHECK(k.right_origin == yjs::detail::element{1, 2});
        CHECK(!k.erases());
    }
    SECTION("deleting") {
        byte_buffer const update = from_hex("00 01 05 01 03 04");
        REQUIRE(read_keystroke(update, known_clients(), k));
        CHECK(k.text.empty());
        CHECK(k.erases());
        CHECK(k.deleted.client == 0);
        CHECK(k.deleted.clock == 3);
        CHECK(k.deleted.end == 7);
    }
    SECTION("replacing") {
        byte_buffer const update = from_hex("01 01 05 09 84 05 08 01 61 01 06 01 00 01");
        REQUIRE(read_keystroke(update, known_clients(), k));
        CHECK(k.text == "a");
        CHECK(!k.right_origin);
        CHECK(k.deleted.client == 1);
        CHECK(k.deleted.clock == 0);
        CHECK(k.deleted.end == 1);
    }
}

TEST_CASE("everything else is left to the general way") {
    CHECK(!is_keystroke(from_hex("01 01 05 09 84 05 08 02 c3 a9 00")));             // not ASCII
    CHECK(!is_keystroke(from_hex("01 01 05 09 84 05 08 00 00")));                   // no text
    CHECK(!is_keystroke(from_hex("01 01 05 09 84 05 08 81 00 61 00")));             // a padded count
    CHECK(!is_keystroke(from_hex("01 01 05 00 04 01 01 74 01 61 00")));             // names its type
    CHECK(!is_keystroke(from_hex("01 01 05 09 a4 05 08 01 61 00")));                // a key's
    CHECK(!is_keystroke(from_hex("01 01 05 09 81 05 08 01 00")));                   // deleted elements
    CHECK(!is_keystroke(from_hex("01 02 05 09 84 05 08 01 61 84 05 09 01 62 00"))); // two structs
    CHECK(!is_keystroke(from_hex("00 01 05 02 00 01 03 01")));                      // two ranges
    CHECK(!is_keystroke(from_hex("00 01 05 01 03 00")));                            // an empty range
    CHECK(!is_keystroke(from_hex("00 02 06 01 00 01 05 01 00 01")));                // two clients
    CHECK(!is_keystroke(from_hex("01 01 05 09 84 05 08 01 61 00 00")));             // a byte too many
    CHECK(is_keystroke(from_hex("00 01 05 01 fe ff ff ff 0f 01")));                 // the last clock
    CHECK(!is_keystroke(from_hex("00 01 05 01 fe ff ff ff 0f 02")));                // one behind it
    CHECK(!is_keystroke(from_hex("00 01 05 01 80 80 80 80 10 01")));                // one of 33 bits
    CHECK(!is_keystroke(from_hex("00 01 05 01 81 80 80 80 80 00 01")));             // a padded one
    CHECK(!is_keystroke(from_hex("01 01 08 09 84 05 08 01 61 00")));                // by somebody unknown
    CHECK(!is_keystroke(from_hex("01 01 05 09 84 08 08 01 61 00")));                // beside his text
    CHECK(!is_keystroke(from_hex("00 01 08 01 03 04")));                            // deleting it
    CHECK(!is_keystroke(from_hex("00 01 ff ff ff ff ff ff ff 7f 01 01 01"))); // no client has such an id
    byte_buffer const typing = from_hex("01 01 05 09 c4 05 08 06 02 02 61 62 00");
    for (std::size_t size = 0; size < typing.size(); ++size)
        CHECK(!is_keystroke(bytes_view{typing}.first(size)));
}

TEST_CASE("a keystroke is refused when and only when an update is, and changes nothing then") {
    auto const seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    session const s{random};
    std::size_t keystrokes = 0, refused = 0;
    yjs::document doc{{.client_id = 1}};
    for (byte_buffer const& update : s.updates) {
        for (int i = 0; i < 20; ++i) {
            byte_buffer bad = update;
            bad[random() % bad.size()] = static_cast<std::byte>(random());
            bool const valid = yjs::validate_update(bad).has_value();
            yjs::document victim{{.client_id = 2}};
            REQUIRE(victim.apply_update(doc.encode_state_as_update()));
            auto const before = victim.encode_state_as_update();
            REQUIRE(victim.apply_update(bad).has_value() == valid);
            if (!valid)
                REQUIRE(victim.encode_state_as_update() == before);
            refused += !valid;
        }
        keystrokes += is_keystroke(update);
        REQUIRE(doc.apply_update(update));
    }
    CHECK(keystrokes > s.updates.size() / 2);
    CHECK(refused > 0);
    CHECK(doc.encode_state_as_update() == s.doc.encode_state_as_update());
}

TEST_CASE("what one key press did is written in the bytes of the general way") {
    auto const seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    yjs::document doc{{.client_id = 3'000'000'000}};
    auto text = doc.get_text("text");
    std::size_t keystrokes = 0, others = 0;
    doc.on_transaction([&](yjs::transaction_event const& event) {
        if (event.stage != yjs::transaction_stage::after_cleanup)
            return;
        auto const& store = doc.core().store;
        unisono::detail::byte_sink written;
        unisono::detail::byte_sink expected;
        encode_changes(store, event.changes, expected);
        bool const keystroke = write_keystroke(store, event.changes, written);
        (keystroke ? keystrokes : others) += 1;
        if (keystroke) // what is none to the writer, as in a run that is held as UTF-16, may be one to a
                       // reader
            REQUIRE(is_keystroke(expected.view(), store.clients));
        REQUIRE(written.size() == (keystroke ? expected.size() : 0));
        REQUIRE(std::equal(written.view().begin(), written.view().end(), expected.view().begin()));
    });
    session const s{random};
    for (byte_buffer const& update : s.updates) {
        REQUIRE(doc.apply_update(update));
        std::uint32_t const at = static_cast<std::uint32_t>(random() % (text.length() + 1));
        doc.transact([&] {
            text.insert(at, random() % 8 == 0 ? "\xc3\xa9" : std::string(1 + random() % 200, 'x'));
            if (random() % 2 == 0)
                text.erase(random() % text.length(), 1);
        });
        if (random() % 8 == 0)
            doc.get_map("map").set("key", "value");
        text.erase(random() % text.length(), 1);
    }
    CHECK(keystrokes > s.updates.size());
    CHECK(others > 0);
}

TEST_CASE("a keystroke that refers to later elements of its own client is refused") {
    yjs::document doc{{.client_id = 1}};
    REQUIRE(doc.apply_update(from_hex("01 01 05 00 04 01 01 74 01 61 00")));
    CHECK(!doc.apply_update(from_hex("01 01 05 01 84 05 01 01 62 00")));
    CHECK(!doc.apply_update(from_hex("01 01 05 01 c4 05 00 05 07 01 62 00")));
    CHECK(doc.get_text("t").to_string() == "a");
}

TEST_CASE("a keystroke waits for what is missing before it") {
    yjs::document doc{{.client_id = 1}};
    REQUIRE(doc.apply_update(from_hex("01 01 05 00 04 01 01 74 01 61 00")));
    REQUIRE(doc.apply_update(from_hex("01 01 05 02 84 05 01 01 63 00"))); // "c", after "b"
    REQUIRE(doc.apply_update(from_hex("00 01 05 01 02 01")));             // which goes again
    CHECK(doc.waits());
    REQUIRE(doc.apply_update(from_hex("01 01 05 01 84 05 00 01 62 00")));
    CHECK(!doc.waits());
    CHECK(doc.get_text("t").to_string() == "ab");
}

TEST_CASE("a keystroke keeps to the limit of clocks") {
    yjs::document doc{{.client_id = 1, .limits = {.clock = 2}}};
    REQUIRE(doc.apply_update(from_hex("01 01 05 00 04 01 01 74 01 61 00")));
    CHECK(!doc.apply_update(from_hex("01 01 05 01 84 05 00 02 62 63 00")));
    CHECK(doc.apply_update(from_hex("01 01 05 01 84 05 00 01 62 00")));
}

TEST_CASE("a document that nobody listens to follows keystrokes to the same state") {
    auto const seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    // They come and edit like one; only the end of a transaction tells them apart.
    yjs::document silent{{.client_id = 1}};
    yjs::document heard{{.client_id = 1}};
    std::size_t told = 0;
    heard.on_update([&](auto const&) { ++told; });
    yjs::document authors[]{yjs::document{{.client_id = 3'000'000'000}}, yjs::document{{.client_id = 7}}};
    std::vector<byte_buffer> updates;
    for (yjs::document& author : authors) {
        author.on_update([&](auto const& event) {
            if (event.local)
                updates.emplace_back(event.update.begin(), event.update.end());
        });
    }
    std::uint32_t place = 0;
    for (int i = 0; i < 600; ++i) {
        auto const who = random() % 4 == 0 ? 1U : 0U;
        auto text = authors[who].get_text("text");
        if (place > text.length() || random() % 20 == 0)
            place = static_cast<std::uint32_t>(random() % (text.length() + 1));
        if (place > 0 && random() % 3 == 0)
            text.erase(--place, 1); // backspace
        else if (place < text.length() && random() % 6 == 0)
            text.erase(place, 1);
        else
            text.insert(place++, random() % 50 == 0 ? "\xc3\xa9" : "x");
        for (byte_buffer const& update : std::vector<byte_buffer>{std::move(updates)}) {
            REQUIRE(authors[1 - who].apply_update(update));
            REQUIRE(silent.apply_update(update));
            REQUIRE(heard.apply_update(update));
        }
        updates.clear();
        REQUIRE(silent.encode_state_as_update() == heard.encode_state_as_update());
        if (auto const length = silent.get_text("text").length(); length > 0 && random() % 8 == 0) {
            auto const at = static_cast<std::uint32_t>(random() % length);
            silent.get_text("text").insert(at, "here");
            heard.get_text("text").insert(at, "here");
        }
    }
    CHECK(told > 600);
    CHECK(silent.get_text("text").to_string() == heard.get_text("text").to_string());
}

TEST_CASE("keystrokes that nobody hears of count, and their content is forgotten") {
    yjs::document author{{.client_id = 5}};
    yjs::document reader{{.client_id = 1}};
    author.on_update([&](auto const& event) { REQUIRE(reader.apply_update(event.update)); });
    auto text = author.get_text("text");
    text.insert(0, "ab");
    for (int i = 0; i < 5000; ++i)
        text.insert(text.length(), "x");
    while (text.length() > 2)
        text.erase(text.length() - 1, 1);
    CHECK(reader.get_text("text").length() == 2);
    CHECK(reader.get_text("text").to_string() == "ab");
    CHECK(reader.core().store.clients[0].content.size() < 3000);
    CHECK(reader.core().store.changes.empty());
    CHECK(reader.encode_state_as_update() == author.encode_state_as_update());
}

TEST_CASE("a keystroke of somebody who uses the same id is noticed") {
    yjs::document first{{.client_id = 5}};
    yjs::document second{{.client_id = 5}};
    first.get_text("text").insert(0, "a");
    REQUIRE(second.apply_update(first.encode_state_as_update()));
    CHECK(second.client_id() != 5);
    yjs::document third{{.client_id = 6}};
    third.get_text("text").insert(0, "a");
    REQUIRE(third.apply_update(from_hex("01 01 06 01 84 06 00 01 62 00"))); // "b" behind its own "a"
    CHECK(third.client_id() != 6);
    CHECK(third.get_text("text").to_string() == "ab");
}

TEST_CASE("who begins to listen hears of the next keystroke and of no other") {
    yjs::document author{{.client_id = 5}};
    yjs::document reader{{.client_id = 1}};
    std::vector<byte_buffer> sent, heard;
    author.on_update([&](auto const& event) {
        sent.emplace_back(event.update.begin(), event.update.end());
        REQUIRE(reader.apply_update(event.update));
    });
    auto text = author.get_text("text");
    text.insert(0, "a");
    text.insert(1, "b");
    text.insert(2, "c");
    text.erase(2, 1);
    reader.on_update(
        [&](auto const& event) { heard.emplace_back(event.update.begin(), event.update.end()); });
    CHECK(heard.empty());
    text.insert(2, "d");
    text.erase(1, 1);
    REQUIRE(heard.size() == 2);
    CHECK(heard[0] == sent[4]);
    CHECK(heard[1] == sent[5]);
}
