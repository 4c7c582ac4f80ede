// What comes for a document in one turn of the loop: a burst is one change to everybody else.

#include <unisono/crdt/yjs/update.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "support/small_updates.hpp"
#include "unit/protocol/hocuspocus_world.hpp"
#include "unit/protocol/y_websocket_world.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace y_websocket_world;
using unisono::test::from_hex;
using unisono::test::typed;
using frames = std::vector<byte_buffer>;

namespace {

/// Several who have the document open and have been greeted.
struct editors {
    world w;
    client a{w};
    client b{w};
    client reader{w};

    explicit editors(document_service_options options = {}) : w(1, std::move(options)) {
        w.settle();
        for (auto* c : {&a, &b, &reader})
            c->read();
    }
};

byte_buffer merged(std::vector<byte_buffer> const& updates) {
    return yjs::compact_updates(std::vector<bytes_view>(updates.begin(), updates.end())).value();
}

} // namespace

TEST_CASE("what several change at the same moment is stored and told as one change") {
    editors e;
    e.a.post_frame(change(typed(1, 0, "a")));
    e.b.post_frame(change(typed(2, 0, "b")));
    e.a.post_frame(change(typed(1, 1, "c")));
    e.w.settle();
    auto const all = change(merged({typed(1, 0, "ac"), typed(2, 0, "b")}));
    CHECK(e.reader.read() == frames{all});
    CHECK(e.a.read() == frames{all}); // nobody else has made it
    CHECK(e.b.read() == frames{all});
    CHECK(e.w.store.appends == 1);
}

TEST_CASE("who alone changes something at a moment does not get it back") {
    editors e;
    e.a.post_frame(change(typed(1, 0, "a")));
    e.a.post_frame(change(typed(1, 1, "b")));
    e.w.settle();
    CHECK(e.a.read().empty());
    CHECK(e.reader.read() == frames{change(typed(1, 0, "ab"))});
    CHECK(e.w.store.appends == 1);
}

TEST_CASE("everybody whose change is part of one hears that it is stored") {
    hocuspocus_world::world w;
    hocuspocus_world::client a{w};
    hocuspocus_world::client b{w};
    for (auto* c : {&a, &b}) {
        c->enter();
        c->read();
    }
    w.store.hold = true;
    a.post_frame(hocuspocus_world::change(typed(1, 0, "a")));
    b.post_frame(hocuspocus_world::change(typed(2, 0, "b")));
    b.post_frame(hocuspocus_world::change(typed(2, 0, "b"))); // again
    b.post_frame(hocuspocus_world::change(typed(2, 1, "c")));
    w.settle();
    CHECK(a.read().empty());
    CHECK(b.read().empty());
    w.store.release();
    w.settle();
    auto const stored = hocuspocus_world::status(true);
    auto const all = hocuspocus_world::change(merged({typed(1, 0, "a"), typed(2, 0, "bc")}));
    CHECK(a.read() == frames{all, stored});
    CHECK(b.read() == frames{all, stored, stored, stored});
    CHECK(w.store.appends == 1);
    // What all know is answered, too.
    a.send(hocuspocus_world::change(typed(2, 0, "bc")));
    CHECK(a.read() == frames{stored});
    CHECK(w.store.appends == 1);
}

TEST_CASE("among changes that come together a malformed one costs its sender only") {
    editors e;
    e.a.post_frame(change(typed(1, 0, "a")));
    e.b.post_frame(change(from_hex("ffffff")));
    e.a.post_frame(change(typed(1, 1, "b")));
    e.w.settle();
    CHECK(e.b.carrier.closed == 1007);
    CHECK_FALSE(e.a.carrier.closed);
    CHECK(e.reader.read() == frames{change(typed(1, 0, "ab"))});
}

TEST_CASE("when changes that came together cannot be stored each of their authors is sent away") {
    editors e;
    e.w.store.fail_appends = true;
    e.a.post_frame(change(typed(1, 0, "a")));
    e.b.post_frame(change(typed(2, 0, "b")));
    e.w.settle();
    CHECK(e.a.carrier.closed == 1013);
    CHECK(e.b.carrier.closed == 1013);
    CHECK_FALSE(e.reader.carrier.closed);
    CHECK(e.reader.read().empty());
    e.reader.send(step1(empty_vector));
    CHECK(e.reader.read() == frames{step2(nothing)});
}

TEST_CASE("what is asked behind changes of the same moment is answered with them") {
    document_service_options options;
    options.document.durability = document_durability::before_ack;
    editors e{options};
    e.a.post_frame(change(typed(1, 0, "a")));
    SECTION("for a sync") {
        e.b.post_frame(step1(empty_vector));
        e.w.settle();
        CHECK(e.b.read() == frames{step2(typed(1, 0, "a")), change(typed(1, 0, "a"))});
    }
    SECTION("by who has just come") {
        client newcomer{e.w};
        e.w.settle();
        CHECK(newcomer.read().front() == step1(from_hex("010101")));
    }
    SECTION("by the host") {
        bool whole = false;
        e.w.shards[0].post([&] {
            e.w.server->export_document(
                "doc", [&](result<payload> d) { whole = d.value().text() == as_text(typed(1, 0, "a")); });
        });
        e.w.settle();
        CHECK(whole);
    }
    SECTION("with an update of the host's, which comes after them") {
        e.w.shards[0].post([&] { e.w.server->import_update("doc", payload{typed(1, 1, "b")}); });
        e.w.settle();
        CHECK(e.reader.read() == frames{change(typed(1, 0, "a")), change(typed(1, 1, "b"))});
    }
}

