#include "answers.hpp"

#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>

#include <string_view>
#include <utility>

namespace {

/// Whose answers these are: a random number in a cookie stands in for a login.
std::string_view visitor_of(unisono::http_exchange const& exchange) {
    return exchange.request().cookie("visitor").value_or("");
}

void start_answer(unisono::generations& answers, token_source& source,
                  unisono::http_exchange const& exchange) {
    auto prompt = prompt_of(exchange);
    if (!prompt)
        return;
    std::string visitor{visitor_of(exchange)};
    if (visitor.empty()) {
        visitor = unisono::system_random().token(22);
        exchange.add_field("Set-Cookie", "visitor=" + visitor + "; Path=/; HttpOnly; SameSite=Strict");
    }
    auto const id = unisono::system_random().token(16);
    auto const started = answers.start(id, visitor);
    if (!started) {
        exchange.respond(unisono::error_response(503));
        return;
    }
    auto const out = *started;
    source.answer(*std::move(prompt), out.stop_token(), events_to(out, "failed", [out] { out.finish(); }));
    exchange.respond(unisono::json_response(R"({"id":")" + id + "\"}", 201));
}

} // namespace

std::optional<std::string> prompt_of(unisono::http_exchange const& exchange) {
    auto const body = unisono::json::parse(exchange.request().body);
    auto const prompt = body ? body->root()["prompt"].as_string() : std::nullopt;
    if (prompt && prompt->size() <= 4000)
        return std::string{*prompt};
    exchange.respond(
        unisono::json_response(R"({"error":"expected {\"prompt\": \"...\"} of at most 4000 bytes"})", 400));
    return std::nullopt;
}

std::string token_json(std::string const& token) {
    std::string text;
    unisono::json::writer json{text};
    json.object([&] { json.member("text", token); });
    return text;
}

void serve_answers(unisono::server& app, unisono::generations& answers, token_source& source) {
    app.post("/answers", [&](auto const& exchange) { start_answer(answers, source, exchange); });
    app.get("/answers/{id}", [&](unisono::http_exchange const& exchange) {
        answers.view(exchange, app.index_of(exchange.home()), exchange.parameter("id"), visitor_of(exchange));
    });
    app.handle("DELETE", "/answers/{id}", [&](unisono::http_exchange const& exchange) {
        bool const stopped =
            answers.cancel(exchange.parameter("id"), visitor_of(exchange), {.event = "stopped", .data = ""});
        exchange.respond(stopped ? unisono::http_response{.status = 204} : unisono::error_response(404));
    });
}
