#include <unisono/crdt/or_set.hpp>
#include <unisono/document/replicated_crdt.hpp>
#include <unisono/document/resident_yjs.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "support/sync_update.hpp"
#include "unit/protocol/y_websocket_world.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace y_websocket_world;
using unisono::test::typed;
using frames = std::vector<byte_buffer>;

namespace {

void insert(resident_yjs& doc, std::string const& text) {
    doc.document().get_text("t").insert(0, text);
}
std::string content_of(resident_yjs& doc) {
    return doc.document().get_text("t").to_string();
}

/// What the host reads in a document.
std::string text_in(world& w, std::string const& name = "doc") {
    std::string text;
    w.server->with_document<resident_yjs>(name, &content_of,
                                          [&](result<std::string> const& t) { text = t.value(); });
    w.settle();
    return text;
}
/// What a client sees that takes in these frames.
std::string text_after(frames const& got) {
    resident_yjs doc;
    for (auto const& frame : got) {
        if (auto const update = test::update_in(frame); !update.empty())
            doc.add(payload{update});
    }
    return content_of(doc);
}

} // namespace

TEST_CASE("the host's edits are stored and told like a client's, and it sees theirs") {
    auto const shards = GENERATE(1, 3);
    world w{static_cast<std::size_t>(shards), resident()};
    client a{w, "doc", static_cast<std::size_t>(shards - 1)};
    a.send(change(typed(1, 0, "hi")));
    a.read();
    std::optional<result<std::string>> seen;
    w.server->with_document<resident_yjs>(
        "doc",
        [](resident_yjs& doc) {
            auto const before = content_of(doc);
            insert(doc, "oh ");
            return before;
        },
        [&](result<std::string> const& text) { seen = text; });
    w.settle();
    CHECK(seen.value().value() == "hi");
    CHECK(w.store.appends == 2);
    a.send(change(typed(1, 2, "!"))); // an earlier relay and this have nothing to do with each other
    CHECK(a.read().size() == 1);
    CHECK(text_in(w) == "oh hi!");
}

TEST_CASE("nobody is told of the host's edits before they are stored") {
    world w{1, resident()};
    client a{w};
    w.settle();
    a.read();
    w.store.hold = true;
    bool done = false;
    w.server->with_document<resident_yjs>(
        "doc", [](resident_yjs& doc) { insert(doc, "hi"); },
        [&](result<void> const& r) { done = r.has_value(); });
    a.send(step1(empty_vector)); // its answer would show them
    CHECK(a.read().empty());
    CHECK_FALSE(done);
    w.store.release();
    w.settle();
    CHECK(done);
    auto const got = a.read();
    CHECK(got.size() == 2); // the edit, and the answer
    CHECK(text_after(got) == "hi");
}

TEST_CASE("the host finds what was accepted before it asked, also while that is being stored") {
    world w{1, resident()};
    client a{w};
    w.settle();
    w.store.hold = true;
    a.send(change(typed(1, 0, "hi")));
    std::string seen;
    w.server->with_document<resident_yjs>("doc", &content_of, [&](auto const& text) { seen = text.value(); });
    a.send(change(typed(1, 2, "!"))); // later
    w.store.release_one();
    w.settle();
    CHECK(seen == "hi");
    w.store.release();
    w.settle();
}

TEST_CASE("work whose turn comes when the document is loaded again, or gone, waits or is told") {
    world w{1, resident()};
    client a{w};
    w.settle();
    w.store.hold = true;
    w.store.fail_appends = true;
    w.server->with_document<resident_yjs>("doc", [](resident_yjs& doc) { insert(doc, "lost"); });
    w.settle();
    a.send(change(typed(1, 0, "hi")));
    std::optional<result<std::string>> seen;
    w.server->with_document<resident_yjs>("doc", &content_of, [&](auto const& text) { seen = text; });
    w.settle();
    w.store.release_one();
    w.settle();
    w.store.fail_appends = false;
    SECTION("loaded again") {
        w.store.release_one(); // the change
        w.settle();
        CHECK_FALSE(seen);
        w.store.release();
        w.settle();
        CHECK(seen.value().value() == "hi");
    }
    SECTION("gone") {
        w.server->remove("doc");
        w.settle();
        w.store.release();
        w.settle();
        CHECK(seen.value().error() == document_error::removed);
    }
}

