#include <unisono/document/resident_yjs.hpp>

#include "native_document_world.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <utility>

using namespace native_world;
using test::to_hex;

namespace {

auto const hi = typed(1, 0, "hi");
auto const ho = typed(2, 0, "ho");

struct native_client : client {
    explicit native_client(world& w, std::size_t where = 0) : client(w, where) {
        client::ask("subscribe", "doc");
    }
    json::document tell(std::string_view kind, bytes_view data) {
        return ask("update", "doc", about(kind, data));
    }
    std::string sync(std::string_view part, std::string_view vector = "00") {
        auto const reply = tell("sync1", from_hex(vector));
        auto const data = reply.root()["payload"][part].as_string();
        return data ? to_hex(*base64_decode(*data)) : "nothing";
    }
};

} // namespace

TEST_CASE("native: sync1 brings what is missing, what the server has, and who is here") {
    document_world w{GENERATE(std::size_t{1}, std::size_t{3})};
    native_client a{w};
    CHECK(a.sync("sync2") == "0000");
    CHECK(a.sync("sync1") == "00");
    CHECK(a.sync("awareness") == "nothing");
    CHECK(is_ack(a.tell("update", hi)));
    CHECK(is_ack(a.tell("awareness", cursor(7, 1, "{}"))));
    native_client b{w, w.shards.size() - 1};
    CHECK(b.sync("sync2") == to_hex(hi));
    CHECK(b.sync("sync1") == "010102");
    CHECK(b.sync("awareness") == to_hex(cursor(7, 1, "{}")));
    CHECK(b.sync("sync2", "010102") == "0000");
}

TEST_CASE("native: a change reaches all others in the document, whatever they speak, and its sender not") {
    document_world w{GENERATE(std::size_t{1}, std::size_t{3})};
    native_client a{w};
    native_client b{w, w.shards.size() - 1};
    editor e{w};
    a.sync("sync2");
    b.sync("sync2");
    CHECK(is_ack(a.tell(GENERATE("update", "sync2"), hi)));
    CHECK(a.read().empty());
    CHECK(heard(b) == "update " + to_hex(hi));
    CHECK(e.read() == std::vector<byte_buffer>{y_websocket_world::change(hi)});
    e.send(y_websocket_world::change(ho));
    CHECK(heard(a) == "update " + to_hex(ho));
    CHECK(heard(b) == "update " + to_hex(ho));
    CHECK(is_ack(b.tell("update", hi))); // nothing new
    CHECK(a.read().empty());
    CHECK(w.store.appends == 2);
}

TEST_CASE("native: who changes a document is told to the others") {
    document_world w;
    native_client a{w};
    native_client b{w};
    b.sync("sync2");
    a.send(R"({"type":"update","channel":"doc","payload":)" + about("update", hi) + "}");
    CHECK(a.read().empty()); // no id, no answer
    CHECK(b.one().root()["payload"]["from"]["client"].as_string() == a.session->who()->client);
}

TEST_CASE("native: what several change at the same moment is one update of nobody's") {
    document_world w;
    native_client a{w};
    native_client b{w};
    for (auto* c : {&a, &b})
        c->sync("sync2");
    a.post_text(R"({"type":"update","id":70,"channel":"doc","payload":)" + about("update", hi) + "}");
    b.post_text(R"({"type":"update","id":71,"channel":"doc","payload":)" + about("update", ho) + "}");
    w.settle();
    for (auto* c : {&a, &b}) {
        auto const told = std::exchange(c->got->lines, {});
        REQUIRE(told.size() == 2);
        CHECK(told[0].find(R"("type":"update")") != std::string::npos);
        CHECK(told[0].find(R"("from")") == std::string::npos);
        CHECK(is_ack(*json::parse(told[1])));
    }
    CHECK(w.store.appends == 1);
}

TEST_CASE("native: a change is acknowledged and told only when it is stored") {
    document_world w;
    native_client a{w};
    native_client b{w};
    b.sync("sync2");
    w.store.hold = true;
    a.send(R"({"type":"update","id":5,"channel":"doc","payload":)" + about("update", hi) + "}");
    CHECK(a.read().empty());
    CHECK(b.sync("sync2") == "0000");
    w.store.release();
    w.settle();
    CHECK(a.one().root()["id"].as_int64() == 5);
    CHECK(heard(b) == "update " + to_hex(hi));
}

TEST_CASE("native: a change that cannot be stored is told to nobody, and may be offered again") {
    document_world w;
    native_client a{w};
    native_client b{w};
    b.sync("sync2");
    w.store.fail_appends = true;
    CHECK(code_of(a.tell("update", hi)) == 126);
    CHECK(b.read().empty());
    w.store.fail_appends = false;
    CHECK(is_ack(a.tell("update", hi)));
    CHECK(heard(b) == "update " + to_hex(hi));
}

