#include <unisono/protocol/hocuspocus/detail/frames.hpp>

#include "support/catch.hpp"
#include "support/small_updates.hpp"
#include "unit/protocol/hocuspocus_world.hpp"

using namespace hocuspocus_world;
using unisono::test::typed;

namespace {

auto const keep_alive = from_hex("00010100");

} // namespace

TEST_CASE(
    "hocuspocus: a provider that pipelines is let in, synchronised and told that its changes are stored") {
    world w;
    client a{w};
    a.post_frame(token("any"));
    a.post_frame(step1(empty_vector));
    a.post_frame(awareness_of(7, 1, "{}"));
    w.settle();
    CHECK(a.read() == frames{authenticated(), step1(empty_vector), step2(nothing)});
    a.send(step2(typed(1, 0, "hi")));
    CHECK(a.read() == frames{status(true)});
    a.send(change(typed(1, 2, "!")));
    CHECK(a.read() == frames{status(true)});

    client b{w};
    b.send(token("any"));
    CHECK(b.read() == frames{authenticated(), awareness_of(7, 1, "{}")});
    b.send(step1(from_hex("010101")));
    CHECK(b.read() == frames{step1(from_hex("010103")), step2(typed(1, 1, "i!"))});
}

TEST_CASE("hocuspocus: the bytes of the protocol") {
    // As @hocuspocus/provider 4.8 and server 4.7 write them.
    CHECK(token("x") == from_hex("03646f63020001780534"
                                 "2e382e30"));
    CHECK(authenticated() == from_hex("03646f6302020a726561642d7772697465"));
    CHECK(denied() == from_hex("03646f630201117065726d697373696f6e2d64656e696564"));
    CHECK(status(true) == from_hex("03646f630801"));
    CHECK(stateless("yo") == from_hex("03646f630502796f"));
    CHECK(closed() == from_hex("03646f63071270726f76696465725f696e69746961746564"));
    CHECK(close_request() == from_hex("03646f6307"));
}

TEST_CASE("hocuspocus: editors of one document meet, whatever they speak and wherever they are") {
    world w{{}, 2};
    client a{w, 0};
    client b{w, 1};
    y_websocket_world::client y{w, "doc", 1};
    for (auto* c : {&a, &b})
        c->enter();
    w.settle();
    y.read();
    a.send(change(typed(1, 0, "hi")));
    CHECK(a.read() == frames{status(true)});
    CHECK(b.read() == frames{change(typed(1, 0, "hi"))});
    CHECK(y.read() == frames{y_websocket_world::change(typed(1, 0, "hi"))});
    y.send(y_websocket_world::change(typed(2, 0, "ho")));
    y.send(y_websocket_world::awareness_of(9, 1, "{}"));
    CHECK(a.read() == frames{change(typed(2, 0, "ho")), awareness_of(9, 1, "{}")});
    CHECK(b.read() == frames{change(typed(2, 0, "ho")), awareness_of(9, 1, "{}")});
}

TEST_CASE("hocuspocus: a relayed frame is made once for all who use the document's name") {
    message m;
    m.room = std::make_shared<std::string const>("doc");
    m.kind = message_kind::update;
    m.data = payload{typed(1, 0, "hi")};
    auto const once = detail::hocuspocus_relay_frame("doc", m);
    CHECK(once.is_same(detail::hocuspocus_relay_frame("doc", m)));
    CHECK_FALSE(once.is_same(detail::hocuspocus_relay_frame(session_1, m)));
}

