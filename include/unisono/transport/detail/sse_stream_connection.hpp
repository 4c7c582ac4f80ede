#pragma once

#include <unisono/net/connection.hpp>
#include <unisono/transport/detail/lazy_stop_source.hpp>
#include <unisono/transport/detail/sse_connection.hpp>

#include <functional>
#include <memory>
#include <stop_token>
#include <system_error>
#include <vector>

namespace unisono::inline v0::detail {

/// A stream that the program writes: what sse_stream is a handle of.
class sse_stream_connection final : public sse_connection {
public:
    sse_stream_connection(http_exchange const& exchange, sse_options const& options)
        : sse_connection(exchange, options) {}

    std::stop_token stop_token() { return stopping_.get_token(); }
    void when_drained(std::function<void()> then);

    void on_drained(connection& c) override;
    void on_closed(connection& c, std::error_code why) override;

private:
    using callbacks = std::vector<std::function<void()>>;

    void on_end() noexcept override { stopping_.request_stop(); }
    void tell_drained();

    lazy_stop_source stopping_;
    std::unique_ptr<callbacks> drained_; ///< null: nobody waits
};

} // namespace unisono::inline v0::detail
