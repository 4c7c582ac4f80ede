#include <unisono/document/resident_yjs.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "unit/protocol/hocuspocus_world.hpp"
#include "unit/protocol/y_websocket_world.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace y_websocket_world;
using unisono::test::typed;
using frames = std::vector<byte_buffer>;

namespace {

/// A host that answers when the test says so.
struct slow_host {
    std::vector<host_reply<void>> asked = {};
    auto hook() {
        return [this](document_change const&, host_reply<void> reply) { asked.push_back(std::move(reply)); };
    }
    void answer(world& w, result<void> with = {}) {
        auto const reply = asked.front();
        asked.erase(asked.begin());
        reply(with);
        w.settle();
    }
};

} // namespace

TEST_CASE("a change that the host does not want is refused, in the way of each protocol") {
    hocuspocus_world::world w{{}, 1, with({.validate = [](document_change const& c) -> std::error_code {
                                  CHECK(c.document == "doc");
                                  bool const wanted = c.update.size() < 20;
                                  return wanted ? std::error_code{}
                                                : make_error_code(document_error::refused);
                              }})};
    client other{w};
    client a{w};
    hocuspocus_world::client b{w};
    b.enter();
    other.read();
    a.read();
    auto const unwanted = typed(1, 0, std::string(100, 'x'));
    a.send(change(unwanted));
    auto const told = a.read();
    REQUIRE(told.size() == 1);
    CHECK(told[0][0] == std::byte{2}); // auth: permission denied
    CHECK(a.carrier.closed == 4403);
    b.send(hocuspocus_world::change(unwanted));
    CHECK(b.read() == frames{hocuspocus_world::closed("the change was refused")});
    CHECK_FALSE(b.carrier.closed);
    CHECK(other.read().empty());
    CHECK(w.store.appends == 0);
    other.send(change(typed(2, 0, "hi")));
    CHECK(w.store.appends == 1);
    CHECK_FALSE(other.carrier.closed);
}

TEST_CASE("while the host looks at a change, what its sender asks waits and nobody else") {
    slow_host host;
    world w{1, with({.validate = host.hook()})};
    client a{w};
    client b{w};
    w.settle();
    a.read();
    b.read();
    a.send(change(typed(1, 0, "a")));
    a.send(change(typed(1, 1, "b")));
    a.send(step1(empty_vector));
    b.send(step1(empty_vector));
    CHECK(b.read() == frames{step2(nothing)});
    CHECK(host.asked.size() == 1);
    host.answer(w);
    CHECK(host.asked.size() == 1); // the second one has its turn
    CHECK(b.read() == frames{change(typed(1, 0, "a"))});
    CHECK(a.read().empty());
    // It leaves; what it asked for is done all the same.
    a.leave();
    w.settle();
    w.time.advance(1h);
    w.tick();
    CHECK(w.documents() == 1);
    host.answer(w);
    CHECK(b.read() == frames{change(typed(1, 1, "b"))});
    CHECK(w.store.appends == 2);
}

TEST_CASE("what waits for the host is bounded") {
    slow_host host;
    auto options = with({.validate = host.hook()});
    options.early_bytes = 100;
    world w{1, options};
    client a{w};
    client b{w};
    w.settle();
    for (std::uint64_t i = 0; i < 20; ++i)
        a.send(change(typed(1, i, "x")));
    CHECK(a.carrier.closed == 1013);
    CHECK_FALSE(b.carrier.closed);
    host.answer(w);
    CHECK(host.asked.empty()); // it is not listened to any more
}

TEST_CASE("a host that answers at once keeps the order, however much waits") {
    bool slow = true;
    std::vector<host_reply<void>> asked;
    world w{1, with({.validate = [&](document_change const&, host_reply<void> reply) {
                slow ? asked.push_back(std::move(reply)) : reply({});
            }})};
    client a{w};
    client b{w};
    w.settle();
    b.read();
    std::string text;
    for (std::uint64_t i = 0; i < 50; ++i) {
        text += static_cast<char>('a' + i % 26);
        a.send(change(typed(1, i, text.substr(i))));
    }
    slow = false;
    asked.front()({});
    w.settle();
    CHECK(b.read() == frames{change(typed(1, 0, text))});
}

