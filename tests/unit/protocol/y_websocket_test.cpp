#include <unisono/core/random.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "unit/protocol/y_websocket_world.hpp"

using namespace y_websocket_world;
using unisono::test::from_hex;
using unisono::test::typed;
using frames = std::vector<byte_buffer>;

namespace {

auto const keep_alive = from_hex("010100");

} // namespace

TEST_CASE("a newcomer is greeted with what the server has") {
    world w;
    client a{w};
    w.settle();
    CHECK(a.read() == frames{step1(empty_vector)});
    a.send(step1(empty_vector));
    CHECK(a.read() == frames{step2(nothing)});
    a.send(change(typed(1, 0, "hi")));
    a.send(awareness_of(7, 1, "{}"));
    CHECK(a.read().empty());

    client b{w};
    w.settle();
    CHECK(b.read() == frames{step1(from_hex("010102")), awareness_of(7, 1, "{}")});
    b.send(step1(empty_vector));
    CHECK(b.read() == frames{step2(typed(1, 0, "hi"))});
    b.send(from_hex("03"));
    CHECK(b.read() == frames{awareness_of(7, 1, "{}")});
}

TEST_CASE("a change reaches the others as it came, and its sender not") {
    world w;
    client a{w};
    client b{w};
    client elsewhere{w, "other"};
    w.settle();
    for (auto* c : {&a, &b, &elsewhere})
        c->read();
    auto const make = GENERATE(&step2, &change);
    a.send(make(typed(1, 0, "hi")));
    CHECK(a.read().empty());
    CHECK(b.read() == frames{change(typed(1, 0, "hi"))});
    CHECK(elsewhere.read().empty());
    b.send(change(typed(1, 0, "hi")));
    CHECK(a.read().empty());
    CHECK(w.store.appends == 1);
}

TEST_CASE("nobody is served before the document is loaded; what comes early waits") {
    world w;
    w.store.hold = true;
    client a{w};
    client b{w};
    a.send(step1(empty_vector));
    a.send(change(typed(1, 0, "hi")));
    CHECK(a.read().empty());
    w.store.release();
    w.settle();
    CHECK(a.read() == frames{step1(empty_vector), step2(nothing)});
    CHECK(b.read() == frames{step1(empty_vector), change(typed(1, 0, "hi"))});
    CHECK(w.store.loads == 1);
}

TEST_CASE("who sends too much before the document is loaded is dismissed, and nobody else") {
    world w{1, {.early_bytes = 100}};
    w.store.hold = true;
    client flood{w};
    client calm{w};
    calm.send(change(typed(2, 0, "ho")));
    for (int i = 0; i < 20; ++i)
        flood.send(change(typed(1, 0, "hi")));
    CHECK(flood.carrier.closed == 1013);
    CHECK_FALSE(calm.carrier.closed);
    calm.send(step1(empty_vector));
    w.store.release();
    w.settle();
    CHECK(calm.read() == frames{step1(empty_vector), step2(nothing)});
}

TEST_CASE("frames that come before the session has joined are kept, and bounded") {
    world w{2, {.early_bytes = 100}};
    std::string name = "doc";
    client probe{w, name, 0};
    w.settle();
    std::size_t const owner = w.server->document_count(0) == 1 ? 0 : 1;
    client a{w, name, 1 - owner};
    client flood{w, name, 1 - owner};
    a.post_frame(step1(empty_vector));
    for (int i = 0; i < 20; ++i)
        flood.post_frame(change(typed(1, 0, "hi")));
    w.settle();
    CHECK(a.read() == frames{step1(empty_vector), step2(nothing)});
    CHECK(flood.carrier.closed == 1013);
}

TEST_CASE("a document that cannot be loaded turns its clients away, and is tried again") {
    world w;
    w.store.fail_loads = true;
    client a{w};
    a.send(step1(empty_vector));
    CHECK(a.carrier.closed == 1013);
    CHECK(w.documents() == 0);
    w.store.fail_loads = false;
    client b{w};
    w.settle();
    CHECK(b.read() == frames{step1(empty_vector)});
}

