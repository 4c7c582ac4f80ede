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

/// Tells a source's words to `out` as events. `end` is called behind the last; what went wrong is an event of
/// the type `failure`.
template <class Out, class End>
token_source::listener events_to(Out const& out, char const* failure, End end) {
    return {.on_token =
                [out](std::string token) { (void)out.write({.event = "token", .data = token_json(token)}); },
            .on_done =
                [out, end] {
                    (void)out.write({.event = "done", .data = "[DONE]"});
                    end();
                },
            .on_error =
                [out, failure, end](std::string reason) {
                    (void)out.write({.event = failure, .data = reason});
                    end();
                }};
}

/// Answers that outlive their connections: POST /answers begins one, GET /answers/{id} shows it to as many
/// windows as its visitor likes, DELETE stops it. All three arguments outlive the server's last request.
void serve_answers(unisono::server& app, unisono::generations& answers, token_source& source);
