#include <unisono/document/resident_yjs.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "unit/protocol/hocuspocus_world.hpp"
#include "unit/protocol/y_websocket_world.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace y_websocket_world;
using unisono::test::typed;
using frames = std::vector<byte_buffer>;

TEST_CASE("a document begins with what the host gives it, once, and stored before anybody is served") {
    int asked = 0;
    std::optional<host_reply<payload>> reply;
    world w{1, with({.on_create = [&](std::string const& name, host_reply<payload> r) {
                ++asked;
                CHECK(name == "doc");
                reply = std::move(r);
            }})};
    auto const content = first_content([](yjs::document& doc) { doc.get_text("t").insert(0, "Title"); });
    client a{w};
    a.send(step1(empty_vector));
    CHECK(a.read().empty());
    w.store.hold = true;
    (*reply)(content);
    w.settle();
    CHECK(a.read().empty());
    w.store.release();
    w.settle();
    CHECK(a.read().back() == step2(content.view()));
    a.leave();
    w.settle();
    w.time.advance(30s);
    w.tick();
    CHECK(w.documents() == 0);
    client b{w};
    b.send(step1(empty_vector));
    CHECK(b.read().back() == step2(content.view()));
    CHECK(asked == 1);
}

TEST_CASE("a document whose first content cannot be had, or is none, is not served") {
    auto const content = GENERATE(result<payload>{std::make_error_code(std::errc::io_error)},
                                  result<payload>{payload{std::string_view{"\xff\xff"}}});
    bool good = false;
    world w{1, with({.on_create = [&](std::string const&) {
                return good ? result<payload>{payload{}} : content;
            }})};
    client a{w};
    a.send(step1(empty_vector));
    CHECK(a.carrier.closed == 1013);
    CHECK(w.documents() == 0);
    CHECK(w.store.appends == 0);
    good = true;
    client b{w};
    b.send(step1(empty_vector));
    CHECK(b.read() == frames{step1(empty_vector), step2(nothing)});
}

TEST_CASE("the host sees a document before anybody else, and may bring it up to date") {
    int loads = 0;
    world w{1, resident({.on_load = [&](std::string const&, document_replica& doc) {
                if (++loads == 2)
                    throw std::runtime_error{"not now"};
                if (text_of(doc).length() == 0)
                    text_of(doc).insert(0, "v2: ");
            }})};
    w.store.hold = true;
    client a{w};
    a.send(step1(empty_vector));
    w.store.release_one(); // it is loaded, and its edit not stored yet
    w.settle();
    CHECK(a.read().empty());
    w.store.release();
    w.settle();
    CHECK(a.read().size() == 3); // a greeting, the edit, the answer
    CHECK(w.store.appends == 1);
    client b{w, "other"};
    w.settle();
    CHECK(b.carrier.closed == 1013);
}

TEST_CASE("changes are told when there was quiet, or after a while") {
    std::vector<std::string> told;
    world w{1, resident({.on_change = [&](std::string const& name, document_replica& doc) {
                CHECK(name == "doc");
                told.push_back(text_of(doc).to_string());
            }})};
    client a{w};
    a.send(change(typed(1, 0, "a")));
    w.tick();
    CHECK(told.empty());
    w.time.advance(2s);
    w.tick();
    w.tick();
    CHECK(told == std::vector<std::string>{"a"});
    for (std::uint64_t i = 1; i <= 11; ++i) {
        a.send(change(typed(1, i, "b")));
        w.time.advance(1s);
        w.tick();
    }
    CHECK(told.size() == 2);
    CHECK(told.back() == "a" + std::string(10, 'b'));
    // Whoever goes last takes nothing along that was not told.
    a.leave();
    w.settle();
    w.time.advance(1s);
    w.server.reset();
    CHECK(told.back() == "a" + std::string(11, 'b'));
}

TEST_CASE("the host hears of snapshots, and of documents that leave") {
    std::vector<std::string> heard;
    world w{1, resident({.on_change = [&](auto const&, document_replica&) { heard.push_back("change"); },
                         .on_store =
                             [&](std::string const& name, payload const& whole) {
                                 resident_yjs copy;
                                 copy.add(whole);
                                 heard.push_back("store " + name + " " + text_of(copy).to_string());
                             },
                         .on_unload = [&](std::string const& name) { heard.push_back("unload " + name); }})};
    { client{w}.send(change(typed(1, 0, "hi"))); }
    w.time.advance(30s);
    w.tick();
    CHECK(heard == std::vector<std::string>{"change", "store doc hi", "unload doc"});
}

TEST_CASE("a document whose first content makes the host throw is not served") {
    world w{1, with({.on_create = [](std::string const&) -> result<payload> { throw 1; }})};
    client a{w};
    a.send(step1(empty_vector));
    CHECK(a.carrier.closed == 1013);
    CHECK(w.documents() == 0);
}

TEST_CASE("the host is told of changes when all that it is shown is stored") {
    std::vector<std::string> told;
    world w{1, resident({.on_change = [&](auto const&, document_replica& doc) {
                told.push_back(text_of(doc).to_string());
            }})};
    auto const insert = [&](char const* text) {
        w.server->with_document<resident_yjs>(
            "doc", [=](resident_yjs& doc) { text_of(doc).insert(text_of(doc).length(), text); });
        w.settle();
    };
    insert("a");
    w.time.advance(3s);
    w.store.hold = true;
    insert("b");
    w.tick();
    CHECK(told.empty());
    SECTION("and edits that go on do not keep it away") {
        insert("c");
        w.store.release_one();
        w.settle();
        CHECK(told == std::vector<std::string>{"ab"});
        w.store.release();
        w.settle();
    }
    SECTION("and not of what was lost") {
        w.store.fail_appends = true;
        w.store.release_one();
        w.settle(); // it is being loaded again
        CHECK(told.empty());
        SECTION("when the service ends then") {
            w.server.reset();
            CHECK(told.empty());
        }
        w.store.release();
        w.settle();
        if (w.server)
            w.tick();
        CHECK(told == (w.server ? std::vector<std::string>{"a"} : std::vector<std::string>{}));
    }
}

TEST_CASE("what on_change edits is stored before the document is put away") {
    world w{1, resident({.on_change = [](auto const&, document_replica& doc) {
                if (text_of(doc).length() == 2)
                    text_of(doc).insert(2, "!");
            }})};
    { client{w}.send(change(typed(1, 0, "hi"))); }
    w.time.advance(30s);
    for (int i = 0; i < 3; ++i) {
        w.tick();
        w.time.advance(30s);
    }
    CHECK(w.documents() == 0);
    CHECK(w.store.appends == 2);
}
