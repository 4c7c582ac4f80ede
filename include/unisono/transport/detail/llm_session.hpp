#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/transport/detail/llm_sink.hpp>
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

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/detail/impl/llm_session.ipp>
#endif
