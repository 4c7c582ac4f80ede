#pragma once

#include "support/loopback_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace unisono::test {

struct tls_client_options {
    int version = 0;         ///< TLS1_2_VERSION or TLS1_3_VERSION alone; 0: any
    std::string host = {};   ///< asked for by SNI
    std::string protocols{}; ///< offered by ALPN, each with its length before it
    int receive_buffer = 0;  ///< of the socket; 0 leaves it
};

/// A loopback_client that speaks TLS and believes every certificate.
class tls_client final : public loopback_client {
public:
    explicit tls_client(std::uint16_t port, tls_client_options const& options = {})
        : loopback_client(port, options.receive_buffer),
          context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free),
          ssl_(nullptr, &SSL_free) {
        if (options.version != 0) {
            SSL_CTX_set_min_proto_version(context_.get(), options.version);
            SSL_CTX_set_max_proto_version(context_.get(), options.version);
        }
        SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
        ssl_.reset(SSL_new(context_.get()));
        if (!options.host.empty())
            SSL_set_tlsext_host_name(ssl_.get(), options.host.c_str());
        if (!options.protocols.empty())
            SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<unsigned char const*>(options.protocols.data()),
                                static_cast<unsigned>(options.protocols.size()));
        SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
        SSL_set_fd(ssl_.get(), descriptor());
        if (SSL_connect(ssl_.get()) != 1) {
            ERR_clear_error();
            throw std::runtime_error("no TLS");
        }
    }
    tls_client(tls_client&&) noexcept = default;

    bool try_send(std::string_view bytes, std::chrono::milliseconds = patience) override {
        std::size_t sent = 0;
        while (!bytes.empty()) {
            if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) != 1) {
                ERR_clear_error();
                return false;
            }
            bytes.remove_prefix(sent);
        }
        return true;
    }

    SSL* ssl() const noexcept { return ssl_.get(); }

    /// The serial number of the server's certificate.
    long serial() const {
        X509* const c = SSL_get1_peer_certificate(ssl_.get());
        long const number = ASN1_INTEGER_get(X509_get0_serialNumber(c));
        X509_free(c);
        return number;
    }
    /// Did the server end the stream in order, with close_notify?
    bool ended_in_order() const noexcept {
        return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    }
    /// Ends our side in order.
    void say_goodbye() { SSL_shutdown(ssl_.get()); }

protected:
    bool fill() override {
        if (SSL_pending(ssl_.get()) == 0 && !readable())
            throw std::runtime_error("nothing came");
        char bytes[16 * 1024];
        std::size_t got = 0;
        if (SSL_read_ex(ssl_.get(), bytes, sizeof bytes, &got) != 1) {
            ERR_clear_error();
            return false;
        }
        received({bytes, got});
        return true;
    }

private:
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

} // namespace unisono::test
