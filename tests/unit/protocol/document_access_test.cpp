#include <unisono/document/resident_yjs.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "unit/protocol/hocuspocus_world.hpp"
#include "unit/protocol/y_websocket_world.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace y_websocket_world;
using unisono::test::from_hex;
using unisono::test::typed;
using frames = std::vector<byte_buffer>;

namespace {

byte_buffer denied(std::string_view reason) {
    return y_websocket_world::message({2, 0}, as_bytes(reason));
}

/// A y-websocket client that the host looks at first.
struct guarded : connection<y_websocket_session> {
    guarded(world& w, decltype(y_websocket_hooks::authorise) authorise, std::size_t waiting_bytes = 1000)
        : connection(w, 0) {
        auto request = std::make_shared<http_request>();
        request->query = "token=secret";
        start(std::make_shared<y_websocket_session>(
            *w.server,
            y_websocket_options{.waiting_bytes = waiting_bytes,
                                .hooks = {.authorise = std::move(authorise)},
                                .clock = &w.time},
            0, "doc", carrier, std::move(request)));
        w.settle();
    }
};

auto as(std::string user, document_access access = document_access::write) {
    return [=](y_websocket_claim const& claim) -> result<document_grant> {
        CHECK(claim.document == "doc");
        CHECK(claim.request->query == "token=secret");
        return document_grant{.access = access, .user = user};
    };
}

} // namespace

TEST_CASE("a y-websocket client that may do nothing is told so, and to stay away") {
    world w;
    using grant = result<document_grant>;
    auto const [answer, reason] = GENERATE(table<grant, std::string>({
        {grant{document_grant{.access = document_access::none}}, "permission-denied"},
        {grant{document_grant{.access = document_access::none, .reason = "not yours"}}, "not yours"},
        {grant{std::make_error_code(std::errc::io_error)}, "permission-denied"},
    }));
    guarded a{w, [answer = answer](y_websocket_claim const&) { return answer; }};
    a.send(step1(empty_vector));
    CHECK(a.read() == frames{denied(reason)});
    CHECK(a.carrier.closed == 4403);
    CHECK(w.documents() == 0);
}

TEST_CASE("threat D7: a y-websocket client that may only read syncs, and changes nothing") {
    world w;
    client writer{w};
    writer.send(change(typed(1, 0, "hi")));
    writer.read();
    guarded reader{w, as("ann", document_access::read)};
    reader.read();
    reader.send(step1(empty_vector));
    CHECK(reader.read() == frames{step2(typed(1, 0, "hi"))});
    for (auto const make : {&step2, &change}) {
        reader.send(make(typed(2, 0, "ho")));
        reader.send(make(typed(1, 0, "hi"))); // known
    }
    CHECK(reader.read().empty());
    CHECK(writer.read().empty());
    CHECK(w.store.appends == 1);
    CHECK_FALSE(reader.carrier.closed);
    reader.send(awareness_of(7, 1, "{}"));
    CHECK(writer.read() == frames{awareness_of(7, 1, "{}")});
    reader.send(change(from_hex("ff"))); // who breaks the rules goes, all the same
    CHECK(reader.carrier.closed == 1007);
}

TEST_CASE("what a y-websocket client sends while the host decides waits, in order and bounded") {
    world w;
    std::optional<host_reply<document_grant>> reply;
    auto const ask = [&](y_websocket_claim const&, host_reply<document_grant> r) { reply = std::move(r); };
    guarded a{w, ask};
    a.send(change(typed(1, 0, "hi")));
    a.send(step1(empty_vector));
    CHECK(a.read().empty());
    CHECK(w.documents() == 0);
    (*reply)(document_grant{});
    w.settle();
    CHECK(a.read().front() == step1(empty_vector));
    CHECK(w.store.appends == 1);
    guarded flood{w, ask, 100};
    for (int i = 0; i < 20; ++i)
        flood.send(change(typed(2, 0, "hi")));
    CHECK(flood.carrier.closed == 1013);
    guarded gone{w, ask};
    gone.leave();
    w.settle();
    (*reply)(document_grant{});
    w.settle();
    CHECK(w.store.appends == 1);
}

