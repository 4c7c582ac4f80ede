// Answers of language models over real connections; tests/interop reads them with the vendors' own clients.
#include <unisono/server/server.hpp>
#include <unisono/transport/llm_stream.hpp>

#include "support/catch.hpp"
#include "support/event_reader.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"

#include <asio/awaitable.hpp>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using client = test::loopback_client;
using test::eventually;

namespace {

struct fixture : test::running_server {
    std::optional<llm_stream> out; ///< of the last request

    using test::running_server::running_server;

    void serve(std::function<void(http_exchange const&)> handler) {
        app.post("/v1/chat/completions", std::move(handler));
    }
    client ask(int receive_buffer = 0) {
        auto c = connect(receive_buffer);
        c.send(client::request("/v1/chat/completions", "Content-Length: 0\r\n", "POST"));
        return c;
    }
};

std::string all_data(client& c) {
    test::event_reader reader;
    std::string all;
    while (auto const e = reader.next(c))
        all += e->data + "\n";
    if (!reader.ended())
        throw std::runtime_error("the stream was cut");
    return all;
}

} // namespace

TEST_CASE("an error before the first word is a status, one after it is an event") {
    fixture f;
    bool const begun = GENERATE(false, true);
    f.serve([=](http_exchange const& exchange) {
        auto const out = llm_stream::open(exchange, {});
        if (begun)
            out.text("Hel");
        out.fail({llm_error_kind::rate_limit, "slow down"});
        out.text("nobody hears this");
    });
    auto c = f.ask();
    auto const response = c.read_response();
    if (!begun) {
        CHECK(response.status == 429);
        CHECK(response.field("Content-Type") == "application/json");
        CHECK(response.body.find("slow down") != std::string::npos);
        return;
    }
    CHECK(response.status == 200);
    auto const all = all_data(c);
    CHECK(all.find("slow down") != std::string::npos);
    CHECK(all.find("[DONE]") == std::string::npos);
    CHECK(all.find("nobody") == std::string::npos);
}

TEST_CASE("an answer ends once with its producer: whole, by an exception, or let go of") {
    fixture f;
    int const how = GENERATE(0, 1, 2);
    f.serve([=](http_exchange const& exchange) {
        auto const out = llm_stream::open(exchange, {});
        if (how == 2) {
            out.text("word");
            return;
        }
        out.run(exchange.home().context(), [=](llm_stream to) -> asio::awaitable<void> {
            to.text("word");
            co_await to.drained();
            if (how == 1)
                throw std::runtime_error("a secret");
        });
    });
    auto c = f.ask();
    CHECK(c.read_response().status == 200);
    auto const all = all_data(c);
    CHECK(all.find("word") != std::string::npos);
    CHECK(all.find("secret") == std::string::npos);
    CHECK((all.find("[DONE]") != std::string::npos) == (how == 0));
    CHECK((all.find(R"({"error")") != std::string::npos) == (how != 0));
}

TEST_CASE("a client who leaves stops the producer, before the first word and after it") {
    fixture f;
    bool const begun = GENERATE(false, true);
    std::atomic<bool> stopped{false};
    std::atomic<bool> asked{false};
    std::optional<std::stop_callback<std::function<void()>>> callback;
    f.serve([&](http_exchange const& exchange) {
        f.out = llm_stream::open(exchange, {});
        if (begun)
            f.out->text("word");
        callback.emplace(f.out->stop_token(), [&] { stopped = true; });
        asked = true;
    });
    auto c = f.ask();
    REQUIRE(eventually([&] { return asked.load(); }));
    if (begun)
        c.read_until("word");
    CHECK_FALSE(stopped);
    c.close();
    CHECK(eventually([&] { return stopped.load(); }, 1s));
    f.out.reset();
}

TEST_CASE("while the model reads the prompt the response begins and is kept warm") {
    fixture f;
    f.serve([&](http_exchange const& exchange) {
        f.out = llm_stream::open(exchange, {.stream = {.heartbeat = 60ms}, .commit_after = 50ms});
    });
    auto c = f.ask();
    CHECK(c.read_response().status == 200);
    c.read_until(": keep-alive\n\n");
    f.out->fail({.message = "out of memory"}); // too late for a status
    c.read_until("out of memory");
    f.out.reset();
}

TEST_CASE("a producer runs at the reader's pace, and one that does not wait cuts the reader off") {
    fixture f{{.http = {.outbox_limit = 64 * 1024}}};
    bool const waits = GENERATE(true, false);
    std::atomic<int> said{0};
    std::atomic<bool> over{false};
    f.serve([&](http_exchange const& exchange) {
        llm_stream::open(exchange, {})
            .run(exchange.home().context(), [&](llm_stream to) -> asio::awaitable<void> {
                struct at_end {
                    std::atomic<bool>& flag;
                    ~at_end() { flag = true; }
                } const mark{over};
                std::string const data(8 * 1024, 'x');
                for (int i = 0; waits ? true : i < 4'000; ++i) {
                    to.text(data);
                    ++said;
                    if (waits)
                        co_await to.drained();
                }
            });
    });
    auto c = f.ask(4 * 1024);
    if (!waits) { // cut, not ended as if it were whole
        CHECK(eventually([&] { return over.load(); }));
        CHECK_THROWS([&] {
            c.read_response();
            all_data(c);
        }());
        return;
    }
    c.read_response();
    int before = -1;
    REQUIRE(eventually([&] { // it stops by itself once all buffers on the way are full
        std::this_thread::sleep_for(50ms);
        return std::exchange(before, said.load()) == said.load() && before > 0;
    }));
    CHECK(before < 3'000);
    test::event_reader reader;
    for (int i = 0; i < before + 50; ++i)
        REQUIRE(reader.next(c));
    CHECK_FALSE(over);
    c.close();
    CHECK(eventually([&] { return over.load(); }, 1s));
}
