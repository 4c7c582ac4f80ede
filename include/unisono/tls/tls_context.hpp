#pragma once

#include <unisono/core/result.hpp>
#include <unisono/net/stream_filter.hpp>
#include <unisono/tls/error.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace unisono::inline v0 {

namespace detail {
class tls_state;
}

struct tls_certificate {
    std::string chain_file; ///< PEM: the server's certificate, then those between it and the root
    std::string key_file;   ///< PEM, without a passphrase
    /// Names it is for: `example.com`, or `*.example.com` for one label. A client that asks for none of the
    /// names of any certificate, or for no name, gets the first certificate.
    std::vector<std::string> hosts = {};
};

struct tls_options {
    std::vector<tls_certificate> certificates = {};
};

/// Serves TLS 1.2 and 1.3 (RFC 8446) with OpenSSL: `server_options.tls = tls_context::open(...).value()`.
///
/// Only cipher suites with forward secrecy and authenticated encryption; no renegotiation, no compression,
/// no early data; ALPN `http/1.1`. Sessions resume by tickets, so the server keeps no state for clients that
/// are gone. Thread safety: all members from any thread.
class tls_context final : public stream_filter_source {
public:
    /// Reads the files. Errors: tls_error.
    static result<std::shared_ptr<tls_context>> open(tls_options options);

    /// Reads the same files again, when they were renewed. Connections that exist keep what they have, new
    /// ones get the new certificates. On an error everything stays as it was.
    result<void> reload();

    std::unique_ptr<stream_filter> make() override;

private:
    tls_context(tls_options options, std::shared_ptr<detail::tls_state> state) noexcept
        : options_(std::move(options)), state_(std::move(state)) {}

    tls_options const options_;
    std::mutex mutex_;
    std::shared_ptr<detail::tls_state> state_; ///< by mutex_
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/tls/impl/tls_context.ipp>
#endif
