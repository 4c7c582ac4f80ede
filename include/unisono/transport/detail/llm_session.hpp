#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/transport/generation.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/sse_stream.hpp>
#include <unisono/wire/llm_encoder.hpp>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace unisono::inline v0::detail {

/// Where the events of an answer go.
class llm_sink {
public:
    virtual ~llm_sink() = default;
    virtual bool is_open() const noexcept = 0; ///< from any thread
    virtual void write(sse_event const& event) = 0;
    virtual void end() = 0;
    /// Answers with an error instead of a stream. False when it is too late for that.
    virtual bool refuse(http_response const&) { return false; }
    /// Begins the stream although there is nothing to say yet.
    virtual void commit() {}
    virtual std::stop_token stop_token() const noexcept = 0;
    /// Calls `then` once what was written has left, or never will.
    virtual void when_drained(std::function<void()> then) { then(); }
};

/// The answer to a request. It begins with the first event, so that an error before it can have a status.
class llm_response final : public llm_sink {
public:
    llm_response(http_exchange exchange, sse_options const& options)
        : exchange_(std::move(exchange)),
          options_(options),
          left_(std::in_place, exchange_.stop_token(), relay{stop_}) {}

    bool is_open() const noexcept override { return exchange_.link().is_open(); }
    void write(sse_event const& event) override;
    void end() override;
    bool refuse(http_response const& response) override;
    void commit() override;
    std::stop_token stop_token() const noexcept override { return stop_.get_token(); }
    void when_drained(std::function<void()> then) override;

private:
    struct relay {
        std::stop_source to;
        void operator()() { to.request_stop(); }
    };

    http_exchange exchange_;
    sse_options options_;
    std::stop_source stop_;
    std::optional<sse_stream> stream_;
    std::optional<std::stop_callback<relay>> left_; ///< the client has gone, before or after the stream began
};

/// An answer that lives on its own.
class llm_generation final : public llm_sink {
public:
    explicit llm_generation(generation target) : target_(std::move(target)) {}

    bool is_open() const noexcept override { return true; }
    void write(sse_event const& event) override { (void)target_.write(event); }
    void end() override { target_.finish(); }
    std::stop_token stop_token() const noexcept override { return target_.stop_token(); }

private:
    generation target_;
};

/// One answer on its way. Lives on the executor it was made for; say() brings work there.
class llm_session : public std::enable_shared_from_this<llm_session> {
public:
    llm_session(executor& home, llm_answer answer, std::unique_ptr<llm_sink> sink)
        : home_(home),
          api_(answer.api),
          encoder_(llm_encoder::make(std::move(answer))),
          sink_(std::move(sink)) {}

    /// Writes the events that `encode(llm_encoder&)` gives.
    template <class Encode>
    void say(Encode encode) {
        on_home([this, encode = std::move(encode)] {
            if (!encoder_->ended())
                write(encode(*encoder_));
        });
    }
    void fail(llm_error what);
    void commit_after(asio::io_context& loop, std::chrono::milliseconds time);
    void when_drained(std::function<void()> then);

    std::stop_token stop_token() const noexcept { return sink_->stop_token(); }
    bool is_open() const noexcept { return sink_->is_open(); }

private:
    template <class Work>
    void on_home(Work work) {
        if (sink_->is_open()) // else its shard may be gone, too
            home_.dispatch([self = shared_from_this(), work = std::move(work)] { work(); });
    }
    void write(llm_encoder::events const& events);

    executor& home_;
    llm_api api_;
    std::unique_ptr<llm_encoder> encoder_;
    std::unique_ptr<llm_sink> sink_;
    std::optional<asio::steady_timer> patience_; ///< until the response begins without an event
};

} // namespace unisono::inline v0::detail
