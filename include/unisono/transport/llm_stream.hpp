#pragma once

#include <unisono/transport/generation.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/sse_stream.hpp>
#include <unisono/wire/llm_encoder.hpp>

#include <asio/detail/config.hpp>
#if defined(ASIO_HAS_CO_AWAIT)
#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#endif

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace unisono::inline v0 {

namespace detail {
class llm_session;
}

struct llm_options {
    llm_answer answer = {};
    sse_options stream = {};
    /// The response begins with the first event. Until then an error has a status code of its own; after this
    /// time it begins anyway, and heartbeats keep it warm while the model reads the prompt.
    std::chrono::milliseconds commit_after{10'000};
};

/// The answer of a language model, in the events that clients of OpenAI or Anthropic expect.
///
/// The answer ends exactly once, whatever becomes of the producer: by finish(), by fail(), or, when the last
/// copy of this handle goes without either, by an error. Nothing is told after that. A client that reads so
/// slowly that its outbox is full is cut off, for an answer with a hole is worse than none: await drained().
///
/// A handle that may be copied and kept. Must not outlive the server. Thread safety: any thread; what one
/// thread says stays in order. drained() on the shard.
class llm_stream {
public:
    /// Answers the request. On the exchange's shard.
    static llm_stream open(http_exchange const& exchange, llm_options options);

    /// Writes into an answer that lives on its own.
    static llm_stream into(generation target, llm_answer answer);

    void text(std::string delta) const; ///< see llm_encoder::text()
    void tool_call(std::string id, std::string name) const;
    void tool_arguments(std::string delta) const;
    void finish(llm_finish reason = llm_finish::stop, std::optional<llm_usage> usage = {}) const;

    /// Before the first event: a status code and JSON. After it: an event of the convention, and the end.
    void fail(llm_error what) const;

    /// Stops when the client leaves, or the answer is cancelled.
    std::stop_token stop_token() const noexcept;

#if defined(ASIO_HAS_CO_AWAIT)
    /// Waits while the client lags behind: a producer that does this runs at the reader's pace. Throws
    /// std::system_error(operation_canceled) when nobody will read any more.
    asio::awaitable<void> drained() const;

    /// Runs a producer on `loop`. The answer ends with it, as an error when it throws.
    void run(asio::io_context& loop, std::function<asio::awaitable<void>(llm_stream)> producer) const;
#endif

private:
    struct handle;
    explicit llm_stream(std::shared_ptr<detail::llm_session> s);

    std::shared_ptr<handle const> handle_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/impl/llm_stream.ipp>
#endif