TEST_CASE("hocuspocus: one connection holds many documents, and one document more than once") {
    world w;
    client a{w};
    std::string const session_2 = std::string{"doc"} + '\0' + "2";
    for (std::string const& address : {std::string{"doc"}, session_1, session_2, std::string{"other"}})
        a.send(token("", address));
    CHECK(a.read() == frames{authenticated(), authenticated("read-write", session_1),
                             authenticated("read-write", session_2), authenticated("read-write", "other")});
    a.send(change(typed(1, 0, "hi"), session_1));
    CHECK(a.read() ==
          frames{change(typed(1, 0, "hi")), change(typed(1, 0, "hi"), session_2), status(true, session_1)});
    a.send(close_request(session_2));
    CHECK(a.read() == frames{closed("provider_initiated", session_2)});
    a.send(change(typed(1, 2, "!"), session_1));
    CHECK(a.read() == frames{change(typed(1, 2, "!")), status(true, session_1)});
    a.send(step1(empty_vector, "other"));
    CHECK(a.read() == frames{step1(empty_vector, "other"), step2(nothing, "other")});
}

TEST_CASE("hocuspocus: a change counts as stored when it is, and not before") {
    world w;
    client a{w};
    a.enter();
    w.store.hold = true;
    a.send(change(typed(1, 0, "hi")));
    CHECK(a.read().empty());
    w.store.release();
    w.settle();
    CHECK(a.read() == frames{status(true)});
    a.send(change(typed(1, 0, "hi"))); // known already
    CHECK(a.read() == frames{status(true)});
}

TEST_CASE("hocuspocus: a change that cannot be stored is not acknowledged, and its sender comes back") {
    world w;
    client a{w};
    client b{w};
    for (auto* c : {&a, &b})
        c->enter();
    w.store.fail_appends = true;
    a.send(change(typed(1, 0, "hi")));
    CHECK(a.read().empty());
    CHECK(a.carrier.closed == 1013);
    CHECK_FALSE(b.carrier.closed);
    CHECK(b.read().empty());
}

TEST_CASE("hocuspocus: a document that cannot be loaded is refused, and the others stay") {
    world w;
    client a{w};
    a.enter("other");
    w.store.fail_loads = true;
    a.send(token(""));
    a.send(step1(empty_vector));
    CHECK(a.read() == frames{authenticated(), denied("the document cannot be loaded")});
    w.store.fail_loads = false;
    a.send(change(typed(1, 0, "hi"), "other"));
    CHECK(a.read() == frames{status(true, "other")});
    a.send(token(""));
    a.send(step1(empty_vector));
    CHECK(a.read() == frames{authenticated(), step1(empty_vector), step2(nothing)});
}

TEST_CASE("threat B7: hocuspocus: a client that reads too slowly gets what it missed of each document as one "
          "update") {
    world w;
    client a{w};
    client slow{w};
    for (auto* c : {&a, &slow})
        for (auto const* document : {"doc", "other", "third"}) {
            c->enter(document);
            c->send(step1(empty_vector, document));
            c->read();
        }
    slow.carrier.full = true;
    for (std::uint64_t clock = 0; clock < 100; ++clock) {
        a.send(change(typed(1, clock, "x")));
        a.send(change(typed(1, clock, "y"), "other"));
    }
    CHECK(slow.read().empty());
    slow.carrier.full = false;
    slow.make_room();
    CHECK(slow.read() == frames{change(typed(1, 0, std::string(100, 'x'))),
                                change(typed(1, 0, std::string(100, 'y')), "other")});
    slow.make_room();
    CHECK(slow.read().empty());
    CHECK_FALSE(slow.carrier.closed);
}

TEST_CASE("hocuspocus: a slow client that never synced is asked to come back") {
    world w;
    client a{w};
    client slow{w};
    for (auto* c : {&a, &slow})
        c->enter();
    slow.carrier.full = true;
    a.send(change(typed(1, 0, "hi")));
    CHECK(slow.carrier.closed == 1013);
}

TEST_CASE("hocuspocus: what a client lacks comes in parts, for slow lines") {
    world w{{}, 1, {.part_bytes = 100}};
    client a{w};
    a.enter();
    a.send(change(typed(2, 0, std::string(90, 'x'))));
    a.send(change(typed(1, 0, std::string(90, 'y'))));
    client b{w};
    b.enter();
    b.send(step1(empty_vector));
    auto const got = b.read();
    REQUIRE(got.size() == 3);
    CHECK(got[1] == change(typed(2, 0, std::string(90, 'x'))));
    CHECK(got[2] == step2(typed(1, 0, std::string(90, 'y'))));
}

