#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/wire/detail/llm_names.hpp>
#include <unisono/wire/llm_encoder.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace unisono::inline v0::detail {

/// OpenAI Chat Completions: unnamed events, each a `chat.completion.chunk`.
class llm_chat final : public llm_encoder {
public:
    explicit llm_chat(llm_answer answer) : llm_encoder(std::move(answer)) {}

private:
    void write_begin(events& out) override {
        choice(out, [](json::writer& w) { w.member("role", "assistant").member("content", ""); });
    }
    void write_text(events& out, std::string_view delta) override {
        choice(out, [&](json::writer& w) { w.member("content", delta); });
    }
    void write_tool_call(events& out, std::string_view id, std::string_view name) override {
        ++calls_;
        call(out, [&](json::writer& w) {
            w.member("id", id).member("type", "function");
            w.key("function").object([&] { w.member("name", name).member("arguments", ""); });
        });
    }
    void write_tool_arguments(events& out, std::string_view delta) override {
        call(out, [&](json::writer& w) { w.key("function").object([&] { w.member("arguments", delta); }); });
    }
    void write_finish(events& out, llm_finish reason, std::optional<llm_usage> const& usage) override {
        choice(
            out, [](json::writer&) {}, name_of(reason).chat);
        if (answer().include_usage)
            chunk(out, [&](json::writer& w) {
                w.key("choices").array([] {});
                auto const used = usage.value_or(llm_usage{});
                w.key("usage").object([&] {
                    w.member("prompt_tokens", used.input_tokens);
                    w.member("completion_tokens", used.output_tokens);
                    w.member("total_tokens", used.input_tokens + used.output_tokens);
                });
            });
        out.push_back({{}, "[DONE]"});
    }
    void write_error(events& out, llm_error const& what) override {
        out.push_back({{}, std::string{llm_error_response(answer().api, what).body.text()}});
    }

    template <class Fill>
    void chunk(events& out, Fill&& fill) {
        std::string text;
        json::writer w{text};
        w.object([&] {
            w.member("id", "chatcmpl-" + answer().id).member("object", "chat.completion.chunk");
            w.member("created", answer().created).member("model", answer().model);
            fill(w);
        });
        out.push_back({{}, std::move(text)});
    }

    /// A chunk whose one choice has a delta.
    template <class Fill>
    void choice(events& out, Fill&& fill, std::string_view finish_reason = {}) {
        chunk(out, [&](json::writer& w) {
            w.key("choices").array([&] {
                w.object([&] {
                    w.member("index", 0);
                    w.key("delta").object([&] { fill(w); });
                    w.key("finish_reason");
                    if (finish_reason.empty())
                        w.null();
                    else
                        w.string(finish_reason);
                });
            });
            if (answer().include_usage)
                w.member("usage", nullptr);
        });
    }

    template <class Fill>
    void call(events& out, Fill&& fill) {
        choice(out, [&](json::writer& w) {
            w.key("tool_calls").array([&] {
                w.object([&] {
                    w.member("index", calls_ - 1);
                    fill(w);
                });
            });
        });
    }

    std::int64_t calls_ = 0;
};

} // namespace unisono::inline v0::detail
