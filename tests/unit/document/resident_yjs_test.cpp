#include <unisono/core/manual_executor.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/document/document_room.hpp>
#include <unisono/document/resident_yjs.hpp>

#include "support/catch.hpp"
#include "support/fault_store.hpp"
#include "support/small_updates.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace unisono;
using unisono::test::typed;

namespace {

struct fixture {
    manual_executor home;
    test::fault_store store;
    std::shared_ptr<document_room> room;
    std::vector<payload> told = {}; ///< edits of the host's that are stored
    bool lost = false;

    void open() {
        std::optional<std::error_code> outcome;
        document_room_options options;
        options.make = [](auto const&) { return std::make_unique<resident_yjs>(); };
        room = std::make_shared<document_room>(
            "doc", store, home, null_logger(), options,
            document_room_events{.edited = [this](payload const& update) { told.push_back(update); },
                                 .lost = [this](std::error_code) { lost = true; }});
        room->load([&](std::error_code error) { outcome = error; });
        home.run();
        REQUIRE(outcome == std::error_code{});
    }
    yjs::document& document() { return static_cast<resident_yjs&>(room->document()).document(); }
    void type(std::string const& text) { document().get_text("t").insert(0, text); }
    std::string text() { return document().get_text("t").to_string(); }
    std::optional<std::error_code> settled() {
        std::optional<std::error_code> outcome;
        room->settle([&](std::error_code error) { outcome = error; });
        home.run();
        return outcome;
    }
    void change(byte_buffer const& update) {
        CHECK(room->apply(
                      payload{update}, [] {}, [](std::error_code error) { CHECK_FALSE(error); })
                  .value());
        home.run();
    }
};

} // namespace

TEST_CASE("what the host edits is stored as one update, told, and there after a restart") {
    fixture f;
    f.open();
    f.change(typed(1, 0, "hello"));
    f.type("a");
    f.type("b");
    CHECK(f.settled() == std::error_code{});
    REQUIRE(f.told.size() == 1);
    CHECK(f.store.appends == 2);
    CHECK(f.settled() == std::error_code{});
    CHECK(f.store.appends == 2); // nothing was edited

    resident_yjs other;
    other.add(payload{typed(1, 0, "hello")});
    REQUIRE(other.is_new(f.told[0].view()).value());
    other.add(f.told[0]);
    CHECK(other.document().get_text("t").to_string() == "bahello");
    f.open();
    CHECK(f.text() == "bahello");
}

TEST_CASE("an edit that cannot be stored fails the room, and all that was built on it") {
    fixture f;
    f.open();
    f.store.hold = true;
    f.store.fail_appends = true;
    f.type("a");
    std::vector<std::error_code> outcomes;
    auto const note = [&](std::error_code error) { outcomes.push_back(error); };
    f.room->settle(note);
    f.type("b");
    f.room->settle(note);
    CHECK(outcomes.empty());
    f.store.release();
    f.home.run();
    CHECK(outcomes == std::vector<std::error_code>(2, make_error_code(store_error::full)));
    CHECK(f.store.appends == 1);
    CHECK(f.lost);
    CHECK(f.room->status() == document_room::state::failed);
    f.room->compact([] {});
    CHECK(f.store.compactions == 0);
    f.store.fail_appends = false;
    f.open();
    CHECK(f.text().empty());
}

TEST_CASE("edits that come while others are stored go together behind them") {
    fixture f;
    f.open();
    f.store.hold = true;
    int done = 0;
    for (auto const* text : {"a", "b", "c"}) {
        f.type(text);
        f.room->settle([&](std::error_code error) { done += error ? 0 : 1; });
    }
    f.room->compact([] {}); // what is not stored yet is not written into a snapshot
    f.store.release();
    f.home.run();
    CHECK(done == 3);
    CHECK(f.store.appends == 2);
    CHECK(f.store.compactions == 0);
    f.open();
    CHECK(f.text() == "cba");
}

TEST_CASE("format items that a change made redundant are deleted, stored and told") {
    // Two clients make the same text bold and not bold: as a browser's document, ours tidies up.
    yjs::document a{{.client_id = 1}};
    yjs::document b{{.client_id = 2}};
    a.get_text("t").insert(0, "hello");
    (void)b.apply_update(a.encode_state_as_update());
    auto const before = b.state();
    a.get_text("t").format(0, 5, {{"bold", true}});
    b.get_text("t").format(0, 5, {{"bold", true}});
    fixture f;
    f.open();
    f.document().get_text("t"); // who shows a text tidies it
    f.change(a.encode_state_as_update());
    f.change(b.encode_state_as_update(before));
    REQUIRE(f.told.size() == 1);
    CHECK(f.store.appends == 3);
    auto const deleted = f.document().deleted();
    CHECK_FALSE(deleted.empty());
    f.open();
    CHECK(f.document().deleted() == deleted);
}

TEST_CASE("content that waits for what is missing is stored, and kept from clients") {
    fixture f;
    f.open();
    f.change(typed(1, 5, "world"));
    CHECK(f.room->document().state_vector() == byte_buffer{std::byte{0}});
    CHECK_FALSE(f.room->document().is_new(typed(1, 5, "world")).value());
    f.room->compact([] {});
    f.home.run();
    f.open();
    f.change(typed(1, 0, "hello"));
    CHECK(f.text() == "helloworld");
}

TEST_CASE("a document beyond its limits takes nothing more in") {
    resident_yjs doc{{.limits = {.structs = 2}}};
    for (std::uint64_t client = 1; client <= 3; ++client) {
        REQUIRE_FALSE(doc.full());
        REQUIRE(doc.is_new(typed(client, 0, "x")).value());
        doc.add(payload{typed(client, 0, "x")});
    }
    CHECK(doc.full() == crdt_error::too_many_structs);
    resident_yjs many{{.limits = {.clients = 1}}};
    many.add(payload{typed(1, 0, "x")});
    CHECK_FALSE(many.full());
    many.add(payload{typed(2, 0, "x")});
    CHECK(many.full() == crdt_error::too_many_clients);
}

TEST_CASE("first content is the same update every time, and another one for other content") {
    auto const hello = [](yjs::document& doc) { doc.get_text("t").insert(0, "hello"); };
    auto const bye = [](yjs::document& doc) { doc.get_text("t").insert(0, "bye"); };
    CHECK(first_content(hello).text() == first_content(hello).text());
    resident_yjs doc;
    doc.add(first_content(hello));
    CHECK(doc.document().get_text("t").to_string() == "hello");
    CHECK_FALSE(doc.is_new(first_content(hello).view()).value());
    CHECK(doc.is_new(first_content(bye).view()).value());
}