TEST_CASE("the host changes what a user may do while they are connected") {
    world w;
    guarded ann{w, as("ann")};
    guarded bob{w, as("bob")};
    client nobody{w};
    ann.read();
    bob.read();
    ann.post_frame(change(typed(1, 0, "a")));
    w.settle();
    CHECK(w.store.appends == 1);
    w.server->allow("doc", "ann", document_access::read);
    w.settle();
    ann.send(change(typed(1, 1, "b")));
    bob.send(change(typed(2, 0, "b")));
    nobody.send(change(typed(3, 0, "c")));
    CHECK(w.store.appends == 3);
    w.server->allow("doc", "ann", document_access::write);
    w.settle();
    ann.send(change(typed(1, 1, "b")));
    CHECK(w.store.appends == 4);

    ann.read();
    w.server->allow("doc", "ann", document_access::none, "go away");
    ann.post_frame(change(typed(1, 2, "c"))); // too late
    w.settle();
    CHECK(ann.read() == frames{denied("go away")});
    CHECK(ann.carrier.closed == 4403);
    CHECK(w.store.appends == 4);
    CHECK_FALSE(bob.carrier.closed);
    CHECK_FALSE(nobody.carrier.closed);
    w.server->allow("doc", "", document_access::none);
    w.server->allow("unknown", "bob", document_access::none);
    w.settle();
    CHECK(nobody.carrier.closed == 4403);
    CHECK_FALSE(bob.carrier.closed);
}

TEST_CASE("a Hocuspocus client hears of its new rights") {
    hocuspocus_options options;
    options.hooks.authenticate = [](hocuspocus_claim const&) { return document_grant{.user = "ann"}; };
    hocuspocus_world::world w{options};
    hocuspocus_world::client a{w};
    a.enter();
    w.server->allow("doc", "ann", document_access::read);
    w.settle();
    CHECK(a.read() == frames{hocuspocus_world::authenticated("readonly")});
    a.send(hocuspocus_world::change(typed(1, 0, "hi")));
    CHECK(a.read() == frames{hocuspocus_world::status(false)});
    w.server->allow("doc", "ann", document_access::write);
    w.settle();
    a.read();
    a.send(hocuspocus_world::change(typed(1, 0, "hi")));
    CHECK(a.read() == frames{hocuspocus_world::status(true)});
    w.server->allow("doc", "ann", document_access::none, "go away");
    w.settle();
    CHECK(a.read() == frames{hocuspocus_world::closed("go away")});
    CHECK_FALSE(a.carrier.closed);
}

TEST_CASE("what others do in a document is passed on at the pace that the host gives") {
    hocuspocus_world::world w{{}, 1, {.pace = 20ms}};
    client a{w};
    client b{w};
    hocuspocus_world::client c{w};
    c.enter();
    a.send(change(typed(1, 0, "hi")));
    a.send(awareness_of(7, 1, "{}"));
    CHECK(b.carrier.paces == std::vector{20ms, 20ms});
    CHECK(c.carrier.paces == std::vector{20ms, 20ms});
    CHECK(a.carrier.paces.empty()); // hears nothing of itself
}

TEST_CASE("a document that is removed is gone for who has it open, and begins anew") {
    hocuspocus_world::world w;
    client a{w};
    hocuspocus_world::client b{w};
    b.enter();
    a.send(change(typed(1, 0, "hi")));
    a.read();
    b.read();
    bool done = false;
    w.server->remove("doc", [&](result<void> const& r) { done = r.has_value(); });
    a.post_frame(change(typed(1, 2, "!"))); // brings nothing back
    w.settle();
    CHECK(done);
    CHECK(a.carrier.closed == 4410);
    CHECK(b.read() == frames{hocuspocus_world::closed("the document was removed")});
    CHECK(w.documents() == 0);
    client c{w};
    c.send(step1(empty_vector));
    CHECK(c.read() == frames{step1(empty_vector), step2(nothing)});
}

