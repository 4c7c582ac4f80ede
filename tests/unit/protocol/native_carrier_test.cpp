#include <unisono/wire/sse_parser.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include "native_world.hpp"
#include "support/catch.hpp"

using namespace native_world;

namespace {

/// A carrier as a host writes it for a server of its own that sends text messages: all there is to it.
template <class Send, class Close>
struct host_carrier final : native_carrier {
    wire_form speaks;
    Send send;
    Close end;

    host_carrier(wire_form f, Send s, Close c) : speaks(f), send(std::move(s)), end(std::move(c)) {}
    wire_form form() const noexcept override { return speaks; }
    void reply(payload bytes) override { send(bytes); }
    bool push(payload bytes) override {
        send(bytes);
        return true;
    }
    void close(close_code, std::string_view) override { end(); }
};

/// A session whose bytes are appended to `out`.
std::shared_ptr<native_session> open(world& w, wire_form form, std::string& out, bool& closed) {
    auto const send = [&out](payload const& bytes) { out += bytes.text(); };
    auto const end = [&closed] { closed = true; };
    std::shared_ptr<native_session> made;
    w.shards[0].post([&] {
        made =
            w.server.open(0, std::make_unique<host_carrier<decltype(send), decltype(end)>>(form, send, end));
    });
    w.settle();
    return made;
}

void feed(world& w, std::shared_ptr<native_session> const& s, std::string text) {
    w.shards[0].post([s, text = std::move(text)] { s->on_text(text); });
    w.settle();
}

std::string session_of(client& c) {
    c.send(R"({"type":"connect","id":1,"payload":{"v":1}})");
    return std::string{*c.one().root()["payload"]["session"].as_string()};
}

} // namespace

TEST_CASE("native: a carrier gets its bytes in the form it asks for") {
    world w;
    std::string const hello = R"({"type":"connect","id":1,"payload":{"v":1}})"
                              "\n"
                              R"({"type":"subscribe","id":2,"channel":"r"})";
    auto const form = GENERATE(wire_form::native_json, wire_form::native_sse, wire_form::native_ndjson,
                               wire_form::native_websocket);
    std::string out;
    bool closed = false;
    auto const session = open(w, form, out, closed);
    feed(w, session, hello);
    std::string const replies = std::exchange(out, {});
    w.rooms.publish("r", {.data = payload{"7"}, .ephemeral = true});
    w.settle();
    std::string const message = R"({"type":"message","channel":"r","payload":{"data":7,"ts":1700000000000}})";
    CHECK(std::count(replies.begin(), replies.end(), '\n') == (form == wire_form::native_sse      ? 4
                                                               : form == wire_form::native_ndjson ? 2
                                                                                                  : 1));
    if (form == wire_form::native_json)
        CHECK(out == message);
    else if (form == wire_form::native_ndjson)
        CHECK(out == message + "\n");
    else if (form == wire_form::native_sse) {
        CHECK(replies.starts_with("data: {\"type\":\"ack\",\"id\":1,"));
        CHECK(replies.find("}\n\ndata: {\"type\":\"ack\",\"id\":2,") != std::string::npos);
        CHECK(out == "data: " + message + "\n\n");
    } else
        CHECK(out == encode_websocket_text(message).text());
    CHECK_FALSE(closed);
    out.clear();
    feed(w, session, "nonsense");
    CHECK(closed);
    CHECK(out.find("\"code\":3501") != std::string::npos); // the reason is told in every form
    w.shards[0].post([&] { session->on_closed(); });
    w.settle();
}

TEST_CASE("native: a broadcast is encoded once for all carriers of a form") {
    world w;
    client a{w, 0}, b{w, 0};
    a.ask("subscribe", "r");
    b.ask("subscribe", "r");
    a.got->frames.clear();
    b.got->frames.clear();
    w.rooms.publish("r", {.data = payload{"1"}});
    w.settle();
    REQUIRE(a.got->frames.size() == 1);
    REQUIRE(b.got->frames.size() == 1);
    CHECK(a.got->frames[0].data() == b.got->frames[0].data());
}

TEST_CASE("native: commands may come apart from their session, by its secret id") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    client c{w, shards - 1, false}, other{w, 0, false};
    auto const id = session_of(c);
    CHECK(id.size() >= 22 + 2);
    CHECK(id != session_of(other));
    std::vector<native_delivery> seen;
    auto const deliver = [&](std::string const& to, std::string text) {
        w.shards[0].post([&w, &seen, to, text = std::move(text)] {
            w.server.deliver(to, text, [&seen](native_delivery what) { seen.push_back(what); });
        });
        w.settle();
        REQUIRE(seen.size() == 1);
        return std::exchange(seen, {}).front();
    };
    CHECK(deliver(id, R"({"type":"subscribe","id":2,"channel":"r"})") == native_delivery::taken);
    CHECK(is_ack(c.one()));
    CHECK(other.read().empty());
    for (auto const& wrong :
         {std::string{}, std::string{"x"}, id + "0", id.substr(1), id.substr(0, 22), id.substr(0, 22) + ".9",
          id.substr(0, 22) + ".-1", std::string{c.session->who()->client}})
        CHECK(deliver(wrong, R"({"type":"publish","channel":"r","payload":{"data":1}})") ==
              native_delivery::unknown);
    CHECK(c.read().empty());
    c.leave();
    CHECK(deliver(id, R"({"type":"pong"})") == native_delivery::unknown);
}

TEST_CASE("native: commands that came apart are held back while earlier ones wait") {
    world w{1, {.limits = {.unread_replies = 2048}}};
    client c{w, 0, false};
    auto const id = session_of(c);
    c.drained();
    std::vector<native_delivery> seen;
    auto const deliver = [&](std::string const& text) {
        w.shards[0].post([&w, &seen, id, text] {
            w.server.deliver(id, text, [&seen](native_delivery what) { seen.push_back(what); });
        });
        w.settle();
    };
    std::string many;
    for (int i = 2; i < 40; ++i)
        many += (i == 2 ? "" : "\n") + std::string{R"({"type":"rpc","id":)"} + std::to_string(i) + "}";
    deliver(many);
    CHECK(seen.empty()); // its answer is what a client waits for before it sends more
    deliver(R"({"type":"pong"})");
    CHECK(seen == std::vector{native_delivery::busy});
    seen.clear();
    bool const leaves = GENERATE(false, true);
    if (leaves)
        c.leave();
    while (seen.empty())
        c.drained();
    CHECK(seen == std::vector{native_delivery::taken});
}