TEST_CASE("an edit that cannot be stored is undone, and whoever waits is served what is stored") {
    world w{1, resident()};
    client a{w};
    a.send(change(typed(1, 0, "hi")));
    a.read();
    w.store.hold = true;
    w.store.fail_appends = true;
    std::error_code failed;
    w.server->with_document<resident_yjs>(
        "doc", [](resident_yjs& doc) { insert(doc, "oh "); },
        [&](result<void> const& r) { failed = r.error(); });
    a.send(step1(empty_vector));
    w.store.release();
    w.settle();
    CHECK(failed == store_error::full);
    CHECK_FALSE(a.carrier.closed);
    CHECK(text_after(a.read()) == "hi");
    w.store.fail_appends = false;
    CHECK(text_in(w) == "hi");
    a.send(change(typed(1, 2, "!")));
    CHECK(text_in(w) == "hi!");
    CHECK(w.store.loads == 2);
}

TEST_CASE("the host's mistakes are its own") {
    world w{1, resident()};
    std::vector<std::error_code> errors;
    auto const note = [&](result<void> const& r) { errors.push_back(r.error()); };
    w.server->with_document<encoded_yjs>(
        "doc", [](encoded_yjs&) {}, note);
    w.server->with_document<resident_yjs>(
        "doc",
        [](resident_yjs& doc) {
            insert(doc, "a");
            throw std::runtime_error{"oops"};
        },
        note);
    w.settle();
    w.store.fail_loads = true;
    w.server->with_document<resident_yjs>(
        "other", [](resident_yjs&) {}, note);
    w.settle();
    // The order is that of the documents, not of the questions.
    std::vector<std::error_code> const expected{document_error::other_engine, document_error::edit_threw,
                                                store_error::io};
    CHECK(std::is_permutation(errors.begin(), errors.end(), expected.begin(), expected.end()));
    w.store.fail_loads = false;
    CHECK(text_in(w) == "a"); // as with yjs::document::transact()
}

TEST_CASE("a document stays while the host works on it, and goes afterwards") {
    world w{1, resident()};
    w.store.hold = true;
    w.server->with_document<resident_yjs>("doc", [](resident_yjs& doc) { insert(doc, "hi"); });
    w.time.advance(1h);
    w.tick();
    CHECK(w.documents() == 1);
    w.store.release();
    w.settle();
    w.tick();
    CHECK(w.documents() == 1); // it was used just now
    w.time.advance(30s);
    w.tick();
    CHECK(w.documents() == 0);
    CHECK(text_in(w) == "hi");
}

TEST_CASE("a document is exported as one update, and imported again") {
    world w;
    client a{w};
    a.send(change(typed(1, 0, "hi")));
    std::optional<result<payload>> file;
    w.server->export_document("doc", [&](auto whole) { file = whole; });
    w.settle();
    auto const whole = file.value().value();
    CHECK(bytes_view{typed(1, 0, "hi")}.size() == whole.size());

    client b{w, "copy"};
    w.settle();
    b.read();
    std::vector<std::error_code> outcomes;
    auto const note = [&](result<void> const& r) { outcomes.push_back(r.error()); };
    w.server->import_update("copy", whole, note);
    w.settle();
    CHECK(b.read() == frames{change(whole.view())});
    w.server->import_update("copy", whole, note); // known
    w.server->import_update("copy", payload{std::string_view{"\xff"}}, note);
    w.settle();
    CHECK(b.read().empty());
    REQUIRE(outcomes.size() == 3);
    CHECK_FALSE(outcomes[0]);
    CHECK_FALSE(outcomes[1]);
    CHECK(outcomes[2]);
}