TEST_CASE("a change that the host allows while the document is loaded again is stored then") {
    slow_host host;
    world w{1, resident({.validate = host.hook()})};
    client a{w};
    w.settle();
    a.send(change(typed(1, 0, "hi")));
    w.store.hold = true;
    w.store.fail_appends = true;
    w.server->with_document<resident_yjs>("doc", [](resident_yjs& doc) { text_of(doc).insert(0, "x"); });
    w.settle();
    w.store.release_one();
    w.settle(); // the edit could not be stored, and the load waits
    w.store.fail_appends = false;
    host.answer(w);
    CHECK(w.store.appends == 1);
    w.store.release();
    w.settle();
    CHECK(w.store.loads == 2);
    CHECK(w.store.appends == 2);
    CHECK_FALSE(a.carrier.closed);
    a.send(step1(empty_vector));
    CHECK(a.read().back() == step2(typed(1, 0, "hi")));
}

TEST_CASE("a hook that throws refuses what it was asked about, and holds nobody up") {
    slow_host host;
    bool throws = false;
    world w{1, with({.validate = [&](document_change const& c, host_reply<void> reply) {
                if (throws)
                    throw std::runtime_error{"oops"};
                host.hook()(c, std::move(reply));
            }})};
    SECTION("while the document is loaded") {
        throws = true;
        w.store.hold = true;
        client a{w};
        client b{w};
        a.send(change(typed(1, 0, "a")));
        b.send(step1(empty_vector));
        w.store.release();
        w.settle();
        CHECK(a.carrier.closed == 4403);
        CHECK(b.read().back() == step2(nothing));
        client c{w};
        c.send(step1(empty_vector));
        CHECK(c.read().back() == step2(nothing));
    }
    SECTION("while changes wait for each other") {
        client a{w};
        a.send(change(typed(1, 0, "a")));
        a.send(change(typed(1, 1, "b")));
        a.send(change(typed(1, 2, "c")));
        throws = true;
        host.answer(w);
        CHECK(w.store.appends == 1);
        CHECK(a.carrier.closed == 4403);
        a.leave();
        w.settle();
        w.time.advance(1h);
        w.tick();
        CHECK(w.documents() == 0);
    }
}

TEST_CASE("what was refused because too much waits does not count as waiting") {
    slow_host host;
    auto options = with({.validate = host.hook()});
    options.early_bytes = 100;
    world w{1, options};
    struct nobody final : document_reader {
        void deliver(message_ptr const&) override {}
        void on_notice(document_notice const&) override {}
    };
    auto const session = std::make_shared<document_session>(*w.server, 0, "doc");
    auto const reader = std::make_shared<nobody>();
    std::vector<document_failure> answers;
    auto const ask = [&](byte_buffer const& update) {
        w.shards[0].post([&, update] {
            session->ask({document_verb::change, payload{update}},
                         [&](document_answer const& a) { answers.push_back(a.failure); });
        });
        w.settle();
    };
    w.shards[0].post([&] { session->open(reader); });
    ask(typed(1, 0, "a"));
    ask(typed(1, 1, std::string(200, 'x')));
    CHECK(answers == std::vector{document_failure::unavailable});
    ask(typed(1, 1, "b")); // there is room for it
    CHECK(answers.size() == 1);
    host.answer(w);
    host.answer(w);
    CHECK(answers ==
          std::vector{document_failure::unavailable, document_failure::none, document_failure::none});
    w.shards[0].post([&] { session->close(); });
    w.settle();
}

TEST_CASE("a refusal that cannot be told is told in other words") {
    struct garbage final : std::error_category {
        char const* name() const noexcept override { return "garbage"; }
        std::string message(int) const override { return "\xff"; }
    };
    static garbage const category;
    world w{1, with({.validate = [](document_change const&) { return std::error_code{1, category}; }})};
    client a{w};
    w.settle();
    a.read();
    a.send(change(typed(1, 0, "hi")));
    CHECK(a.read() ==
          frames{y_websocket_world::message({2, 0}, as_bytes(std::string_view{"the change was refused"}))});
}
