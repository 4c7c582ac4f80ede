#pragma once

#include <unisono/wire/http_response.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// The conventions in which programs expect the answer of a language model as an event stream.
enum class llm_api : std::uint8_t {
    openai_chat,        ///< Chat Completions: unnamed events, `[DONE]` at the end
    openai_responses,   ///< Responses: named events with a sequence number
    anthropic_messages, ///< Messages: content blocks between `message_start` and `message_stop`
};

/// What is told of an answer besides its words.
struct llm_answer {
    llm_api api = llm_api::openai_chat;
    std::string id = {}; ///< unique; `chatcmpl-`, `resp_` or `msg_` stand before it by convention
    std::string model = {};
    std::int64_t created = 0;       ///< seconds since 1970, UTC
    bool include_usage = false;     ///< Chat Completions: the client asked for `stream_options.include_usage`
    std::uint64_t input_tokens = 0; ///< Messages: told at the start
};

enum class llm_finish : std::uint8_t {
    stop,           ///< the model was done
    length,         ///< the limit of tokens was reached
    tool_calls,     ///< the model waits for the results of its calls
    content_filter, ///< something was held back
};

struct llm_usage {
    std::uint64_t input_tokens = 0;
    std::uint64_t output_tokens = 0;
};

enum class llm_error_kind : std::uint8_t {
    invalid_request, ///< 400
    authentication,  ///< 401
    permission,      ///< 403
    not_found,       ///< 404
    rate_limit,      ///< 429
    server,          ///< 500
    overloaded,      ///< 503, or 529 as Anthropic has it
};

struct llm_error {
    llm_error_kind kind = llm_error_kind::server;
    std::string message = {}; ///< the client sees it
};

/// An error that comes before the first event: a status code, and JSON in the convention's shape.
http_response llm_error_response(llm_api api, llm_error const& error);

/// An event to send, in order: `encode_sse({.event = type, .data = data})`, without the event when it is
/// empty.
struct llm_event {
    std::string type;
    std::string data; ///< one line
};

/// Turns what a model says into the events of a convention. Pure: says nothing, knows no stream.
///
/// The opening events come with the first call. After finish() or error(), of which only the first counts,
/// every call gives nothing: an answer ends exactly once.
class llm_encoder {
public:
    using events = std::vector<llm_event>;

    static std::unique_ptr<llm_encoder> make(llm_answer answer);
    virtual ~llm_encoder() = default;

    /// More text: whole characters; bytes that are not UTF-8 become U+FFFD.
    events text(std::string_view delta);
    /// The model begins a call; its arguments, one JSON text in pieces, follow.
    events tool_call(std::string_view id, std::string_view name);
    /// Throws std::logic_error when no call is open.
    events tool_arguments(std::string_view delta);
    events finish(llm_finish reason, std::optional<llm_usage> const& usage = {});
    /// The answer broke off.
    events error(llm_error const& what);

    bool ended() const noexcept { return ended_; }

protected:
    explicit llm_encoder(llm_answer answer) : answer_(std::move(answer)) {}
    llm_answer const& answer() const noexcept { return answer_; }

private:
    virtual void write_begin(events& out) = 0;
    virtual void write_text(events& out, std::string_view delta) = 0;
    virtual void write_tool_call(events& out, std::string_view id, std::string_view name) = 0;
    virtual void write_tool_arguments(events& out, std::string_view delta) = 0;
    virtual void write_finish(events& out, llm_finish reason, std::optional<llm_usage> const& usage) = 0;
    virtual void write_error(events& out, llm_error const& what) = 0;

    template <class Write>
    events told(Write&& write);

    llm_answer answer_;
    bool begun_ = false;
    bool calling_ = false; ///< arguments may come
    bool ended_ = false;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/llm_encoder.ipp>
#endif
