#include "support/catch.hpp"
#include "support/small_updates.hpp"
#include "unit/protocol/hocuspocus_world.hpp"

#include <stdexcept>

using namespace hocuspocus_world;
using unisono::test::typed;

namespace {

/// A host that is asked, and answers when the test does.
struct desk {
    std::vector<host_reply<document_grant>> open;
    std::vector<std::string> asked;

    hocuspocus_options options() {
        return {.hooks = {.authenticate = [this](hocuspocus_claim const& c,
                                                 host_reply<document_grant> const& reply) {
                    asked.push_back(std::string{c.document} + ":" + std::string{c.token} + ":" +
                                    std::string{c.version} + (c.renews ? ":again" : ""));
                    open.push_back(reply);
                }}};
    }
    void answer(result<document_grant> with) {
        auto const reply = open.front();
        open.erase(open.begin());
        reply(std::move(with));
    }
};

} // namespace

TEST_CASE("hocuspocus: the host is asked for every document, and what comes meanwhile waits in order") {
    desk host;
    world w{host.options()};
    client a{w};
    a.send(step1(empty_vector)); // before the token even
    a.send(token("secret"));
    a.send(change(typed(1, 0, "hi")));
    a.send(with(head("old", {2, 0}), "of version 2"));
    CHECK(host.asked == std::vector<std::string>{"doc:secret:4.8.0", "old:of version 2:"});
    CHECK(a.read().empty());
    CHECK(w.documents() == 0);
    host.answer(document_grant{});
    w.settle();
    CHECK(a.read() == frames{authenticated(), step1(empty_vector), step2(nothing), status(true)});
    host.answer(document_grant{document_access::read});
    w.settle();
    CHECK(a.read() == frames{authenticated("readonly", "old")});
}

TEST_CASE("hocuspocus: who is refused is told why, stays connected and may try again") {
    desk host;
    world w{host.options()};
    client a{w};
    a.send(token("bad"));
    a.send(change(typed(1, 0, "no")));
    auto const [answer, reason] = GENERATE(table<result<document_grant>, std::string>({
        {std::make_error_code(std::errc::io_error), "permission-denied"},
        {document_grant{document_access::none}, "permission-denied"},
        {document_grant{document_access::none, "", "not yours"}, "not yours"},
        {document_grant{document_access::none, "", "\xff"}, "permission-denied"},
    }));
    host.answer(answer);
    w.settle();
    CHECK(a.read() == frames{denied(reason)});
    a.send(change(typed(1, 0, "no"))); // of before the refusal, for all we know
    CHECK_FALSE(a.carrier.closed);
    a.send(token("good"));
    a.send(step1(empty_vector));
    host.answer(document_grant{});
    w.settle();
    CHECK(a.read() == frames{authenticated(), step1(empty_vector), step2(nothing)});
    CHECK(w.store.appends == 0);
}

TEST_CASE("hocuspocus: a host that decides at once, and one that forgets to") {
    world at_once{{.hooks = {.authenticate = [](hocuspocus_claim const& c) {
                       return document_grant{c.token == "good" ? document_access::write
                                                               : document_access::none};
                   }}}};
    client a{at_once};
    a.post_frame(token("bad"));
    a.post_frame(step1(empty_vector));
    a.post_frame(token("good"));
    at_once.settle();
    CHECK(a.read() == frames{denied(), authenticated()});

    desk host;
    world w{host.options()};
    client b{w};
    b.send(token(""));
    host.open.clear();
    w.settle();
    CHECK(b.read() == frames{denied()});
}

TEST_CASE("hocuspocus: a new token may change what a client may do, and end it") {
    desk host;
    world w{host.options()};
    client a{w};
    a.send(token("1"));
    host.answer(document_grant{});
    w.settle();
    a.send(token("2"));
    a.send(change(typed(1, 0, "hi")));
    CHECK(host.asked.back() == "doc:2:4.8.0:again");
    CHECK(a.read() == frames{authenticated()});
    host.answer(document_grant{document_access::read});
    w.settle();
    CHECK(a.read() == frames{authenticated("readonly"), status(false)});

    client b{w};
    b.send(token("b"));
    host.answer(document_grant{});
    b.send(awareness_of(7, 1, "{}"));
    a.read();
    b.send(token("bad"));
    host.answer(std::make_error_code(std::errc::permission_denied));
    w.settle();
    CHECK(b.read() == frames{authenticated(), closed("Unauthorized")});
    CHECK(a.read() == frames{awareness_of(7, 1, "null")});
    b.send(change(typed(2, 0, "ho")));
    CHECK(w.store.appends == 0);
    CHECK_FALSE(b.carrier.closed);
}

