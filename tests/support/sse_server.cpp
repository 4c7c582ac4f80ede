// Event streams for tests/interop and tests/browser: feeds, odd events, and a model that does what its name
// says.
#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/server/server.hpp>
#include <unisono/transport/llm_stream.hpp>

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace {

using namespace unisono;

std::atomic<int> active{0};

/// Plays the model whose name the request gives.
asio::awaitable<void> answer(std::string model, llm_stream out) {
    struct counted {
        counted() { ++active; }
        ~counted() { --active; }
    } const here;
    if (model == "text") {
        for (auto const* word : {"Grüße, ", "世界 ", "😀 ", "\"quoted\"\n"}) {
            out.text(word);
            co_await out.drained();
        }
        out.finish(llm_finish::stop, llm_usage{11, 4});
    } else if (model == "tools") {
        out.text("Let me look. ");
        for (auto const* city : {"Oslo", "Bergen"}) {
            out.tool_call(std::string{"call_"} + city, "weather");
            out.tool_arguments(R"({"city":)");
            out.tool_arguments(std::string{"\""} + city + "\"}");
        }
        out.finish(llm_finish::tool_calls, llm_usage{20, 9});
    } else if (model == "long") {
        out.text("cut");
        out.finish(llm_finish::length, llm_usage{1, 1});
    } else if (model == "broken") {
        out.text("so far");
        out.fail({llm_error_kind::overloaded, "the model fell over"});
    } else if (model == "throws") {
        out.text("so far");
        throw std::runtime_error("nobody's business");
    } else if (model == "busy") {
        out.fail({llm_error_kind::rate_limit, "come back later"});
    } else {
        asio::steady_timer timer{co_await asio::this_coro::executor};
        for (;;) { // until somebody stops it
            out.text("word ");
            co_await out.drained();
            timer.expires_after(std::chrono::milliseconds{5});
            co_await timer.async_wait(asio::use_awaitable);
        }
    }
}

void serve_llm(llm_api api, http_exchange const& exchange) {
    auto const body = json::parse(exchange.request().body);
    auto const model = body ? body->root()["model"].as_string() : std::nullopt;
    if (!model) {
        exchange.respond(llm_error_response(api, {llm_error_kind::invalid_request, "which model?"}));
        return;
    }
    bool const usage = body->root()["stream_options"]["include_usage"].as_bool().value_or(false);
    llm_stream::open(exchange, {.answer = {.api = api,
                                           .id = "test",
                                           .model = std::string{*model},
                                           .created = 1'700'000'000,
                                           .include_usage = usage,
                                           .input_tokens = 11}})
        .run(exchange.home().context(),
             [model = std::string{*model}](llm_stream out) { return answer(model, std::move(out)); });
}

/// Streams the events of a JSON array, as the parameters of an sse_event.
void play(std::string const& events, sse_stream const& out) {
    auto const list = json::parse(events, {.size = 16 << 20, .values = 1 << 20});
    if (list)
        for (auto const item : list->root().elements())
            (void)out.write({.event = item["event"].as_string(),
                             .id = item["id"].as_string(),
                             .data = item["data"].as_string(),
                             .comment = item["comment"].as_string()});
    (void)out.write({.event = "end", .data = ""});
}

} // namespace

int main() {
    server app{{.port = 0,
                .threads = 2,
                .origins = {.allowed = {"https://friend.example"}},
                .http = {.limits = {.body = 16 << 20}, .outbox_limit = 64 << 20}}};
    std::string events = "[]"; // set before it is played
    app.get("/", [](http_exchange const& exchange) { exchange.respond(text_response("event streams\n")); });
    app.post("/v1/chat/completions", [](auto const& e) { serve_llm(llm_api::openai_chat, e); });
    app.post("/v1/responses", [](auto const& e) { serve_llm(llm_api::openai_responses, e); });
    app.post("/v1/messages", [](auto const& e) { serve_llm(llm_api::anthropic_messages, e); });
    app.post("/events", [&](http_exchange const& exchange) {
        events = exchange.request().body;
        exchange.respond({.status = 204});
    });
    app.sse("/play", [&](http_exchange, sse_stream const& out) { play(events, out); });
    app.feed("/feed", {.stream = {.retry = std::chrono::milliseconds{20}}});
    app.post("/publish/{room}", [&](http_exchange const& exchange) {
        // Answered when the message has its place: what is published after the answer comes after it.
        app.rooms().publish(exchange.parameter("room"), {.data = payload{exchange.request().body}},
                            [exchange](published const&) { exchange.respond({.status = 204}); });
    });
    app.get("/status", [](http_exchange const& exchange) {
        exchange.respond(json_response(R"({"active":)" + std::to_string(active) + "}"));
    });
    if (!app.start())
        return 1;
    std::printf("listening on http://127.0.0.1:%u\n", static_cast<unsigned>(app.port()));
    std::fflush(stdout);
    app.run();
}
