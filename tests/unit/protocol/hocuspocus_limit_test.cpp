#include "support/catch.hpp"
#include "support/small_updates.hpp"
#include "unit/protocol/hocuspocus_world.hpp"

using namespace hocuspocus_world;
using unisono::test::typed;

namespace {

/// A host that never answers.
hocuspocus_options undecided(hocuspocus_limits limits, std::vector<host_reply<document_grant>>& kept) {
    return {
        .limits = limits,
        .hooks = {.authenticate = [&kept](hocuspocus_claim const&, host_reply<document_grant> const& reply) {
            kept.push_back(reply);
        }}};
}

} // namespace

TEST_CASE("threat A4: Hocuspocus messages that wait for authentication are bounded") {
    std::vector<host_reply<document_grant>> kept;
    world w{undecided({.waiting_bytes = 950}, kept)};
    client calm{w};
    calm.send(token(""));
    calm.send(change(typed(1, 0, "hi")));
    SECTION("by bytes, of all documents together") {
        client a{w};
        a.send(token("", "one"));
        a.send(change(typed(1, 0, std::string(400, 'x')), "one"));
        CHECK_FALSE(a.carrier.closed);
        a.send(change(typed(1, 0, std::string(400, 'x')), "two"));
        CHECK(a.carrier.closed == 4205);
    }
    SECTION("by number: an empty one costs something, too") {
        client a{w};
        for (int i = 0; i < 14; ++i)
            a.send(query());
        CHECK_FALSE(a.carrier.closed);
        for (int i = 0; i < 2; ++i)
            a.send(query());
        CHECK(a.carrier.closed == 4205);
    }
    SECTION("and what was dropped or done does not count any more") {
        client a{w};
        for (int i = 0; i < 20; ++i) {
            a.send(change(typed(1, 0, std::string(400, 'x'))));
            a.send(close_request());
            a.send(token("", "two"));
            a.send(change(typed(1, 0, std::string(400, 'x')), "two"));
            kept.back()(document_grant{i % 2 == 0 ? document_access::none : document_access::write});
            w.settle();
            a.send(close_request("two"));
        }
        CHECK_FALSE(a.carrier.closed);
    }
    CHECK_FALSE(calm.carrier.closed);
}

TEST_CASE("threat A4: a Hocuspocus connection that nobody authenticates is closed, whatever it sends") {
    std::vector<host_reply<document_grant>> kept;
    world w{undecided({}, kept)};
    client silent{w};
    client chatty{w};
    client good{w};
    good.send(token(""));
    kept.front()(document_grant{});
    w.settle();
    good.send(close_request());
    for (int i = 0; i < 30; ++i) {
        for (auto* c : {&silent, &chatty, &good}) {
            CHECK_FALSE(c->carrier.closed);
            c->tick();
        }
        chatty.send(token("", std::to_string(i)));
        w.time.advance(1s);
    }
    for (auto* c : {&silent, &chatty, &good})
        c->tick();
    CHECK(silent.carrier.closed == 4408);
    CHECK(chatty.carrier.closed == 4408);
    CHECK_FALSE(good.carrier.closed);
}

TEST_CASE("threat B12: names of Hocuspocus documents are bounded in number and length") {
    world w{{.limits = {.documents = 2, .name_bytes = 5, .session_bytes = 3}}};
    client a{w};
    std::string const nul(1, '\0');
    for (std::string const& name :
         {std::string{}, std::string{" \t"}, std::string{"sixsix"}, nul + "x", "name" + nul + "long"}) {
        a.send(step1(from_hex("00"), name));
        CHECK(a.read().empty());
        a.send(token("", name));
        CHECK(a.read() == frames{denied("not a document's name", name)});
    }
    a.enter("five5");
    a.enter("name" + nul + "abc");
    a.send(step1(from_hex("00"), "more"));
    CHECK(a.read().empty());
    a.send(token("", "more"));
    CHECK(a.read() == frames{denied("too many documents on this connection", "more")});
    a.send(close_request("five5"));
    a.read();
    a.send(token("", "more"));
    CHECK(a.read() == frames{authenticated("read-write", "more")});
    CHECK_FALSE(a.carrier.closed);
}

TEST_CASE("hocuspocus: tokens and stateless messages are bounded") {
    int asked = 0;
    int heard = 0;
    world w{{.limits = {.token_bytes = 4, .stateless_bytes = 4},
             .hooks = {.authenticate =
                           [&](hocuspocus_claim const&) {
                               ++asked;
                               return document_grant{};
                           },
                       .on_stateless = [&](hocuspocus_peer const&, std::string_view) { ++heard; }}}};
    client a{w};
    a.send(token("12345"));
    CHECK(a.read() == frames{denied("the token is too long")});
    a.send(token("1234"));
    a.send(stateless("1234"));
    a.send(stateless("12345"));
    CHECK(a.read() == frames{authenticated(), closed("the message is too large")});
    CHECK(asked == 1);
    CHECK(heard == 1);
}
