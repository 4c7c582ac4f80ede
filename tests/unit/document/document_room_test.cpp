#include <unisono/core/manual_executor.hpp>
#include <unisono/document/document_room.hpp>

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
    document_room_options options;
    document_room_events events;
    std::shared_ptr<document_room> room;
    int taken = 0; ///< changes that others may be told of

    std::error_code open() {
        std::optional<std::error_code> outcome;
        room = std::make_shared<document_room>("doc", store, home, null_logger(), options, events);
        room->load([&](std::error_code error) { outcome = error; });
        CHECK_FALSE(outcome);
        CHECK(room->status() == document_room::state::loading);
        home.run();
        return outcome.value();
    }
    /// Offers an update; the outcome is there once it is safe.
    std::shared_ptr<std::optional<std::error_code>> offer(byte_buffer const& update, bool news) {
        auto outcome = std::make_shared<std::optional<std::error_code>>();
        auto const done = [=](std::error_code error) { *outcome = error; };
        CHECK(room->apply(
                      payload{update}, [this] { ++taken; }, done)
                  .value() == news);
        return outcome;
    }
    /// Applies an update; the outcome is there once the store has answered.
    std::shared_ptr<std::optional<std::error_code>> apply(byte_buffer const& update) {
        auto const outcome = offer(update, true);
        CHECK_FALSE(*outcome);
        return outcome;
    }
    byte_buffer state_vector() { return room->document().state_vector(); }
    std::size_t records() {
        std::optional<result<stored_document>> stored;
        store.load("doc", home, [&](auto loaded) { stored = std::move(loaded); });
        home.run();
        return stored->value().records.size();
    }
};

} // namespace

TEST_CASE("a change counts when the store has it, and is there after a restart") {
    fixture f;
    REQUIRE_FALSE(f.open());
    auto const empty = f.state_vector();
    f.store.hold = true;
    auto const outcome = f.apply(typed(1, 0, "hello"));
    f.home.run();
    CHECK_FALSE(*outcome);
    CHECK(f.state_vector() == empty);
    CHECK_FALSE(f.room->at_rest());
    f.store.release();
    f.home.run();
    CHECK(*outcome == std::error_code{});
    CHECK(f.room->at_rest());
    auto const full = f.state_vector();
    CHECK(full != empty);
    REQUIRE_FALSE(f.open());
    CHECK(f.state_vector() == full);
}

TEST_CASE("what is known is neither stored nor reported") {
    fixture f;
    REQUIRE_FALSE(f.open());
    f.apply(typed(1, 0, "hello"));
    f.home.run();
    CHECK(*f.offer(typed(1, 0, "hell"), false) == std::error_code{});
    f.home.run();
    CHECK(f.store.appends == 1);
    CHECK(f.taken == 1);
}

TEST_CASE("others may be told of a change before it is stored, who made it may not") {
    fixture f;
    f.options.durability = document_durability::before_ack;
    REQUIRE_FALSE(f.open());
    f.store.hold = true;
    auto const outcome = f.apply(typed(1, 0, "hello"));
    CHECK(f.taken == 1);
    auto const full = f.state_vector();
    // Also not who heard of it and offers it again.
    auto const again = f.offer(typed(1, 0, "hell"), false);
    f.home.run();
    CHECK_FALSE(*outcome);
    CHECK_FALSE(*again);
    CHECK_FALSE(f.room->at_rest());
    f.store.release();
    f.home.run();
    CHECK(*outcome == std::error_code{});
    CHECK(*again == std::error_code{});
    CHECK(f.taken == 1);
    CHECK(f.store.appends == 1);
    REQUIRE_FALSE(f.open());
    CHECK(f.state_vector() == full);
}

TEST_CASE("a change that others were told of and that cannot be stored is the end of the room") {
    fixture f;
    f.options.durability = GENERATE(document_durability::before_ack, document_durability::after_ack);
    bool const confirmed = f.options.durability == document_durability::after_ack;
    std::vector<std::error_code> lost;
    f.events.lost = [&](std::error_code error) { lost.push_back(error); };
    REQUIRE_FALSE(f.open());
    auto const before = f.state_vector();
    f.store.fail_appends = true;
    auto const outcome = f.offer(typed(1, 0, "hello"), true);
    auto const next = f.offer(typed(1, 5, "!"), true);
    auto const again = f.offer(typed(1, 0, "hell"), false);
    CHECK(*outcome == (confirmed ? std::optional{std::error_code{}} : std::nullopt));
    f.home.run();
    CHECK(lost == std::vector{make_error_code(store_error::full)});
    CHECK(f.room->status() == document_room::state::failed);
    if (!confirmed) {
        CHECK(*outcome == store_error::full);
        CHECK(*next == store_error::full);
    }
    CHECK(*again == store_error::closed);
    f.store.fail_appends = false;
    REQUIRE_FALSE(f.open());
    CHECK(f.state_vector() == before);
}

