#include <unisono/tls/detail/impl/tls_filter.ipp>
#include <unisono/tls/detail/impl/tls_state.ipp>
#include <unisono/tls/impl/tls_context.ipp>
