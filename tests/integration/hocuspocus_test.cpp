#include <unisono/codec/lib0_writer.hpp>
#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"
#include "support/small_updates.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace unisono;
using client = test::loopback_client;
using op = websocket_opcode;
using test::typed;

namespace {

/// A message about the document "doc".
std::string about(std::string_view what, std::string_view body) {
    byte_buffer bytes;
    lib0_writer out{bytes};
    out.var_string("doc");
    append(bytes, what);
    out.var_string(body);
    return std::string{as_text(bytes)};
}
std::string about(std::string_view what, bytes_view body) {
    return about(what, as_text(body));
}

constexpr std::string_view token{"\2\0", 2}, granted{"\2\2", 2}, step1{"\0\0", 2}, step2{"\0\1", 2},
    change{"\0\2", 2}, stateless{"\5", 1}, closed{"\7", 1};
std::string const stored{"\3doc\10\1"};

/// Answers questions on a thread of its own each.
struct desk {
    std::mutex mutex;
    std::vector<std::thread> threads;

    ~desk() {
        for (auto& t : threads)
            t.join();
    }
    void ask(hocuspocus_claim const& claim, host_reply<document_grant> const& reply) {
        bool const known = claim.request->query_parameter("key") == "1" && claim.token == "ann";
        std::lock_guard const lock{mutex};
        threads.emplace_back([known, reply] {
            reply(document_grant{.access = known ? document_access::write : document_access::none,
                                 .user = "ann"});
        });
    }
};

/// Who is signed in.
struct session_table {
    void look_up(std::string_view token, std::string_view document,
                 std::function<void(bool known, bool may_edit)> done) {
        done(token != "nobody", document == token);
    }
};

} // namespace

// document-server.md: Hocuspocus
TEST_CASE("Hocuspocus: the example of the page on documents") {
    session_table sessions;
    test::running_server s;
    auto& app = s.app;
    // clang-format off
    unisono::hocuspocus_options options;
    options.hooks.authenticate = [&](unisono::hocuspocus_claim const& claim,
                                     unisono::host_reply<unisono::document_grant> reply) {
        sessions.look_up(claim.token, claim.document, [reply](bool known, bool may_edit) {
            using enum unisono::document_access;
            reply(unisono::document_grant{.access = !known ? none : may_edit ? write : read,
                                           .reason = "please sign in again"});
        });
    };
    options.hooks.on_stateless = [](unisono::hocuspocus_peer const& from, std::string_view message) {
        if (message == "ping")
            from.send_stateless("pong");
    };
    auto& editors = app.hocuspocus("/hocuspocus", options);
    // clang-format on
    auto c = s.open("/hocuspocus");
    auto const told = [&](std::string_view with) {
        c.send(client::frame(op::binary, about(token, with)));
        return c.read_message().body;
    };
    CHECK(told("nobody") == about({"\2\1", 2}, "please sign in again"));
    CHECK(told("ann") == about(granted, "readonly"));
    CHECK(told("doc") == about(granted, "read-write"));
    c.send(client::frame(op::binary, about(stateless, "ping")));
    CHECK(c.read_message().body == about(stateless, "pong"));
    editors.broadcast_stateless("doc", "all");
    CHECK(c.read_message().body == about(stateless, "all"));
}

TEST_CASE("Hocuspocus and y-websocket clients edit one document on one port") {
    desk host;
    test::running_server s{{.threads = static_cast<std::size_t>(GENERATE(1, 3))}};
    hocuspocus_server* editors = nullptr;
    editors = &s.app.hocuspocus(
        "/hocuspocus",
        {.hooks = {.authenticate = [&](hocuspocus_claim const& claim,
                                       host_reply<document_grant> const& reply) { host.ask(claim, reply); },
                   .on_stateless =
                       [&](hocuspocus_peer const& from, std::string_view text) {
                           editors->broadcast_stateless(from.document(), from.who().user + std::string{text});
                       }}});
    s.app.documents("/yjs");

    std::vector<client> clients;
    for (int i = 0; i < 6; ++i) {
        auto& c = clients.emplace_back(s.open("/hocuspocus?key=1"));
        c.send(client::frame(op::binary, about(token, "ann")));
        c.send(client::frame(op::binary, about(step1, test::from_hex("00"))));
        CHECK(c.read_message().body == about(granted, "read-write"));
        CHECK(c.read_message().body == about(step1, test::from_hex("00")));
        CHECK(c.read_message().body == about(step2, test::from_hex("0000")));
    }
    auto editor = s.open("/yjs/doc");
    editor.read_message();

    auto const large = typed(1, 0, std::string(2'000'000, 'x')); // larger than an outbox
    clients[0].send(client::frame(op::binary, about(change, large)));
    CHECK(clients[0].read_message().body == stored);
    for (std::size_t i = 1; i < clients.size(); ++i)
        CHECK(clients[i].read_message().body == about(change, large));
    CHECK(editor.read_message().body.ends_with(std::string{as_text(large)}));

    clients[1].send(client::frame(op::binary, about(stateless, " says hello")));
    for (auto& c : clients)
        CHECK(c.read_message().body == about(stateless, "ann says hello"));
    editors->broadcast_stateless("doc", "from this thread");
    editors->close_document("doc", "moved");
    for (auto& c : clients) {
        CHECK(c.read_message().body == about(stateless, "from this thread"));
        CHECK(c.read_message().body == about(closed, "moved"));
    }

    auto stranger = s.open("/hocuspocus");
    stranger.send(client::frame(op::binary, about(token, "ann")));
    CHECK(stranger.read_message().body == about({"\2\1", 2}, "permission-denied"));
}

TEST_CASE("Hocuspocus clients are told goodbye when the server ends, also while the host decides") {
    std::vector<host_reply<document_grant>> open;
    test::running_server s;
    s.app.hocuspocus("/hocuspocus", {.hooks = {.authenticate = [&](hocuspocus_claim const& claim,
                                                                   host_reply<document_grant> const& reply) {
                                         if (claim.token == "wait")
                                             open.push_back(reply);
                                         else
                                             reply(document_grant{});
                                     }}});
    auto waiting = s.open("/hocuspocus");
    waiting.send(client::frame(op::binary, about(token, "wait")));
    auto in = s.open("/hocuspocus");
    in.send(client::frame(op::binary, about(token, "")));
    in.read_message();
    s.app.stop();
    for (auto* c : {&waiting, &in})
        CHECK(c->read_message().close_code() == 1001);
}