TEST_CASE("malformed updates are refused before the store sees them") {
    fixture f;
    REQUIRE_FALSE(f.open());
    auto const whole = typed(1, 0, "hello");
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(f.room->apply(
            payload{bytes_view{whole}.first(size)}, [] { FAIL(); }, [](auto) { FAIL(); }));
    CHECK(f.store.appends == 0);
}

TEST_CASE("an append that fails changes nothing") {
    fixture f;
    REQUIRE_FALSE(f.open());
    auto const before = f.state_vector();
    f.store.fail_appends = true;
    auto const outcome = f.apply(typed(1, 0, "hello"));
    f.home.run();
    CHECK(*outcome == store_error::full);
    CHECK(f.state_vector() == before);
    CHECK(f.room->at_rest());
    f.store.fail_appends = false;
    auto const again = f.apply(typed(1, 0, "hello"));
    f.home.run();
    CHECK(*again == std::error_code{});
}

TEST_CASE("a document that cannot be loaded is failed") {
    fixture f;
    f.store.fail_loads = true;
    CHECK(f.open() == store_error::io);
    CHECK(f.room->status() == document_room::state::failed);
    f.room->compact([] {});
    CHECK(f.store.compactions == 0);
}

TEST_CASE("what is not a document of ours is not loaded, and not written to") {
    fixture f;
    record_format const format =
        GENERATE(record_format{"automerge", 1}, record_format{"yjs", 2}, record_format{"yjs", 1});
    f.store.append("doc", format, payload{std::string_view{"garbage"}}, f.home, [](auto) {});
    CHECK(f.open());
    CHECK(f.room->status() == document_room::state::failed);
}

TEST_CASE("the log becomes a snapshot from so many records on") {
    fixture f;
    f.options.compact_records = 10;
    REQUIRE_FALSE(f.open());
    for (std::uint64_t clock = 0; clock < 25; ++clock) {
        f.apply(typed(1, clock, "x"));
        f.home.run();
    }
    CHECK(f.store.compactions == 2);
    CHECK(f.records() == 6); // the snapshot and five more
    auto const before = f.state_vector();
    REQUIRE_FALSE(f.open());
    CHECK(f.state_vector() == before);
}

TEST_CASE("the log becomes a snapshot from so many bytes on") {
    fixture f;
    f.options.compact_bytes = 1000;
    REQUIRE_FALSE(f.open());
    f.apply(typed(1, 0, std::string(999, 'x')));
    f.home.run();
    CHECK(f.store.compactions == 1);
}

TEST_CASE("changes that come while the log is compacted stay in it") {
    fixture f;
    f.options.compact_records = 5;
    REQUIRE_FALSE(f.open());
    for (std::uint64_t clock = 0; clock < 4; ++clock)
        f.apply(typed(1, clock, "x"));
    f.home.run();
    f.store.hold = true;
    f.apply(typed(1, 4, "x"));
    f.store.release_one();
    f.home.run(); // the append is confirmed, the compaction held back
    f.apply(typed(1, 5, "x"));
    f.apply(typed(1, 6, "x"));
    f.store.release();
    f.home.run();
    CHECK(f.store.compactions == 1);
    CHECK(f.records() == 3);
    auto const before = f.state_vector();
    REQUIRE_FALSE(f.open());
    CHECK(f.state_vector() == before);
}

TEST_CASE("a compaction that failed is tried again, but not with every change") {
    fixture f;
    f.options.compact_records = 10;
    REQUIRE_FALSE(f.open());
    f.store.fail_compactions = true;
    for (std::uint64_t clock = 0; clock < 35; ++clock) {
        f.apply(typed(1, clock, "x"));
        f.home.run();
    }
    CHECK(f.store.compactions == 3);
    CHECK(f.records() == 35);
    f.store.fail_compactions = false;
    f.room->compact([] {});
    f.home.run();
    CHECK(f.records() == 1);
}

TEST_CASE("a document beyond its limits as a whole keeps its log") {
    fixture f;
    f.options.limits.structs = 2;
    f.options.compact_records = 3;
    REQUIRE_FALSE(f.open());
    for (std::uint64_t client = 1; client <= 3; ++client) {
        f.apply(typed(client, 0, "x"));
        f.home.run();
    }
    CHECK(f.store.compactions == 0);
    CHECK(f.records() == 3);
    CHECK_FALSE(f.room->apply(
        payload{typed(9, 0, "x")}, [] { FAIL(); }, [](auto) { FAIL(); }));
}

TEST_CASE("work has its turn behind the changes that were accepted before, stored or not") {
    fixture f;
    REQUIRE_FALSE(f.open());
    std::string order;
    auto const note = [&](char what) { return [&order, what] { order += what; }; };
    f.room->after_changes(note('a'));
    CHECK(order == "a");
    f.store.hold = true;
    f.apply(typed(1, 0, "x"));
    f.room->after_changes(note('b'));
    f.apply(typed(1, 1, "y"));
    f.room->after_changes(note('c'));
    f.home.run();
    CHECK(order == "a");
    f.store.release_one();
    f.home.run();
    CHECK(order == "ab");
    f.store.fail_appends = true;
    f.store.release();
    f.home.run();
    CHECK(order == "abc");
}