TEST_CASE("threat D7: a Hocuspocus client that may only read syncs, and changes nothing") {
    world w{{.hooks = {.authenticate = [](hocuspocus_claim const& c) {
                 return document_grant{c.token == "w" ? document_access::write : document_access::read};
             }}}};
    client writer{w};
    writer.enter("doc", "w");
    writer.send(change(typed(1, 0, "hi")));
    client reader{w};
    reader.send(token(""));
    reader.send(step1(empty_vector));
    CHECK(reader.read() ==
          frames{authenticated("readonly"), step1(from_hex("010102")), step2(typed(1, 0, "hi"))});
    reader.send(step2(nothing));
    reader.send(step2(typed(1, 0, "hi")));
    CHECK(reader.read() == frames{status(true), status(true)});
    reader.send(step2(typed(2, 0, "ho")));
    reader.send(change(typed(2, 0, "ho")));
    reader.send(change(typed(1, 0, "hi")));
    CHECK(reader.read() == frames{status(false), status(false), status(false)});
    writer.read();
    reader.send(awareness_of(7, 1, "{}"));
    CHECK(writer.read() == frames{awareness_of(7, 1, "{}")});
    CHECK(w.store.appends == 1);
}

TEST_CASE("hocuspocus: cursors go with whoever introduced them, also when only the document is left") {
    world w;
    client a{w};
    client b{w};
    a.enter();
    b.enter();
    a.send(awareness_of(7, 1, "{}"));
    a.send(query());
    CHECK(a.read() == frames{awareness_of(7, 1, "{}")});
    b.read();
    if (GENERATE(true, false))
        a.send(close_request());
    else
        a.leave();
    w.settle();
    CHECK(b.read() == frames{awareness_of(7, 1, "null")});

    // Back with the clock everybody has seen end: told what to overtake, and asked to say it at once.
    client back{w};
    back.enter();
    back.send(awareness_of(7, 1, "{}"));
    CHECK(back.read() == frames{awareness_of(7, 1, "null"), query()});
    back.send(awareness_of(7, 2, "{}"));
    CHECK(back.read().empty());
    CHECK(b.read() == frames{awareness_of(7, 2, "{}")});
    back.send(awareness_of(7, 3, "null"));
    CHECK(b.read() == frames{awareness_of(7, 3, "null")});
}

TEST_CASE("hocuspocus: a closed document may be opened again, and hears nothing of before") {
    world w;
    client a{w};
    a.enter();
    w.store.hold = true;
    a.send(change(typed(1, 0, "hi")));
    a.send(close_request());
    a.send(token(""));
    CHECK(a.read() == frames{closed(), authenticated()});
    w.store.release();
    w.settle();
    a.send(step1(empty_vector));
    // What it had asked for was done: it comes as anybody's change.
    CHECK(a.read() == frames{change(typed(1, 0, "hi")), step1(from_hex("010102")), step2(typed(1, 0, "hi"))});
    a.send(close_request("never opened"));
    CHECK(a.read().empty());
}

