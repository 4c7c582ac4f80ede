#pragma once

#include <unisono/server/server.hpp>
#include <unisono/transport/generation.hpp>

#include "token_source.hpp"

#include <optional>
#include <string>

/// The prompt of a request, `{"prompt": "..."}`; answers with 400 when there is none.
std::optional<std::string> prompt_of(unisono::http_exchange const& exchange);

/// A token as the data of an event.
std::string token_json(std::string const& token);

/// Answers that outlive their connections: POST /answers begins one, GET /answers/{id} shows it to as many
/// windows as its visitor likes, DELETE stops it. All three arguments outlive the server's last request.
void serve_answers(unisono::server& app, unisono::generations& answers, token_source& source);
