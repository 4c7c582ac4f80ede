#pragma once

#include <unisono/core/config.hpp>
#include <unisono/tls/detail/tls_state.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace unisono::inline v0::detail {

/// Does `pattern`, a name or `*.` and a name, stand for `host`? Case of ASCII letters aside (RFC 6125, 6.4).
UNISONO_DECL bool host_matches(std::string_view pattern, std::string_view host) noexcept {
    if (pattern.starts_with("*.")) {
        auto const dot = host.find('.');
        if (dot == 0 || dot == std::string_view::npos)
            return false;
        pattern.remove_prefix(1);
        host.remove_prefix(dot);
    }
    auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(pattern.begin(), pattern.end(), host.begin(), host.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

UNISONO_DECL int choose_host(SSL* ssl, int*, void* state) {
    char const* const host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (auto* const context = host ? static_cast<tls_state const*>(state)->find(host) : nullptr)
        SSL_set_SSL_CTX(ssl, context);
    return SSL_TLSEXT_ERR_OK;
}

UNISONO_DECL int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* size,
                                 unsigned char const* offered, unsigned offered_size, void*) {
    static constexpr std::string_view ours = "\x08http/1.1";
    unsigned char* match = nullptr;
    if (SSL_select_next_proto(&match, size, reinterpret_cast<unsigned char const*>(ours.data()), ours.size(),
                              offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL; // RFC 7301, 3.2
    *chosen = match;
    return SSL_TLSEXT_ERR_OK;
}

UNISONO_DECL ssl_ctx_ptr make_context() {
    ssl_ctx_ptr made{SSL_CTX_new(TLS_server_method())};
    if (!made)
        throw std::bad_alloc{};
    auto* const c = made.get();
    SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20"); // of TLS 1.2; 1.3 has no others
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS); // a connection at rest holds none
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(c, 1);
    SSL_CTX_set_alpn_select_cb(c, &choose_protocol, nullptr);
    // A key with a passphrase is an error; without this OpenSSL would ask for it on the terminal.
    SSL_CTX_set_default_passwd_cb(c, [](char*, int, int, void*) { return -1; });
    return made;
}

UNISONO_DECL result<void> load_files(SSL_CTX* context, tls_certificate const& from) {
    ERR_clear_error();
    auto const failed = [](tls_error e) -> result<void> {
        ERR_clear_error();
        return e;
    };
    if (SSL_CTX_use_certificate_chain_file(context, from.chain_file.c_str()) != 1)
        return failed(tls_error::bad_certificate);
    if (SSL_CTX_use_PrivateKey_file(context, from.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        bool const readable = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
                              ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH;
        return failed(readable ? tls_error::key_mismatch : tls_error::bad_key);
    }
    return SSL_CTX_check_private_key(context) == 1 ? result<void>{} : failed(tls_error::key_mismatch);
}

UNISONO_DECL result<std::shared_ptr<tls_state>> tls_state::load(tls_options const& options) {
    if (options.certificates.empty())
        return tls_error::no_certificate;
    auto made = std::make_shared<tls_state>();
    for (auto const& certificate : options.certificates) {
        auto context = make_context();
        if (auto const loaded = load_files(context.get(), certificate); !loaded)
            return loaded.error();
        made->contexts_.push_back({std::move(context), certificate.hosts});
    }
    SSL_CTX_set_tlsext_servername_callback(made->first(), &choose_host);
    SSL_CTX_set_tlsext_servername_arg(made->first(), made.get());
    return made;
}

UNISONO_DECL SSL_CTX* tls_state::find(std::string_view host) const noexcept {
    for (auto const& e : contexts_)
        for (auto const& name : e.hosts)
            if (host_matches(name, host))
                return e.context.get();
    return nullptr;
}

} // namespace unisono::inline v0::detail
