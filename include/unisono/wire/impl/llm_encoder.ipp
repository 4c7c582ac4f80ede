#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/wire/detail/llm_chat.hpp>
#include <unisono/wire/detail/llm_messages.hpp>
#include <unisono/wire/detail/llm_names.hpp>
#include <unisono/wire/detail/llm_responses.hpp>
#include <unisono/wire/llm_encoder.hpp>

#include <stdexcept>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL http_response llm_error_response(llm_api api, llm_error const& error) {
    auto const name = detail::name_of(error.kind);
    bool const anthropic = api == llm_api::anthropic_messages;
    std::string text;
    json::writer w{text};
    w.object([&] {
        if (anthropic)
            w.member("type", "error");
        w.key("error").object([&] {
            w.member("message", error.message).member("type", anthropic ? name.anthropic : name.openai);
            if (!anthropic)
                w.member("param", nullptr).member("code", nullptr);
        });
    });
    return json_response(text, anthropic ? name.anthropic_status : name.openai_status);
}

UNISONO_DECL std::unique_ptr<llm_encoder> llm_encoder::make(llm_answer answer) {
    switch (answer.api) {
    case llm_api::openai_chat:
        return std::make_unique<detail::llm_chat>(std::move(answer));
    case llm_api::openai_responses:
        return std::make_unique<detail::llm_responses>(std::move(answer));
    case llm_api::anthropic_messages:
        return std::make_unique<detail::llm_messages>(std::move(answer));
    }
    throw std::invalid_argument("no such convention");
}

template <class Write>
llm_encoder::events llm_encoder::told(Write&& write) {
    events out;
    if (ended_)
        return out;
    if (!std::exchange(begun_, true))
        write_begin(out);
    write(out);
    return out;
}

UNISONO_DECL llm_encoder::events llm_encoder::text(std::string_view delta) {
    calling_ = false;
    return told([&](events& out) { write_text(out, delta); });
}

UNISONO_DECL llm_encoder::events llm_encoder::tool_call(std::string_view id, std::string_view name) {
    calling_ = true;
    return told([&](events& out) { write_tool_call(out, id, name); });
}

UNISONO_DECL llm_encoder::events llm_encoder::tool_arguments(std::string_view delta) {
    if (!calling_)
        throw std::logic_error("tool_arguments() without a tool_call()");
    return told([&](events& out) { write_tool_arguments(out, delta); });
}

UNISONO_DECL llm_encoder::events llm_encoder::finish(llm_finish reason,
                                                     std::optional<llm_usage> const& usage) {
    auto out = told([&](events& to) { write_finish(to, reason, usage); });
    ended_ = true;
    return out;
}

UNISONO_DECL llm_encoder::events llm_encoder::error(llm_error const& what) {
    auto out = told([&](events& to) { write_error(to, what); });
    ended_ = true;
    return out;
}

} // namespace unisono::inline v0
