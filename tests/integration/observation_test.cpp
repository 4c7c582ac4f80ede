#include <unisono/codec/json_document.hpp>
#include <unisono/server/server.hpp>
#include <unisono/store/store_memory.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"
#include "support/small_updates.hpp"

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

using namespace unisono;
using namespace std::chrono_literals;
using test::eventually;
using client = test::loopback_client;
using op = websocket_opcode;

namespace {

/// Reads the figures as a host's registry would.
class figures final : public metric_visitor {
public:
    explicit figures(server& app) {
        std::promise<void> done;
        app.visit_metrics(*this, [&] { done.set_value(); });
        done.get_future().get();
    }
    /// `name` or `name{label="value"}`; -1 when there is none.
    double operator[](std::string const& name) const {
        auto const found = values_.find(name);
        return found == values_.end() ? -1 : found->second;
    }

private:
    void value(metric const& what, metric_labels labels, double sample) override {
        std::string name{what.name};
        for (auto const& l : labels)
            name.append("{").append(l.name).append("=\"").append(l.value).append("\"}");
        values_[name] = sample;
    }
    void distribution(metric const& what, metric_labels, std::span<std::uint64_t const> counts,
                      double) override {
        double total = 0;
        for (auto const n : counts)
            total += static_cast<double>(n);
        values_[std::string{what.name}] = total;
    }

    std::map<std::string, double> values_;
};

/// Waits for a figure: what is counted at the end of a connection is counted a moment after the peer saw it.
bool reaches(server& app, std::string const& name, double number) {
    return eventually([&] { return figures{app}[name] == number; });
}

struct observed : test::running_server {
    explicit observed(server_options options = {}) : running_server{on_two_shards(std::move(options))} {
        app.get("/where", [this](http_exchange x) {
            x.respond(text_response(std::to_string(app.index_of(x.home()))));
        });
        app.get("/hello", [](http_exchange x) { x.respond(text_response("hello")); });
        app.websocket("/ws",
                      {.on_message = [](websocket_session const& s, bytes_view data,
                                        bool) { s.send_text(as_text(data)); }},
                      {.limits = {.max_message_size = 1000}});
        app.feed("/feed/{room}");
        app.rooms("/rooms");
        app.health();
        app.metrics();
        app.inspector("/inspect", [](http_exchange const& x) {
            return x.request().headers.get("Authorization") == "let me";
        });
    }
    static server_options on_two_shards(server_options options) {
        options.threads = 2;
        return options;
    }
};

} // namespace

TEST_CASE("requests, bytes and messages are counted") {
    observed s;
    auto c = s.connect();
    CHECK(c.get("/hello").body == "hello");
    CHECK(c.get("/nowhere").status == 404);
    REQUIRE(c.open("/ws"));
    c.send_text("one");
    c.read_message();
    c.send_text("two");
    c.read_message();
    figures const f{s.app};
    CHECK(f["unisono_connections_total"] == 1);
    CHECK(f["unisono_http_requests_total"] == 3);
    CHECK(f["unisono_http_responses_total{code=\"200\"}"] == 1);
    CHECK(f["unisono_http_responses_total{code=\"404\"}"] == 1);
    CHECK(f["unisono_websockets_total"] == 1);
    CHECK(f["unisono_websocket_messages_total"] == 2);
    CHECK(f["unisono_connections{kind=\"websocket\"}"] == 1);
    CHECK(f["unisono_bytes_total{direction=\"in\"}"] > 200);
    CHECK(f["unisono_bytes_total{direction=\"out\"}"] > 200);
    CHECK(f["unisono_event_loops"] == 2);
    CHECK(f["unisono_event_loops_stuck"] == 0);
    CHECK(eventually([&] { return figures{s.app}["unisono_event_loop_lag_seconds"] > 0; }));
}

TEST_CASE("rooms, publications and deliveries are counted") {
    observed s;
    auto viewer = s.connect();
    viewer.send(client::request("/feed/news"));
    viewer.read_until("\nid:");
    s.app.rooms().publish("news", {.data = payload{std::string_view{"fresh"}}});
    viewer.read_until("fresh");
    figures const f{s.app};
    CHECK(f["unisono_publications_total"] == 1);
    CHECK(f["unisono_deliveries_total"] == 1);
    CHECK(f["unisono_subscriptions"] == 1);
    CHECK(f["unisono_rooms"] == 1);
    CHECK(f["unisono_history_bytes"] == 5);
    CHECK(f["unisono_event_streams_total"] == 1);
    CHECK(f["unisono_connections{kind=\"sse\"}"] == 1);
}

