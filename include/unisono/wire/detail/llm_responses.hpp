#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/wire/detail/llm_names.hpp>
#include <unisono/wire/llm_encoder.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace unisono::inline v0::detail {

/// OpenAI Responses: output items with a life of their own; the last event repeats them whole.
class llm_responses final : public llm_encoder {
public:
    explicit llm_responses(llm_answer answer) : llm_encoder(std::move(answer)) {}

private:
    enum class item { none, message, call };

    void write_begin(events& out) override {
        for (std::string_view type : {"response.created", "response.in_progress"})
            event(out, type, [&](json::writer& w) { response(w, "in_progress", {}, {}); });
    }
    void write_text(events& out, std::string_view delta) override {
        if (open_ != item::message) {
            start(out, item::message, {}, {});
            event(out, "response.content_part.added", [&](json::writer& w) {
                place(w).member("content_index", 0).key("part");
                part(w, {});
            });
        }
        content_ += delta;
        event(out, "response.output_text.delta", [&](json::writer& w) {
            place(w).member("content_index", 0).member("delta", delta).key("logprobs").array([] {});
        });
    }
    void write_tool_call(events& out, std::string_view id, std::string_view name) override {
        start(out, item::call, id, name);
    }
    void write_tool_arguments(events& out, std::string_view delta) override {
        content_ += delta;
        event(out, "response.function_call_arguments.delta",
              [&](json::writer& w) { place(w).member("delta", delta); });
    }
    void write_finish(events& out, llm_finish reason, std::optional<llm_usage> const& usage) override {
        stop(out);
        auto const why = name_of(reason).responses;
        event(out, why.empty() ? "response.completed" : "response.incomplete", [&](json::writer& w) {
            response(w, why.empty() ? "completed" : "incomplete", why, usage.value_or(llm_usage{}));
        });
    }
    void write_error(events& out, llm_error const& what) override {
        event(out, "error", [&](json::writer& w) {
            w.member("code", name_of(what.kind).openai)
                .member("message", what.message)
                .member("param", nullptr);
        });
    }

    template <class Fill>
    void event(events& out, std::string_view type, Fill&& fill) {
        std::string text;
        json::writer w{text};
        w.object([&] {
            w.member("type", type).member("sequence_number", sequence_++);
            fill(w);
        });
        out.push_back({std::string{type}, std::move(text)});
    }

    void response(json::writer& w, std::string_view status, std::string_view incomplete,
                  std::optional<llm_usage> const& usage) {
        w.key("response").object([&] {
            w.member("id", "resp_" + answer().id).member("object", "response");
            w.member("created_at", answer().created).member("status", status);
            w.member("model", answer().model).member("error", nullptr).key("incomplete_details");
            if (incomplete.empty())
                w.null();
            else
                w.object([&] { w.member("reason", incomplete); });
            w.key("output").raw("[" + done_ + "]");
            w.key("usage");
            if (usage)
                w.object([&] {
                    w.member("input_tokens", usage->input_tokens)
                        .member("output_tokens", usage->output_tokens);
                    w.member("total_tokens", usage->input_tokens + usage->output_tokens);
                });
            else
                w.null();
        });
    }

    std::string item_id() const {
        return (open_ == item::call ? "fc_" : "msg_") + answer().id + "_" + std::to_string(index_);
    }

    /// Where in the answer an event belongs.
    json::writer& place(json::writer& w) {
        return w.member("item_id", item_id()).member("output_index", index_);
    }

    static void part(json::writer& w, std::string_view text) {
        w.object(
            [&] { w.member("type", "output_text").key("annotations").array([] {}).member("text", text); });
    }

    /// The open item as it is now.
    std::string whole_item(std::string_view status) {
        std::string text;
        json::writer w{text};
        w.object([&] {
            w.member("id", item_id()).member("status", status);
            if (open_ == item::call) {
                w.member("type", "function_call").member("call_id", call_).member("name", name_);
                w.member("arguments", content_);
            } else {
                w.member("type", "message").member("role", "assistant").key("content").array([&] {
                    if (status == "completed")
                        part(w, content_);
                });
            }
        });
        return text;
    }

    void start(events& out, item kind, std::string_view call, std::string_view name) {
        stop(out);
        open_ = kind;
        call_ = call;
        name_ = name;
        event(out, "response.output_item.added", [&](json::writer& w) {
            w.member("output_index", index_).key("item").raw(whole_item("in_progress"));
        });
    }

    void stop(events& out) {
        if (open_ == item::none)
            return;
        if (open_ == item::call) {
            event(out, "response.function_call_arguments.done",
                  [&](json::writer& w) { place(w).member("name", name_).member("arguments", content_); });
        } else {
            event(out, "response.output_text.done", [&](json::writer& w) {
                place(w).member("content_index", 0).member("text", content_).key("logprobs").array([] {});
            });
            event(out, "response.content_part.done", [&](json::writer& w) {
                place(w).member("content_index", 0).key("part");
                part(w, content_);
            });
        }
        auto const item_text = whole_item("completed");
        event(out, "response.output_item.done",
              [&](json::writer& w) { w.member("output_index", index_).key("item").raw(item_text); });
        done_ += (done_.empty() ? "" : ",") + item_text;
        content_.clear();
        open_ = item::none;
        ++index_;
    }

    item open_ = item::none;
    std::string call_;
    std::string name_;
    std::string content_; ///< of the open item
    std::string done_;    ///< the items that are whole, as JSON
    std::int64_t index_ = 0;
    std::int64_t sequence_ = 0;
};

} // namespace unisono::inline v0::detail
