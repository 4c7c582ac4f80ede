#pragma once

#include <unisono/transport/detail/llm_sink.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/sse_options.hpp>
#include <unisono/transport/sse_stream.hpp>

#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

namespace unisono::inline v0::detail {

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

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/detail/impl/llm_response.ipp>
#endif