TEST_CASE("nothing is passed on before the store has it") {
    world w;
    client a{w};
    client b{w};
    w.settle();
    b.read();
    w.store.hold = true;
    a.send(change(typed(1, 0, "hi")));
    CHECK(b.read().empty());
    b.send(step1(empty_vector));
    CHECK(b.read() == frames{step2(nothing)});
    w.store.release();
    w.settle();
    CHECK(b.read() == frames{change(typed(1, 0, "hi"))});
}

TEST_CASE("a change that cannot be stored costs its sender the connection, and changes nothing") {
    world w;
    client a{w};
    client b{w};
    w.settle();
    b.read();
    w.store.fail_appends = true;
    a.send(change(typed(1, 0, "hi")));
    CHECK(a.carrier.closed == 1013);
    CHECK_FALSE(b.carrier.closed);
    CHECK(b.read().empty());
    w.store.fail_appends = false;
    b.send(step1(empty_vector));
    CHECK(b.read() == frames{step2(nothing)});
    b.send(change(typed(2, 0, "ho")));
    CHECK_FALSE(b.carrier.closed);
}

TEST_CASE("a dismissed client is not listened to any more") {
    world w;
    client a{w};
    client b{w};
    w.settle();
    b.read();
    a.post_frame(from_hex("ff"));
    a.post_frame(change(typed(1, 0, "hi")));
    w.settle();
    CHECK(a.carrier.closed == 1007);
    CHECK(b.read().empty());
    CHECK(w.store.appends == 0);
}

TEST_CASE("malformed messages end the connection with the right code") {
    world w;
    client other{w};
    client a{w};
    w.settle();
    auto const [frame, code] = GENERATE(table<std::string, int>({
        {"", 1007},          // no type
        {"00", 1007},        // no sync type
        {"0000", 1007},      // no state vector
        {"00000101", 1007},  // a state vector cut short
        {"000300", 1007},    // an unknown sync message
        {"0002020000ff", 0}, // bytes behind a message: a later version's
        {"00020101", 1007},  // an update cut short
        {"000205ffffffff0f", 1007},
        {"01", 1007},     // no awareness update
        {"010101", 1007}, // an awareness update cut short
        {"0106010501017b7d", 1007},
        {"0105010501017b", 1007}, // a state that is no JSON
        {"02", 0},                // auth: only servers send it
        {"6602aabb", 0},          // another server's message
    }));
    INFO(frame);
    a.send(from_hex(frame));
    CHECK(a.carrier.closed.value_or(0) == code);
    CHECK_FALSE(other.carrier.closed);
}

TEST_CASE("text, and what is no name of a document, end the connection") {
    world w;
    client a{w};
    w.settle();
    a.post([s = a.session] { s->on_text(); });
    w.settle();
    CHECK(a.carrier.closed == 1003);
    for (auto const& name : {std::string{}, std::string(256, 'x'), std::string{"\xff"}}) {
        client b{w, name};
        w.settle();
        CHECK(b.carrier.closed == 1008);
    }
    client c{w, std::string(255, 'x')};
    w.settle();
    CHECK_FALSE(c.carrier.closed);
}

TEST_CASE("the cursors of who leaves are removed for the others") {
    world w;
    client b{w};
    {
        client a{w};
        a.send(awareness_of(7, 1, "{}"));
        CHECK(b.read() == frames{step1(empty_vector), awareness_of(7, 1, "{}")});
    }
    CHECK(b.read() == frames{awareness_of(7, 1, "null")});
    client back{w};
    back.send(awareness_of(7, 1, "{}"));
    CHECK(back.read() == frames{step1(empty_vector), awareness_of(7, 1, "null")});
    back.send(awareness_of(7, 2, "{}"));
    CHECK(b.read() == frames{awareness_of(7, 2, "{}")});
    w.time.advance(31s);
    w.tick();
    CHECK(b.read() == frames{awareness_of(7, 2, "null")});
}

