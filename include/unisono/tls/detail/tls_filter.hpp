#pragma once

#include <unisono/net/stream_filter.hpp>
#include <unisono/tls/detail/openssl.hpp>
#include <unisono/tls/detail/tls_state.hpp>

#include <cstddef>
#include <memory>

namespace unisono::inline v0::detail {

/// The server's side of TLS on one connection. OpenSSL reads straight from what was fed and writes straight
/// into what is pending, so there is no buffer in between.
class tls_filter final : public stream_filter {
public:
    /// Null when there is no memory.
    static std::unique_ptr<tls_filter> make(std::shared_ptr<tls_state> state);

    void feed(bytes_view from_peer) override { input_ = from_peer; }
    result<std::size_t> read(mutable_bytes out) override;
    result<void> write(bytes_view plain) override;
    void finish() override;
    bool ready() const noexcept override { return SSL_is_init_finished(ssl_.get()) == 1; }
    bool peer_finished() const noexcept override {
        return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    }
    bytes_view pending() const noexcept override { return bytes_view{output_}.subspan(written_); }
    void consume(std::size_t count) override;

private:
    explicit tls_filter(std::shared_ptr<tls_state> state) noexcept : state_(std::move(state)) {}
    static BIO_METHOD const* bytes();

    std::shared_ptr<tls_state> state_; ///< outlives the session, whose callbacks use it
    ssl_ptr ssl_;
    bytes_view input_;
    byte_buffer output_;
    std::size_t written_ = 0; ///< of output_
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/tls/detail/impl/tls_filter.ipp>
#endif
