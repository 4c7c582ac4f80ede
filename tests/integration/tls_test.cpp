#include <unisono/server/server.hpp>
#include <unisono/tls/tls_context.hpp>

#include "support/catch.hpp"
#include "support/certificate.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"
#include "support/temporary_directory.hpp"
#include "support/tls_client.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using test::eventually;
using test::tls_client;
using plain_client = test::loopback_client;

namespace {

struct fixture {
    test::temporary_directory folder;
    std::shared_ptr<tls_context> context;
    std::unique_ptr<test::running_server> host;

    explicit fixture(server_options options = {}) {
        write_certificate(1);
        context = tls_context::open({.certificates = {certificate()}}).value();
        options.tls = context;
        host = std::make_unique<test::running_server>(std::move(options));
        auto& app = host->app;
        app.get("/hello", [](http_exchange x) { x.respond(text_response("hello")); });
        app.get("/large", [](http_exchange x) { x.respond(text_response(std::string(8 << 20, 'x'))); });
        app.post("/size",
                 [](http_exchange x) { x.respond(text_response(std::to_string(x.request().body.size()))); });
        app.websocket("/ws", {.on_message = [](websocket_session const& s, bytes_view data, bool) {
                          s.send_text(as_text(data));
                      }});
        app.feed("/feed/{room}");
        host->start();
    }
    std::string path(char const* name) const { return (folder / name).string(); }
    tls_certificate certificate() const { return {path("chain.pem"), path("key.pem")}; }
    void write_certificate(long serial) const {
        test::write_certificate(path("chain.pem"), path("key.pem"), serial);
    }
    tls_client connect(test::tls_client_options options = {}) const {
        return tls_client{host->app.port(), options};
    }
};

} // namespace