TEST_CASE("a client that hears nothing is told that the server is there") {
    world w;
    client a{w};
    w.settle();
    a.read();
    auto const tick = [&] {
        a.post([&] { a.session->on_tick(w.time.now()); });
        w.settle();
    };
    tick(); // once a second
    w.time.advance(14s);
    tick();
    CHECK(a.read().empty());
    w.time.advance(1s);
    tick();
    CHECK(a.read() == frames{keep_alive});
    tick();
    CHECK(a.read().empty());
}

TEST_CASE("threat B7: a client that reads too slowly gets what it missed as one update") {
    world w{static_cast<std::size_t>(GENERATE(1, 3))};
    client a{w};
    client slow{w, "doc", w.shards.size() - 1};
    a.send(change(typed(1, 0, "before")));
    slow.send(step1(empty_vector));
    slow.read();
    slow.carrier.full = true;
    for (std::uint64_t clock = 6; clock < 100; ++clock)
        a.send(change(typed(1, clock, "x")));
    a.send(awareness_of(7, 1, "{}"));
    CHECK(slow.read().empty());
    slow.carrier.full = false;
    a.send(change(typed(1, 100, "y"))); // it stays behind until it is told that there is room
    CHECK(slow.read().empty());
    slow.make_room();
    CHECK(slow.read() == frames{change(typed(1, 6, std::string(94, 'x') + 'y')), awareness_of(7, 1, "{}")});
    a.send(change(typed(1, 101, "z")));
    CHECK(slow.read() == frames{change(typed(1, 101, "z"))});
    slow.make_room();
    CHECK(slow.read().empty());

    // Next time from there on.
    slow.carrier.full = true;
    a.send(change(typed(1, 102, "1")));
    slow.carrier.full = false;
    slow.make_room();
    CHECK(slow.read() == frames{change(typed(1, 101, "z1")), awareness_of(7, 1, "{}")});
    CHECK_FALSE(slow.carrier.closed);
}

TEST_CASE("what comes while a slow client catches up is passed on as well") {
    world w;
    client a{w};
    client slow{w};
    slow.send(step1(empty_vector));
    slow.read();
    slow.carrier.full = true;
    a.send(change(typed(1, 0, "a")));
    slow.carrier.full = false;
    slow.post([s = slow.session] { s->on_room(); });
    a.post_frame(change(typed(1, 1, "b")));
    w.settle();
    encoded_yjs known;
    for (auto const& frame : slow.read()) {
        lib0_reader in{frame};
        in.var_uint();
        in.var_uint();
        known.add(payload{in.var_bytes()});
    }
    CHECK(as_text(known.whole().value().view()) == as_text(typed(1, 0, "ab")));
}

TEST_CASE("a slow client that never synced is asked to come back") {
    world w;
    client slow{w};
    client a{w};
    w.settle();
    slow.carrier.full = true;
    a.send(change(typed(1, 0, "hi")));
    CHECK(slow.carrier.closed == 1013);
    CHECK_FALSE(a.carrier.closed);
}

