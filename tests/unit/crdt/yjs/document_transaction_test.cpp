#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/documents.hpp"
#include "support/hex.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

using unisono::bytes_view;
using unisono::test::document_of;
using unisono::test::from_hex;
using unisono::test::to_hex;
namespace yjs = unisono::yjs;

TEST_CASE("a transaction is told as one update, with its origin") {
    auto doc = document_of(1);
    int tag = 0;
    std::vector<std::string> told;
    auto const number = doc.on_update([&](yjs::update_event const& event) {
        told.push_back(to_hex(event.update));
        CHECK(event.origin == &tag);
        CHECK(event.local);
    });
    doc.transact(
        [&] {
            doc.get_text("t").insert(0, "a");
            doc.transact([&] { doc.get_text("t").insert(1, "b"); });
        },
        &tag);
    CHECK(told == std::vector<std::string>{"01010100040101740261"
                                           "6200"});
    doc.transact([] {}, &tag);
    doc.remove_update_listener(number);
    doc.get_text("t").insert(0, "unheard");
    CHECK(told.size() == 1);
}

TEST_CASE("what an update changes is told, what it repeats is not") {
    auto doc = document_of(1);
    int told = 0;
    doc.on_update([&](yjs::update_event const& event) {
        ++told;
        CHECK(!event.local);
    });
    auto const update = from_hex("01 01 02 00 04 01 01 74 01 61 00");
    REQUIRE(doc.apply_update(update));
    REQUIRE(doc.apply_update(update));
    CHECK(told == 1);
}

TEST_CASE("a listener may edit: its transaction is told after the one it hears of") {
    auto doc = document_of(1);
    std::vector<std::string> first;
    std::vector<std::string> second;
    doc.on_update([&](yjs::update_event const& event) {
        first.push_back(to_hex(event.update));
        if (first.size() == 1)
            doc.get_text("t").insert(1, "b");
    });
    doc.on_update([&](yjs::update_event const& event) { second.push_back(to_hex(event.update)); });
    doc.get_text("t").insert(0, "a");
    CHECK(first.size() == 2);
    CHECK(first == second);
    CHECK(doc.get_text("t").to_string() == "ab");
}

TEST_CASE("an edit that throws leaves what it did, and a document that works") {
    auto doc = document_of(1);
    int told = 0;
    doc.on_update([&](yjs::update_event const&) { ++told; });
    CHECK_THROWS_AS(doc.transact([&] {
        doc.get_text("t").insert(0, "a");
        throw std::runtime_error("no");
    }),
                    std::runtime_error);
    CHECK(told == 1);
    CHECK(doc.get_text("t").to_string() == "a");
    doc.get_text("t").insert(1, "b");
    CHECK(told == 2);
}

TEST_CASE("what a listener throws comes out of the transaction, with the document intact") {
    auto doc = document_of(1);
    auto const number = doc.on_update([](yjs::update_event const&) { throw std::runtime_error("no"); });
    CHECK_THROWS_AS(doc.get_text("t").insert(0, "a"), std::runtime_error);
    doc.remove_update_listener(number);
    doc.get_text("t").insert(1, "b");
    CHECK(doc.get_text("t").to_string() == "ab");
    CHECK(to_hex(doc.encode_state_as_update()) == "010101000401017402616200");
}

TEST_CASE("who hears own elements from somebody else becomes another client") {
    auto doc = document_of(7);
    REQUIRE(doc.apply_update(from_hex("01 01 07 00 04 01 01 74 01 61 00")));
    CHECK(doc.client_id() != 7);
}

TEST_CASE("without collection deleted content stays") {
    yjs::document kept{{.client_id = 1, .gc = false}};
    yjs::document collected{{.client_id = 1}};
    for (auto* doc : {&kept, &collected}) {
        doc->get_text("t").insert(0, "secret");
        doc->get_text("t").erase(0, 6);
    }
    CHECK(to_hex(kept.encode_state_as_update()).find("736563726574") != std::string::npos);
    CHECK(to_hex(collected.encode_state_as_update()) == "010101000101017406"
                                                        "0101010006");
}