TEST_CASE("HTTP, WebSocket and event streams work over TLS 1.2 and 1.3") {
    fixture f;
    auto const version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    auto c = f.connect({.version = version});
    CHECK(c.get("/hello").body == "hello");
    CHECK(c.get("/hello", "Connection: close\r\n").body == "hello");
    CHECK(c.is_closed());
    CHECK(c.ended_in_order());

    auto ws = f.connect({.version = version});
    REQUIRE(ws.open("/ws"));
    for (std::string const& text : {std::string{"hi"}, std::string(60'000, 'y')}) {
        ws.send_text(text);
        CHECK((ws.read_message().body == text));
    }

    auto feed = f.connect({.version = version});
    feed.send(plain_client::request("/feed/a"));
    feed.read_until("id: ");
    f.host->app.rooms().publish("a", {.data = payload{std::string_view{"news"}}});
    feed.read_until("data: news");
}

TEST_CASE("requests over TLS are understood however they are cut into records") {
    fixture f;
    auto c = f.connect();
    auto const all = plain_client::request("/hello") + plain_client::request("/hello");
    for (char const byte : all)
        c.send({&byte, 1});
    CHECK(c.read_response().body == "hello");
    CHECK(c.read_response().body == "hello");
    c.send(plain_client::request("/size", "Content-Length: 1000000\r\n", "POST"));
    c.send(std::string(1'000'000, 'x'));
    CHECK(c.read_response().body == "1000000");
}

TEST_CASE("a large answer over TLS arrives whole, also when it is read slowly, and ends in order") {
    fixture f;
    auto c = f.connect({.receive_buffer = 16 * 1024});
    c.send(plain_client::request("/large", "Connection: close\r\n"));
    auto const head = c.read_until("\r\n\r\n");
    for (int i = 0; i < 20; ++i) {
        CHECK((c.read(1000) == std::string(1000, 'x')));
        std::this_thread::sleep_for(2ms); // slow reading is what is tested
    }
    CHECK(c.read_all().size() == (8 << 20) - 20'000);
    CHECK(c.ended_in_order());
}

TEST_CASE("a client that ends its side of TLS in order still gets its answer") {
    fixture f;
    auto c = f.connect();
    c.send(plain_client::request("/large"));
    c.say_goodbye();
    CHECK(c.read_all().size() > (8 << 20));
}

TEST_CASE("the end of TLS without a word is the end of the session") {
    fixture f;
    std::atomic<int> closed{0};
    test::running_server s{{.tls = f.context}};
    s.app.websocket("/ws", {.on_close = [&](close_code code, std::string_view) {
                        closed += code == close_code::abnormal;
                    }});
    s.start();
    {
        tls_client cut{s.app.port()};
        REQUIRE(cut.open("/ws"));
        cut.finish();
        tls_client broken{s.app.port()};
        REQUIRE(broken.open("/ws"));
        CHECK(::send(broken.descriptor(), "not a record of TLS", 19, MSG_NOSIGNAL) == 19);
        CHECK(broken.is_closed());
    }
    CHECK(eventually([&] { return closed == 2; }));
}

TEST_CASE("threat A11: old versions, old ciphers and renegotiation are refused") {
    fixture f;
    CHECK_THROWS(f.connect({.version = TLS1_VERSION}));
    CHECK_THROWS(f.connect({.version = TLS1_1_VERSION}));
    auto c = f.connect({.version = TLS1_2_VERSION});
    std::string const cipher = SSL_get_cipher(c.ssl());
    CHECK(cipher.starts_with("ECDHE"));
    REQUIRE(SSL_renegotiate(c.ssl()) == 1);
    CHECK(SSL_do_handshake(c.ssl()) != 1);
    ERR_clear_error();
    CHECK(f.connect().get("/hello").status == 200);
}

TEST_CASE("TLS agrees on HTTP/1.1 or on nothing") {
    fixture f;
    auto both = f.connect({.protocols = "\x02h2\x08http/1.1"});
    unsigned char const* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(both.ssl(), &name, &size);
    CHECK(std::string{reinterpret_cast<char const*>(name), size} == "http/1.1");
    CHECK_THROWS(f.connect({.protocols = "\x02h2"}));
    CHECK(f.connect().get("/hello").status == 200);
}

TEST_CASE("the certificate is chosen by the host that the client asks for") {
    test::temporary_directory folder;
    auto const file = [&](char const* name) { return (folder / name).string(); };
    test::write_certificate(file("a.pem"), file("a.key"), 1);
    test::write_certificate(file("b.pem"), file("b.key"), 2, "b.example");
    test::write_certificate(file("c.pem"), file("c.key"), 3, "*.c.example");
    test::running_server s{
        {.tls = tls_context::open({.certificates = {{file("a.pem"), file("a.key")},
                                                    {file("b.pem"), file("b.key"), {"b.example"}},
                                                    {file("c.pem"), file("c.key"), {"*.c.example"}}}})
                    .value()}};
    s.start();
    auto const serial = [&](char const* host) { return tls_client{s.app.port(), {.host = host}}.serial(); };
    CHECK(serial("") == 1);
    CHECK(serial("other.example") == 1);
    CHECK(serial("b.example") == 2);
    CHECK(serial("B.EXAMPLE") == 2);
    CHECK(serial("x.b.example") == 1);
    CHECK(serial("x.c.example") == 3);
    CHECK(serial("c.example") == 1);
    CHECK(serial("x.y.c.example") == 1);
}

TEST_CASE("a context is not opened without a certificate and the key that belongs to it") {
    test::temporary_directory folder;
    auto const file = [&](char const* name) { return (folder / name).string(); };
    test::write_certificate(file("a.pem"), file("a.key"), 1);
    test::write_certificate(file("b.pem"), file("b.key"), 2);
    std::ofstream{file("empty")};
    auto const error = [&](std::string chain, std::string key) {
        return tls_context::open({.certificates = {{std::move(chain), std::move(key)}}}).error();
    };
    CHECK(tls_context::open({}).error() == tls_error::no_certificate);
    CHECK(error(file("none"), file("a.key")) == tls_error::bad_certificate);
    CHECK(error(file("empty"), file("a.key")) == tls_error::bad_certificate);
    CHECK(error(file("a.key"), file("a.key")) == tls_error::bad_certificate);
    CHECK(error(file("a.pem"), file("none")) == tls_error::bad_key);
    CHECK(error(file("a.pem"), file("empty")) == tls_error::bad_key);
    CHECK(error(file("a.pem"), file("b.key")) == tls_error::key_mismatch);
    CHECK(error(file("a.pem"), file("a.key")) == std::error_code{});
    CHECK(error(file("none"), file("a.key")) == condition::not_found);
}

TEST_CASE("threat A11: what is no TLS ends its own connection and no other") {
    fixture f;
    auto witness = f.connect();
    auto const bytes =
        GENERATE(as<std::string>{}, "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 std::string(300, '\xff'), std::string(70'000, '\x16'), "\x16\x03\x01\xff\xff");
    auto c = f.host->connect();
    c.try_send(bytes);
    c.finish();
    CHECK(c.is_closed());
    CHECK(witness.get("/hello").status == 200);
}

TEST_CASE("threat A11: a handshake has a deadline") {
    fixture f{{.http = {.handshake_timeout = 200ms}}};
    std::vector<plain_client> half;
    for (int i = 0; i < 100; ++i) {
        half.push_back(f.host->connect());
        half.back().send(i % 2 == 0 ? "" : "\x16\x03\x01\x02");
    }
    CHECK(f.connect().get("/hello").status == 200);
    auto const begun = std::chrono::steady_clock::now();
    for (auto& c : half)
        CHECK(c.is_closed());
    CHECK(std::chrono::steady_clock::now() - begun < 3s);
}

TEST_CASE("threat A11: a flood of half handshakes does not keep others out") {
    fixture f{{.http = {.handshake_timeout = 60s}, .connections = {.handshakes = 10}}};
    std::vector<plain_client> half;
    for (int i = 0; i < 300; ++i) {
        half.push_back(f.host->connect());
        half.back().send("\x16\x03\x01\x02");
        if (i % 50 == 0)
            CHECK(f.connect().get("/hello").status == 200);
    }
    for (std::size_t i = 0; i < 200; ++i)
        CHECK(half[i].is_closed());
    CHECK(f.connect().get("/hello").status == 200);
}

TEST_CASE("threat A11: a bad new certificate keeps the old one") {
    fixture f;
    f.write_certificate(2);
    REQUIRE(f.context->reload());
    CHECK(f.connect().serial() == 2);
    std::ofstream{f.path("chain.pem")} << "rubbish";
    CHECK(f.context->reload().error() == tls_error::bad_certificate);
    CHECK(f.connect().serial() == 2);
    f.write_certificate(3);
    test::write_certificate(f.path("other.pem"), f.path("key.pem"), 4);
    CHECK(f.context->reload().error() == tls_error::key_mismatch);
    CHECK(f.connect().serial() == 2);
}

TEST_CASE("threat A11: a hundred new certificates under two hundred connections drop none") {
    fixture f{{.threads = 2, .http = {.idle_timeout = 60s}}};
    std::vector<tls_client> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(f.connect());
        REQUIRE(clients.back().open("/ws"));
    }
    for (long serial = 2; serial <= 101; ++serial) {
        f.write_certificate(serial);
        REQUIRE(f.context->reload());
        CHECK(f.connect().serial() == serial);
        auto& c = clients[static_cast<std::size_t>(serial)];
        c.send_text("still there");
        CHECK(c.read_message().body == "still there");
    }
    for (auto& c : clients) {
        CHECK(c.serial() == 1);
        c.send_text("still there");
        REQUIRE(c.read_message().body == "still there");
    }
    for (auto& c : clients)
        c.close();
}