TEST_CASE("who may only read hears that what it has is stored, also when that has only just come") {
    hocuspocus_world::world w{{}, 1, {.document = {.durability = document_durability::before_ack}}};
    hocuspocus_world::client reader{w};
    reader.enter();
    reader.read();
    client author{w};
    w.settle();
    author.post_frame(change(typed(1, 0, "a")));
    w.shards[0].post([&] { w.server->allow("doc", "", document_access::read); });
    reader.post_frame(hocuspocus_world::step2(typed(1, 0, "a")));
    w.settle();
    auto const heard = reader.read();
    CHECK(std::count(heard.begin(), heard.end(), hocuspocus_world::status(true)) == 1);
    CHECK(w.store.appends == 1);
}

TEST_CASE("a cursor does not overtake the text it stands in") {
    editors e{{.document = {.durability = document_durability::before_ack}}};
    e.a.post_frame(change(typed(1, 0, "a")));
    e.a.post_frame(awareness_of(7, 1, "{}"));
    e.b.post_frame(change(typed(2, 0, "b")));
    e.w.settle();
    CHECK(e.reader.read() ==
          frames{change(merged({typed(1, 0, "a"), typed(2, 0, "b")})), awareness_of(7, 1, "{}")});
}

TEST_CASE("what would be large is not made one") {
    editors e{{.part_bytes = 100}};
    std::string const text(30, 'x');
    for (std::uint64_t i = 0; i < 6; ++i)
        e.a.post_frame(change(typed(1, i * 30, text)));
    e.w.settle();
    CHECK(e.reader.read() == frames{change(typed(1, 0, text + text)), change(typed(1, 60, text + text)),
                                    change(typed(1, 120, text + text))});
    CHECK(e.w.store.appends == 3);
}

namespace {

struct unmerged final : document_replica {
    encoded_yjs inner;

    record_format const& format() const noexcept override { return inner.format(); }
    result<bool> is_new(bytes_view update) const override { return inner.is_new(update); }
    void add(payload update) override { inner.add(std::move(update)); }
    byte_buffer state_vector() override { return inner.state_vector(); }
    result<byte_buffer> missing(bytes_view vector) override { return inner.missing(vector); }
    result<payload> whole() override { return inner.whole(); }
    std::size_t size() const noexcept override { return inner.size(); }
};

} // namespace

TEST_CASE("updates of an engine that cannot merge them stay apart, and in order") {
    document_service_options options;
    options.document.make = [](auto const&) { return std::make_unique<unmerged>(); };
    editors e{options};
    e.a.post_frame(change(typed(1, 0, "a")));
    e.b.post_frame(change(typed(2, 0, "b")));
    e.a.post_frame(change(typed(1, 1, "c")));
    e.w.settle();
    CHECK(e.reader.read() ==
          frames{change(typed(1, 0, "a")), change(typed(2, 0, "b")), change(typed(1, 1, "c"))});
    CHECK(e.a.read() == frames{change(typed(2, 0, "b"))});
    CHECK(e.w.store.appends == 3);
}

TEST_CASE("changes of the moment in which a document goes are not taken in, and nobody is told they are") {
    struct deaf final : document_reader {
        void deliver(message_ptr const&) override {}
        void on_notice(document_notice const&) override {}
    };
    editors e;
    auto const session = std::make_shared<document_session>(*e.w.server, 0, "doc");
    document_failure heard = document_failure::none;
    e.w.shards[0].post([&] {
        session->open(std::make_shared<deaf>());
        session->ask({document_verb::change, payload{typed(1, 0, "a")}},
                     [&](document_answer const& a) { heard = a.failure; });
        e.w.server->remove("doc");
    });
    e.w.settle();
    CHECK(heard == document_failure::unavailable);
    CHECK(e.w.store.appends == 0);
    CHECK(e.reader.read().empty());
    CHECK(e.w.documents() == 0);
}

TEST_CASE("changes of the moment in which a document is removed everywhere are removed with it") {
    editors e;
    e.a.post_frame(change(typed(1, 0, "a")));
    e.w.shards[0].post([&] { e.w.server->remove_everywhere("doc"); });
    e.w.settle();
    CHECK(e.w.store.appends == 1);
    CHECK(e.a.carrier.closed == 4410);
    client back{e.w};
    back.send(step1(empty_vector));
    CHECK(back.read().back() == step2(from_hex("000101010001"))); // it is deleted
}

TEST_CASE("changes of the moment in which a document is loaded again are taken in then") {
    editors e{resident()};
    e.w.store.hold = true;
    e.w.store.fail_appends = true;
    e.w.server->with_document<resident_yjs>("doc", [](resident_yjs& doc) { text_of(doc).insert(0, "x"); });
    e.w.settle();
    e.a.post_frame(change(typed(1, 0, "a")));
    e.w.shards[0].run_one(); // it has come, and had no turn
    e.w.store.release_one(); // the edit cannot be stored
    e.w.settle();
    e.w.store.fail_appends = false;
    e.w.store.release();
    e.w.settle();
    CHECK(e.w.store.loads == 2);
    CHECK_FALSE(e.a.carrier.closed);
    CHECK(e.reader.read().back() == change(typed(1, 0, "a")));
}

TEST_CASE("a document stays while something for it has no turn") {
    editors e{{.unload_after = 0ms}};
    e.a.post_frame(change(typed(1, 0, "a")));
    for (auto* c : {&e.a, &e.b, &e.reader})
        c->leave();
    e.w.shards[0].post([&] { e.w.server->tick(0); });
    e.w.settle();
    CHECK(e.w.store.appends == 1);
    client back{e.w};
    back.send(step1(empty_vector));
    CHECK(back.read().back() == step2(typed(1, 0, "a")));
}