TEST_CASE("a host edits a document of its own type") {
    using tags = crdt::or_set<std::string>;
    document_service_options options;
    options.document.make = [](auto const&) { return std::make_unique<replicated_crdt<tags>>(); };
    world w{1, options};
    auto const add = [&](std::string const& tag) {
        w.server->with_document<replicated_crdt<tags>>(
            "doc", [=](auto& doc) { doc.edit([&](tags& t) { return t.add(1, tag); }); });
    };
    add("one");
    add("two");
    w.settle();
    std::string seen;
    w.server->with_document<replicated_crdt<tags>>(
        "doc", [](auto& doc) { return to_json(doc.state()); },
        [&](result<std::string> const& json) { seen = json.value(); });
    w.settle();
    CHECK(seen == R"(["one","two"])");
    CHECK(w.store.appends == 2);
}

TEST_CASE("the documents of a shard that nobody has open leave, least lately used first, for a budget") {
    auto options = resident();
    options.memory_budget = 100'000;
    world w{1, options};
    client keeper{w, "kept"};
    keeper.send(change(typed(1, 0, std::string(80'000, 'x'))));
    for (auto const* name : {"a", "b", "c"}) {
        w.server->with_document<resident_yjs>(
            name, [](resident_yjs& doc) { insert(doc, std::string(15'000, 'x')); });
        w.settle();
        w.time.advance(1s);
    }
    text_in(w, "a"); // used later than b
    CHECK(w.documents() == 4);
    w.tick();
    CHECK(w.documents() == 2);
    auto const seen = w.server->inspect(0, 10);
    REQUIRE(seen.largest.size() == 2);
    CHECK(seen.largest[0].name == "kept");
    CHECK(seen.largest[1].name == "a");
    CHECK(seen.bytes <= 100'000);
}

TEST_CASE("an inspection tells how documents stand") {
    world w{1, resident()};
    client a{w};
    client b{w};
    a.send(change(typed(1, 0, "hi")));
    w.time.advance(3s);
    auto seen = w.server->inspect(0, 10);
    CHECK(seen.documents == 1);
    CHECK(seen.clients == 2);
    REQUIRE(seen.largest.size() == 1);
    CHECK(seen.largest[0].name == "doc");
    CHECK(seen.largest[0].log_records == 1);
    CHECK(seen.largest[0].log_bytes == typed(1, 0, "hi").size());
    CHECK(seen.largest[0].stored_ago == 3s);
    CHECK(seen.largest[0].bytes > 0);
    w.store.hold = true;
    a.send(change(typed(1, 2, "!")));
    client c{w, "other"};
    w.settle();
    seen = w.server->inspect(0, 1);
    CHECK(seen.unconfirmed == 1);
    CHECK(seen.documents == 2);
    CHECK(seen.largest.size() == 1);
    seen = w.server->inspect(0, 2);
    CHECK(seen.largest[1].loading);
    CHECK(seen.largest[1].waiting == 1);
    CHECK(seen.largest[1].stored_ago == -1ms);
    w.store.release();
    w.settle();
}

TEST_CASE("what the host throws when it is told holds nobody else up") {
    world w{1, resident()};
    int told = 0;
    auto const oops = [&](auto const&) {
        ++told;
        throw std::runtime_error{"oops"};
    };
    auto const edit = [](resident_yjs& doc) { insert(doc, "x"); };
    w.server->with_document<resident_yjs>("doc", &content_of, oops);
    w.server->import_update("doc", payload{typed(1, 0, "hi")}, oops);
    SECTION("served") {
        for (int i = 0; i < 3; ++i)
            w.server->with_document<resident_yjs>("doc", edit, oops);
        client a{w};
        a.send(step1(empty_vector));
        CHECK(told == 5);
        CHECK(a.read().size() >= 2);
        CHECK_FALSE(a.carrier.closed);
    }
    SECTION("removed") {
        w.store.hold = true;
        w.server->with_document<resident_yjs>("other", &content_of, oops);
        w.server->remove("other", oops);
        w.store.release();
        w.settle();
        CHECK(told == 4);
        CHECK(w.documents() == 1);
    }
}