TEST_CASE(
    "hocuspocus: what makes no sense ends its document, or its connection when it is not even addressed") {
    world w;
    client other{w};
    other.enter();
    client a{w};
    a.enter("other");
    a.enter();
    auto const [rest, reason] = GENERATE(table<std::string, std::string>({
        {"00", "malformed message: "},       // no sync type
        {"0000", "malformed message: "},     // no state vector
        {"000105ff", "malformed message: "}, // cut short
        {"000300", "unknown sync message"},  //
        {"00000101", "malformed state vector: "},
        {"00020101", "update refused: "},
        {"01", "malformed message: "},
        {"010101", "awareness refused: "},
        {"0502ffff", "malformed message: "},  // text that is no UTF-8
        {"060179", "only servers broadcast"}, //
        {"0200", "malformed message: "},
        {"020002ffff", "malformed message: "}, // a token that is no UTF-8
        {"0201", ""},                          // only servers say that
        {"0401", ""},                          // between servers
        {"0801", ""},                          //
        {"630102", ""},                        // a later version's
        {"ffff0f", ""},                        //
    }));
    INFO(rest);
    auto message = head("doc", {});
    append(message, from_hex(rest));
    a.send(message);
    auto const got = a.read();
    CHECK_FALSE(a.carrier.closed);
    CHECK(got.size() == (reason.empty() ? 0 : 1));
    for (auto const& frame : got) {
        CHECK(frame[4] == std::byte{7});
        CHECK(as_text(frame).substr(6).starts_with(reason));
    }
    a.send(change(typed(1, 0, "hi"))); // dropped from one that was put out
    CHECK(other.read().size() == (reason.empty() ? 1 : 0));
    a.send(change(typed(1, 0, "hi"), "other"));
    CHECK_FALSE(a.read().empty());
    CHECK_FALSE(other.carrier.closed);
}

TEST_CASE("hocuspocus: bytes without an address end the connection") {
    world w;
    client a{w};
    if (GENERATE(false, true))
        a.enter();
    auto const [bytes, code] = GENERATE(table<std::string, int>({
        {"", 4401},
        {"03646f", 4401},   // an address cut short
        {"02ffff00", 4401}, // no UTF-8
        {"ffffffffffffffffff", 4401},
        {"03646f63", 4205},   // no type
        {"03646f6380", 4205}, // a type cut short
    }));
    INFO(bytes);
    a.send(from_hex(bytes));
    CHECK(a.carrier.closed == code);
    a.read();
    a.send(token(""));
    CHECK(a.read().empty());
}

TEST_CASE("hocuspocus: a malformed token ends the connection of a stranger") {
    world w;
    client a{w};
    a.send(from_hex(GENERATE("03646f630200", "03646f63020002ffff", "03646f630200000180")));
    CHECK(a.carrier.closed == 4205);
}

TEST_CASE("hocuspocus: text ends the connection") {
    world w;
    client a{w};
    a.post([s = a.session] { s->on_text(); });
    w.settle();
    CHECK(a.carrier.closed == 1003);
}

TEST_CASE("hocuspocus: a client that hears nothing is told that the server is there") {
    world w;
    client a{w};
    a.enter();
    a.tick(); // once a second
    w.time.advance(14s);
    a.tick();
    CHECK(a.read().empty());
    w.time.advance(1s);
    a.tick();
    a.tick();
    CHECK(a.read() == frames{keep_alive});
}

TEST_CASE("threat B7: a Hocuspocus client that reads too slowly is asked to come back") {
    world w;
    client slow{w};
    client a{w};
    slow.enter();
    a.enter();
    slow.carrier.full = true;
    a.send(change(typed(1, 0, "hi")));
    CHECK(slow.carrier.closed == 1013);
    CHECK(a.read() == frames{status(true)});
}

TEST_CASE("hocuspocus: a connection may end at any moment") {
    auto const shards = static_cast<std::size_t>(GENERATE(1, 3));
    world w{{}, shards};
    {
        client a{w, shards - 1};
        a.post_frame(token(""));
        a.post_frame(change(typed(1, 0, "hi")));
        a.post_frame(awareness_of(7, 1, "{}"));
        for (int i = GENERATE(range(0, 6)); i > 0; --i)
            w.shards[shards - 1].run_one();
        a.leave();
    }
    w.settle();
    CHECK(w.editors->open_count(shards - 1) == 0);
    w.time.advance(1h);
    w.tick();
    CHECK(w.documents() == 0);
}
