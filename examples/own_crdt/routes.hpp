#pragma once

#include <unisono/codec/utf8.hpp>
#include <unisono/crdt/encoding.hpp>
#include <unisono/document/replicated_crdt.hpp>
#include <unisono/server/server.hpp>

#include "high_scores.hpp"

#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

/// High scores as documents of a server: those who play send and receive them over the native protocol, and
/// everybody else over HTTP.
namespace own_crdt {

using scores_document = unisono::replicated_crdt<high_scores>;

/// For server_options::documents: which documents are high scores.
inline unisono::document_service_options documents() {
    unisono::document_service_options options;
    options.document.make = [](std::string const&) { return std::make_unique<scores_document>(); };
    return options;
}

inline void add_routes(unisono::server& app) {
    app.rooms("/ws", {.documents = true});
    auto& documents = app.documents();

    // GET /scores/chess: the table as JSON.
    app.get("/scores/{game}", [&documents](unisono::http_exchange const& exchange) {
        documents.with_document<scores_document>(
            exchange.parameter("game"),
            [](scores_document& scores) { return unisono::crdt::to_json(scores.state()); },
            [exchange](unisono::result<std::string> json) {
                exchange.respond(json ? unisono::json_response(*json) : unisono::error_response(503));
            });
    });

    // POST /scores/chess/ann/1850: answered when it is on disk, and everybody has been told.
    app.post("/scores/{game}/{player}/{points}", [&documents](unisono::http_exchange const& exchange) {
        std::string const player{exchange.parameter("player")};
        auto const text = exchange.parameter("points");
        std::int32_t points = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), points);
        if (error != std::errc{} || end != text.data() + text.size() || !unisono::is_valid_utf8(player)) {
            exchange.respond(unisono::error_response(400));
            return;
        }
        documents.with_document<scores_document>(
            exchange.parameter("game"),
            [player, points](scores_document& scores) {
                scores.edit([&](high_scores& table) { return table.reach(player, points); });
            },
            [exchange](unisono::result<void> stored) { exchange.respond({.status = stored ? 204 : 503}); });
    });
}

} // namespace own_crdt
