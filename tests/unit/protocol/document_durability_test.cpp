#include <unisono/document/encoded_yjs.hpp>

#include "support/catch.hpp"
#include "unit/protocol/hocuspocus_world.hpp"
#include "unit/protocol/y_websocket_world.hpp"

#include <algorithm>
#include <vector>

using namespace y_websocket_world;
using unisono::test::typed;
using frames = std::vector<byte_buffer>;

namespace {

document_service_options stored(document_durability when) {
    document_service_options options;
    options.document.durability = when;
    return options;
}

/// Two who have the document open.
struct editors {
    client reader;
    hocuspocus_world::client author;

    explicit editors(hocuspocus_world::world& w) : reader(w), author(w) {
        w.settle();
        reader.read();
        author.enter();
        author.read();
    }
};

} // namespace

TEST_CASE(
    "others hear of a change before it is stored where the host wants that; its author, when it is safe") {
    auto const when = GENERATE(document_durability::before_relay, document_durability::before_ack,
                               document_durability::after_ack);
    hocuspocus_world::world w{{}, 1, stored(when)};
    editors e{w};
    w.store.hold = true;
    auto const text = typed(1, 0, "hello");
    e.author.send(hocuspocus_world::change(text));
    bool const told = when != document_durability::before_relay;
    CHECK(e.reader.read() == (told ? frames{change(text)} : frames{}));
    bool const confirmed = when == document_durability::after_ack;
    CHECK(e.author.read() == (confirmed ? frames{hocuspocus_world::status(true)} : frames{}));
    // Who comes now gets it as well.
    client late{w};
    late.send(step1(empty_vector));
    CHECK((late.read().back() == step2(text)) == told);
    w.store.release();
    w.settle();
    CHECK(e.reader.read() == (told ? frames{} : frames{change(text)}));
    CHECK(e.author.read() == (confirmed ? frames{} : frames{hocuspocus_world::status(true)}));
}

TEST_CASE("who brings a change again that is not stored yet is not told that it is") {
    hocuspocus_world::world w{{}, 1, stored(document_durability::before_ack)};
    hocuspocus_world::client author{w};
    hocuspocus_world::client other{w};
    for (auto* c : {&author, &other}) {
        c->enter();
        c->read();
    }
    w.store.hold = true;
    auto const text = typed(1, 0, "hello");
    author.send(hocuspocus_world::change(text));
    CHECK(other.read() == frames{hocuspocus_world::change(text)});
    other.send(hocuspocus_world::step2(text));
    CHECK(other.read().empty());
    w.store.release();
    w.settle();
    CHECK(other.read() == frames{hocuspocus_world::status(true)});
    CHECK(w.store.appends == 1);
}

TEST_CASE("when a change that others know cannot be stored all are sent away, and bring it again") {
    hocuspocus_world::world w{{}, 1, stored(document_durability::before_ack)};
    auto const text = typed(1, 0, "hello");
    {
        editors e{w};
        w.store.fail_appends = true;
        e.author.send(hocuspocus_world::change(text));
        CHECK(e.reader.read() == frames{change(text)});
        CHECK(e.reader.carrier.closed == 1013);
        auto const told = e.author.read();
        CHECK(std::find(told.begin(), told.end(), hocuspocus_world::status(true)) == told.end());
        CHECK(w.documents() == 0);
    }
    w.store.fail_appends = false;
    client back{w};
    back.read();
    client newcomer{w};
    w.settle();
    newcomer.read();
    back.send(step2(text)); // the reader, which has it from before
    CHECK(newcomer.read() == frames{change(text)});
    CHECK(w.store.appends == 2);
}