TEST_CASE("documents in memory are shown: who has them open, and how they stand with the store") {
    observed s;
    s.app.documents("/yjs");
    auto editor = s.open("/yjs/notes");
    auto other = s.open("/yjs/notes");
    auto const update = test::typed(1, 0, "hi");
    auto const change =
        std::string("\0\2", 2) + static_cast<char>(update.size()) + std::string{as_text(update)};
    editor.send(client::frame(op::binary, change));
    other.read_message(); // a greeting
    other.read_message();
    figures const f{s.app};
    CHECK(f["unisono_documents"] == 1);
    CHECK(f["unisono_document_clients"] == 2);
    CHECK(f["unisono_document_unconfirmed_changes"] == 0);
    CHECK(f["unisono_document_bytes"] > 0);
    auto c = s.connect();
    c.send(client::request("/inspect", "Authorization: let me\r\n"));
    auto const seen = json::parse(c.read_response().body).value();
    auto const documents = seen.root()["documents"];
    CHECK(documents["count"].as_int64() == 1);
    CHECK(documents["clients"].as_int64() == 2);
    auto const notes = documents["largest"][0];
    CHECK(notes["name"].as_string() == "notes");
    CHECK(notes["loading"].as_bool() == false);
    CHECK(notes["log_records"].as_int64() == 1);
    CHECK(notes["log_bytes"].as_int64() == static_cast<std::int64_t>(update.size()));
    CHECK(notes["stored_ago"].as_int64().value_or(-1) >= 0);
}

TEST_CASE("threat E9: every refusal has a counter and a reason") {
    observed s;
    SECTION("a request that breaks the rules") {
        auto c = s.connect();
        c.send("GET / HTTP/1.1\r\n\r\n");
        CHECK(c.read_response().status == 400);
        CHECK(reaches(s.app, "unisono_http_refused_requests_total{code=\"400\"}", 1));
    }
    SECTION("a handshake that is none") {
        auto c = s.connect();
        CHECK(c.get("/ws").status == 400);
        CHECK(reaches(s.app, "unisono_websocket_handshakes_refused_total", 1));
    }
    SECTION("a page of a foreign origin") {
        auto c = s.connect();
        CHECK(!c.open("/ws", "Origin: https://evil.example\r\n"));
        CHECK(reaches(s.app, "unisono_origins_refused_total", 1));
    }
    SECTION("a message over the limit") {
        auto c = s.connect();
        REQUIRE(c.open("/ws"));
        c.send_text(std::string(1001, 'x'));
        CHECK(c.read_message().close_code() == 1009);
        c.close();
        CHECK(reaches(s.app, "unisono_websocket_closes_total{code=\"1009\"}", 1));
    }
    SECTION("text that is no text") {
        auto c = s.connect();
        REQUIRE(c.open("/ws"));
        c.send_text("\xff");
        CHECK(c.read_message().close_code() == 1007);
        c.close();
        CHECK(reaches(s.app, "unisono_websocket_closes_total{code=\"1007\"}", 1));
    }
    SECTION("a connection that is cut") {
        auto c = s.connect();
        REQUIRE(c.open("/ws"));
        c.reset();
        CHECK(reaches(s.app, "unisono_websocket_closes_total{code=\"1006\"}", 1));
        CHECK(reaches(s.app, "unisono_connections_ended_total{reason=\"network\"}", 1));
    }
    SECTION("a room that is not read") {
        auto c = s.connect(4096);
        c.send(client::request("/feed/flood"));
        c.read_until("\nid:");
        payload const block{std::string(64 * 1024, 'x')};
        CHECK(eventually([&] {
            s.app.rooms().publish("flood", {.data = block});
            return figures{s.app}["unisono_connections_ended_total{reason=\"slow_consumer\"}"] == 1;
        }));
    }
}