TEST_CASE("what a client lacks comes in parts, for slow lines") {
    world w{1, {.part_bytes = 100}};
    client a{w};
    std::vector<byte_buffer> all;
    for (std::uint64_t id = 9; id > 0; --id)
        a.send(change(all.emplace_back(typed(id, 0, std::string(60, 'x')))));
    client b{w};
    w.settle();
    b.read();
    b.send(step1(empty_vector));
    auto const got = b.read();
    REQUIRE(got.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
        CHECK(got[i] == (i + 1 < all.size() ? change(all[i]) : step2(all[i])));
    CHECK(b.carrier.announced == 8 * all[0].size());
}

TEST_CASE("a document that nobody has open is compacted, put away, and loaded again") {
    world w;
    {
        client a{w};
        a.send(change(typed(1, 0, "hi")));
        a.send(change(typed(1, 2, "!")));
    }
    w.tick();
    CHECK(w.documents() == 1);
    w.time.advance(30s);
    w.store.hold = true;
    w.tick();
    CHECK(w.documents() == 1);
    w.store.release();
    w.settle();
    CHECK(w.store.compactions == 1);
    CHECK(w.documents() == 0);
    client b{w};
    b.send(step1(empty_vector));
    CHECK(b.read().back() == step2(typed(1, 0, "hi!")));
    CHECK(w.store.loads == 2);
}

TEST_CASE("a document is kept when somebody comes while it is put away") {
    world w;
    { client{w}.send(change(typed(1, 0, "hi"))); }
    w.time.advance(30s);
    w.store.hold = true;
    w.tick();
    client b{w};
    w.settle();
    w.store.release();
    w.settle();
    CHECK(w.documents() == 1);
    b.send(change(typed(2, 0, "ho")));
    client c{w};
    w.settle();
    CHECK(w.store.loads == 1);
    CHECK_FALSE(b.carrier.closed);
}

TEST_CASE("a session may end before it has begun") {
    auto const shards = GENERATE(1, 3);
    world w{static_cast<std::size_t>(shards)};
    {
        client a{w, "doc", static_cast<std::size_t>(shards - 1)};
        a.leave();
    }
    w.settle();
    w.time.advance(1h);
    w.tick();
    CHECK(w.documents() == 0);
}

namespace {

/// A client that types, and keeps the document it knows: what a browser would.
struct editor : client {
    encoded_yjs known;
    std::uint64_t id;
    std::uint64_t clock = 0;

    editor(world& w, std::size_t where, std::uint64_t client_id) : client(w, "doc", where), id(client_id) {}

    void begin() { post_frame(step1(known.state_vector())); }
    void type() {
        auto const update = typed(id, clock++, "x");
        known.add(payload{update});
        post_frame(change(update));
    }
    /// Takes in what has arrived and answers what asks for an answer.
    void look() {
        for (auto const& frame : read()) {
            lib0_reader in{frame};
            if (in.var_uint() != 0)
                continue;
            auto const type = in.var_uint();
            auto const body = in.var_bytes();
            REQUIRE(in.ok());
            if (type == 0)
                post_frame(step2(known.missing(body).value()));
            else if (known.is_new(body).value())
                known.add(payload{body});
        }
    }
};

} // namespace

TEST_CASE("whatever the interleaving, those who stay end with the same document") {
    auto const seed = GENERATE(take(150, random(1, 1'000'000)));
    INFO("seed " << seed);
    seeded_random random{static_cast<std::uint64_t>(seed)};
    world w{3, {.document = {.compact_records = 7}, .unload_after = 2s}};
    std::vector<std::unique_ptr<editor>> editors;
    std::uint64_t ids = 1;
    for (int step = 0; step < 400; ++step) {
        switch (random.below(12)) {
        case 0:
            if (editors.size() < 6) {
                editors.push_back(std::make_unique<editor>(w, random.below(3), ids++));
                editors.back()->begin();
            }
            break;
        case 1:
            if (!editors.empty() && random.below(4) == 0) {
                // It goes without a word; tasks under way stay.
                editors[random.below(editors.size())].swap(editors.back());
                editors.pop_back();
            }
            break;
        case 2:
            w.store.hold = random.below(2) == 0;
            break;
        case 3:
            w.time.advance(1s);
            for (std::size_t i = 0; i < 3; ++i)
                w.shards[i].post([&w, i] { w.server->tick(i); });
            break;
        case 4:
        case 5:
            w.store.release_one();
            break;
        case 6:
        case 7:
            if (!editors.empty())
                editors[random.below(editors.size())]->type();
            break;
        case 8:
            if (!editors.empty())
                editors[random.below(editors.size())]->look();
            break;
        default:
            w.shards[random.below(3)].run_one();
        }
    }
    editors.push_back(std::make_unique<editor>(w, 0, ids++));
    editors.back()->begin();
    w.store.release();
    for (int round = 0; round < 4; ++round) {
        w.settle();
        for (auto& e : editors)
            e->look();
    }
    w.settle();
    auto const vector = editors.front()->known.state_vector();
    for (auto& e : editors) {
        CHECK_FALSE(e->carrier.closed);
        CHECK(e->known.state_vector() == vector);
        CHECK(unisono::test::to_hex(e->known.whole().value().view()) ==
              unisono::test::to_hex(editors.front()->known.whole().value().view()));
    }
}
