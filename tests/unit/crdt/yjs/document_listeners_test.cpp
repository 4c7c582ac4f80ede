#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"
#include "support/documents.hpp"
#include "support/hex.hpp"

#include <string>
#include <vector>

using unisono::any_object;
using unisono::test::document_of;
using unisono::test::from_hex;
using unisono::test::sync;
namespace yjs = unisono::yjs;

namespace {

/// Tells in one line what a document hears of those inside it.
void note(yjs::document& doc, std::vector<std::string>& told) {
    doc.on_subdocuments([&](yjs::subdocuments_event const& e) {
        std::string line;
        for (auto const& d : e.added)
            line += '+' + d.guid;
        for (auto const& d : e.removed)
            line += '-' + d.guid;
        for (auto const& d : e.loaded)
            line += '!' + d.guid;
        told.push_back(line);
    });
}

} // namespace

TEST_CASE("sub-documents come, are loaded by who wants them, and go") {
    auto here = document_of(1);
    auto there = document_of(2);
    std::vector<std::string> told_here;
    std::vector<std::string> told_there;
    note(here, told_here);
    note(there, told_there);

    here.get_array("a").insert_subdocument(0, {"lazy", any_object{}});
    here.get_map("m").set_subdocument("k", {"eager", any_object{{"autoLoad", true}}});
    sync(here, there);
    CHECK(told_here == std::vector<std::string>{"+lazy!lazy", "+eager!eager"});
    REQUIRE(told_there.size() == 1);
    CHECK(told_there[0].find("!lazy") == std::string::npos);
    CHECK(told_there[0].find("!eager") != std::string::npos);

    told_there.clear();
    there.load("lazy");
    there.load("lazy"); // is loaded already
    there.unload("lazy");
    there.load("lazy");
    CHECK(told_there == std::vector<std::string>{"!lazy", "+lazy-lazy", "!lazy"});

    told_there.clear();
    here.get_array("a").erase(0, 1);
    sync(here, there);
    CHECK(told_there == std::vector<std::string>{"-lazy"});
    auto const left = there.subdocuments();
    REQUIRE(left.size() == 1);
    CHECK(left[0] == yjs::subdocument_state{{"eager", any_object{{"autoLoad", true}}}, true});
}

TEST_CASE("a sub-document can be loaded in the transaction in which it came, and may go in it") {
    auto doc = document_of(1);
    std::vector<std::string> told;
    note(doc, told);
    doc.transact([&] {
        REQUIRE(doc.apply_update(from_hex("01 01 02 00 09 01 01 61 01 67 76 00 00")));
        doc.load("g");
    });
    doc.transact([&] {
        doc.get_array("a").insert_subdocument(0, {"h", any_object{}});
        doc.get_array("a").erase(0, 1);
    });
    CHECK(told == std::vector<std::string>{"+g!g", "!h"});
    CHECK(doc.subdocuments().size() == 1);
}

TEST_CASE("a document says what it waits for, and when that has come") {
    auto doc = document_of(1);
    std::vector<std::string> told;
    doc.on_waiting([&](yjs::waiting_event const& e) {
        std::string line = e.bytes > 0 ? "waits" : "goes on";
        for (auto const& m : e.missing)
            line += ' ' + std::to_string(m.client) + ':' + std::to_string(m.clock);
        told.push_back(line);
    });
    REQUIRE(doc.apply_update(from_hex("01 01 02 03 84 02 02 01 64 00")));
    REQUIRE(doc.apply_update(from_hex("01 01 03 00 04 01 01 74 01 78 00"))); // nothing to do with it
    REQUIRE(doc.apply_update(from_hex("01 01 02 00 04 01 01 74 03 61 62 63 00")));
    CHECK(told == std::vector<std::string>{"waits 2:2", "goes on"});
}