TEST_CASE("a document that is removed everywhere empties the copies that come back") {
    world w{1, GENERATE(document_service_options{}, resident())};
    client a{w};
    a.send(change(typed(1, 0, "hi")));
    a.read();
    std::optional<result<void>> removed;
    w.store.hold = true;
    a.post_frame(change(typed(1, 2, "!"))); // on its way to the store
    w.settle();
    w.server->remove_everywhere("doc", [&](result<void> const& r) { removed = r; });
    w.settle();
    a.post_frame(change(typed(1, 3, "?"))); // too late
    client newcomer{w};
    w.settle();
    CHECK_FALSE(removed);
    w.store.hold = false;
    w.store.release();
    w.settle();
    REQUIRE(removed);
    CHECK(*removed);
    CHECK(a.carrier.closed == 4410);
    CHECK(newcomer.carrier.closed);
    CHECK(w.documents() == 0);

    auto const erased = from_hex("00 01 01 01 00 03"); // the three elements that client 1 wrote
    client fresh{w};
    fresh.send(step1(empty_vector));
    CHECK(fresh.read() == frames{step1(empty_vector), step2(erased)});
    client stale{w};
    stale.send(step1(from_hex("01 01 03")));
    CHECK(stale.read() == frames{step1(empty_vector), step2(erased)});
    stale.send(step2(typed(1, 0, "hi!")));
    stale.send(change(typed(1, 3, "?"))); // written offline
    yjs::document seen;
    client late{w};
    late.send(step1(empty_vector));
    auto const answer = late.read().back();
    REQUIRE(seen.apply_update(lib0_reader{bytes_view{answer}.subspan(2)}.var_bytes()));
    CHECK(seen.get_text("t").to_string() == "?");
}

TEST_CASE("a document of which nothing is stored can be removed everywhere, too") {
    world w;
    std::optional<result<void>> removed;
    w.server->remove_everywhere("doc", [&](result<void> const& r) { removed = r; });
    w.settle();
    REQUIRE(removed);
    CHECK(*removed);
    CHECK(w.documents() == 0);
    client a{w};
    a.send(step1(empty_vector));
    CHECK(a.read() == frames{step1(empty_vector), step2(nothing)});
}

TEST_CASE("a document that cannot be removed everywhere stays as it is, and the host is told") {
    world w;
    client a{w};
    a.send(change(typed(1, 0, "hi")));
    std::optional<result<void>> removed;
    if (GENERATE(true, false)) {
        w.store.fail_compactions = true;
    } else {
        a.leave();
        w.settle();
        w.time.advance(1h);
        w.tick();
        w.tick();
        REQUIRE(w.documents() == 0);
        w.store.fail_loads = true;
    }
    w.server->remove_everywhere("doc", [&](result<void> const& r) { removed = r; });
    w.settle();
    REQUIRE(removed);
    CHECK_FALSE(*removed);
    w.store.fail_compactions = w.store.fail_loads = false;
    CHECK_FALSE(a.carrier.closed);
    client back{w};
    back.send(step1(from_hex("01 01 02")));
    CHECK(back.read() == frames{step1(from_hex("01 01 02")), step2(nothing)});
}

TEST_CASE("what is being stored when a document is removed goes, too") {
    world w;
    client a{w};
    w.settle();
    a.read();
    w.store.hold = true;
    a.send(change(typed(1, 0, "hi")));
    w.server->remove("doc");
    w.settle();
    client b{w};
    w.settle();
    w.store.release();
    w.settle();
    b.send(step1(empty_vector));
    CHECK(b.read() == frames{step1(empty_vector), step2(nothing)});
}

TEST_CASE("a document that cannot be loaded again is told to all who have it open, and they come back") {
    hocuspocus_world::world w{{}, 1, resident()};
    client a{w};
    hocuspocus_world::client b{w};
    b.enter();
    a.send(step1(empty_vector));
    w.store.hold = true;
    w.store.fail_appends = true;
    w.server->with_document<resident_yjs>(
        "doc", [](resident_yjs& doc) { doc.document().get_text("t").insert(0, "x"); });
    w.settle();
    w.store.fail_loads = true;
    w.store.release();
    w.settle();
    CHECK(a.carrier.closed == 1013);
    CHECK(b.carrier.closed == 1013);
    CHECK(w.documents() == 0);
    w.store.fail_appends = false;
    w.store.fail_loads = false;
    client c{w};
    c.send(step1(empty_vector));
    CHECK(c.read().back() == step2(nothing));
}

TEST_CASE("what clients are told must be text") {
    world w;
    CHECK_THROWS_AS(w.server->allow("doc", "ann", document_access::none, "\xff"), std::invalid_argument);
    w.settle();
}