TEST_CASE("native: a document that cannot be loaded is tried again with the next request") {
    document_world w;
    native_client a{w};
    w.store.fail_loads = true;
    CHECK(code_of(a.tell("sync1", from_hex("00"))) == 126);
    w.store.fail_loads = false;
    CHECK(a.sync("sync2") == "0000");
    CHECK(w.store.loads == 2);
}

TEST_CASE("native: what is wrong about an update is said, and changes nothing") {
    native_options options;
    options.limits.update = 100;
    document_world w{1, options};
    native_client a{w};
    CHECK(code_of(a.ask("update", "other", about("update", hi))) == 120);
    CHECK(code_of(a.ask("update", "doc", "{}")) == 107);
    CHECK(code_of(a.ask("update", "doc", R"({"kind":"update","data":"A"})")) == 107);
    CHECK(code_of(a.ask("update", "doc", R"({"kind":"update","data":1})")) == 107);
    CHECK(code_of(a.ask("update", "doc", R"({"kind":"erase","data":""})")) == 107);
    CHECK(code_of(a.ask("update", "doc", R"({"kind":"update","engine":"other","data":""})")) == 108);
    CHECK(code_of(a.tell("update", byte_buffer(103))) == 121);
    CHECK(code_of(a.tell("update", from_hex("ff"))) == 124);
    CHECK(code_of(a.tell("sync1", from_hex("05"))) == 124);
    CHECK(code_of(a.tell("awareness", from_hex("0102"))) == 124);
    a.send(R"({"type":"update","channel":"doc","payload":{"kind":"sync1","data":"AA=="}})");
    CHECK(code_of(a.one()) == 107);
    CHECK(w.store.appends == 0);
    CHECK_FALSE(a.got->closed);
    CHECK(is_ack(a.tell("update", hi)));
}

TEST_CASE("native: a server without documents says so") {
    world w;
    native_client a{w};
    CHECK(code_of(a.tell("update", hi)) == 108);
}

TEST_CASE("native: the host may let a client read a document and not change it") {
    native_options options;
    options.hooks.may_subscribe = [](publisher const&, std::string_view,
                                     std::string_view token) -> result<native_grant> {
        return native_grant{.edit = token == "writer"};
    };
    document_world w{1, options};
    client reader{w, 0};
    reader.ask("subscribe", "doc");
    CHECK(is_ack(reader.ask("update", "doc", about("sync1", from_hex("00")))));
    CHECK(is_ack(reader.ask("update", "doc", about("awareness", cursor(7, 1, "{}")))));
    for (auto const* kind : {"update", "sync2"})
        CHECK(code_of(reader.ask("update", "doc", about(kind, hi))) == 103);
    CHECK(w.store.appends == 0);
    CHECK(is_ack(reader.ask("refresh_sub", "doc", R"({"token":"writer"})")));
    CHECK(is_ack(reader.ask("update", "doc", about("update", hi))));
}

TEST_CASE("native: the host changes what a client may do with a document while it has it open") {
    document_world w;
    native_client a{w};
    CHECK(is_ack(a.tell("update", hi)));
    w.documents().allow("doc", "", document_access::read);
    w.settle();
    CHECK(code_of(a.tell("update", ho)) == 103);
    CHECK(a.sync("sync2") == to_hex(hi));
    w.documents().allow("doc", "", document_access::write);
    w.settle();
    CHECK(is_ack(a.tell("update", ho)));
    a.read();
    w.documents().allow("doc", "", document_access::none, "go away");
    w.settle();
    auto const told = a.one();
    CHECK(*told.root()["type"].as_string() == "unsubscribed");
    CHECK(*told.root()["payload"]["reason"].as_string() == "go away");
    CHECK(code_of(a.tell("update", ho)) == 120); // not subscribed
}

TEST_CASE("native: leaving the channel, in whatever way, leaves the document") {
    document_world w{GENERATE(std::size_t{1}, std::size_t{3})};
    native_client a{w, w.shards.size() - 1};
    native_client b{w};
    a.sync("sync2");
    b.sync("sync2");
    a.tell("awareness", cursor(7, 1, "{}"));
    CHECK(heard(b) == "awareness " + to_hex(cursor(7, 1, "{}")));
    if (GENERATE(true, false)) {
        a.ask("unsubscribe", "doc");
        CHECK(heard(b) == "awareness " + to_hex(cursor(7, 1, "null")));
        b.tell("update", hi);
        CHECK(a.read().empty());
        a.ask("subscribe", "doc"); // hears of the document when it asks about it
        b.tell("update", typed(1, 2, "!"));
        CHECK(a.read().empty());
        CHECK(a.sync("sync1") == "010103");
    } else {
        a.leave();
        CHECK(heard(b) == "awareness " + to_hex(cursor(7, 1, "null")));
    }
}

