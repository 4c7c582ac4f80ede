#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/wire/http_request_parser.hpp>
#include <unisono/wire/http_response.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

namespace unisono::inline v0 {

struct http_options {
    http_limits limits = {};
    /// From the first byte of a request to its last; then once more for as long as every period brings 16 KiB
    /// of the body, so that it may be large but not slow. A trickle is answered 408.
    std::chrono::milliseconds request_timeout{5'000};
    std::chrono::milliseconds idle_timeout{15'000};     ///< between requests, and before the first
    std::chrono::milliseconds handshake_timeout{5'000}; ///< for TLS, before all else
    std::chrono::milliseconds write_timeout{30'000};    ///< without any progress while a response is written
    std::size_t outbox_limit = 1024 * 1024; ///< bytes queued for a stream that the client does not read
};

/// HTTP/1.1 and 1.0 on one connection: one request at a time, keep-alive, pipelined requests answered in
/// order.
///
/// A request that breaks the rules gets its 4xx and the connection ends. The next request is read only when
/// the last response has left, so a client that does not read costs no memory.
class http_connection final : public connection_handler {
public:
    http_connection(std::shared_ptr<http_handler const> handler, http_options const& options)
        : handler_(std::move(handler)), options_(options), parser_(options.limits) {}

    /// Speaks HTTP on a freshly accepted socket, through `filter` (TLS) if there is one.
    static std::shared_ptr<connection> serve(shard& home, tcp_socket socket,
                                             std::shared_ptr<http_handler const> handler,
                                             http_options const& options,
                                             std::unique_ptr<stream_filter> filter = nullptr);

    std::string_view kind() const noexcept override { return "http"; }
    void on_start(connection& c) override;
    void on_data(connection& c, mutable_bytes bytes) override;
    byte_buffer take_rest() override { return std::move(backlog_); }
    void on_drained(connection& c) override;
    void on_deadline(connection& c) override;
    void on_shutdown(connection& c) override;
    void on_closed(connection& c, std::error_code) override;

private:
    friend class http_exchange;

    enum class phase {
        idle,       ///< waits for a request
        receiving,  ///< part of one is here
        serving,    ///< the program has it
        responding, ///< the response is on its way out
        leaving,    ///< another handler takes over
    };

    void parse(connection& c, bytes_view bytes);
    void serve_request(connection& c, bytes_view rest);
    void finish(connection& c, std::uint64_t number, http_response const& response);
    bool hand_over(connection& c, std::uint64_t number, payload head,
                   std::unique_ptr<connection_handler> next);
    std::stop_token gone(std::uint64_t number);
    void refuse(connection& c, int status);
    void keep_for_later(connection& c, bytes_view bytes);

    std::shared_ptr<http_handler const> handler_;
    http_options options_;
    http_request_parser parser_;
    byte_buffer backlog_;                     ///< bytes behind the request being served
    std::stop_source gone_{std::nostopstate}; ///< made when the program wants to know
    std::uint64_t number_ = 0;                ///< of the request being served
    std::uint64_t written_ = 0;               ///< when the deadline of the response was set
    std::size_t body_size_ = 0;               ///< when the deadline of the request was set
    phase phase_ = phase::idle;
    int minor_version_ = 1;
    bool keep_alive_ = true;
    bool head_request_ = false;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/impl/http_connection.ipp>
#include <unisono/transport/impl/http_exchange.ipp>
#endif