TEST_CASE("a bad update is refused whole") {
    auto doc = document_of(1);
    REQUIRE(doc.apply_update(from_hex("01 01 02 00 04 01 01 74 03 61 62 63 00")));
    auto const before = to_hex(doc.encode_state_as_update());
    for (auto const* bad : {
             "",
             "01 02 02 03 84 02 02 01 64 84",             // one good struct, then the end
             "01 01 02 03 84 02 02 01 64 01 02 01 00",    // the delete set is cut
             "01 01 02 03 84 02 02 01 ff 00",             // no UTF-8
             "01 01 02 03 84 02 09 01 64 00",             // refers to a later element of its own client
             "01 01 02 03 8b 02 02 01 64 00",             // unknown content
             "01 01 02 03 00 00 00",                      // empty
             "01 01 02 03 00 ff ff ff ff ff ff ff 0f 00", // more elements than there are clocks
             "01 01 02 03 84 02 02 01 64 00 00",          // something behind it
         }) {
        INFO(bad);
        CHECK(!doc.apply_update(from_hex(bad)));
        CHECK(to_hex(doc.encode_state_as_update()) == before);
    }
    yjs::document small{{.limits = {.structs = 1}}};
    auto const two = from_hex("01 02 02 00 04 01 01 74 01 61 44 02 00 01 62 00");
    CHECK(small.apply_update(two).error() == unisono::crdt_error::too_many_structs);
    CHECK(small.state().empty());
}

TEST_CASE("what is written beside or into something forgotten is forgotten") {
    auto doc = document_of(1);
    // Client 2 forgot elements 0 and 1.
    REQUIRE(doc.apply_update(from_hex("01 01 02 00 00 02 00")));
    REQUIRE(doc.apply_update(from_hex("01 01 03 00 84 02 01 01 61 00")));    // behind them
    REQUIRE(doc.apply_update(from_hex("01 01 04 00 04 00 02 00 01 61 00"))); // inside
    CHECK(to_hex(doc.encode_state_as_update()) == "03"
                                                  "01040000"
                                                  "01"
                                                  "01030000"
                                                  "01"
                                                  "01020000"
                                                  "02"
                                                  "03"
                                                  "04010001"
                                                  "03010001"
                                                  "02010002");
}

TEST_CASE("structs that wait for each other wait together and cost nothing else") {
    auto doc = document_of(1);
    // Element 3:0 stands behind 4:0, and that behind 3:0; client 5 is none of it.
    REQUIRE(doc.apply_update(from_hex("03 01 05 00 04 01 01 74 01 78"
                                      " 01 04 00 84 03 00 01 61 01 03 00 84 04 00 01 62 00")));
    CHECK(doc.waits());
    REQUIRE(doc.missing().size() == 1);
    CHECK(doc.missing()[0] == yjs::id{4, 0});
    CHECK(doc.get_text("t").to_string() == "x");
    CHECK(doc.state().get(5) == 1);
    CHECK(doc.state().get(4) == 0);
}

TEST_CASE("replicas converge whatever is lost, repeated and late") {
    auto a = document_of(1);
    auto b = document_of(2);
    std::vector<unisono::byte_buffer> updates;
    a.on_update([&](yjs::update_event const& e) { updates.emplace_back(e.update.begin(), e.update.end()); });
    for (int i = 0; i < 50; ++i) {
        a.get_text("t").insert(static_cast<std::uint32_t>(i / 2),
                               std::string(1, static_cast<char>('a' + i % 26)));
        if (i % 7 == 6)
            a.get_text("t").erase(static_cast<std::uint32_t>(i / 3), 2);
    }
    for (auto update = updates.rbegin(); update != updates.rend(); ++update) {
        REQUIRE(b.apply_update(*update));
        REQUIRE(b.apply_update(*update));
    }
    CHECK(!b.waits());
    CHECK(b.get_text("t").to_string() == a.get_text("t").to_string());
    CHECK(b.encode_state_as_update() == a.encode_state_as_update());
}

TEST_CASE("what is inside of a type is deleted before what stands behind it, as in Yjs") {
    yjs::document first{{.client_id = 1}};
    yjs::document second{{.client_id = 2}};
    yjs::document third{{.client_id = 3}};
    auto list = first.get_array("a").insert_type<yjs::array>(0);
    list.insert_type<yjs::text>(0);
    REQUIRE(second.apply_update(first.encode_state_as_update()));
    second.get_array("a").get(0).as<yjs::array>()->get(0).as<yjs::text>()->insert(0, "inside");
    REQUIRE(third.apply_update(second.encode_state_as_update()));
    third.get_array("a").get(0).as<yjs::array>()->insert(1, {true});
    std::vector<std::uint64_t> order; // of clients, which an undo keeps to
    third.on_transaction([&](yjs::transaction_event const& e) {
        if (e.stage == yjs::transaction_stage::before_observers)
            for (auto const c : e.changes.deleted_clients)
                order.push_back(third.core().store.clients[c].id);
    });
    third.get_array("a").erase(0, 1);
    CHECK(order == std::vector<std::uint64_t>{1, 2, 3});
}