TEST_CASE("the page for Prometheus says what it is and is not cached") {
    observed s;
    auto c = s.connect();
    auto const page = c.get("/metrics");
    CHECK(page.status == 200);
    CHECK(page.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(page.field("Cache-Control") == "no-store");
    CHECK(page.body.starts_with("# HELP unisono_connections_total TCP connections accepted.\n"
                                "# TYPE unisono_connections_total counter\n"
                                "unisono_connections_total 1\n"));
    CHECK(page.body.ends_with("\n"));
}

TEST_CASE("an inspection shows connections, rooms and who reads too slowly") {
    observed s;
    auto viewer = s.connect();
    viewer.send(client::request("/feed/a"));
    viewer.read_until("\nid:");
    auto slow = s.connect(4096);
    REQUIRE(slow.open("/ws"));
    std::string const flood = client::frame(op::text, std::string(1000, 'x'));
    auto const look = [&] {
        std::promise<inspection> seen;
        s.app.inspect([&](inspection i) { seen.set_value(std::move(i)); });
        return seen.get_future().get();
    };
    inspection seen;
    CHECK(eventually([&] {
        (void)slow.try_send(flood, 100ms);
        seen = look();
        return !seen.slowest.empty();
    }));
    CHECK(seen.shards.size() == 2);
    CHECK(seen.shards[0].answered);
    CHECK(seen.shards[0].connections + seen.shards[1].connections == 2);
    CHECK(seen.rooms.rooms == 1);
    REQUIRE(seen.rooms.largest.size() == 1);
    CHECK(seen.rooms.largest[0].name == "a");
    CHECK(seen.totals.accepted == 2);
    CHECK(seen.totals.messages_in != 0);
    CHECK(seen.rates.messages_in > 0.5); // since the server began, a moment ago
    CHECK(seen.resident_bytes > 1'000'000);
    REQUIRE(seen.slowest.size() == 1);
    CHECK(seen.slowest[0].kind == "websocket");
    CHECK(seen.slowest[0].peer == "127.0.0.1");
    CHECK(seen.slowest[0].queued_bytes <= seen.queued_bytes + flood.size());
}

TEST_CASE("the inspector is for those whom the guard lets in") {
    observed s;
    auto c = s.connect();
    CHECK(c.get("/inspect").status == 403);
    auto const answer = c.get("/inspect", "Authorization: let me\r\n");
    CHECK(answer.status == 200);
    auto const read = json::parse(answer.body);
    REQUIRE(read);
    CHECK(read->root()["connections"][0]["kind"].as_string() == "http");
    CHECK(read->root()["totals"]["requests"].as_int64() == 2);
    CHECK_THROWS_AS(server{}.inspector("/x", {}), std::invalid_argument);
}

TEST_CASE("an inspector that accepts an event stream sees the server live") {
    observed s;
    auto c = s.connect();
    c.send(client::request("/inspect", "Authorization: let me\r\nAccept: text/event-stream\r\n"));
    c.read_until("data:");
    auto const first = json::parse(c.read_until("\n"));
    REQUIRE(first);
    s.app.rooms().publish("x", {.data = payload{std::string_view{"y"}}});
    c.read_until("data:");
    auto const second = json::parse(c.read_until("\n"));
    REQUIRE(second);
    CHECK(second->root()["totals"]["publications"].as_int64() == 1);
    CHECK(*second->root()["time"].as_int64() > *first->root()["time"].as_int64());
}

TEST_CASE("a server is alive while its event loops answer") {
    observed s;
    std::optional<client> c{s.connect()};
    while (c->get("/where").body != "0")
        c.emplace(s.connect());
    CHECK(c->get("/healthz").status == 200);
    std::promise<void> go_on;
    s.app.rooms().shard(1).post([&] { go_on.get_future().wait(); });
    CHECK(c->get("/healthz").status == 503);
    CHECK(c->get("/metrics").body.find("\nunisono_event_loops_stuck 1\n") != std::string::npos);
    go_on.set_value();
    CHECK(eventually([&] { return c->get("/healthz").status == 200; }));
}

TEST_CASE("a server whose store fails is alive but not ready") {
    struct moody_store final : document_store {
        memory_store inner;
        std::atomic<bool> works{true};
        void load(std::string_view name, executor& on, load_handler done) override {
            inner.load(name, on, std::move(done));
        }
        void append(std::string_view name, record_format const& format, payload record, executor& on,
                    append_handler done) override {
            inner.append(name, format, std::move(record), on, std::move(done));
        }
        void compact(std::string_view name, record_format const& format, payload snapshot,
                     std::uint64_t includes_seq, executor& on, done_handler done) override {
            inner.compact(name, format, std::move(snapshot), includes_seq, on, std::move(done));
        }
        void remove(std::string_view name, executor& on, done_handler done) override {
            inner.remove(name, on, std::move(done));
        }
        bool healthy() const noexcept override { return works; }
        void close() override { inner.close(); }
    };
    auto const store = std::make_shared<moody_store>();
    observed s{{.store = store}};
    auto c = s.connect();
    CHECK(c.get("/readyz").status == 200);
    store->works = false;
    CHECK(c.get("/readyz").status == 503);
    CHECK(c.get("/healthz").status == 200);
    store->works = true;
    CHECK(c.get("/readyz").status == 200);
}