TEST_CASE("native: what a client says before it leaves is stored and answered") {
    document_world w{3};
    native_client a{w, 2};
    a.send(R"({"type":"update","id":5,"channel":"doc","payload":)" + about("update", hi) + "}\n" +
           R"({"type":"unsubscribe","id":6,"channel":"doc"})");
    auto const told = a.read();
    CHECK(told.find("\"id\":5,\"payload\":{}") != std::string::npos);
    CHECK(told.find("\"id\":6,\"payload\":{}") != std::string::npos);
    CHECK(w.store.appends == 1);
    for (int i = 0; i < 2; ++i) { // nobody has it open: it is put away
        w.time.advance(31s);
        for (std::size_t s = 0; s < 3; ++s)
            w.shards[s].post([&, s] { w.documents().tick(s); });
        w.settle();
    }
    for (std::size_t s = 0; s < 3; ++s)
        CHECK(w.documents().document_count(s) == 0);
}

TEST_CASE("native: who reads too slowly for changes gets them at once when it reads again") {
    native_options options;
    options.limits.unread_replies = 1000;
    document_world w{GENERATE(std::size_t{1}, std::size_t{3}), options};
    native_client slow{w};
    native_client fast{w};
    CHECK(slow.sync("sync2") == "0000");
    slow.drained();
    slow.got->full = true;
    auto const large = typed(1, 0, std::string(1000, 'x'));
    fast.tell("update", large); // may be larger than an outbox: it is sent
    CHECK(heard(slow) == "update " + to_hex(large));
    fast.tell("update", typed(1, 1000, "y"));
    fast.tell("awareness", cursor(7, 1, "{}"));
    fast.tell("update", typed(1, 1001, "z"));
    CHECK(slow.read().empty());
    CHECK_FALSE(slow.got->closed);
    slow.got->full = false;
    slow.drained();
    w.settle();
    auto const told = slow.read();
    CHECK(std::count(told.begin(), told.end(), '\n') == 2);
    CHECK(told.find(about("update", typed(1, 0, std::string(1000, 'x') + "yz"))) != std::string::npos);
    CHECK(told.find(about("awareness", cursor(7, 1, "{}"))) != std::string::npos);
    fast.tell("update", ho);
    CHECK(heard(slow) == "update " + to_hex(ho));
}

TEST_CASE("native: who reads too slowly and never said what it has comes back; a cursor is not worth that") {
    native_options options;
    options.limits.unread_replies = 1000;
    document_world w{1, options};
    native_client slow{w};
    native_client fast{w};
    slow.tell("awareness", cursor(8, 1, "{}"));
    slow.drained();
    slow.got->full = true;
    fast.tell("awareness", cursor(7, 1, "{}"));
    CHECK(slow.read().empty());
    auto const large = typed(1, 0, std::string(1000, 'x'));
    fast.tell("update", large); // may be larger than an outbox: no reason to close
    CHECK(heard(slow) == "update " + to_hex(large));
    fast.tell("update", ho);
    CHECK(slow.got->closed == 3008);
}

TEST_CASE("native: a client that comes back with an old clock is told which to overtake") {
    document_world w;
    native_client a{w};
    native_client b{w};
    a.tell("awareness", cursor(7, 3, "{}"));
    a.leave();
    CHECK(is_ack(b.tell("awareness", cursor(7, 3, "{}"))));
    CHECK(heard(b) == "awareness " + to_hex(cursor(7, 3, "null")));
}

TEST_CASE("native: who has a document open that cannot be loaded again subscribes anew") {
    document_world w{3, {}, y_websocket_world::resident()};
    native_client a{w, 2};
    a.sync("sync2");
    w.store.fail_appends = true;
    w.documents().with_document<resident_yjs>(
        "doc", [&](resident_yjs& doc) { doc.document().get_text("t").insert(0, "x"); });
    w.store.fail_loads = true;
    w.settle();
    auto const told = a.one();
    CHECK(told.root()["type"].as_string() == "unsubscribed");
    CHECK(told.root()["payload"]["code"].as_int64() == 2502);
    w.store.fail_appends = false;
    w.store.fail_loads = false;
    a.ask("subscribe", "doc");
    CHECK(a.sync("sync2") == "0000");
}
