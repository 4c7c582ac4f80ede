#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/wire/detail/llm_names.hpp>
#include <unisono/wire/llm_encoder.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace unisono::inline v0::detail {

/// Anthropic Messages: content blocks, one after the other, each with a start, deltas and a stop.
class llm_messages final : public llm_encoder {
public:
    explicit llm_messages(llm_answer answer) : llm_encoder(std::move(answer)) {}

private:
    enum class block { none, text, tool };

    void write_begin(events& out) override {
        event(out, "message_start", [&](json::writer& w) {
            w.key("message").object([&] {
                w.member("id", "msg_" + answer().id).member("type", "message").member("role", "assistant");
                w.member("model", answer().model).key("content").array([] {});
                w.member("stop_reason", nullptr).member("stop_sequence", nullptr);
                w.key("usage").object(
                    [&] { w.member("input_tokens", answer().input_tokens).member("output_tokens", 0); });
            });
        });
    }
    void write_text(events& out, std::string_view delta) override {
        if (open_ != block::text)
            start(out, block::text, [](json::writer& w) { w.member("type", "text").member("text", ""); });
        add(out, "text_delta", "text", delta);
    }
    void write_tool_call(events& out, std::string_view id, std::string_view name) override {
        start(out, block::tool, [&](json::writer& w) {
            w.member("type", "tool_use").member("id", id).member("name", name).key("input").object([] {});
        });
    }
    void write_tool_arguments(events& out, std::string_view delta) override {
        add(out, "input_json_delta", "partial_json", delta);
    }
    void write_finish(events& out, llm_finish reason, std::optional<llm_usage> const& usage) override {
        stop(out);
        event(out, "message_delta", [&](json::writer& w) {
            w.key("delta").object(
                [&] { w.member("stop_reason", name_of(reason).messages).member("stop_sequence", nullptr); });
            auto const used = usage.value_or(llm_usage{answer().input_tokens, 0});
            w.key("usage").object([&] {
                w.member("input_tokens", used.input_tokens).member("output_tokens", used.output_tokens);
            });
        });
        event(out, "message_stop", [](json::writer&) {});
    }
    void write_error(events& out, llm_error const& what) override {
        out.push_back({"error", std::string{llm_error_response(answer().api, what).body.text()}});
    }

    template <class Fill>
    void event(events& out, std::string_view type, Fill&& fill) {
        std::string text;
        json::writer w{text};
        w.object([&] {
            w.member("type", type);
            fill(w);
        });
        out.push_back({std::string{type}, std::move(text)});
    }

    template <class Fill>
    void start(events& out, block kind, Fill&& fill) {
        stop(out);
        open_ = kind;
        event(out, "content_block_start", [&](json::writer& w) {
            w.member("index", index_).key("content_block").object([&] { fill(w); });
        });
    }
    void add(events& out, std::string_view type, std::string_view field, std::string_view delta) {
        event(out, "content_block_delta", [&](json::writer& w) {
            w.member("index", index_).key("delta").object([&] {
                w.member("type", type).member(field, delta);
            });
        });
    }
    void stop(events& out) {
        if (std::exchange(open_, block::none) == block::none)
            return;
        event(out, "content_block_stop", [&](json::writer& w) { w.member("index", index_); });
        ++index_;
    }

    block open_ = block::none;
    std::int64_t index_ = 0;
};

} // namespace unisono::inline v0::detail
