#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>

#include <memory>

namespace unisono::inline v0::detail {

template <auto Free>
struct openssl_delete {
    template <class T>
    void operator()(T* what) const noexcept {
        Free(what);
    }
};

using ssl_ptr = std::unique_ptr<SSL, openssl_delete<&SSL_free>>;
using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, openssl_delete<&SSL_CTX_free>>;
using bio_ptr = std::unique_ptr<BIO, openssl_delete<&BIO_free>>;
using bio_method_ptr = std::unique_ptr<BIO_METHOD, openssl_delete<&BIO_meth_free>>;

} // namespace unisono::inline v0::detail
