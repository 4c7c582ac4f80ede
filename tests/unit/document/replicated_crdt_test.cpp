#include <unisono/core/manual_executor.hpp>
#include <unisono/crdt/or_set.hpp>
#include <unisono/crdt/pn_counter.hpp>
#include <unisono/document/document_room.hpp>
#include <unisono/document/replicated_crdt.hpp>

#include "support/catch.hpp"
#include "support/fault_store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace unisono;
using tags = crdt::or_set<std::string>;
using counter = crdt::pn_counter;

namespace {

/// A room of a store, which holds what the room is told to hold.
struct world {
    manual_executor home;
    test::fault_store store;
    document_room_options options;
    std::shared_ptr<document_room> room;

    template <class T>
    std::error_code open(std::size_t max_bytes = 1024 * 1024) {
        options.make = [=](std::string const&) { return std::make_unique<replicated_crdt<T>>(max_bytes); };
        std::optional<std::error_code> outcome;
        room = std::make_shared<document_room>("doc", store, home, null_logger(), options);
        room->load([&](std::error_code error) { outcome = error; });
        home.run();
        return outcome.value();
    }
    result<bool> apply(byte_buffer const& update) {
        auto const applied = room->apply(
            payload{update}, [] {}, [](std::error_code error) { CHECK_FALSE(error); });
        home.run();
        return applied;
    }
    template <class T>
    T whole() {
        return crdt::decode<T>(room->document().whole().value().view()).value();
    }
};

} // namespace

TEST_CASE("a room holds a CRDT: stored, relayed once, and there after a restart") {
    world w;
    w.options.compact_records = 3;
    REQUIRE_FALSE(w.open<tags>());
    tags client;
    std::vector<byte_buffer> deltas;
    for (int i = 0; i != 8; ++i)
        deltas.push_back(encode(client.add(1, std::to_string(i))));
    deltas.push_back(encode(client.remove("3")));
    for (auto const& delta : deltas)
        CHECK(w.apply(delta).value());
    for (auto const& delta : deltas)
        CHECK_FALSE(w.apply(delta).value()); // known
    CHECK(w.store.appends == deltas.size());
    CHECK(w.store.compactions == 3);
    CHECK(w.whole<tags>() == client);

    REQUIRE_FALSE(w.open<tags>());
    CHECK(w.whole<tags>() == client);
}

TEST_CASE("a client of a CRDT's room gets what it lacks") {
    world w;
    REQUIRE_FALSE(w.open<tags>());
    tags client;
    CHECK(w.apply(encode(client.add(1, "kept"))).value());
    CHECK(w.apply(encode(client.add(1, "gone"))).value());
    replicated_crdt<tags> other;
    other.add(w.room->document().whole().value());
    CHECK(w.apply(encode(client.remove("gone"))).value());
    CHECK(w.apply(encode(client.add(1, "new"))).value());

    auto const missing = w.room->document().missing(other.state_vector()).value();
    CHECK(crdt::decode<tags>(missing).value().size() == 1);
    CHECK(other.is_new(missing).value());
    other.add(payload{missing});
    CHECK(other.state() == client);
    CHECK(other.state_vector() == w.room->document().state_vector());
}

TEST_CASE("a CRDT that does not know what it has seen is sent as a whole") {
    replicated_crdt<counter> server;
    counter votes;
    server.add(payload{encode(votes.increment(1, 3))});
    CHECK(server.state_vector().empty());
    CHECK(crdt::decode<counter>(server.missing({}).value()).value() == votes);
}

TEST_CASE("malformed updates and state vectors change nothing") {
    world w;
    REQUIRE_FALSE(w.open<tags>());
    auto const delta = encode(tags{}.add(1, "x"));
    for (std::size_t size = 0; size != delta.size(); ++size)
        CHECK_FALSE(w.apply({delta.begin(), delta.begin() + static_cast<std::ptrdiff_t>(size)}));
    CHECK(w.apply(encode(counter{}.increment(1))).error() == codec_error::wrong_type);
    CHECK(w.store.appends == 0);
    CHECK_FALSE(w.room->document().missing({}));
    CHECK_FALSE(w.room->document().missing(delta));
}

TEST_CASE("what is stored of one type is not opened as another") {
    world w;
    REQUIRE_FALSE(w.open<tags>());
    CHECK(w.apply(encode(tags{}.add(1, "x"))).value());
    CHECK(w.open<crdt::or_set<int>>() == store_error::other_format);
    CHECK(w.open<counter>() == store_error::other_format);
    w.options.make = {};
    CHECK_FALSE(w.open<tags>());
}

TEST_CASE("a CRDT that has become too large takes nothing more in, and still opens") {
    world w;
    REQUIRE_FALSE(w.open<tags>(100));
    tags client;
    for (int i = 0; i != 20; ++i) { // as large as before: what was removed leaves nothing behind
        CHECK(w.apply(encode(client.add(1, "a"))).value());
        CHECK(w.apply(encode(client.remove("a"))).value());
    }
    CHECK(w.apply(encode(client.add(1, std::string(100, 'x')))).value());
    auto const full = client;
    CHECK(w.apply(encode(client.add(1, "y"))).error() == crdt_error::document_too_large);
    CHECK(w.whole<tags>() == full);
    REQUIRE_FALSE(w.open<tags>(100));
    CHECK(w.whole<tags>() == full);
}