TEST_CASE("hocuspocus: changes that wait for a new token are done before a goodbye behind them") {
    desk host;
    world w{host.options()};
    client a{w};
    a.send(token("1"));
    host.answer(document_grant{});
    a.send(token("2"));
    a.send(change(typed(1, 0, "hi")));
    a.send(close_request());
    a.read();
    host.answer(document_grant{});
    w.settle();
    CHECK(a.read() == frames{authenticated(), closed()});
    CHECK(w.store.appends == 1);
}

TEST_CASE("hocuspocus: an answer may come when nobody waits for it any more") {
    desk host;
    auto w = std::make_unique<world>(host.options());
    {
        client a{*w};
        a.send(token(""));
        client b{*w};
        b.send(token(""));
        a.leave();
        w->settle();
        host.answer(document_grant{});
        w->settle();
        CHECK(a.read().empty());
    }
    CHECK(w->documents() == 0);
    w.reset();
    host.answer(document_grant{}); // its shard is gone
}

TEST_CASE("hocuspocus: the host sees the request that opened the connection") {
    std::vector<std::string> seen;
    world w{{.hooks = {.authenticate = [&](hocuspocus_claim const& c) {
                 seen.emplace_back(c.request ? c.request->headers.get("Cookie") : "none");
                 return document_grant{};
             }}}};
    http_request request;
    request.headers.add("Cookie", "id=1");
    client a{w, 0, std::make_shared<http_request const>(request)};
    a.send(token("", "one"));
    a.send(token("", "two"));
    client b{w};
    b.send(token(""));
    CHECK(seen == std::vector<std::string>{"id=1", "id=1", "none"});
}

TEST_CASE("hocuspocus: stateless messages go to the program, and come from it to one client or to all") {
    std::vector<hocuspocus_peer> peers;
    std::vector<std::string> heard;
    world w{
        {.hooks = {.authenticate =
                       [](hocuspocus_claim const& c) { return document_grant{.user = std::string{c.token}}; },
                   .on_stateless =
                       [&](hocuspocus_peer const& from, std::string_view text) {
                           peers.push_back(from);
                           heard.push_back(from.who().user + " in " + from.document() + ": " +
                                           std::string{text});
                       }}},
        2};
    client a{w, 0};
    client b{w, 1};
    a.enter("doc", "ann");
    b.enter(session_1, "bob");
    a.enter("other", "ann");
    b.send(stateless("ping \xc3\xbc", session_1));
    a.send(stateless("", "other"));
    CHECK(heard == std::vector<std::string>{"bob in doc: ping \xc3\xbc", "ann in other: "});
    peers[0].send_stateless("pong");
    w.editors->broadcast_stateless("doc", "all");
    w.editors->broadcast_stateless("nobody is here", "all");
    w.settle();
    CHECK(a.read() == frames{stateless("all")});
    CHECK(b.read() == frames{stateless("pong", session_1), stateless("all", session_1)});

    peers[0].request_token();
    w.editors->request_tokens("other");
    w.settle();
    CHECK(b.read() == frames{token_request(session_1)});
    CHECK(a.read() == frames{token_request("other")});

    peers[0].close("enough");
    w.editors->close_document("other", "closed for today");
    w.settle();
    CHECK(b.read() == frames{closed("enough", session_1)});
    CHECK(a.read() == frames{closed("closed for today", "other")});
    peers[0].send_stateless("too late");
    w.editors->broadcast_stateless("other", "too late");
    b.leave();
    w.settle();
    peers[0].send_stateless("gone");
    w.settle();
    CHECK(a.read().empty());
    CHECK(b.read().empty());
    CHECK_THROWS_AS(peers[0].send_stateless("\xff"), std::invalid_argument);
    CHECK_THROWS_AS(w.editors->broadcast_stateless("doc", "\xff"), std::invalid_argument);
}

TEST_CASE("hocuspocus: everybody in a document may be put out, whatever that ends") {
    world w;
    client a{w};
    client b{w};
    a.enter();
    a.enter(session_1);
    b.enter();
    b.carrier.full = true; // closed by what is told to all
    CHECK(w.editors->open_count(0) == 3);
    w.editors->broadcast_stateless("doc", "hello");
    w.editors->close_document("doc", "moved");
    w.settle();
    CHECK(w.editors->open_count(0) == 0);
    CHECK(a.read() == frames{stateless("hello"), stateless("hello", session_1), closed("moved"),
                             closed("moved", session_1)});
    CHECK(b.carrier.closed == 1013);
    w.time.advance(1h);
    w.tick();
    CHECK(w.documents() == 0);
}
