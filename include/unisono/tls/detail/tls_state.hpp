#pragma once

#include <unisono/core/result.hpp>
#include <unisono/tls/detail/openssl.hpp>
#include <unisono/tls/tls_context.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// One reading of the certificate files. Immutable; lives as long as a connection that was made from it.
class tls_state {
public:
    static result<std::shared_ptr<tls_state>> load(tls_options const& options);

    /// What a connection begins with, before the client has named a host.
    SSL_CTX* first() const noexcept { return contexts_.front().context.get(); }

    /// The context for a host; null: the first.
    SSL_CTX* find(std::string_view host) const noexcept;

private:
    struct entry {
        ssl_ctx_ptr context;
        std::vector<std::string> hosts;
    };
    std::vector<entry> contexts_;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/tls/detail/impl/tls_state.ipp>
#endif
