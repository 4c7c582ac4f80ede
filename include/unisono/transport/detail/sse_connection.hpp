#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/hub/subscriber.hpp>
#include <unisono/hub/subscription.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/transport/sse_stream.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// The connection's side of an event stream.
class sse_connection final : public connection_handler {
public:
    sse_connection(sse_options const& options, bool chunked) : options_(options), chunked_(chunked) {}

    /// Starts a stream on the exchange's connection; the pointer keeps the connection alive.
    static std::shared_ptr<sse_connection> start(http_exchange const& exchange, sse_options const& options);

    std::string_view kind() const noexcept override { return "sse"; }
    void on_start(connection& c) override;
    void on_data(connection&, mutable_bytes) override {} // a client has nothing to say on its stream
    void on_drained(connection& c) override;
    void on_deadline(connection& c) override;
    void on_shutdown(connection& c) override;
    void on_closed(connection& c, std::error_code) override;

    send_status write(payload block);
    void close();
    void when_drained(std::function<void()> then);

    connection& link() const noexcept { return *link_; }
    bool chunked() const noexcept { return chunked_; }
    std::stop_source& stopping() noexcept { return stopping_; }

    /// Called once when the stream is over: what feeds it lets go.
    void on_end(std::function<void()> then) { on_end_ = std::move(then); }

private:
    void end(connection& c, std::chrono::milliseconds retry);
    void set_next_deadline(connection& c, clock::time_point now);
    payload framed(payload block) const;

    sse_options options_;
    bool chunked_; ///< HTTP/1.1; else the end of the connection ends the stream
    connection* link_ = nullptr;
    clock::time_point opened_{};
    clock::time_point ends_{};
    std::uint64_t written_ = 0;    ///< when something was last seen to leave
    clock::time_point progress_{}; ///< that was then
    std::stop_source stopping_;
    std::vector<std::function<void()>> on_drained_;
    std::function<void()> on_end_;
};

} // namespace unisono::inline v0::detail
